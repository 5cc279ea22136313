"""The pages of territories: where there are data, and what covers one place."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import InvalidPage
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from catalog.filters.places import zones_named
from catalog.models import Dataset, GeoLevel, GeoZone
from catalog.views import guard, links, maps, structured
from catalog.views.bars import bars_of
from catalog.views.cards import add_formats, dataset_cards, organization_cards
from catalog.views.guard import GuardedPage
from catalog.views.kept import kept
from catalog.views.listing import TOO_MUCH
from catalog.views.maps import Map, Place
from portal.lib.paging import FoundPaginator, RowPage

PER_PAGE = 50
TOP = 20  # territories of all levels on the first page
DATASETS, ORGANIZATIONS = 10, 6  # objects shown; the lists have them all
CHILDREN = 100  # of a territory, those with most datasets
FOUND = 200  # places that a text finds, at most


class Coverage(NamedTuple):
    """How many listed datasets cover each zone that any covers, and the level of each."""

    numbers: dict[str, int]
    levels: dict[str, str]


def coverage() -> Coverage:
    """Return where there are datasets; one query, kept until a dataset changes."""
    return kept("coverage", _count, "dataset", "geozone")


def _count() -> Coverage:
    covering = Dataset.objects.listed().filter(spatial_zones__isnull=False).order_by()
    rows = list(covering.values_list("spatial_zones", "spatial_zones__level").annotate(Count("pk")))
    return Coverage({pk: number for pk, _level, number in rows}, {pk: level for pk, level, _number in rows})


def ranked(numbers: Mapping[str, int]) -> list[str]:
    """Return the ids of zones, those with most datasets first."""
    return sorted(numbers, key=lambda pk: (-numbers[pk], pk))


def places_of(zones: Iterable[GeoZone], counts: Mapping[str, int]) -> dict[str, Place]:
    return {zone.pk: Place(zone.name, zone.get_absolute_url(), counts.get(zone.pk, 0)) for zone in zones}


class LevelTab(NamedTuple):
    """A level of which some zones have datasets: how many, and the list of them."""

    level: GeoLevel
    number: int
    address: str
    current: bool


class TerritoryList(GuardedPage):
    """Where there are most datasets, in all or at one `level`; `q` finds a place."""

    template_name = "catalog/territory_list.html"

    def names(self) -> Collection[str]:
        return ("q", "level")

    def answer(self, arguments: QueryDict, number: int) -> HttpResponse:
        q, chosen = arguments.get("q", ""), arguments.get("level", "")
        context: dict[str, Any] = {"q": q, "noindex": bool(q), "canonical_url": self._canonical(chosen)}
        if guard.too_much(arguments):
            return self.render_to_response(self.get_context_data(problems=[TOO_MUCH], **context), status=400)
        covered = coverage()
        levels = list(GeoLevel.objects.all())
        level = next((one for one in levels if one.pk == chosen), None)
        if chosen and level is None:
            raise Http404
        tabs = tabs_of(levels, covered, chosen)
        context |= {"tabs": tabs, "level": level, **self._listed(q, level, covered, number)}
        drawn = level or self._drawn(tabs)
        if drawn and not q and number == 1:
            context["map"] = level_map(drawn, covered.numbers)
        if (page := context["page"]) is not None:
            page.query = guard.links_of(self.request, arguments)
        response = self.render_to_response(self.get_context_data(**context))
        return guard.unindexed(response) if q else response

    def _listed(self, q: str, level: GeoLevel | None, covered: Coverage, number: int) -> dict[str, Any]:
        """Return the page of zones that the arguments ask for: found, of a level, or the first of all."""
        counts = covered.numbers
        if q:
            found = zones_named(q)
            ids = list((found.filter(level=level) if level else found).values_list("pk", flat=True)[:FOUND])
        elif level:
            ids = ranked({pk: count for pk, count in counts.items() if covered.levels[pk] == level.pk})
        else:
            ids = ranked(counts)[:TOP]
        paginator = FoundPaginator(len(ids), len(ids), PER_PAGE)
        try:
            number = paginator.validate_number(number)
        except InvalidPage as error:
            raise Http404 from error
        shown = ids[(number - 1) * PER_PAGE : number * PER_PAGE]
        known = GeoZone.objects.select_related("level").defer("geometry").in_bulk(shown)
        zones = [known[pk] for pk in shown if pk in known]
        bars = bars_of((named(zone, level), zone.get_absolute_url(), counts.get(zone.pk, 0)) for zone in zones)
        return {"page": RowPage(zones, number, paginator, QueryDict()), "bars": bars}

    @staticmethod
    def _drawn(tabs: list[LevelTab]) -> GeoLevel | None:
        """Return the level whose map the first page shows: of those that can be drawn, the one with most zones."""
        drawable = [tab for tab in tabs if tab.level.pk in maps.LEVELS]
        return max(drawable, key=lambda tab: tab.number).level if drawable else None

    def _canonical(self, level: str) -> str:
        query = QueryDict(mutable=True)
        if level:
            query["level"] = level
        return f"{settings.SITE_URL}{guard.address(self.request, query)}"


def named(zone: GeoZone, level: GeoLevel | None) -> str:
    """Return the name of a zone, with its level where a list has several."""
    return zone.name if level else f"{zone.name} ({zone.level.name})"


def tabs_of(levels: list[GeoLevel], covered: Coverage, chosen: str) -> list[LevelTab]:
    """Return the levels at which there are datasets."""
    numbers = Counter(covered.levels.values())
    list_url = reverse("territory-list")
    return [
        LevelTab(level, numbers[level.pk], f"{list_url}?level={level.pk}", level.pk == chosen)
        for level in levels
        if level.pk in numbers
    ]


def level_map(level: GeoLevel, counts: dict[str, int]) -> Map | None:
    """Return the map of all zones of a level, if it can be drawn; one query."""
    if level.pk not in maps.LEVELS:
        return None
    places = places_of(GeoZone.objects.filter(level=level).defer("geometry"), counts)
    title = _("Datasets by territory: %(level)s") % {"level": level.name}
    return maps.choropleth("map-level", title, level.pk, places)


class TerritoryDetail(TemplateView):
    """One place: what covers it, who publishes there, where it lies."""

    template_name = "catalog/territory.html"

    def get(self, request: HttpRequest, level: str, code: str) -> HttpResponse:
        zones = GeoZone.objects.none() if "\x00" in level + code else GeoZone.objects.select_related("level")
        zone = zones.filter(level=level, code=code).first()
        if zone is None:
            zone = zones.filter(pk__iexact=f"{level}:{code}").first()
            if zone is None:
                raise Http404
            return HttpResponsePermanentRedirect(zone.get_absolute_url())
        response = self.render_to_response(self.get_context_data(zone=zone))
        return guard.unindexed(response) if response.context_data["noindex"] else response

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        zone: GeoZone = context["zone"]
        counts, nobody = coverage().numbers, AnonymousUser()
        arguments = QueryDict(mutable=True)
        arguments["geozone"] = zone.pk
        datasets = list(dataset_cards().listed().filter(spatial_zones=zone).order_by("-last_update", "pk")[:DATASETS])
        add_formats(datasets)
        organizations = organization_cards().visible_to(nobody).filter(zone=zone).order_by("-metric_datasets", "pk")
        shown = list(organizations[:ORGANIZATIONS])
        feed = links.feed("dataset", arguments)
        return super().get_context_data(
            datasets=datasets,
            covering=counts.get(zone.pk, 0),
            organizations=shown,
            organizations_count=organizations.count(),
            produced=Dataset.objects.listed().filter(organization__zone=zone).count(),
            parents=GeoZone.objects.defer("geometry").around(zone),
            map=self._map(zone, counts),
            list_url=f"{reverse('dataset-list')}?{arguments.urlencode()}",
            feed=feed,
            alternates=[feed],
            api_url=f"/api/1/spatial/zone/{zone.pk}/",
            canonical_url=f"{settings.SITE_URL}{zone.get_absolute_url()}",
            noindex=not (datasets or shown),
            structured=structured.graph(
                structured.place(zone), structured.trail("territory-list", _("Territories"), zone)
            ),
            **self._children(zone, counts),
            **context,
        )

    @staticmethod
    def _map(zone: GeoZone, counts: dict[str, int]) -> Map | None:
        """Return where the zone lies: among the others of its level, or else its own outline."""
        title = _("Where it is: %(name)s") % {"name": zone.name}
        known = maps.outlines_of(zone.level_id)
        if known is not None and zone.pk in known.paths:
            others = GeoZone.objects.filter(level=zone.level_id).defer("geometry")
            return maps.locator("map-place", title, zone.pk, zone.level_id, places_of(others, counts))
        place = Place(zone.name, zone.get_absolute_url(), counts.get(zone.pk, 0))
        return maps.own_map("map-place", title, place, zone.geometry) if zone.geometry else None

    @staticmethod
    def _children(zone: GeoZone, counts: dict[str, int]) -> dict[str, Any]:
        """Return the zones inside, those with most datasets first, and the map of them where it can be drawn."""
        inside = GeoZone.objects.directly_in(zone)
        ids = list(inside.order_by("name").values_list("pk", flat=True))
        shown = sorted(ids, key=lambda pk: -counts.get(pk, 0))[:CHILDREN]
        known = GeoZone.objects.defer("geometry").in_bulk(shown)
        zones = [known[pk] for pk in shown]
        level = zones[0].level_id if zones else ""
        title = _("Datasets by territory: %(level)s") % {"level": zone.name}
        drawn = maps.choropleth("map-inside", title, level, places_of(zones, counts)) if len(zones) > 1 else None
        return {
            "children": bars_of(places_of(zones, counts).values()),
            "children_count": len(ids),
            "children_map": drawn,
        }
