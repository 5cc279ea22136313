"""`/developpeurs/`: how programs use the portal. The table of dumps is made from the dumps themselves."""

from datetime import datetime
from typing import Any, NamedTuple

from django.core.cache import cache
from django.db.models import Count
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from catalog.exports.base import Export
from catalog.exports.registry import EXPORTS
from catalog.models import Change
from harvest.backends import backends
from harvest.exports import HARVESTS
from harvest.models import Source

CACHE_TTL = 3600  # seconds; the key changes with what the dump shows

DESCRIPTIONS: dict[str, str | Promise] = {
    "datasets": _("One line a dataset, with its producer, licence, frequency, quality and counters."),
    "resources": _("One line a file, with its address, format, size and checksum."),
    "organizations": _("One line an organization, with its labels and counters."),
    "reuses": _("One line a reuse, with the datasets it uses."),
    "dataservices": _("One line a dataservice, with its addresses and terms of access."),
    "tags": _("Every tag, with how often it is used."),
    "discussions": _("One line a discussion, with its messages."),
    "harvests": _("One line a source of harvesting, with its settings and its state."),
}


class DumpRow(NamedTuple):
    """One line of the table of dumps; `changed` is when what it shows last changed."""

    name: str
    address: str
    description: str | Promise
    columns: int
    rows: int
    changed: datetime | None


class HarvesterRow(NamedTuple):
    """A harvester that is installed, and the list of what it reads."""

    label: str
    name: str
    address: str
    sources: int


class Developers(TemplateView):
    template_name = "portal/developers.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            dumps=[describe(one) for one in [*EXPORTS.values(), HARVESTS]], harvesters=harvesters(), **context
        )


def harvesters() -> list[HarvesterRow]:
    """Return the harvesters that are installed, with how many catalogues each reads; one query."""
    used = Source.objects.listed().order_by().values_list("backend").annotate(Count("pk"))
    numbers = dict(used)
    address = reverse("source-list")
    return [
        HarvesterRow(str(kind.label), name, f"{address}?backend={name}", numbers.get(name, 0))
        for name, kind in backends().items()
    ]


def describe(export: Export) -> DumpRow:
    """Return what the table says of `export`; its rows are counted once for each state of the catalogue."""
    position = Change.objects.position(*export.kinds)
    key = f"dump-rows:{export.name}:{'.'.join(map(str, position))}"
    return DumpRow(
        name=export.name,
        address=f"/{export.name}.csv",
        description=DESCRIPTIONS.get(export.name, ""),
        columns=export.header().count(";") + 1,
        rows=cache.get_or_set(key, lambda: export.rows(export.objects()).count(), CACHE_TTL),
        changed=last_change(export),
    )


def last_change(export: Export) -> datetime | None:
    """Return when a change was last noted for what the dump shows."""
    newest = Change.objects.filter(kind__in=export.kinds) if export.kinds else Change.objects.all()
    return newest.order_by("-at").values_list("at", flat=True).first()
