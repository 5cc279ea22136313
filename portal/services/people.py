"""What a system administrator does with the account of somebody else: make it, change it, ask for a new password."""

from typing import Any

from allauth.account.forms import ResetPasswordForm
from allauth.core.context import request_context
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.lib.errors import ServiceError
from portal.models import User
from portal.services.account import end_sessions

COLUMNS = ("email", "first_name", "last_name", "about", "website")

type_of_values = dict[str, Any]  # what UserForm gives


@transaction.atomic
def create(values: type_of_values, *, request: HttpRequest) -> User:
    """Make an account without a password; its owner gets the mail that lets her choose one.

    Following the link of that mail confirms the address. Raises ServiceError (field `email`) for one that is taken.
    """
    user = User(**{name: values[name] for name in COLUMNS if name in values})
    user.set_unusable_password()
    _save(user)
    transaction.on_commit(lambda: send_reset(user, request), robust=True)
    return user


@transaction.atomic
def update(user: User, values: type_of_values) -> None:
    """Change what `values` names. Raises ServiceError (field `email`) for an address that is taken."""
    for name in COLUMNS:
        if name in values:
            setattr(user, name, values[name])
    _save(user)


@transaction.atomic
def demand_new_password(user: User) -> None:
    """Let the password open nothing until it is changed, and sign the user out everywhere.

    She learns of it, and gets the mail to change it, as she next signs in (portal.accounts.forms).
    """
    user.password_rotation_demanded = timezone.now()
    user.save(update_fields=["password_rotation_demanded"])
    end_sessions(user)


def send_reset(user: User, request: HttpRequest) -> None:
    """Send the mail that lets choose a password."""
    form = ResetPasswordForm({"email": user.email})
    with request_context(request):
        if form.is_valid():
            form.save(request)


def _save(user: User) -> None:
    """Save, unless another account has the address, in any spelling; the index catches who came in between."""
    user.email = user.email.strip().lower() if user.email else None
    others = User.objects.exclude(pk=user.pk).filter(email=user.email)
    taken = ServiceError(_("An account has this address already."), field="email")
    if user.email and others.exists():
        raise taken
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        if not others.exists():
            raise
        raise taken from None
