"""Addresses of the dump of the harvest sources."""

from django.urls import path

from harvest.views import harvests_dump

urlpatterns = [path(f"{prefix}harvests.csv", harvests_dump) for prefix in ["", "fr/", "en/", "api/1/site/"]]
