"""Which object a request was about, and in which way: read from the route, without a query.

Own pages that call the API are no use of the API: they are left out, but for looking into a file, which is a preview.
"""

from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import ResolverMatch

from catalog.services.search_misses import normalized
from stats.kinds import Channel, Kind, Target

# What stands in an address of the API -> what it is about, and the part of the route that names the object.
API_TARGETS = {
    "datasets": Target.DATASET,
    "organizations": Target.ORGANIZATION,
    "reuses": Target.REUSE,
    "dataservices": Target.DATASERVICE,
    "topics": Target.TOPIC,
    "posts": Target.POST,
}
EMBEDS = {
    "dataset-embed": Target.DATASET,
    "organization-embed": Target.ORGANIZATION,
    "reuse-embed": Target.REUSE,
    "dataservice-embed": Target.DATASERVICE,
}
PAGES = {
    "dataset-detail": Target.DATASET,
    "organization-detail": Target.ORGANIZATION,
    "reuse-detail": Target.REUSE,
    "dataservice-detail": Target.DATASERVICE,
    "topic-detail": Target.TOPIC,
    "post-detail": Target.POST,
}
DOWNLOADS = frozenset(["resource-redirect", "v1-resource-redirect"])
API_CHANNELS = {"1": Channel.API1, "2": Channel.API2, "tabular": Channel.TABULAR}
SEARCHES = frozenset(["search", "dataset-list", "reuse-list", "dataservice-list", "organization-list", "topic-list"])
API_SEARCHES = frozenset(["datasets", "reuses", "dataservices", "organizations", "topics", "search"])
UNCOUNTED = (
    "admin/",
    "account/",
    "health/",
    "oauth/",
    "metrics",
    "static/",
    ".well-known/",
    "robots.txt",
    "opensearch.xml",
    "oembed",
    "llms.txt",
)
# Parts of a page that programs fetch: pictures for other sites, citations.
PARTS = ("-picture", "-bibtex", "-csl")
SITEMAPS = "sitemap"
HOSTED = "resources/"  # where uploads lie, below the media
FILE = "file:"  # before the path of a hosted file, which the loader turns into its resource


class Hit(NamedTuple):
    """What a request was about. `key` is a slug, an id, or `file:` and the path of a hosted file."""

    kind: Kind
    channel: Channel
    target: Target = Target.SITE
    key: str = ""
    term: str = ""


def hit_of(request: HttpRequest) -> Hit | None:
    """Return what a request was about, or None for what has no audience (accounts, administration, own calls)."""
    match = request.resolver_match
    if match is None or match.route.startswith(UNCOUNTED) or match.route.startswith(SITEMAPS):
        return None
    name = match.url_name or ""
    if name in DOWNLOADS:
        return Hit(Kind.DOWNLOAD, Channel.PERMALINK, Target.RESOURCE, match.kwargs["rid"])
    if name == "media":
        return _file_hit(match.kwargs["path"])
    return _api_hit(request, match) if match.route.startswith("api/") else _page_hit(request, match, name)


def _file_hit(path: str) -> Hit | None:
    """Return the download of an uploaded file; pictures are parts of pages."""
    return Hit(Kind.DOWNLOAD, Channel.STATIC, Target.RESOURCE, FILE + path) if path.startswith(HOSTED) else None


def _page_hit(request: HttpRequest, match: ResolverMatch, name: str) -> Hit | None:
    if name.endswith(PARTS):
        return None
    if match.route.endswith((".csv", ".atom")):
        return Hit(Kind.DOWNLOAD if match.route.endswith(".csv") else Kind.API, Channel.FEED)
    if name in SEARCHES and _is_new_search(request):
        return Hit(Kind.SEARCH, Channel.WEB, term=normalized(request.GET["q"]))
    return _object_page_hit(match, name) or Hit(Kind.VIEW, Channel.WEB)


def _object_page_hit(match: ResolverMatch, name: str) -> Hit | None:
    """Return the view of an object's page, here or elsewhere, or what became of it; None for any other page."""
    if name == "stats-outlink":
        return Hit(Kind.OUTLINK, Channel.WEB, Target.REUSE, match.kwargs["key"])
    if name in PAGES:
        return Hit(Kind.VIEW, Channel.WEB, PAGES[name], match.kwargs["key"])
    if name in EMBEDS:
        return Hit(Kind.VIEW, Channel.EMBED, EMBEDS[name], match.kwargs["key"])
    if name == "resource-detail":
        key = match.kwargs.get("rid") or match.kwargs.get("resource") or ""
        return Hit(Kind.PREVIEW, Channel.WEB, Target.RESOURCE, str(key))
    return None


def _is_new_search(request: HttpRequest) -> bool:
    """Tell whether a text is looked for; its second page is no other search."""
    return bool(request.GET.get("q", "").strip()) and request.GET.get("page", "1") == "1"


def _api_hit(request: HttpRequest, match: ResolverMatch) -> Hit | None:
    own = request.headers.get("Sec-Fetch-Site") == "same-origin"
    _api, version, *words = match.route.split("/")
    channel = API_CHANNELS.get(version, Channel.API1)
    key = match.kwargs.get("key", "")
    if channel == Channel.TABULAR:
        kind = Kind.PREVIEW if own else Kind.API
        return Hit(kind, channel, Target.RESOURCE, str(match.kwargs.get("rid", "")))
    if own:
        return None
    if match.route.endswith(".atom"):
        return Hit(Kind.API, Channel.FEED)
    if match.route.endswith(".csv"):
        return Hit(Kind.DOWNLOAD, Channel.FEED)
    kind = words[0] if words else ""
    if not key and kind in API_SEARCHES and _is_new_search(request):
        return Hit(Kind.SEARCH, channel, term=normalized(request.GET["q"]))
    return _object_hit(match.kwargs, channel, API_TARGETS.get(kind) if kind else None)


def _object_hit(parts: dict[str, Any], channel: Channel, target: Target | None) -> Hit:
    """Return the call of an object, of a file inside it, or of none (which counts for the portal)."""
    if target == Target.DATASET and parts.get("rid"):
        return Hit(Kind.API, channel, Target.RESOURCE, str(parts["rid"]))
    if target is not None and parts.get("key"):
        return Hit(Kind.API, channel, target, parts["key"])
    return Hit(Kind.API, channel)
