"""Addresses of the statistics: API, pages, and the gauges of operators."""

from django.urls import path
from django.views.generic import RedirectView

from stats import views
from stats.api import metrics
from stats.api.schema import openapi
from stats.api.series import KINDS, SeriesViewSet
from stats.prometheus import gauges

SITE, ONE = {"get": "site"}, {"get": "retrieve"}

urlpatterns = [
    path("metrics", gauges, name="stats-gauges"),
    path("api/stats/1/swagger.json", openapi, name="stats-openapi"),
    # Our own form
    path("api/stats/1/site/", SeriesViewSet.as_view(SITE), name="stats-api-site"),
    path("api/stats/1/site.csv", SeriesViewSet.as_view(SITE), {"csv": True}, name="stats-csv-site"),
    *(
        part
        for kind in KINDS
        for part in (
            path(f"api/stats/1/{kind}/<str:key>/", SeriesViewSet.as_view(ONE), {"kind": kind}),
            path(f"api/stats/1/{kind}/<str:key>.csv", SeriesViewSet.as_view(ONE), {"kind": kind, "csv": True}),
        )
    ),
    # data.gouv.fr's form
    *(
        part
        for model in metrics.TABLES
        for part in (
            path(f"api/{model}/data/", metrics.data, {"model": model}, name=f"metrics-{model}"),
            path(f"api/{model}/data/csv/", metrics.data_csv, {"model": model}, name=f"metrics-{model}-csv"),
        )
    ),
    # Pages
    path("statistiques/", views.SitePage.as_view(), name="stats-site"),
    path("statistiques/methode/", views.MethodPage.as_view(), name="stats-method"),
    path("statistiques/refus/", views.opt_out, name="stats-opt-out"),
    path("dashboard/", RedirectView.as_view(pattern_name="stats-site", permanent=True, query_string=True)),
    path("statistics/", RedirectView.as_view(pattern_name="stats-site", permanent=True, query_string=True)),
    path("datasets/<str:key>/statistiques/", views.DatasetPage.as_view(), name="stats-dataset"),
    path("organizations/<str:key>/statistiques/", views.OrganizationPage.as_view(), name="stats-organization"),
    path("reuses/<str:key>/outlink/", views.outlink, name="stats-outlink"),
]
