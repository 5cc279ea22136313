"""What follows from a new password."""

from typing import Any

from allauth.account.models import EmailAddress
from django.utils import timezone

from portal.accounts.addresses import confirm
from portal.accounts.locks import open_account
from portal.models import User


def note_new_password(sender: object, user: User, **kwargs: Any) -> None:
    """The demand of a new password is met, and the lock of the account opens."""
    user.password_rotation_performed = timezone.now()
    user.password_rotation_demanded = None
    user.save(update_fields=["password_rotation_performed", "password_rotation_demanded"])
    open_account(user)


def note_reset(sender: object, user: User, **kwargs: Any) -> None:
    """Whoever followed the link of a reset mail reads the mail of the account: the address is confirmed.

    Unless another address is pending: the mail might have gone there.
    """
    if user.email and not EmailAddress.objects.filter(user=user).exclude(email=user.email).exists():
        confirm(user)
