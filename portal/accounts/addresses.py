"""Keeps allauth's table of addresses and `User.email`, `User.confirmed_at` in step.

`User` has the last word: commands, imports, the administration and the API write there. allauth's rows follow at
sign-in, and as soon as an address changes, so that an address taken away opens nothing.
"""

from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from portal.models import User
from portal.signals import account_confirmed


@transaction.atomic
def follow_user(user: User) -> None:
    """Make the user's address the only primary one in allauth's table, verified if the account is confirmed."""
    if not user.email:
        EmailAddress.objects.filter(user=user).delete()
        return
    EmailAddress.objects.filter(email=user.email).exclude(user=user).delete()  # the account of an address owns it
    rows = EmailAddress.objects.filter(user=user)
    rows.exclude(email=user.email).update(primary=False)
    verified = user.confirmed_at is not None
    row, is_new = rows.get_or_create(user=user, email=user.email, defaults={"primary": True, "verified": verified})
    if not is_new and (not row.primary or (verified and not row.verified)):
        row.primary, row.verified = True, row.verified or verified
        row.save(update_fields=["primary", "verified"])


def follow_at_sign_in(sender: object, user: User, **kwargs: Any) -> None:
    """Bring the rows in step whatever way the account was entered."""
    follow_user(user)


def drop_stale_addresses(sender: object, instance: User, created: bool, update_fields: Any, **kwargs: Any) -> None:
    """Forget the verified addresses that a saved account has no longer. Pending ones wait for their confirmation."""
    if not created and (update_fields is None or "email" in update_fields):
        EmailAddress.objects.filter(user_id=instance.pk, verified=True).exclude(email=instance.email or "").delete()


def note_confirmation(sender: object, email_address: EmailAddress, **kwargs: Any) -> None:
    """Note on the account that its address was confirmed."""
    confirm(email_address.user)


def confirm(user: User) -> None:
    """Note the first confirmation of the account's address."""
    if user.confirmed_at is None:
        user.confirmed_at = timezone.now()
        user.save(update_fields=["confirmed_at"])
    account_confirmed.send(sender=User, user=user)
