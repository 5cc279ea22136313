"""All routes of the portal."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from portal.views import health
from portal.views.media import media

urlpatterns = [
    path("health/live", health.live),
    path("health/ready", health.ready),
    path("admin/", admin.site.urls),
    path("api/", include("catalog.api.urls")),
]
if settings.MEDIA_URL.startswith("/"):  # on local disk, not in a bucket with an address of its own
    urlpatterns.append(path(f"{settings.MEDIA_URL.lstrip('/')}<path:path>", media, name="media"))
