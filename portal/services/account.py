"""An account as a whole: its end, and everything the portal knows of a person."""

import json
from collections.abc import Mapping
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from oauth2_provider.models import AccessToken, Grant, RefreshToken

from portal.lib import mails
from portal.lib.errors import ServiceError
from portal.models import ApiToken, SavedFilter, User
from portal.services.traces import erase_traces
from portal.signals import account_deleted, personal_data

NAME = "DELETED"  # udata's
EMAIL = "{id}@deleted"  # udata's; no mail goes there


@transaction.atomic
def delete_account(user: User, *, mail: bool = True, notice: bool = False, delete_comments: bool = False) -> None:
    """Erase the person and keep the row, to which her contributions point (udata's mark_as_deleted).

    What other apps keep of her is theirs to remove: they listen to `account_deleted`. `mail` tells her that it is
    done; as a `notice`, that an administrator of the portal did it, and how to contest that. Raises ServiceError if the
    account is deleted already.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.deleted is not None:
        raise ServiceError(_("This account is deleted already."))
    address, language = user.email, user.language
    account_deleted.send(sender=User, user=user, delete_comments=delete_comments)
    erase_traces(user)
    forget_credentials(user)
    user.avatar.forget()
    erase(user)
    if mail and address:
        transaction.on_commit(lambda: tell_deleted(address, language, notice=notice), robust=True)


def forget_credentials(user: User) -> None:
    """Close every way into the account: tokens, sessions, second factor, sign-in services, addresses."""
    now = timezone.now()
    ApiToken.objects.filter(user=user, revoked_at=None).update(revoked_at=now)
    ApiToken.objects.filter(user=user).update(name="", user_agents=[])
    SavedFilter.objects.of(user).delete()
    end_sessions(user)
    AccessAttempt.objects.filter(username=user.email).delete()
    for model in (Authenticator, SocialAccount, EmailAddress, AccessToken, RefreshToken, Grant):
        model.objects.filter(user=user).delete()


def end_sessions(user: User) -> None:
    """Sign the user out everywhere."""
    for session in UserSession.objects.filter(user=user):
        session.end()


def erase(user: User) -> None:
    """Empty every column that tells who the person is."""
    now = timezone.now()
    user.email = EMAIL.format(id=user.pk)
    user.first_name, user.last_name, user.slug = NAME, "", ""
    user.avatar = user.avatar_url = user.website = user.about = user.language = ""
    user.extras = {}
    user.is_active = user.is_staff = user.is_superuser = False
    user.last_login = user.confirmed_at = None
    user.deleted = now
    user.set_unusable_password()
    user.groups.clear()
    user.user_permissions.clear()
    user.save()


def tell_deleted(address: str, language: str, *, notice: bool = False) -> None:
    """Tell the person that her account is gone, in the language she had chosen."""
    name = "account_removed" if notice else "account_deleted"
    with translation.override(language or translation.get_language()):
        text = render_to_string(f"account/email/{name}_message.txt", {"site_url": settings.SITE_URL}).strip()
        subject = _("Your account is deleted")
        mails.message(subject, text, mails.page(subject, text), to=address).send()


def unset_two_factor(user: User) -> bool:
    """Remove the second factor and sign the user out everywhere; tell whether there was one."""
    found = bool(Authenticator.objects.filter(user=user).delete()[0])
    end_sessions(user)
    return found


def export_personal_data(user: User) -> bytes:
    """Return a zip of JSON files: all that is keyed to the person, here and in the apps that listen."""
    parts: dict[str, Any] = own_data(user)
    for _receiver, answer in personal_data.send(sender=User, user=user):
        parts |= answer if isinstance(answer, Mapping) else {}
    content = BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as archive:
        for name, value in sorted(parts.items()):
            text = json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
            archive.writestr(f"{name}.json", text)
        if user.avatar and user.avatar.storage.exists(user.avatar.name):
            with user.avatar.open() as picture:
                archive.writestr(f"avatar{suffix_of(user.avatar.name)}", picture.read())
    return content.getvalue()


def own_data(user: User) -> dict[str, Any]:
    """Return what the portal's own tables hold. Secrets (hashes, keys) are not data about a person: left out."""
    columns = [
        "id", "email", "first_name", "last_name", "slug", "avatar_url", "website", "about", "language", "extras",
        "is_active", "is_staff", "created_at", "confirmed_at", "last_login",
    ]  # fmt: skip
    return {
        "account": {name: getattr(user, name) for name in columns},
        "addresses": list(EmailAddress.objects.filter(user=user).values("email", "verified", "primary")),
        "saved_filters": list(SavedFilter.objects.of(user).values("list", "name", "query")),
        "api_tokens": list(
            ApiToken.objects.filter(user=user).values(
                "name",
                "token_prefix",
                "scopes",
                "created_at",
                "expires_at",
                "revoked_at",
                "last_used_at",
                "user_agents",
            )
        ),
        "sessions": list(
            UserSession.objects.filter(user=user).values("ip", "user_agent", "created_at", "last_seen_at")
        ),
        "second_factors": list(Authenticator.objects.filter(user=user).values("type", "created_at", "last_used_at")),
        "sign_in_services": list(
            SocialAccount.objects.filter(user=user).values("provider", "uid", "date_joined", "last_login", "extra_data")
        ),
    }


def suffix_of(name: str) -> str:
    dot = name.rfind(".")
    return name[dot:] if dot > name.rfind("/") else ""
