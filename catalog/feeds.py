"""Atom feeds of what is new, for the API and for the pages.

An entry shows `settings.FEED_DELAY_HOURS` after the object was created, time for the moderators to look at it,
unless its organization is certified.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Expression, Model, OuterRef, Q, QuerySet, Subquery
from django.http import HttpResponse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalog.models import (
    Dataservice,
    Dataset,
    Discussion,
    Message,
    Organization,
    OrganizationBadge,
    Post,
    Reuse,
    Site,
    Topic,
)
from catalog.models.vocabulary import OrganizationBadgeKind
from portal.lib.text import fit_for_xml, render_markdown

MEDIA_TYPE = "application/atom+xml"
MAX_ENTRIES = 100


class Entry(NamedTuple):
    """What a feed shows of an object."""

    title: str
    text: str  # Markdown
    created: datetime
    updated: datetime


def dataset_entry(item: Dataset) -> Entry:
    return Entry(item.title, item.description, item.created_at_internal, item.last_modified)


def titled_entry(item: Reuse) -> Entry:
    return Entry(item.title, item.description, item.created_at, item.last_modified)


def dataservice_entry(item: Dataservice) -> Entry:
    return Entry(item.title, item.description, item.created_at, item.metadata_modified_at)


def named_entry(item: Organization | Topic) -> Entry:
    return Entry(item.name, item.description, item.created_at, item.last_modified)


def post_entry(item: Post) -> Entry:
    return Entry(item.name, item.headline, item.published, max(item.published, item.last_modified))


def discussion_entry(item: Discussion) -> Entry:
    return Entry(item.title, item.opening or "", item.created, item.closed or item.created)


OPENING = Subquery(Message.objects.filter(discussion=OuterRef("pk")).order_by("posted_on", "id").values("content")[:1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """The feed of one kind of object; `newest` is the column of its order, `owned` what names the author, `computed`
    what the entries need beside the columns.
    """

    model: type[Model]
    title: str | Promise
    newest: str
    entry_of: Callable[[Any], Entry]
    owned: tuple[str, ...] = ("organization", "owner")
    certified_by: str = "organization"  # whose badge spares the object the wait; empty: nothing waits
    computed: dict[str, Expression] = field(default_factory=dict)

    def rows(self, listed: QuerySet) -> QuerySet:
        """Return what the feed may show of `listed`, the newest first."""
        rows = (listed.select_related(*self.owned) if self.owned else listed).annotate(**self.computed)
        if self.certified_by:
            limit = timezone.now() - timedelta(hours=settings.FEED_DELAY_HOURS)
            certified = OrganizationBadge.objects.filter(kind=OrganizationBadgeKind.CERTIFIED).values("organization_id")
            rows = rows.filter(Q(**{f"{self.newest}__lte": limit}) | Q(**{f"{self.certified_by}__in": certified}))
        return rows.order_by(f"-{self.newest}", "pk")

    def answer(self, rows: QuerySet, *, address: str, page: str = "/", title: str = "") -> HttpResponse:
        """Return the document of the first of `rows`; `address` and `page` are paths, of the feed and of its page."""
        size = min(Site.objects.current().feed_size, MAX_ENTRIES)
        items = list(rows[:size])
        text = write(title or str(self.title), [(item, self.entry_of(item)) for item in items], address, page)
        return HttpResponse(text, content_type=MEDIA_TYPE)


FEEDS: dict[type[Model], Feed] = {
    feed.model: feed
    for feed in (
        Feed(model=Dataset, title=_("Latest datasets"), newest="created_at_internal", entry_of=dataset_entry),
        Feed(model=Reuse, title=_("Latest reuses"), newest="created_at", entry_of=titled_entry),
        Feed(model=Dataservice, title=_("Latest dataservices"), newest="created_at", entry_of=dataservice_entry),
        Feed(model=Topic, title=_("Latest topics"), newest="created_at", entry_of=named_entry),
        Feed(
            model=Organization,
            title=_("Latest organizations"),
            newest="created_at",
            entry_of=named_entry,
            owned=(),
            certified_by="pk",
        ),
        Feed(
            model=Post,
            title=_("Latest posts"),
            newest="published",
            entry_of=post_entry,
            owned=("owner",),
            certified_by="",
        ),
        Feed(
            model=Discussion,
            title=_("Latest discussions"),
            newest="created",
            entry_of=discussion_entry,
            owned=("organization", "user"),
            computed={"opening": OPENING},
        ),
    )
}


def author_of(item: Any) -> tuple[str, str]:
    """Return the name and the address of who published `item`, or two empty texts."""
    author = getattr(item, "organization", None) or getattr(item, "owner", None) or getattr(item, "user", None)
    return (str(author), f"{settings.SITE_URL}{author.get_absolute_url()}") if author else ("", "")


def write(title: str, entries: Iterable[tuple[Any, Entry]], address: str, page: str = "/") -> str:
    """Return the Atom document of objects with their entries; `address` and `page` are paths of this site."""
    feed = Atom1Feed(
        title=fit_for_xml(title),
        link=f"{settings.SITE_URL}{page}",
        description=None,
        feed_url=f"{settings.SITE_URL}{address}",
        author_name=settings.SITE_URL,
    )
    for item, entry in entries:
        author, author_link = author_of(item)
        feed.add_item(
            title=fit_for_xml(entry.title),
            link=f"{settings.SITE_URL}{item.get_absolute_url()}",
            unique_id=f"{settings.SITE_URL}/{item._meta.model_name}s/{item.pk}/",  # a new title changes the page
            description=fit_for_xml(render_markdown(entry.text)),
            author_name=fit_for_xml(author) or None,
            author_link=author_link or None,
            pubdate=entry.created,
            updateddate=entry.updated,
        )
    return feed.writeString("utf-8")
