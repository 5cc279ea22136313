"""Routes of the API, v1 then v2; what no route knows goes to `fallback`, which adds a slash or says 404."""

from django.urls import include, path, re_path

from catalog.api import tabular_urls, v1_urls, v2_urls
from catalog.api.fallback import fallback
from catalog.api.schema import documentation, openapi

urlpatterns = [
    path("", documentation, name="api-root"),
    re_path(r"^(?P<version>[12])/$", documentation, name="api-documentation"),
    re_path(r"^(?P<version>[12])/swagger\.json$", openapi, name="api-openapi"),
    path("1/", include(v1_urls)),
    path("2/", include(v2_urls)),
    path("tabular/", include(tabular_urls)),
    path("<path:rest>", fallback),
]
