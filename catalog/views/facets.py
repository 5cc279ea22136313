"""The facets of a list as its page shows them: groups of options with their labels, and how many results each has."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.utils.functional import Promise

from catalog.filters.base import FilterSet
from catalog.filters.fields import RepeatedFilter
from catalog.models import GeoLevel, GeoZone, License, Organization, Topic
from catalog.search.service import ALL, Hits
from catalog.views.labels import FILTERS, PRODUCER_TYPES, UPDATE_RANGES

SHOWN = 6  # options of a facet before one asks for more
MOST = 12  # options of a facet on the page
OPEN_GROUPS = 4  # facets unfolded at first

type_of_text = str | Promise
Labels = dict[str, type_of_text]
Options = Sequence[tuple[str, type_of_text]]


def nothing_known(values: Collection[str]) -> Labels:
    """Name no value: each is its own name."""
    return {}


def as_it_is(value: str) -> str:
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """A filter offered with its values.

    The values are those of a vocabulary (`choices`), or those that the index counts, named by `labels`. `counted` is
    the facet's name in the index where it is not the filter's; with `pairs` its values are `id|name`. `canonical`
    gives a value as the index has it.
    """

    name: str
    counted: str = ""
    choices: Callable[[], Options] | None = None
    labels: Callable[[Collection[str]], Labels] = nothing_known
    canonical: Callable[[str], str] = as_it_is
    pairs: bool = False

    @property
    def key(self) -> str:
        return self.counted or self.name


class Option(NamedTuple):
    """One value of a facet. `count` is None where nothing can tell it."""

    value: str
    label: type_of_text
    count: int | None
    chosen: bool


class Group(NamedTuple):
    """One facet as the page shows it: `several` values may be chosen, or one, of `everything` without any."""

    name: str
    label: type_of_text
    options: list[Option]
    more: list[Option]
    several: bool
    everything: int | None
    chosen: bool
    unfolded: bool


def license_titles(values: Collection[str]) -> Labels:
    return dict(License.objects.filter(pk__in=values).order_by().values_list("pk", "title"))


def zone_names(values: Collection[str]) -> Labels:
    return dict(GeoZone.objects.filter(pk__in=values).order_by().values_list("pk", "name"))


def level_names(values: Collection[str]) -> Labels:
    return dict(GeoLevel.objects.filter(pk__in=values).order_by().values_list("pk", "name"))


def topic_names(values: Collection[str]) -> Labels:
    return dict(Topic.objects.public().filter(pk__in=values).order_by().values_list("pk", "name"))


def organization_names(values: Collection[str]) -> Labels:
    rows = Organization.objects.visible_to(AnonymousUser())
    return dict(rows.filter(pk__in=values).order_by().values_list("pk", "name"))


def in_capitals(values: Collection[str]) -> Labels:
    return {value: value.upper() for value in values}


ORGANIZATION = Facet(
    name="organization", counted="organization_id_with_name", labels=organization_names, pairs=True
)  # of every kind that has an owner
TAG = Facet(name="tag")
LAST_UPDATE = Facet(name="last_update_range", counted="last_update", choices=lambda: UPDATE_RANGES)
PRODUCER_TYPE = Facet(name="producer_type", choices=lambda: PRODUCER_TYPES)


def chosen_of(filterset: FilterSet, facet: Facet) -> list[str]:
    """Return the values in use of a facet's filter, each once, as the index has them."""
    value = filterset.form.cleaned_data.get(facet.name) or []
    values = [value] if isinstance(value, str) else value
    return list(dict.fromkeys(facet.canonical(str(one)) for one in values))


def groups_of(facets: Iterable[Facet], filterset: FilterSet, found: Hits) -> list[Group]:
    """Return the facets that leave something to choose, or that are in use; one query for each that names objects."""
    groups: list[Group] = []
    for facet in facets:
        group = _group(facet, filterset, found)
        if group is not None:
            groups.append(group._replace(unfolded=group.chosen or len(groups) < OPEN_GROUPS))
    return groups


def _group(facet: Facet, filterset: FilterSet, found: Hits) -> Group | None:
    counts, labels = _counts(facet, found)
    everything = counts.pop(ALL, None)
    chosen = chosen_of(filterset, facet)
    values = _values(facet, counts, chosen, labels, counting=found.indexed)
    if not values or (len(values) == 1 and not chosen and facet.choices):
        return None
    rule = filterset.base_filters[facet.name]
    narrowing = getattr(rule, "every", False) and bool(chosen)  # the index counts without those chosen already
    missing = [value for value in values if value not in labels]
    labels |= facet.labels(missing) if missing else {}
    options = [
        Option(
            value=value,
            label=labels.get(value, value),
            count=None if narrowing or not found.indexed else counts.get(value, 0),
            chosen=value in chosen,
        )
        for value in values
    ]
    shown = max(SHOWN, len(chosen))
    several = isinstance(rule, RepeatedFilter)
    title = FILTERS.get(facet.name, facet.name)
    return Group(facet.name, title, options[:shown], options[shown:], several, everything, bool(chosen), unfolded=False)


def _counts(facet: Facet, found: Hits) -> tuple[dict[str, int], Labels]:
    """Return how many results each value has (`all` among them), and the labels that come with them."""
    labels: Labels = dict(facet.choices()) if facet.choices else {}
    counts: dict[str, int] = {}
    for row in found.facets.get(facet.key, []):
        value = row["name"]
        if facet.pairs and value != ALL:
            value, _bar, name = value.partition("|")
            labels[value] = name
        counts[value] = row["count"]
    return counts, labels


def _values(
    facet: Facet, counts: dict[str, int], chosen: list[str], labels: Labels, *, counting: bool
) -> Iterable[Any]:
    """Return the values to offer: those in use first; a vocabulary in its own order, else the most frequent ones."""
    offered = [value for value in labels if counts.get(value) or not counting] if facet.choices else list(counts)
    return [*chosen, *(value for value in offered if value not in chosen)][: max(MOST, len(chosen))]
