"""Routes of v1, one block an object. Fixed words stand before `<key>` (an id or a slug)."""

from django.urls import path

from catalog.api.dataset import DatasetViewSet
from catalog.api.resource import CommunityResourceViewSet, ResourceRedirectViewSet, ResourceViewSet

LIST, ONE = {"get": "list"}, {"get": "retrieve"}

urlpatterns = [
    path("datasets/", DatasetViewSet.as_view(LIST), name="v1-datasets"),
    path("datasets/community_resources/", CommunityResourceViewSet.as_view(LIST)),
    path("datasets/community_resources/<str:rid>/", CommunityResourceViewSet.as_view(ONE)),
    path("datasets/r/<str:rid>", ResourceRedirectViewSet.as_view(ONE), name="v1-resource-redirect"),
    path("datasets/<str:key>/", DatasetViewSet.as_view(ONE), name="v1-dataset"),
    path("datasets/<str:key>/resources/<str:rid>/", ResourceViewSet.as_view(ONE)),
]
