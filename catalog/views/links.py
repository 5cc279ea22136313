"""Other forms of a page, and what machines learn from its head: `rel=alternate` and the header `Link`.

The header follows FAIR Signposting (signposting.org/FAIR): what to cite, what describes it, its licence, its files.
"""

from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.html import format_html

from catalog.models.report import REPORTABLE
from catalog.models.subject import class_of
from portal.lib.addresses import WEB

RDF_FORMS = (("ttl", "text/turtle"), ("jsonld", "application/ld+json"), ("rdf", "application/rdf+xml"))
HTML = "text/html"
ATOM = "application/atom+xml"
ITEMS = 10  # files named in the header, which proxies bound
EMBED_WIDTH, EMBED_HEIGHT = 640, 300  # pixels
CITED = ("dataset", "reuse", "dataservice")


class Alternate(NamedTuple):
    """The same thing in another form; `address` is a path of this site."""

    media_type: str
    address: str
    title: str = ""


def rdf(api_address: str) -> list[Alternate]:
    """Return the forms of RDF that the API gives of the object at this address."""
    return [Alternate(kind, f"{api_address}rdf.{ending}") for ending, kind in RDF_FORMS]


def feed(kind: str, arguments: QueryDict) -> Alternate:
    """Return the feed of the list of a kind, with these arguments; a feed has an order of its own."""
    kept = arguments.copy()
    kept.pop("sort", None)
    address = reverse(f"{kind}-feed")
    return Alternate(ATOM, f"{address}?{kept.urlencode()}" if kept else address, "Atom")


class About(NamedTuple):
    """How the pages that tell others of an object name it; `may_contact` where somebody answers for it."""

    kind: str
    id: str
    may_contact: bool


def about(found: Any) -> About | None:
    """Return how an object is reported, and its producer written to; None for what nobody reports."""
    kind = class_of(found)
    return About(kind, str(found.pk), kind != "User") if kind in REPORTABLE else None


class Share(NamedTuple):
    """What it takes to show an object elsewhere: whole addresses, the code to paste, and those of citations."""

    address: str
    embed: str
    code: str
    picture: str
    bibtex: str
    csl: str


def share(found: Any) -> Share:
    """Return how an object that is public is shown elsewhere; an organization is not cited."""
    kind, own = found._meta.model_name, f"{settings.SITE_URL}{found.get_absolute_url()}"
    embed = f"{settings.SITE_URL}{reverse(f'{kind}-embed', args=[found.slug])}"
    cited = kind in CITED
    return Share(
        address=own,
        embed=embed,
        code=embed_code(embed, str(found), EMBED_WIDTH, EMBED_HEIGHT),
        picture=f"{settings.SITE_URL}{reverse(f'{kind}-picture', args=[found.slug])}",
        bibtex=reverse(f"{kind}-bibtex", args=[found.slug]) if cited else "",
        csl=reverse(f"{kind}-csl", args=[found.slug]) if cited else "",
    )


def embed_code(address: str, title: str, width: int, height: int) -> str:
    """Return the HTML that shows an embed in another page; sizes in pixels."""
    return format_html(
        '<iframe src="{}" title="{}" width="{}" height="{}" loading="lazy"></iframe>', address, title, width, height
    )


def cards(found: Any) -> list[Alternate]:
    """Return where oEmbed describes the page of an object."""
    query = {"url": f"{settings.SITE_URL}{found.get_absolute_url()}"}
    kinds = (("application/json+oembed", "json"), ("text/xml+oembed", "xml"))
    return [
        Alternate(kind, f"{reverse('oembed')}?{urlencode({**query, 'format': form})}", str(found))
        for kind, form in kinds
    ]


def asked_form(request: HttpRequest, forms: list[Alternate]) -> Alternate | None:
    """Return the form that a program prefers to the page by its header `Accept`, or None."""
    kind = request.get_preferred_type([HTML, *(form.media_type for form in forms)])
    return next((form for form in forms if form.media_type == kind), None)


def header(found: Any, forms: list[Alternate], schema_type: str, resources: list[Any]) -> str:
    """Return the header `Link` of the page of an object.

    `schema_type` is its class in schema.org, `resources` the files of a dataset.
    """
    own = f"{settings.SITE_URL}{found.get_absolute_url()}"
    permanent = f"{settings.SITE_URL}{reverse(f'{found._meta.model_name}-detail', args=[found.pk])}"
    parts = [_link(own, "canonical"), _link(permanent, "cite-as")]
    if schema_type:
        parts += [_link(f"https://schema.org/{schema_type}", "type"), _link("https://schema.org/AboutPage", "type")]
    parts += [_link(f"{settings.SITE_URL}{form.address}", "describedby", form.media_type) for form in forms]
    license_ = getattr(found, "license", None)
    if license_ is not None and license_.url.startswith(WEB):
        parts.append(_link(license_.url, "license"))
    parts += [_link(f"{settings.SITE_URL}{one.get_absolute_url()}", "item") for one in resources[:ITEMS]]
    return ", ".join(parts)


def _link(address: str, relation: str, media_type: str = "") -> str:
    """Return one link; whatever would end its address is quoted."""
    safe = quote(address, safe=":/?#[]@!$&'()*+,;=%~")
    return f'<{safe}>; rel="{relation}"' + (f'; type="{media_type}"' if media_type else "")
