"""Guessing passwords: counted by django-axes in the database, whatever process answers.

One account from one address, one address whatever the account, one account whatever the address: each has its limit
of wrong passwords in an hour. The last one stops a crowd of machines; a new password by e-mail opens it at once.
"""

import logging
from typing import Any

from axes.backends import AxesStandaloneBackend
from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from portal.accounts.dialect import failure, speaks_json
from portal.models import User

logger = logging.getLogger(__name__)

ADDRESS_LIMIT = ACCOUNT_LIMIT = 20  # wrong passwords in AXES_COOLOFF_TIME


class LockBackend(AxesStandaloneBackend):
    """Refuses whoever is locked out. Without a request (commands, shells), there is nobody to lock out."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:
        if request is not None:
            super().authenticate(request, **credentials)


class LockHandler(AxesDatabaseHandler):
    """Axes with a limit for each way of counting, and a success that opens one account from one address only."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """Return the failures as parts of AXES_FAILURE_LIMIT, in the way of counting that is nearest to its limit."""
        limits = (settings.AXES_FAILURE_LIMIT, ADDRESS_LIMIT, ACCOUNT_LIMIT)  # as AXES_LOCKOUT_PARAMETERS
        found = [
            attempts.aggregate(total=Sum("failures_since_start"))["total"] or 0
            for attempts in self.get_user_attempts(request, credentials)
        ]
        return max(count * settings.AXES_FAILURE_LIMIT // limit for count, limit in zip(found, limits, strict=True))

    def reset_user_attempts(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """Forget the failures of this account from this address.

        Not the others: else an attacker would sign in to an account of her own now and then.
        """
        of_both = self.filter_user_attempts(request, credentials)[0]
        return of_both.delete()[0]


def account_of(request: HttpRequest, credentials: dict[str, Any] | None) -> str | None:
    """Return what stands for the account: the address that was given, whatever its case."""
    given = credentials or {}
    name = given.get("email") or given.get("username")
    return str(name).strip().lower()[: AccessAttempt._meta.get_field("username").max_length] if name else None


def locked_out(request: HttpRequest, response: HttpResponse | None, credentials: dict[str, Any] | None) -> HttpResponse:
    """Answer 429, in JSON or with a page."""
    wait = int(settings.AXES_COOLOFF_TIME.total_seconds())
    text = _("Too many wrong passwords: signing in is closed for an hour. A new password by e-mail opens it at once.")
    if speaks_json(request):
        answer: HttpResponse = failure({"": [text]}, status=429)
    else:
        answer = render(request, "account/locked.html", {"text": text, "noindex": True}, status=429)
    answer.headers["Retry-After"] = str(wait)
    return answer


def note_lock(sender: object, **kwargs: Any) -> None:
    """Tell the operator that a lock closed; who and from where stay out of the logs."""
    logger.warning("A sign-in was locked after repeated wrong passwords.")


def open_account(user: User) -> None:
    """Forget every failure of that account."""
    AccessAttempt.objects.filter(username=user.email).delete()
