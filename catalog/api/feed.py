"""Atom feeds of what is new, at the API's addresses; `catalog.feeds` writes them."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request

from catalog.api.core import ApiView
from catalog.feeds import FEEDS, MEDIA_TYPE, Feed
from catalog.filters.dataservice import DataserviceFilter
from catalog.filters.dataset import DatasetFilter
from catalog.filters.reuse import ReuseFilter
from catalog.models import Dataservice, Dataset, Post, Reuse

ATOM = {(200, MEDIA_TYPE): str}


class FeedViewSet(ApiView):
    """Base of the feeds: a subclass names its rows and its filter set."""

    serializer_class = None
    pagination_class = None

    @property
    def feed(self) -> Feed:
        return FEEDS[self.queryset.model]

    def listed(self) -> QuerySet:
        return super().get_queryset().listed()

    def get_queryset(self) -> QuerySet:
        return self.feed.rows(self.listed())

    def list(self, request: Request) -> HttpResponse:
        """Read what is new, as an Atom feed; takes the arguments of the list."""
        return self.feed.answer(self.filter_queryset(self.get_queryset()), address=request.get_full_path())


def described(objects: str) -> Any:
    """Describe a feed of these objects in the OpenAPI document."""
    return extend_schema_view(
        list=extend_schema(operation_id=f"recent_{objects}_atom_feed", tags=[objects], responses=ATOM, filters=True)
    )


@described("datasets")
class DatasetFeedViewSet(FeedViewSet):
    queryset = Dataset.objects.all()
    filterset_class = DatasetFilter


@described("reuses")
class ReuseFeedViewSet(FeedViewSet):
    queryset = Reuse.objects.all()
    filterset_class = ReuseFilter


@described("dataservices")
class DataserviceFeedViewSet(FeedViewSet):
    queryset = Dataservice.objects.all()
    filterset_class = DataserviceFilter


@described("posts")
class PostFeedViewSet(FeedViewSet):
    queryset = Post.objects.all()
    filterset_class = None

    def listed(self) -> QuerySet[Post]:
        return Post.objects.published()
