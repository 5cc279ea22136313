"""All routes of the portal."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from catalog.views import sitemaps
from portal.views import health, markdown
from portal.views.design import Gallery
from portal.views.developers import Developers
from portal.views.home import Home
from portal.views.languages import language_prefix
from portal.views.media import media
from portal.views.robots import llms, opensearch, robots, security_txt
from portal.views.site_map import SiteMap
from portal.views.tokens import RevokeProgram, RevokeToken, Tokens

urlpatterns = [
    # Health
    path("health/live", health.live),
    path("health/ready", health.ready),
    # Administration
    path("admin/", admin.site.urls),
    # Accounts
    path("account/", include("portal.account_urls")),
    path("", include("portal.views.session.urls")),
    # Dumps: some of them stand below `api/` and `fr/`, so before both
    path("", include("catalog.views.csv_urls")),
    path("", include("harvest.urls")),
    # Statistics: some of their addresses stand below `api/`, so before it
    path("", include("stats.urls")),
    # OAuth2
    path("", include("portal.views.oauth_urls")),
    # API
    path("api/", include("catalog.api.urls")),
    # Pages
    path("", Home.as_view(), name="home"),
    path("robots.txt", robots),
    path("opensearch.xml", opensearch, name="opensearch"),
    path("llms.txt", llms),
    path(".well-known/security.txt", security_txt),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemap-<slug:name>-<int:page>.xml", sitemaps.section),
    path("markdown/preview/", markdown.preview, name="markdown-preview"),
    path("design/", Gallery.as_view(), name="design"),
    path("pages/site-map/", SiteMap.as_view(), name="site-map"),
    path("developpeurs/", Developers.as_view(), name="developers"),
    path("developers/", RedirectView.as_view(pattern_name="developers", permanent=True)),
    path("account/tokens/", Tokens.as_view(), name="account-tokens"),
    re_path(r"^account/tokens/(?P<id>[0-9a-f]{24})/revoke/$", RevokeToken.as_view(), name="account-token-revoke"),
    path("account/programs/<int:id>/revoke/", RevokeProgram.as_view(), name="account-program-revoke"),
    path("", include("portal.views.aliases")),
    path("", include("catalog.views.talk_urls")),
    path("", include("catalog.views.pages_urls")),
    re_path(r"^(?P<language>fr|en)(?:/(?P<rest>.*))?$", language_prefix, name="language"),
]
if settings.MEDIA_URL.startswith("/"):  # on local disk, not in a bucket with an address of its own
    urlpatterns.append(path(f"{settings.MEDIA_URL.lstrip('/')}<path:path>", media, name="media"))

handler400 = "portal.views.errors.bad_request"
handler403 = "portal.views.errors.forbidden"
handler404 = "portal.views.errors.not_found"
handler500 = "portal.views.errors.server_error"
