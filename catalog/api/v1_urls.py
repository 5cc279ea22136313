"""Routes of v1, one block an object. Fixed words stand before `<key>` (an id or a slug)."""

from django.urls import path

from catalog.api.avatar import AvatarViewSet
from catalog.api.contact import ContactPointViewSet
from catalog.api.dataservice import DataserviceViewSet
from catalog.api.dataset import DatasetViewSet
from catalog.api.dataset_suggest import DatasetSuggestViewSet
from catalog.api.discussion import DiscussionViewSet
from catalog.api.feed import DataserviceFeedViewSet, DatasetFeedViewSet, PostFeedViewSet, ReuseFeedViewSet
from catalog.api.organization import (
    OrganizationContactsViewSet,
    OrganizationDatasetsViewSet,
    OrganizationViewSet,
)
from catalog.api.post import PostViewSet
from catalog.api.reference import ReferenceViewSet
from catalog.api.resource import CommunityResourceViewSet, ResourceRedirectViewSet, ResourceViewSet
from catalog.api.reuse import ReuseViewSet
from catalog.api.site import SiteViewSet
from catalog.api.spatial import SpatialViewSet
from catalog.api.tag import TagViewSet
from catalog.api.user import UserContactsViewSet, UserViewSet

LIST, ONE = {"get": "list"}, {"get": "retrieve"}
PLAIN = {"pagination_class": None, "filterset_class": None}  # an array, whole and unfiltered

urlpatterns = [
    path("access_type/reason_categories/", ReferenceViewSet.as_view({"get": "reason_categories"})),
    path("avatars/<str:identifier>/<int:size>/", AvatarViewSet.as_view(ONE), name="v1-avatar"),
    path("dataservices/recent.atom", DataserviceFeedViewSet.as_view(LIST), name="v1-dataservices-feed"),
    path("posts/recent.atom", PostFeedViewSet.as_view(LIST), name="v1-posts-feed"),
    path("reports/reasons/", ReferenceViewSet.as_view({"get": "report_reasons"})),
    path("reuses/recent.atom", ReuseFeedViewSet.as_view(LIST), name="v1-reuses-feed"),
    path("site/", SiteViewSet.as_view(ONE), name="v1-site"),
    path("spatial/coverage/<str:level>/", SpatialViewSet.as_view({"get": "coverage"})),
    path("spatial/granularities/", SpatialViewSet.as_view({"get": "granularities"})),
    path("spatial/levels/", SpatialViewSet.as_view({"get": "levels"})),
    # Legacy ids of zones hold a slash.
    path("spatial/zone/<path:zone>/datasets/", SpatialViewSet.as_view({"get": "datasets"})),
    path("spatial/zone/<path:zone>/", SpatialViewSet.as_view(ONE)),
    path("spatial/zones/suggest/", SpatialViewSet.as_view({"get": "suggest"})),
    path("spatial/zones/<path:zones>/", SpatialViewSet.as_view({"get": "zones"})),
    path("tags/suggest/", TagViewSet.as_view({"get": "suggest"})),
    path("datasets/", DatasetViewSet.as_view(LIST), name="v1-datasets"),
    path("datasets/badges/", ReferenceViewSet.as_view({"get": "badges"})),
    path("datasets/extensions/", ReferenceViewSet.as_view({"get": "extensions"})),
    path("datasets/frequencies/", ReferenceViewSet.as_view({"get": "frequencies"})),
    path("datasets/licenses/", ReferenceViewSet.as_view({"get": "licenses"})),
    path("datasets/recent.atom", DatasetFeedViewSet.as_view(LIST), name="v1-datasets-feed"),
    path("datasets/resource_types/", ReferenceViewSet.as_view({"get": "resource_types"})),
    path("datasets/schemas/", ReferenceViewSet.as_view({"get": "schemas"})),
    path("datasets/suggest/", DatasetSuggestViewSet.as_view({"get": "datasets"})),
    path("datasets/suggest/formats/", DatasetSuggestViewSet.as_view({"get": "formats"})),
    path("datasets/suggest/mime/", DatasetSuggestViewSet.as_view({"get": "mime"})),
    path("datasets/community_resources/", CommunityResourceViewSet.as_view(LIST)),
    path("datasets/community_resources/<str:rid>/", CommunityResourceViewSet.as_view(ONE)),
    path("datasets/r/<str:rid>", ResourceRedirectViewSet.as_view(ONE), name="v1-resource-redirect"),
    path("datasets/<str:key>/", DatasetViewSet.as_view(ONE), name="v1-dataset"),
    path("datasets/<str:key>/resources/<str:rid>/", ResourceViewSet.as_view(ONE)),
    path("organizations/", OrganizationViewSet.as_view(LIST), name="v1-organizations"),
    path("organizations/badges/", OrganizationViewSet.as_view({"get": "badges"}, **PLAIN)),
    path("organizations/roles/", OrganizationViewSet.as_view({"get": "roles"}, **PLAIN)),
    path("organizations/suggest/", OrganizationViewSet.as_view({"get": "suggest"}, **PLAIN)),
    path("organizations/<str:key>/", OrganizationViewSet.as_view(ONE), name="v1-organization"),
    path("organizations/<str:key>/contacts/", OrganizationContactsViewSet.as_view(LIST)),
    path("organizations/<str:key>/contacts/suggest/", OrganizationContactsViewSet.as_view({"get": "suggest"}, **PLAIN)),
    path("organizations/<str:key>/datasets/", OrganizationDatasetsViewSet.as_view(LIST)),
    path("organizations/<str:key>/discussions/", OrganizationViewSet.as_view({"get": "discussions"}, **PLAIN)),
    path("organizations/<str:key>/reuses/", OrganizationViewSet.as_view({"get": "reuses"}, **PLAIN)),
    path("reuses/", ReuseViewSet.as_view(LIST), name="v1-reuses"),
    path("reuses/badges/", ReuseViewSet.as_view({"get": "badges"}, **PLAIN)),
    path("reuses/suggest/", ReuseViewSet.as_view({"get": "suggest"}, **PLAIN)),
    path("reuses/topics/", ReuseViewSet.as_view({"get": "topics"}, **PLAIN)),
    path("reuses/types/", ReuseViewSet.as_view({"get": "types"}, **PLAIN)),
    path("reuses/<str:key>/", ReuseViewSet.as_view(ONE), name="v1-reuse"),
    path("dataservices/", DataserviceViewSet.as_view(LIST), name="v1-dataservices"),
    path("dataservices/<str:key>/", DataserviceViewSet.as_view(ONE), name="v1-dataservice"),
    path("users/", UserViewSet.as_view(LIST), name="v1-users"),
    path("users/roles/", UserViewSet.as_view({"get": "roles"}, **PLAIN)),
    path("users/suggest/", UserViewSet.as_view({"get": "suggest"}, **PLAIN)),
    path("users/<str:key>/", UserViewSet.as_view(ONE), name="v1-user"),
    path("users/<str:key>/contacts/", UserContactsViewSet.as_view(LIST)),
    path("posts/", PostViewSet.as_view(LIST), name="v1-posts"),
    path("posts/<str:key>/", PostViewSet.as_view(ONE), name="v1-post"),
    path("discussions/", DiscussionViewSet.as_view(LIST), name="v1-discussions"),
    path("discussions/<str:key>/", DiscussionViewSet.as_view(ONE), name="v1-discussion"),
    path("contacts/roles/", ContactPointViewSet.as_view({"get": "roles"}, **PLAIN)),
    path("contacts/<str:key>/", ContactPointViewSet.as_view(ONE)),
]
