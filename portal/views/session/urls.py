"""The session routes, at the root as in udata, each with and without its last slash."""

from collections.abc import Callable

from django.urls import URLPattern, path, re_path

from portal.views.session import account, signing_in
from portal.views.session.proconnect import ProConnectViewSet


def both(route: str, view: Callable) -> list[URLPattern]:
    """Return the two spellings of one route: a redirect would lose the body of a POST."""
    return [path(route, view), path(f"{route}/", view)]


urlpatterns = [
    path("get-csrf", signing_in.get_csrf),
    *both("login", signing_in.login),
    *both("logout", signing_in.logout),
    *both("verify", signing_in.verify),
    *both("tf-setup", signing_in.tf_setup),
    *both("tf-validate", signing_in.tf_validate),
    *both("tf-rescue", signing_in.tf_rescue),
    *both("register", account.register),
    *both("confirm", account.confirm),
    *both("confirm/<str:key>", account.confirm_token),
    *both("reset", account.reset),
    re_path(r"^reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/?$", account.reset_token),
    *both("change", account.change),
    *both("change-email", account.change_email),
    *both("confirm-change-email/<str:key>", account.confirm_token),
    path("api/1/proconnect/login/", ProConnectViewSet.as_view({"get": "login"})),
    path("api/1/proconnect/auth", ProConnectViewSet.as_view({"get": "auth"})),
    path("api/1/proconnect/logout", ProConnectViewSet.as_view({"get": "logout"})),
    path("api/1/proconnect/logout_oauth", ProConnectViewSet.as_view({"get": "logout_oauth"})),
]
