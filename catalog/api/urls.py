"""Routes of the API, v1 then v2; what no route knows goes to `fallback`, which adds a slash or says 404."""

from django.urls import include, path

from catalog.api import v1_urls, v2_urls
from catalog.api.fallback import fallback

urlpatterns = [
    path("1/", include(v1_urls)),
    path("2/", include(v2_urls)),
    path("<path:rest>", fallback),
]
