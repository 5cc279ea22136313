"""Atom feeds of what is new.

An entry shows `settings.FEED_DELAY_HOURS` after the object was created, time for the moderators to look at it,
unless its organization is certified.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Model, Q, QuerySet
from django.http import HttpResponse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request

from catalog.api.core import ApiView
from catalog.filters.dataservice import DataserviceFilter
from catalog.filters.dataset import DatasetFilter
from catalog.filters.reuse import ReuseFilter
from catalog.models import Dataservice, Dataset, OrganizationBadge, Post, Reuse, Site
from catalog.models.vocabulary import OrganizationBadgeKind
from portal.lib.text import render_markdown

MEDIA_TYPE = "application/atom+xml"
ATOM = {(200, MEDIA_TYPE): str}
MAX_ENTRIES = 100
# Characters that no XML document may hold (XML 1.0, production 2).
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Entry(NamedTuple):
    """What a feed shows of an object."""

    title: str
    text: str  # Markdown
    created: datetime
    updated: datetime


def dataset_entry(item: Dataset) -> Entry:
    return Entry(item.title, item.description, item.created_at_internal, item.last_modified)


def reuse_entry(item: Reuse) -> Entry:
    return Entry(item.title, item.description, item.created_at, item.last_modified)


def dataservice_entry(item: Dataservice) -> Entry:
    return Entry(item.title, item.description, item.created_at, item.metadata_modified_at)


def post_entry(item: Post) -> Entry:
    return Entry(item.name, item.headline, item.published, max(item.published, item.last_modified))


def moderated(rows: QuerySet, column: str) -> QuerySet:
    """Keep what was created long enough ago, or comes from a certified organization."""
    limit = timezone.now() - timedelta(hours=settings.FEED_DELAY_HOURS)
    certified = OrganizationBadge.objects.filter(kind=OrganizationBadgeKind.CERTIFIED).values("organization_id")
    return rows.filter(Q(**{f"{column}__lte": limit}) | Q(organization__in=certified))


def author_of(item: Any) -> tuple[str, str]:
    """Return the name and the address of who published `item`, or two empty texts."""
    author = getattr(item, "organization", None) or item.owner
    return (str(author), f"{settings.SITE_URL}{author.get_absolute_url()}") if author else ("", "")


def write(request: Request, title: str, items: list[Model], entry_of: Callable[[Any], Entry]) -> HttpResponse:
    """Return the Atom document of `items`."""
    feed = Atom1Feed(
        title=title,
        link=f"{settings.SITE_URL}/",
        description=None,
        feed_url=f"{settings.SITE_URL}{request.get_full_path()}",
        author_name=settings.SITE_URL,
    )
    for item in items:
        entry, (author, author_link) = entry_of(item), author_of(item)
        page = f"{settings.SITE_URL}{item.get_absolute_url()}"
        feed.add_item(
            title=NOT_XML.sub("", entry.title),
            link=page,
            unique_id=f"{settings.SITE_URL}/{item._meta.model_name}s/{item.pk}/",  # a new title changes the page
            description=NOT_XML.sub("", render_markdown(entry.text)),
            author_name=NOT_XML.sub("", author) or None,
            author_link=author_link or None,
            pubdate=entry.created,
            updateddate=entry.updated,
        )
    return HttpResponse(feed.writeString("utf-8"), content_type=MEDIA_TYPE)


class FeedViewSet(ApiView):
    """Base of the feeds: a subclass names its rows, its filter set, and how an entry is made."""

    serializer_class = None
    pagination_class = None
    title: Any
    newest_first: str
    entry_of: Callable[[Any], Entry]

    def list(self, request: Request) -> HttpResponse:
        """Read what is new, as an Atom feed; takes the arguments of the list."""
        rows = self.filter_queryset(self.get_queryset().order_by(f"-{self.newest_first}", "pk"))
        size = min(Site.objects.current().feed_size, MAX_ENTRIES)
        return write(request, str(self.title), list(rows[:size]), type(self).entry_of)


def described(objects: str) -> Any:
    """Describe a feed of these objects in the OpenAPI document."""
    return extend_schema_view(
        list=extend_schema(operation_id=f"recent_{objects}_atom_feed", tags=[objects], responses=ATOM, filters=True)
    )


@described("datasets")
class DatasetFeedViewSet(FeedViewSet):
    queryset = Dataset.objects.select_related("organization", "owner")
    filterset_class = DatasetFilter
    title = _("Latest datasets")
    newest_first = "created_at_internal"
    entry_of = staticmethod(dataset_entry)

    def get_queryset(self) -> QuerySet[Dataset]:
        return moderated(super().get_queryset().listed(), self.newest_first)


@described("reuses")
class ReuseFeedViewSet(FeedViewSet):
    queryset = Reuse.objects.select_related("organization", "owner")
    filterset_class = ReuseFilter
    title = _("Latest reuses")
    newest_first = "created_at"
    entry_of = staticmethod(reuse_entry)

    def get_queryset(self) -> QuerySet[Reuse]:
        return moderated(super().get_queryset().listed(), self.newest_first)


@described("dataservices")
class DataserviceFeedViewSet(FeedViewSet):
    queryset = Dataservice.objects.select_related("organization", "owner")
    filterset_class = DataserviceFilter
    title = _("Latest dataservices")
    newest_first = "created_at"
    entry_of = staticmethod(dataservice_entry)

    def get_queryset(self) -> QuerySet[Dataservice]:
        return moderated(super().get_queryset().listed(), self.newest_first)


@described("posts")
class PostFeedViewSet(FeedViewSet):
    queryset = Post.objects.select_related("owner")
    filterset_class = None
    title = _("Latest posts")
    newest_first = "published"
    entry_of = staticmethod(post_entry)

    def get_queryset(self) -> QuerySet[Post]:
        return super().get_queryset().published()
