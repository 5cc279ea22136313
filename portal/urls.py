"""All routes of the portal."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from portal.views import health
from portal.views.developers import Developers
from portal.views.home import Home
from portal.views.languages import language_prefix
from portal.views.media import media

urlpatterns = [
    # Health
    path("health/live", health.live),
    path("health/ready", health.ready),
    # Administration
    path("admin/", admin.site.urls),
    # Dumps: some of them stand below `api/` and `fr/`, so before both
    path("", include("catalog.views.csv_urls")),
    path("", include("harvest.urls")),
    # API
    path("api/", include("catalog.api.urls")),
    # Pages
    path("", Home.as_view(), name="home"),
    path("developpeurs/", Developers.as_view(), name="developers"),
    path("developers/", RedirectView.as_view(pattern_name="developers", permanent=True)),
    path("", include("catalog.views.pages_urls")),
    re_path(r"^(?P<language>fr|en)(?:/(?P<rest>.*))?$", language_prefix, name="language"),
]
if settings.MEDIA_URL.startswith("/"):  # on local disk, not in a bucket with an address of its own
    urlpatterns.append(path(f"{settings.MEDIA_URL.lstrip('/')}<path:path>", media, name="media"))

handler400 = "portal.views.errors.bad_request"
handler403 = "portal.views.errors.forbidden"
handler404 = "portal.views.errors.not_found"
handler500 = "portal.views.errors.server_error"
