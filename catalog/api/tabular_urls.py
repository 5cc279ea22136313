"""Routes of the tabular API."""

from django.urls import path

from catalog.api.tabular import TabularViewSet
from portal.lib.tabular.engine import EXPORTS

urlpatterns = [
    path("resources/<str:rid>/", TabularViewSet.as_view({"get": "retrieve"}), name="tabular-resource"),
    path("resources/<str:rid>/data/", TabularViewSet.as_view({"get": "data"}), name="tabular-data"),
    path("resources/<str:rid>/profile/", TabularViewSet.as_view({"get": "profile"}), name="tabular-profile"),
    path("resources/<str:rid>/swagger/", TabularViewSet.as_view({"get": "swagger"}), name="tabular-swagger"),
    *(
        path(
            f"resources/<str:rid>/data/{one}/",
            TabularViewSet.as_view({"get": "export"}),
            {"file_format": one},
            name=f"tabular-data-{one}",
        )
        for one in EXPORTS
    ),
]
