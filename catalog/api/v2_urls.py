"""Routes of v2."""

from django.urls import path

from catalog.api.captcha import CaptchaViewSet
from catalog.api.dataservice import DataserviceSearchViewSet
from catalog.api.dataset import DatasetSearchViewSet, DatasetV2ViewSet
from catalog.api.discussion import DiscussionSearchViewSet
from catalog.api.follow import TopicFollowersViewSet
from catalog.api.organization import OrganizationSearchViewSet
from catalog.api.post import PostSearchViewSet
from catalog.api.resource import AnyResourceV2ViewSet, ResourceV2ViewSet
from catalog.api.reuse import ReuseSearchViewSet, ReuseV2ViewSet
from catalog.api.topic import ElementViewSet, MyTopicsViewSet, TopicSearchViewSet, TopicViewSet

LIST, ONE = {"get": "list"}, {"get": "retrieve"}
FOLLOWERS = {**LIST, "post": "follow", "delete": "unfollow"}
EXTRAS = {"get": "extras", "put": "put_extras", "delete": "delete_extras"}

urlpatterns = [
    path("captchetat/", CaptchaViewSet.as_view(ONE)),
    path("datasets/", DatasetV2ViewSet.as_view(LIST), name="v2-datasets"),
    path("datasets/search/", DatasetSearchViewSet.as_view(LIST), name="v2-datasets-search"),
    path("datasets/resources/<str:rid>/", AnyResourceV2ViewSet.as_view(ONE)),
    path("datasets/<str:key>/", DatasetV2ViewSet.as_view(ONE), name="v2-dataset"),
    path(
        "datasets/<str:key>/extras/",
        DatasetV2ViewSet.as_view(EXTRAS),
    ),
    path("datasets/<str:key>/schemas/", ResourceV2ViewSet.as_view({"get": "schemas"}, pagination_class=None)),
    path("datasets/<str:key>/resources/", ResourceV2ViewSet.as_view(LIST)),
    path("datasets/<str:key>/resources/<str:rid>/extras/", ResourceV2ViewSet.as_view(EXTRAS)),
    path("organizations/search/", OrganizationSearchViewSet.as_view(LIST)),
    path(
        "organizations/<str:key>/extras/",
        OrganizationSearchViewSet.as_view(EXTRAS, pagination_class=None, filterset_class=None),
    ),
    path("reuses/", ReuseV2ViewSet.as_view(LIST), name="v2-reuses"),
    path("reuses/search/", ReuseSearchViewSet.as_view(LIST)),
    path("dataservices/search/", DataserviceSearchViewSet.as_view(LIST)),
    path("posts/search/", PostSearchViewSet.as_view(LIST)),
    path("discussions/search/", DiscussionSearchViewSet.as_view(LIST)),
    path("me/org_topics/", MyTopicsViewSet.as_view(LIST)),
    path("topics/", TopicViewSet.as_view({**LIST, "post": "create"}), name="v2-topics"),
    path("topics/search/", TopicSearchViewSet.as_view(LIST)),
    path("topics/<str:key>/", TopicViewSet.as_view({**ONE, "put": "update", "delete": "destroy"}), name="v2-topic"),
    path("topics/<str:key>/followers/", TopicFollowersViewSet.as_view(FOLLOWERS)),
    path("topics/<str:key>/featured/", TopicViewSet.as_view({"post": "feature", "delete": "unfeature"})),
    path("topics/<str:key>/elements/", ElementViewSet.as_view({**LIST, "post": "create", "delete": "clear"})),
    path(
        "topics/<str:key>/elements/<str:element>/",
        ElementViewSet.as_view({"put": "update", "delete": "destroy"}),
    ),
]
