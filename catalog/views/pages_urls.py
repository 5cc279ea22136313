"""Addresses of the public pages; `key` is a slug, or an id or old slug that leads to it."""

from django.urls import path
from django.views.generic import RedirectView

from catalog.views.dataservice import DataserviceDetail, DataserviceList
from catalog.views.dataset import DatasetDetail, DatasetList
from catalog.views.organization import OrganizationDetail, OrganizationList
from catalog.views.post import PostDetail, PostList
from catalog.views.resource import ResourceDetail, resource_redirect
from catalog.views.reuse import ReuseDetail, ReuseList
from catalog.views.search import SearchPage
from catalog.views.topic import TopicDetail, TopicList
from catalog.views.user import UserDetail

urlpatterns = [
    path("search/", SearchPage.as_view(), name="search"),
    path("recherche/", RedirectView.as_view(pattern_name="search", permanent=True, query_string=True)),
    path("datasets/r/<str:rid>", resource_redirect, name="resource-redirect"),
    path("datasets/", DatasetList.as_view(), name="dataset-list"),
    path("datasets/<str:key>/", DatasetDetail.as_view(), name="dataset-detail"),
    path("datasets/<str:key>/resources/<uuid:rid>/", ResourceDetail.as_view(), name="resource-detail"),
    path("dataservices/", DataserviceList.as_view(), name="dataservice-list"),
    path("dataservices/<str:key>/", DataserviceDetail.as_view(), name="dataservice-detail"),
    path("reuses/", ReuseList.as_view(), name="reuse-list"),
    path("reuses/<str:key>/", ReuseDetail.as_view(), name="reuse-detail"),
    path("organizations/", OrganizationList.as_view(), name="organization-list"),
    path("organizations/<str:key>/", OrganizationDetail.as_view(), name="organization-detail"),
    path("topics/", TopicList.as_view(), name="topic-list"),
    path("topics/<str:key>/", TopicDetail.as_view(), name="topic-detail"),
    path("users/<str:key>/", UserDetail.as_view(), name="user-detail"),
    path("posts/", PostList.as_view(), name="post-list"),
    path("posts/<str:key>/", PostDetail.as_view(), name="post-detail"),
]
