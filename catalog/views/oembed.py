"""oEmbed (oembed.com): from the address of a page to the code that shows it on another site."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog.models import Site
from catalog.views import links
from catalog.views.objects import lookup
from portal.lib.share_image import HEIGHT, WIDTH
from portal.lib.text import fit_for_xml

MAX_AGE = 3600  # seconds
SMALLEST, LARGEST = 1, 10_000  # pixels
LANGUAGES = ("/fr/", "/en/")  # before the paths of older portals


@require_safe
def oembed(request: HttpRequest) -> HttpResponse:
    """Describe the embed of the object whose page is at `url`, in JSON or XML (`format`), at most `maxwidth` ×
    `maxheight` pixels large. 400 without a sensible argument, 404 for what is not an object that everybody may read,
    501 for another format.
    """
    form = request.GET.get("format", "json")
    if form not in ("json", "xml"):
        return _refused(_("Only the formats json and xml are given."), 501)
    try:
        width, height = _size(request, "maxwidth"), _size(request, "maxheight")
    except ValueError:
        return _refused(_("maxwidth and maxheight are numbers of pixels."), 400)
    if not request.GET.get("url"):
        return _refused(_("The argument url is missing."), 400)
    found = find(request.GET["url"])
    if found is None:
        return _refused(_("Nothing that can be embedded has this address."), 404)
    fields = describe(found, width, height)
    answer = JsonResponse(fields) if form == "json" else HttpResponse(_xml(fields), content_type="text/xml")
    answer["Cache-Control"] = f"public, max-age={MAX_AGE}"
    return _open(answer)


def find(address: str) -> Any | None:
    """Return the object that everybody may read whose page (or embed) has this address, or None."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or parts.netloc != urlsplit(settings.SITE_URL).netloc:
        return None
    match = _match(parts.path)
    page = getattr(getattr(match, "func", None), "view_class", None)
    shared = getattr(page, "may_be_shared", False) or getattr(page, "route", "") == "embed"
    if match is None or not shared:
        return None
    model, key = match.func.view_initkwargs.get("model") or page.model, match.kwargs["key"]
    rows = model._default_manager.visible_to(AnonymousUser())
    return rows.filter(**lookup(model, key)).first()


def describe(found: Any, width: int | None, height: int | None) -> dict[str, Any]:
    """Return the fields of the answer (oEmbed 1.0, type `rich`); sizes are limits in pixels."""
    share = links.share(found)
    wide = min(links.EMBED_WIDTH, width or LARGEST)
    high = min(links.EMBED_HEIGHT, height or LARGEST)
    author = getattr(found, "organization", None) or getattr(found, "owner", None)
    fields = {
        "version": "1.0",
        "type": "rich",
        "title": str(found),
        "provider_name": Site.objects.facts()["title"],
        "provider_url": f"{settings.SITE_URL}/",
        "cache_age": MAX_AGE,
        "html": links.embed_code(share.embed, str(found), wide, high),
        "width": wide,
        "height": high,
    }
    if author:
        fields |= {"author_name": str(author), "author_url": f"{settings.SITE_URL}{author.get_absolute_url()}"}
    if (width or WIDTH) >= WIDTH and (height or HEIGHT) >= HEIGHT:  # a thumbnail obeys the limits, too
        fields |= {"thumbnail_url": share.picture, "thumbnail_width": WIDTH, "thumbnail_height": HEIGHT}
    return fields


def _match(path: str) -> ResolverMatch | None:
    for prefix in LANGUAGES:
        if path.startswith(prefix):
            path = path[len(prefix) - 1 :]
    try:
        return resolve(path if path.endswith("/") else f"{path}/")
    except Resolver404:
        return None


def _size(request: HttpRequest, name: str) -> int | None:
    """Return a limit in pixels, None where it is not given. Raises ValueError."""
    text = request.GET.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) >= SMALLEST):
        raise ValueError(text)
    return int(text)


def _xml(fields: Mapping[str, Any]) -> bytes:
    root = ElementTree.Element("oembed")
    for name, value in fields.items():
        ElementTree.SubElement(root, name).text = fit_for_xml(str(value))
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def _refused(text: str, status: int) -> HttpResponse:
    return _open(JsonResponse({"message": text}, status=status))


def _open(answer: HttpResponse) -> HttpResponse:
    """Let the scripts of any site read the answer: it is for everybody."""
    answer["Access-Control-Allow-Origin"] = "*"
    return answer
