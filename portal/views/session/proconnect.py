"""`/api/1/proconnect/…`: udata's addresses of the State's sign-in, which lead into the portal's own (OIDC_ISSUER).

Nothing is done here: allauth's pages sign in and out. A GET of another site can so not end anybody's session.
"""

from django.conf import settings
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from catalog.api.core import ApiView
from catalog.models import Site

PROVIDER = "oidc"  # see portal.account_settings
ANSWERED = ("code", "state", "iss", "error", "error_description")  # what a provider says in the address
NEXT = OpenApiParameter("next", str, description="Where to go afterwards: an address of this portal.")
TAG = {"tags": ["proconnect"], "responses": {302: None, 404: None}}


class ProConnectViewSet(ApiView):
    """Sign-in with the State's account."""

    queryset = Site.objects.none()
    serializer_class = None
    filterset_class = None
    pagination_class = None

    def initial(self, request: Request, *args: str, **kwargs: str) -> None:
        super().initial(request, *args, **kwargs)
        if not settings.OIDC_ISSUER:
            raise Http404

    @extend_schema(operation_id="get_proconnect_login_api", parameters=[NEXT], **TAG)
    def login(self, request: Request) -> HttpResponseRedirect:
        """Go to the provider to sign in."""
        return redirect(reverse("openid_connect_login", args=[PROVIDER]), self.next())

    @extend_schema(operation_id="get_proconnect_auth_api", **TAG)
    def auth(self, request: Request) -> HttpResponseRedirect:
        """Come back from the provider, with what it answered."""
        query = {name: request.GET[name] for name in ANSWERED if name in request.GET}
        return redirect(reverse("openid_connect_callback", args=[PROVIDER]), query)

    @extend_schema(operation_id="get_proconnect_logout_api", parameters=[NEXT], **TAG)
    def logout(self, request: Request) -> HttpResponseRedirect:
        """Go to the page that signs out."""
        return redirect(reverse("account_logout"), self.next())

    @extend_schema(operation_id="get_proconnect_logout_o_auth_api", **TAG)
    def logout_oauth(self, request: Request) -> HttpResponseRedirect:
        """Come back from the provider, where the session has ended: the portal's ends on its own page."""
        return redirect(reverse("account_logout") if request.user.is_authenticated else reverse("home"), {})

    def next(self) -> dict[str, str]:
        """Return the argument `next`, if it leads into this portal."""
        wanted = self.request.GET.get("next", "")
        hosts = {self.request.get_host(), settings.SITE_URL.partition("://")[2]}
        safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=hosts, require_https=settings.SECURE)
        return {"next": wanted} if safe and wanted.isprintable() else {}


def redirect(path: str, query: dict[str, str]) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{path}?{urlencode(query)}" if query else path)
