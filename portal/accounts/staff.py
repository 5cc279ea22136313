"""The second factor of the staff: without it, the administration is closed (STAFF_TWO_FACTOR_REQUIRED)."""

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.models import User


def must_set_up_two_factor(user: User) -> bool:
    """Tell whether `user` is of the staff and has no second factor, where one is required."""
    if not settings.STAFF_TWO_FACTOR_REQUIRED or not user.is_authenticated or not (user.is_staff or user.is_superuser):
        return False
    return not is_mfa_enabled(user, [Authenticator.Type.TOTP])


class StaffTwoFactorMiddleware:
    """Every address of the administration leads to the set-up page; only signing in and out are open.

    A middleware and not the admin site: no view of the administration can be forgotten.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.prefix = reverse("admin:index")
        self.open = {reverse("admin:login"), reverse("admin:logout")}

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path
        if path.startswith(self.prefix) and path not in self.open and must_set_up_two_factor(request.user):
            messages.warning(request, _("The administration needs a second factor: set it up here first."))
            return HttpResponseRedirect(reverse("mfa_activate_totp"))
        return self.get_response(request)
