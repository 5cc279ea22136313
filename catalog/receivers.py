"""What the catalogue does when something happens to an account. Connected once, when the portal starts."""

from typing import Any

from allauth.account.signals import user_signed_up

from catalog.services import departures, mails, membership, personal_data, spam
from catalog.services.audit.log import AuditListener
from portal import signals
from portal.lib.writes.scope import listen
from portal.models import User

__all__ = ["connect", "mails"]  # `mails` is loaded for its handlers: web and workers start here


def connect() -> None:
    listen(AuditListener())
    signals.account_deleted.connect(on_deleted, dispatch_uid="catalog.account_deleted")
    signals.personal_data.connect(on_personal_data, dispatch_uid="catalog.personal_data")
    signals.account_confirmed.connect(on_confirmed, dispatch_uid="catalog.account_confirmed")
    signals.profile_changed.connect(on_profile_changed, dispatch_uid="catalog.profile_changed")
    user_signed_up.connect(on_signed_up, dispatch_uid="catalog.signed_up")


def on_deleted(sender: object, user: User, *, delete_comments: bool = False, **kwargs: Any) -> None:
    """Let the catalogue forget her."""
    departures.leave(user, delete_comments=delete_comments)


def on_personal_data(sender: object, user: User, **kwargs: Any) -> dict[str, Any]:
    """Return what the catalogue knows of her."""
    return personal_data.of(user)


def on_confirmed(sender: object, user: User, **kwargs: Any) -> None:
    """Give her the invitations that wait for her address."""
    membership.bind_invitations(user)


def on_profile_changed(sender: object, user: User, changed: list[str], **kwargs: Any) -> None:
    """Report a profile that looks like spam."""
    spam.screen(user, changed, by=user)


def on_signed_up(sender: object, user: User, **kwargs: Any) -> None:
    """Report a name that looks like spam."""
    spam.screen(user, by=user)
