"""Routes of v1, one block an object. Fixed words stand before `<key>` (an id or a slug)."""

from django.urls import path

from catalog.api.avatar import AvatarViewSet
from catalog.api.contact import ContactPointViewSet
from catalog.api.dataservice import DataserviceViewSet
from catalog.api.dataset import DatasetViewSet
from catalog.api.dataset_suggest import DatasetSuggestViewSet
from catalog.api.discussion import DiscussionViewSet
from catalog.api.feed import DataserviceFeedViewSet, DatasetFeedViewSet, PostFeedViewSet, ReuseFeedViewSet
from catalog.api.follow import (
    DataserviceFollowersViewSet,
    DatasetFollowersViewSet,
    OrganizationFollowersViewSet,
    ReuseFollowersViewSet,
    UserFollowersViewSet,
)
from catalog.api.jobs import JobViewSet, TaskViewSet
from catalog.api.me import MeViewSet, MyObjectsViewSet
from catalog.api.me_tokens import MyTokensViewSet
from catalog.api.membership import MembershipViewSet, MemberViewSet, MyInvitationsViewSet
from catalog.api.organization import (
    OrganizationContactsViewSet,
    OrganizationDatasetsViewSet,
    OrganizationViewSet,
)
from catalog.api.picture import (
    LogoViewSet,
    MyAvatarViewSet,
    PostImageViewSet,
    ReuseImageViewSet,
    UserAvatarViewSet,
    VisualizationImageViewSet,
)
from catalog.api.post import PostViewSet
from catalog.api.rdf import (
    CatalogRdfViewSet,
    DataserviceRdfViewSet,
    DatasetRdfViewSet,
    OrganizationCatalogRdfViewSet,
)
from catalog.api.reference import ReferenceViewSet
from catalog.api.resource import CommunityResourceViewSet, ResourceRedirectViewSet, ResourceViewSet
from catalog.api.reuse import ReuseViewSet
from catalog.api.site import SiteViewSet
from catalog.api.social import ActivityViewSet, NotificationViewSet, ReportViewSet, TransferViewSet
from catalog.api.spatial import SpatialViewSet
from catalog.api.tag import TagViewSet
from catalog.api.upload import CommunityUploadViewSet, DatasetUploadViewSet
from catalog.api.user import UserContactsViewSet, UserViewSet
from catalog.api.visualization import VisualizationViewSet

LIST, ONE = {"get": "list"}, {"get": "retrieve"}
LIST_CREATE = {**LIST, "post": "create"}
ONE_WRITE = {**ONE, "put": "update", "delete": "destroy"}
NEGOTIATE = {"get": "negotiate"}
BADGES, BADGE = {"post": "add_badge"}, {"delete": "delete_badge"}
FOLLOWERS = {**LIST, "post": "follow", "delete": "unfollow"}
FEATURE = {"post": "feature", "delete": "unfeature"}
PLAIN = {"pagination_class": None, "filterset_class": None}  # an array, whole and unfiltered

