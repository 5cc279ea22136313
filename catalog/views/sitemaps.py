"""Sitemaps (sitemaps.org): an index, and files of at most 45,000 addresses, written as they are read."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote
from xml.sax.saxutils import escape

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import F, Max, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from catalog.models import Change, Dataservice, Dataset, GeoZone, Organization, Page, Post, Reuse, Tag, Topic

SIZE = 45_000  # addresses of a file; the protocol takes 50,000
PAGES = "pages"  # which the log of changes does not tell of
CHUNK = 2_000  # rows read at once
MAX_AGE = 3600  # seconds
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
HEAD = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{NAMESPACE}">\n'


class Section(NamedTuple):
    """The objects of one kind that everybody may list, with the column that tells when one last changed.

    `parts` are the columns that their addresses are made of.
    """

    rows: QuerySet
    changed: str
    parts: tuple[str, ...] = ("slug",)


PLUGGED: dict[str, Callable[[], Section]] = {}  # of other apps, by the name of their pages


def sections() -> dict[str, Section]:
    """Return the kinds of objects by the name of their pages."""
    nobody = AnonymousUser()
    models = {"datasets": Dataset, "organizations": Organization, "reuses": Reuse, "topics": Topic, "posts": Post}
    found = {name: Section(model.objects.listed_to(nobody), "last_modified") for name, model in models.items()}
    found[PAGES] = Section(Page.objects.published(), "last_modified", ("path",))
    return {
        **found,
        "dataservices": Section(Dataservice.objects.listed_to(nobody), "metadata_modified_at"),
        "tags": Section(borne_by_datasets(Tag.objects.all(), "datasets"), "newest", ("name",)),
        "territories": Section(borne_by_datasets(GeoZone.objects.all(), "datasets"), "newest", ("level_id", "code")),
        **{name: plugged() for name, plugged in PLUGGED.items()},
    }


def borne_by_datasets(rows: QuerySet, path: str) -> QuerySet:
    """Return the rows that listed datasets (at the end of `path`) refer to, with `newest`, when one last changed."""
    listed = {f"{path}__private": False, f"{path}__deleted__isnull": True, f"{path}__archived__isnull": True}
    return rows.filter(**listed).annotate(newest=Max(f"{path}__last_modified"))


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List the files, each with when something in it last changed."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<sitemapindex xmlns="{NAMESPACE}">']
    for name, section in sections().items():
        count, last = section.rows.count(), section.rows.aggregate(last=Max(section.changed))["last"]
        for page in range(1, -(-count // SIZE) + 1):
            address = f"{settings.SITE_URL}/sitemap-{name}-{page}.xml"
            lines.append(f"<sitemap><loc>{escape(address)}</loc><lastmod>{_moment(last)}</lastmod></sitemap>")
    lines.append("</sitemapindex>\n")
    return _headers(HttpResponse("\n".join(lines), content_type="application/xml"))


@require_safe
def section(request: HttpRequest, name: str, page: int) -> HttpResponse:
    """Write one file. Raises Http404 for one that the index does not name."""
    found = sections().get(name)
    if found is None or page < 1:
        raise Http404
    start = (page - 1) * SIZE
    if page > 1 and not found.rows.order_by("pk")[start : start + 1].exists():
        raise Http404
    tag = f'"{name}-{page}-{"-".join(map(str, Change.objects.position()))}"'.replace(" ", "-")
    known = get_conditional_response(request, etag=tag) if name != PAGES else None
    if known is not None:
        return _headers(known)
    rows = found.rows.order_by("pk").annotate(changed_at=F(found.changed)).values_list("changed_at", *found.parts)
    answer = StreamingHttpResponse(_urls(name, rows[start : start + SIZE]), content_type="application/xml")
    if name != PAGES:
        answer["ETag"] = tag
    return _headers(answer)


def _urls(name: str, rows: QuerySet) -> Iterator[str]:
    yield HEAD
    part: list[str] = []
    for changed, *parts in rows.iterator(chunk_size=CHUNK):
        path = "/".join(quote(one, safe=":/") for one in parts)
        address = escape(f"{settings.SITE_URL}/{name}/{path}/")
        part.append(f"<url><loc>{address}</loc><lastmod>{_moment(changed)}</lastmod></url>\n")
        if len(part) == CHUNK:
            yield "".join(part)
            part.clear()
    yield "".join(part)
    yield "</urlset>\n"


def _moment(value: datetime | None) -> str:
    return value.isoformat(timespec="seconds") if value else ""


def _headers(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = f"public, max-age={MAX_AGE}"
    return answer
