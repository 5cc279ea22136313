"""Routes of v2."""

from django.urls import path

from catalog.api.dataservice import DataserviceSearchViewSet
from catalog.api.dataset import DatasetSearchViewSet, DatasetV2ViewSet
from catalog.api.discussion import DiscussionSearchViewSet
from catalog.api.organization import OrganizationSearchViewSet
from catalog.api.post import PostSearchViewSet
from catalog.api.resource import AnyResourceV2ViewSet, ResourceV2ViewSet
from catalog.api.reuse import ReuseSearchViewSet, ReuseV2ViewSet

LIST, ONE = {"get": "list"}, {"get": "retrieve"}

urlpatterns = [
    path("datasets/", DatasetV2ViewSet.as_view(LIST), name="v2-datasets"),
    path("datasets/search/", DatasetSearchViewSet.as_view(LIST), name="v2-datasets-search"),
    path("datasets/resources/<str:rid>/", AnyResourceV2ViewSet.as_view(ONE)),
    path("datasets/<str:key>/", DatasetV2ViewSet.as_view(ONE), name="v2-dataset"),
    path("datasets/<str:key>/extras/", DatasetV2ViewSet.as_view({"get": "extras"})),
    path("datasets/<str:key>/schemas/", ResourceV2ViewSet.as_view({"get": "schemas"}, pagination_class=None)),
    path("datasets/<str:key>/resources/", ResourceV2ViewSet.as_view(LIST)),
    path("datasets/<str:key>/resources/<str:rid>/extras/", ResourceV2ViewSet.as_view({"get": "extras"})),
    path("organizations/search/", OrganizationSearchViewSet.as_view(LIST)),
    path(
        "organizations/<str:key>/extras/",
        OrganizationSearchViewSet.as_view({"get": "extras"}, pagination_class=None, filterset_class=None),
    ),
    path("reuses/", ReuseV2ViewSet.as_view(LIST), name="v2-reuses"),
    path("reuses/search/", ReuseSearchViewSet.as_view(LIST)),
    path("dataservices/search/", DataserviceSearchViewSet.as_view(LIST)),
    path("posts/search/", PostSearchViewSet.as_view(LIST)),
    path("discussions/search/", DiscussionSearchViewSet.as_view(LIST)),
]
