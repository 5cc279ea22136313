"""Every component with an example of what it is given: the page of a theme's author, and what its tests render."""

from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace as Example
from typing import Any, NamedTuple

from django.core.paginator import Paginator
from django.http import QueryDict
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from portal.lib.stacks import stack
from portal.themes import gallery_talk as talk
from portal.themes.active import using
from portal.themes.registry import Theme

FOLDER = "portal/components"
FRAME = frozenset(["header", "nav", "skiplinks", "footer"])  # what the page of the gallery has anyway
WHEN = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
LONG = "Mesures de la qualité de l’air dans les agglomérations de plus de 100 000 habitants, relevés horaires validés"


class Shown(NamedTuple):
    """One component as the gallery shows it; `html` is empty where `problem` says why it could not be made."""

    name: str
    html: SafeString | str
    problem: str


def _every(*rows: Any) -> Example:
    return Example(all=list(rows))


ORGANIZATION = Example(name="Ville de Port-Serein", get_absolute_url="/organizations/", is_certified=True,
                       logo_address="", badges=_every(Example(get_kind_display="Certified")), acronym="VPS",
                       summary="A town by the sea.", metric_datasets=1234, metric_reuses=3)  # fmt: skip
BASE = {"organization": ORGANIZATION, "owner": None, "get_absolute_url": "/datasets/", "summary": "What it holds.",
        "title": LONG, "acronym": "AIR", "description": "Hourly values.", "created_at": WHEN}  # fmt: skip
DATASET = Example(**BASE, description_short="", formats=["csv", "geojson", "xlsx", "json", "pdf", "zip"],
                  last_update=WHEN, resources_count=12, metric_reuses=4, metric_views=98765,
                  license=Example(title="Licence Ouverte 2.0"), archived=WHEN)  # fmt: skip
REUSE = Example(**BASE, image_address="", get_type_display="Application", metric_datasets=2, private=True)
DATASERVICE = Example(**BASE, get_access_type_display="Open", availability=99.5, metadata_modified_at=WHEN)
TOPIC = Example(**BASE, name="Water", elements_count=7)
POST = Example(**BASE, name="The portal has a new look", published=WHEN, headline="And a faster search.")
RESOURCE = Example(id="00000000-0000-4000-8000-000000000000", title="air-2026.csv", format="csv", owner=None,
                   organization=None, description="One line a station and hour, with the units of each value.",
                   filesize=12_345_678, last_modified=WHEN, schema_name="", metric_views=321, type="main",
                   get_absolute_url="/datasets/r/x", checksum_value="9f86d081", get_checksum_type_display="sha256",
                   url="https://example.org/air-2026.csv", extras={"check:available": False})  # fmt: skip