urlpatterns = [
    path("access_type/reason_categories/", ReferenceViewSet.as_view({"get": "reason_categories"})),
    path("avatars/<str:identifier>/<int:size>/", AvatarViewSet.as_view(ONE), name="v1-avatar"),
    path("dataservices/recent.atom", DataserviceFeedViewSet.as_view(LIST), name="v1-dataservices-feed"),
    path("posts/recent.atom", PostFeedViewSet.as_view(LIST), name="v1-posts-feed"),
    path("reports/reasons/", ReferenceViewSet.as_view({"get": "report_reasons"})),
    path("reuses/recent.atom", ReuseFeedViewSet.as_view(LIST), name="v1-reuses-feed"),
    path("site/catalog", CatalogRdfViewSet.as_view(NEGOTIATE), name="v1-site-catalog"),
    path("site/catalog.<str:extension>", CatalogRdfViewSet.as_view(ONE)),
    path("site/data.<str:extension>", CatalogRdfViewSet.as_view({"get": "data"})),
    path("site/context.jsonld", CatalogRdfViewSet.as_view({"get": "context"})),
    path("organizations/<str:key>/catalog", OrganizationCatalogRdfViewSet.as_view(NEGOTIATE)),
    path("organizations/<str:key>/catalog.<str:extension>", OrganizationCatalogRdfViewSet.as_view(ONE)),
    path("datasets/<str:key>/rdf", DatasetRdfViewSet.as_view(NEGOTIATE)),
    path("datasets/<str:key>/rdf.<str:extension>", DatasetRdfViewSet.as_view(ONE)),
    path("dataservices/<str:key>/rdf", DataserviceRdfViewSet.as_view(NEGOTIATE)),
    path("dataservices/<str:key>/rdf.<str:extension>", DataserviceRdfViewSet.as_view(ONE)),
    path("site/", SiteViewSet.as_view({**ONE, "patch": "partial_update"}), name="v1-site"),
    path("spatial/coverage/<str:level>/", SpatialViewSet.as_view({"get": "coverage"})),
    path("spatial/granularities/", SpatialViewSet.as_view({"get": "granularities"})),
    path("spatial/levels/", SpatialViewSet.as_view({"get": "levels"})),
    # Legacy ids of zones hold a slash.
    path("spatial/zone/<path:zone>/datasets/", SpatialViewSet.as_view({"get": "datasets"})),
    path("spatial/zone/<path:zone>/", SpatialViewSet.as_view(ONE)),
    path("spatial/zones/suggest/", SpatialViewSet.as_view({"get": "suggest"})),
    path("spatial/zones/<path:zones>/", SpatialViewSet.as_view({"get": "zones"})),
    path("tags/suggest/", TagViewSet.as_view({"get": "suggest"})),
    path("datasets/", DatasetViewSet.as_view(LIST_CREATE), name="v1-datasets"),
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
    path("datasets/community_resources/", CommunityResourceViewSet.as_view(LIST_CREATE)),
    path("datasets/community_resources/<str:rid>/", CommunityResourceViewSet.as_view(ONE_WRITE)),
    path("datasets/community_resources/<str:rid>/upload/", CommunityUploadViewSet.as_view({"post": "update"})),
    path("datasets/r/<str:rid>", ResourceRedirectViewSet.as_view(ONE), name="v1-resource-redirect"),
    path("datasets/<str:key>/", DatasetViewSet.as_view(ONE_WRITE), name="v1-dataset"),
    path("datasets/<str:key>/badges/", DatasetViewSet.as_view(BADGES, **PLAIN)),
    path("datasets/<str:key>/badges/<str:kind>/", DatasetViewSet.as_view(BADGE, **PLAIN)),
    path("datasets/<str:key>/featured/", DatasetViewSet.as_view(FEATURE)),
    path("datasets/<str:key>/upload/", DatasetUploadViewSet.as_view({"post": "create"})),
    path("datasets/<str:key>/upload/community/", CommunityUploadViewSet.as_view({"post": "create"})),
    path("datasets/<str:key>/resources/<str:rid>/upload/", DatasetUploadViewSet.as_view({"post": "update"})),
    path("datasets/<str:key>/resources/", ResourceViewSet.as_view({"post": "create", "put": "reorder"})),
    path("datasets/<str:key>/resources/<str:rid>/", ResourceViewSet.as_view(ONE_WRITE)),
    path("organizations/", OrganizationViewSet.as_view(LIST_CREATE), name="v1-organizations"),
    path("organizations/badges/", OrganizationViewSet.as_view({"get": "badges"}, **PLAIN)),
    path("organizations/roles/", OrganizationViewSet.as_view({"get": "roles"}, **PLAIN)),
    path("organizations/suggest/", OrganizationViewSet.as_view({"get": "suggest"}, **PLAIN)),
    path("organizations/<str:key>/", OrganizationViewSet.as_view(ONE_WRITE), name="v1-organization"),
    path("organizations/<str:key>/badges/", OrganizationViewSet.as_view(BADGES, **PLAIN)),
    path("organizations/<str:key>/badges/<str:kind>/", OrganizationViewSet.as_view(BADGE, **PLAIN)),
    path("organizations/<str:key>/logo/", LogoViewSet.as_view({"post": "create", "put": "update"})),
    path("organizations/<str:key>/membership/", MembershipViewSet.as_view(LIST_CREATE)),
    path("organizations/<str:key>/membership/<str:id>/accept/", MembershipViewSet.as_view({"post": "accept"})),
    path("organizations/<str:key>/membership/<str:id>/refuse/", MembershipViewSet.as_view({"post": "refuse"})),
    path("organizations/<str:key>/membership/<str:id>/cancel/", MembershipViewSet.as_view({"post": "cancel"})),
    path("organizations/<str:key>/member/", MemberViewSet.as_view({"post": "create"})),
    path(
        "organizations/<str:key>/member/<str:user>/",
        MemberViewSet.as_view({"put": "update", "delete": "destroy"}),
    ),
    path("organizations/<str:key>/member/<str:user>/assignments/", MemberViewSet.as_view({"put": "assign"})),
    path("organizations/<str:key>/assignments/", MemberViewSet.as_view({"get": "assignments"})),
    path("me/org_invitations/", MyInvitationsViewSet.as_view(LIST)),
    path("me/org_invitations/<str:id>/accept/", MyInvitationsViewSet.as_view({"post": "accept"})),
    path("me/org_invitations/<str:id>/refuse/", MyInvitationsViewSet.as_view({"post": "refuse"})),
    path("organizations/<str:key>/contacts/", OrganizationContactsViewSet.as_view(LIST)),
    path("organizations/<str:key>/contacts/suggest/", OrganizationContactsViewSet.as_view({"get": "suggest"}, **PLAIN)),
    path("organizations/<str:key>/datasets/", OrganizationDatasetsViewSet.as_view(LIST)),
    path("organizations/<str:key>/discussions/", OrganizationViewSet.as_view({"get": "discussions"}, **PLAIN)),
    path("organizations/<str:key>/reuses/", OrganizationViewSet.as_view({"get": "reuses"}, **PLAIN)),
    path("reuses/", ReuseViewSet.as_view(LIST_CREATE), name="v1-reuses"),
    path("reuses/badges/", ReuseViewSet.as_view({"get": "badges"}, **PLAIN)),
    path("reuses/suggest/", ReuseViewSet.as_view({"get": "suggest"}, **PLAIN)),
    path("reuses/topics/", ReuseViewSet.as_view({"get": "topics"}, **PLAIN)),
    path("reuses/types/", ReuseViewSet.as_view({"get": "types"}, **PLAIN)),
    path("reuses/<str:key>/", ReuseViewSet.as_view(ONE_WRITE), name="v1-reuse"),
    path("reuses/<str:key>/badges/", ReuseViewSet.as_view(BADGES, **PLAIN)),
    path("reuses/<str:key>/badges/<str:kind>/", ReuseViewSet.as_view(BADGE, **PLAIN)),
    path("reuses/<str:key>/image/", ReuseImageViewSet.as_view({"post": "create"})),
    path("reuses/<str:key>/datasets/", ReuseViewSet.as_view({"post": "add_dataset"})),
    path("reuses/<str:key>/dataservices/", ReuseViewSet.as_view({"post": "add_dataservice"})),
    path("reuses/<str:key>/featured/", ReuseViewSet.as_view(FEATURE)),
    path("dataservices/", DataserviceViewSet.as_view(LIST_CREATE), name="v1-dataservices"),
    path(
        "dataservices/<str:key>/",
        DataserviceViewSet.as_view({**ONE, "patch": "partial_update", "delete": "destroy"}),
        name="v1-dataservice",
    ),
    path("dataservices/<str:key>/datasets/", DataserviceViewSet.as_view({"post": "add_datasets"})),
    path("dataservices/<str:key>/datasets/<str:dataset>/", DataserviceViewSet.as_view({"delete": "remove_dataset"})),
    path("dataservices/<str:key>/featured/", DataserviceViewSet.as_view(FEATURE)),
    path("visualizations/", VisualizationViewSet.as_view(LIST_CREATE), name="v1-visualizations"),
    path(
        "visualizations/<str:key>/",
        VisualizationViewSet.as_view({**ONE, "patch": "partial_update", "delete": "destroy"}),
        name="v1-visualization",
    ),
    path("visualizations/<str:key>/image/", VisualizationImageViewSet.as_view({"post": "create"})),
    path("users/", UserViewSet.as_view(LIST_CREATE), name="v1-users"),
    path("users/roles/", UserViewSet.as_view({"get": "roles"}, **PLAIN)),
    path("users/suggest/", UserViewSet.as_view({"get": "suggest"}, **PLAIN)),
    path("users/<str:key>/", UserViewSet.as_view(ONE_WRITE), name="v1-user"),
    path("users/<str:key>/avatar/", UserAvatarViewSet.as_view({"post": "create"})),
    path("users/<str:key>/rotate_password/", UserViewSet.as_view({"post": "rotate_password"})),
    path("users/<str:key>/contacts/", UserContactsViewSet.as_view(LIST)),
    path("posts/", PostViewSet.as_view(LIST_CREATE), name="v1-posts"),
    path("posts/<str:key>/", PostViewSet.as_view(ONE_WRITE), name="v1-post"),
    path("posts/<str:key>/image/", PostImageViewSet.as_view({"post": "create", "put": "update"})),
    path("posts/<str:key>/publish/", PostViewSet.as_view({"post": "publish", "delete": "unpublish"})),
    path("discussions/", DiscussionViewSet.as_view(LIST_CREATE), name="v1-discussions"),
    path(
        "discussions/<str:key>/",
        DiscussionViewSet.as_view({**ONE_WRITE, "post": "comment"}),
        name="v1-discussion",
    ),
    path(
        "discussions/<str:key>/comments/<str:comment>/",
        DiscussionViewSet.as_view({"put": "edit_comment", "delete": "delete_comment"}),
    ),
    path("contacts/roles/", ContactPointViewSet.as_view({"get": "roles"}, **PLAIN)),
    path("contacts/", ContactPointViewSet.as_view({"post": "create"})),
    path("contacts/<str:key>/", ContactPointViewSet.as_view(ONE_WRITE)),
    path("datasets/<str:key>/followers/", DatasetFollowersViewSet.as_view(FOLLOWERS)),
    path("reuses/<str:key>/followers/", ReuseFollowersViewSet.as_view(FOLLOWERS)),
    path("dataservices/<str:key>/followers/", DataserviceFollowersViewSet.as_view(FOLLOWERS)),
    path("organizations/<str:key>/followers/", OrganizationFollowersViewSet.as_view(FOLLOWERS)),
    path("users/<str:key>/followers/", UserFollowersViewSet.as_view(FOLLOWERS)),
    path("transfer/", TransferViewSet.as_view(LIST_CREATE)),
    path("transfer/<str:id>/", TransferViewSet.as_view({**ONE, "post": "respond"})),
    path("reports/", ReportViewSet.as_view(LIST_CREATE)),
    path("reports/<str:id>/", ReportViewSet.as_view({**ONE, "patch": "partial_update"})),
    path("activity/", ActivityViewSet.as_view(LIST)),
    path("notifications/", NotificationViewSet.as_view(LIST)),
    path("notifications/<str:id>/read/", NotificationViewSet.as_view({"post": "read"})),
    path("me/", MeViewSet.as_view(ONE_WRITE)),
    path("me/avatar/", MyAvatarViewSet.as_view({"post": "create"})),
    path("me/metrics/", MeViewSet.as_view({"get": "metrics"})),
    path("me/datasets/", MyObjectsViewSet.as_view({"get": "datasets"})),
    path("me/reuses/", MyObjectsViewSet.as_view({"get": "reuses"})),
    path("me/org_datasets/", MyObjectsViewSet.as_view({"get": "org_datasets"})),
    path("me/org_reuses/", MyObjectsViewSet.as_view({"get": "org_reuses"})),
    path("me/org_discussions/", MyObjectsViewSet.as_view({"get": "org_discussions"})),
    path("me/org_community_resources/", MyObjectsViewSet.as_view({"get": "org_community_resources"})),
    path("me/api_tokens/", MyTokensViewSet.as_view(LIST_CREATE)),
    path("me/api_tokens/<str:id>/", MyTokensViewSet.as_view({"delete": "destroy"})),
    path("workers/jobs/", JobViewSet.as_view(LIST_CREATE)),
    path("workers/jobs/schedulables/", JobViewSet.as_view({"get": "schedulables"})),
    path("workers/jobs/<str:id>/", JobViewSet.as_view(ONE_WRITE)),
    path("workers/tasks/<str:id>/", TaskViewSet.as_view(ONE)),
]
