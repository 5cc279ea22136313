"""What a reader may have looked for at an address where there is nothing: the objects whose addresses are closest."""

from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Any, NamedTuple
from urllib.parse import unquote

from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError
from django.http import HttpRequest
from django.urls import reverse
from redis.exceptions import RedisError

from catalog.models.site import Site
from catalog.search import service
from catalog.search.service import SearchUnavailable
from catalog.views.guard import RATE
from catalog.views.kinds import KINDS, Kind
from portal.lib.api.throttling import count
from portal.lib.clients import network_of
from portal.lib.errors import ServiceError
from portal.lib.ids import is_object_id
from portal.lib.slugs import normalize

FOLDERS = {f"{name}s": name for name in KINDS}  # in addresses
MOST = 5  # suggestions
BEGINNING = 4  # letters that slugs have in common, where the index cannot help
CANDIDATES = 200
ALIKE = 0.5  # of 1: how alike two slugs must be


class Near(NamedTuple):
    """Something that exists, by its title and its address."""

    title: str
    address: str


def words_of(path: str) -> str:
    """Return the words of the last part of a path, to begin a search with."""
    parts = [part for part in unquote(path).split("/") if part]
    slug = normalize(parts[-1])[:100] if parts else ""
    return "" if is_object_id(slug) else slug.replace("-", " ")


def nearest(request: HttpRequest) -> list[Near]:
    """Return the public objects of the kind that the address names whose slugs are most like the one in it.

    Nothing for addresses of no kind, for callers who ask for too much, and where the database fails.
    """
    parts = [part for part in unquote(request.path).split("/") if part]
    if len(parts) < 2:
        return []
    folder, slug = parts[0], normalize(parts[1])[:100]
    if not slug or is_object_id(slug) or not (folder in FOLDERS or folder == "pages"):
        return []
    try:
        if _asks_too_much(request):
            return []
        return _pages(slug) if folder == "pages" else _objects(KINDS[FOLDERS[folder]], FOLDERS[folder], slug)
    except DatabaseError:
        return []


def _asks_too_much(request: HttpRequest) -> bool:
    """Count the suggestions as a search."""
    try:
        verdict = count(RATE, f"net:{network_of(request)}")
    except RedisError:
        return False
    return verdict is not None and not verdict.allowed


def _pages(slug: str) -> list[Near]:
    rows = [(row["path"], row["title_en"] or row["title_fr"]) for row in Site.objects.facts()["pages"]]
    found = _alike(slug, rows)
    return [Near(title, reverse("page", args=[path])) for path, title in found]


def _objects(kind: Kind, name: str, slug: str) -> list[Near]:
    model = kind.rows().model
    public = model._default_manager.listed_to(AnonymousUser()).filter(**kind.fixed)
    title = model.slug_source
    begins = public.filter(slug__startswith=slug[:BEGINNING]).order_by("slug").values_list("slug", title)[:CANDIDATES]
    rows = list(begins)
    if ids := _by_index(kind, name, slug):
        rows += public.filter(pk__in=ids).values_list("slug", title)
    return [Near(label, reverse(f"{name}-detail", args=[found])) for found, label in _alike(slug, rows)]


def _by_index(kind: Kind, name: str, slug: str) -> list[str]:
    """Return ids of objects that have the words of the slug, as the index forgives them."""
    try:
        page = service.Page(size=MOST * 2)
        return service.search(name, slug.replace("-", " "), kind.fixed, page=page).ids
    except (SearchUnavailable, ServiceError):
        return []


def _alike(slug: str, rows: Iterable[tuple[Any, Any]]) -> list[tuple[str, str]]:
    """Return those of the rows (slug, title) that are alike enough, the likest first."""
    matcher = SequenceMatcher(b=slug, autojunk=False)
    rated = []
    for found, title in dict(rows).items():
        matcher.set_seq1(found[:100])
        if matcher.quick_ratio() >= ALIKE and (likeness := matcher.ratio()) >= ALIKE:
            rated.append((-likeness, found, title))
    return [(found, title) for _likeness, found, title in sorted(rated)[:MOST]]