OPTIONS = [Example(value=f"v{n}", label=f"Value {n}", count=1000 // n, chosen=n == 2) for n in range(1, 8)]
GROUP = Example(name="format", label="Format", unfolded=True, several=True, chosen=["v2"], options=OPTIONS[:5],
                more=OPTIONS[5:], everything=None)  # fmt: skip
CRITERIA = [Example(label="Licence", advice="", met=True), Example(label="Period", advice="Say it.", met=False)]
CHIPS = [Example(label="Format", value="CSV", address="?format=csv")]
CONTACT = Example(name="Open data desk", email="data@example.org", contact_form="", get_role_display="contact")


class _Field(Example):
    def __str__(self) -> str:
        return SafeString('<input type="text" name="title" id="example-title">')


def _form() -> Example:
    field = _Field(widget_type="text", label="Title", name="title", id_for_label="example-title", errors=["Say it."],
                   auto_id="example-title", help_text="Short, and clear by itself.",
                   field=Example(required=True))  # fmt: skip
    return Example(non_field_errors=["Two fields contradict each other."], hidden_fields=[], visible_fields=[field])


def _page() -> Any:
    page = Paginator(range(2000), 20).page(4)
    page.query, page.links = QueryDict("q=air"), [1, 2, 3, 4, 5, Paginator.ELLIPSIS, 100]
    return page


TABLE = Example(
    columns=[
        Example(name="station", type="string", direction="asc", is_number=False),
        Example(name="no2", type="float", direction="", is_number=True),
    ],
    page=_page(),
)
TABLE.page.object_list = [
    [Example(text=town, is_number=False), Example(text=value, is_number=True)]
    for town, value in (("Port-Serein", "21.5"), ("Valmont", "18"))
]

TAGS = [Example(name=name, get_absolute_url=f"/tags/{name}/") for name in ("air", "qualite-de-l-air")]
BARS = [Example(label=f"Value {n}", address="#" if n < 3 else "", number=1200 // n, length=1000 // n)
        for n in range(1, 5)]  # fmt: skip
PARTS = stack([("Done", "ok", 120), ("Skipped", "quiet", 12), ("Archived", "warn", 6), ("Failed", "bad", 3)])
PLACES = [Example(name=f"Value {n}", address="#", number=20 * n) for n in range(1, 4)]
MAP = Example(
    ident="example-map", title="Datasets by territory", view="0 0 130 50", rows=PLACES,
    frames=[Example(x=90, y=2, width=38, height=46)], legend=[Example(step=5, least=20, most=60)],
    areas=[Example(place=place, path=f"M{5 + 42 * n} 10l20-6 18 12-6 24-26 4z", step=2 * n, here=n == 2)
           for n, place in enumerate(PLACES)],
)  # fmt: skip
MONTHS = [("September 2026", 1200), ("October 2026", 900), ("November 2026", 1800)]
CHART = Example(
    ident="example-chart", title="Visits a month", unit="visits", rows=MONTHS, total=3900, highest=MONTHS[2],
    width=720, height=240, left=64, right=712, base=210, name_y=232, scale_x=56,
    bars=[Example(x=80 + 216 * n, y=210 - value // 10, width=150, height=value // 10, label=label, value=value)
          for n, (label, value) in enumerate(MONTHS)],
    points="155,90 371,120 587,30", area="155,210 155,90 371,120 587,30 587,210",
    scale=[Example(position=210 - value // 10, label=value) for value in (0, 1000, 2000)],
    names=[Example(position=155 + 216 * n, label=label) for n, (label, _value) in enumerate(MONTHS)],
)  # fmt: skip

LOGO = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
MENU = [
    Example(label="Datasets", address="/datasets/", current="page", new_window=False),
    Example(label="The town", address="https://example.org/", current="", new_window=True),
]

SHARE = Example(address="https://data.example.org/datasets/air/", embed="/embed/datasets/air/", bibtex="#", csl="#",
                code='<iframe src="https://data.example.org/embed/datasets/air/"></iframe>')  # fmt: skip


def examples() -> dict[str, list[dict[str, Any]]]:
    """Return the examples of each component, by its name."""
    cards = {"dataset": DATASET, "reuse": REUSE, "organization": ORGANIZATION, "dataservice": DATASERVICE,
             "topic": TOPIC, "post": POST}  # fmt: skip
    found = {f"card_{kind}": [{"item": item}] for kind, item in cards.items()}
    found |= {f"chart_{part}": [{"chart": CHART}] for part in ("axes", "bars", "line", "table")}
    found |= {name: [{}] for name in ("footer", "skiplinks")} | drawn_examples() | list_examples()
    found |= {"nav": [{"navigation": MENU}]}
    return {**found, **talk.EXAMPLES} | {
        "alert": [{"kind": kind, "text": "Something to know."} for kind in ("info", "success", "warning", "error")],
        "avatar": [{"name": "Port-Serein"}, {"name": "Port-Serein", "large": True}],
        "badge": [{"kind": kind, "text": kind or "plain"} for kind in ("", "info", "ok", "warn", "bad")],
        "breadcrumb": [{"list_url": "/datasets/", "list_label": "Datasets", "label": LONG}],
        "card_of": [{"item": DATASET, "kind": "dataset"}],
        "copy_button": [{"address": "/datasets/r/x"}],
        "date": [{"value": WHEN}],
        "empty_state": [{"text": "Nothing yet."}],
        "entry": [{"entry": MENU[1]}],
        "figure": [{"number": 75_000, "label": "datasets"}],
        "form_fields": [{"form": _form()}],
        "header": [{"without_search": True}],
        "icon": [{"name": name} for name in ("data", "search", "calendar", "download", "certified")],
        "logo": [{"light": LOGO}, {"light": LOGO, "dark": LOGO}],
        "machine_box": [
            {"api_url": "/api/1/datasets/", "csv_url": "/datasets.csv", "csv_label": "CSV", "edit_url": "#"}
        ],
        "meter": [{"value": value, "label": "Quality"} for value in (0.22, 0.66, 1)],
        "notice": [{"kind": kind, "text": "Closed on **Monday**."} for kind in ("info", "warning", "error")],
        "object_links": [{"kind": "Dataset", "id": "1", "may_contact": True}],
        "producer": [{"item": DATASET, "link": True}],
        "producer_box": [{"item": DATASET, "contacts": [CONTACT]}],
        "quality": [{"quality": {"score": 0.78}, "criteria": CRITERIA}],
        "resource_row": [{"resource": RESOURCE, "level": 3}],
        "search_bar": [{"id": "example-search"}],
        "share": [{"share": SHARE, "citation": "Ville de Port-Serein (2026). Arbres [dataset]. Open data."}],
        "state_notices": [{"item": DATASET}],
        "states": [{"item": REUSE}],
        "table": [{"table": TABLE, "caption": "air-2026.csv"}],
        "tags": [{"tags": TAGS}, {"tags": TAGS, "list_url": "/datasets/"}],
    }


def list_examples() -> dict[str, list[dict[str, Any]]]:
    """Return the examples of the parts of lists."""
    tabs = [Example(label="Reuses", number=3, address="/reuses/")]
    return {
        "explain_link": [{"kind": "dataset", "id": "1", "q": "air"}],
        "facet_group": [{"group": GROUP}],
        "facet_option": [{"group": GROUP, "option": OPTIONS[0]}],
        "filters": [{"groups": [GROUP], "chips": CHIPS}],
        "filters_active": [{"chips": CHIPS, "without_filters": "?"}],
        "list_search": [{"q": "air"}],
        "no_results": [{"q": "air", "chips": CHIPS, "without_filters": "?", "without_text": "?", "elsewhere": tabs}],
        "pagination": [{"page": _page()}],
        "search_notes": [
            {"found": Example(suggestion="transports", total=3, relaxed="typo"), "links": QueryDict("q=x")}
        ],
        "sort": [{"sorts": [("", "Most relevant first"), ("title", "Title")], "sort": "title"}],
    }


def drawn_examples() -> dict[str, list[dict[str, Any]]]:
    """Return the examples of what is drawn of numbers, but charts over time."""
    return {
        "bar_list": [{"bars": BARS, "label": "Values, the commonest first"}],
        "map": [{"map": MAP}],
        "stack": [{"parts": PARTS}],
        "stack_legend": [{"parts": PARTS}, {"parts": PARTS, "numbers": True}],
    }


def shown(request: Any = None) -> Iterator[Shown]:
    """Give each component in the active theme."""
    for name, contexts in sorted(examples().items()):
        try:
            made = [render_to_string(f"{FOLDER}/{name}.html", context, request) for context in contexts]
        except (TemplateSyntaxError, TemplateDoesNotExist, AttributeError, TypeError, ValueError, KeyError) as error:
            yield Shown(name, "", f"{type(error).__name__}: {error}")
        else:
            yield Shown(name, SafeString("\n".join(made)), "")


def broken(theme: Theme) -> dict[str, str]:
    """Return the components that a theme cannot make of their examples, with the reason."""
    with using(theme):
        return {one.name: one.problem for one in shown() if one.problem}
