"""Addresses of the dumps: at the root and under `/api/1/site/`; per organization under both trees."""

from django.urls import path

from catalog.exports.registry import EXPORTS, ORGANIZATION_DUMPS
from catalog.views.csv import organization_dump, site_dump

urlpatterns = [
    *(
        path(f"{prefix}{name}.csv", site_dump, {"name": name}, name=f"csv-{name}" if not prefix else None)
        for prefix in ["", "fr/", "en/", "api/1/site/"]
        for name in EXPORTS
    ),
    *(
        path(f"{prefix}organizations/<str:key>/{name}.csv", organization_dump, {"name": name})
        for prefix in ["", "fr/", "en/", "api/1/"]
        for name in ORGANIZATION_DUMPS
    ),
]
