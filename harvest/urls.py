"""Addresses of the harvester: the dump of its sources, its pages, and its API."""

from django.urls import path

from harvest.api.actions import JobActionViewSet, PreviewViewSet
from harvest.api.jobs import JobItemViewSet, JobViewSet, SourceJobsViewSet, SourceRunViewSet
from harvest.api.sources import BackendViewSet, SourceViewSet
from harvest.views.dump import harvests_dump
from harvest.views.job import JobPage
from harvest.views.source import SourceList, SourcePage

SOURCE = {"get": "retrieve", "put": "update", "delete": "destroy"}
SCHEDULE = {"post": "schedule", "delete": "unschedule"}

urlpatterns = [
    *(path(f"{prefix}harvests.csv", harvests_dump) for prefix in ["", "fr/", "en/", "api/1/site/"]),
    path("harvest/", SourceList.as_view(), name="source-list"),
    path("harvest/<str:key>/", SourcePage.as_view(), name="source-detail"),
    path("harvest/<str:key>/jobs/<str:ident>/", JobPage.as_view(), name="source-job"),
    path("api/1/harvest/backends/", BackendViewSet.as_view({"get": "list"})),
    path("api/1/harvest/sources/", SourceViewSet.as_view({"get": "list", "post": "create"})),
    path("api/1/harvest/source/preview/", PreviewViewSet.as_view({"post": "preview_unsaved"})),
    path("api/1/harvest/source/<str:key>/preview/", PreviewViewSet.as_view({"get": "preview"})),
    path("api/1/harvest/source/<str:key>/", SourceViewSet.as_view(SOURCE)),
    path("api/1/harvest/source/<str:key>/validate/", SourceViewSet.as_view({"post": "validate"})),
    path("api/1/harvest/source/<str:key>/run/", SourceRunViewSet.as_view({"post": "run"})),
    path("api/1/harvest/source/<str:key>/schedule/", SourceRunViewSet.as_view(SCHEDULE)),
    path("api/1/harvest/source/<str:key>/jobs/", SourceJobsViewSet.as_view({"get": "list"})),
    path("api/1/harvest/job/<str:ident>/", JobViewSet.as_view({"get": "retrieve"})),
    path("api/1/harvest/job/<str:ident>/items/", JobItemViewSet.as_view({"get": "list"})),
    path("api/1/harvest/job/<str:ident>/report/", JobActionViewSet.as_view({"get": "report"})),
    *(
        path(f"api/1/harvest/job/<str:ident>/{verb}/", JobActionViewSet.as_view({"post": verb}))
        for verb in ("cancel", "undo", "archive")
    ),
]
