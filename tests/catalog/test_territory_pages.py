"""The pages of territories: where there are data, what covers a place, and the maps."""

import json

import pytest
from django.core.cache import caches
from django.utils import timezone

from catalog.models import GeoZone, nesting
from catalog.views import maps
from catalog.views.maps import Place, Step
from tests.catalog.factories import DatasetFactory, GeoLevelFactory, GeoZoneFactory, OrganizationFactory

pytestmark = pytest.mark.django_db
LIST = "/territories/"


@pytest.fixture(autouse=True)
def _nothing_kept():
    caches["pages"].clear()


def covering(*zones, **columns):
    item = DatasetFactory(**columns)
    item.spatial_zones.set(zones)
    return item


@pytest.fixture
def regions():
    covering("fr:region:53", "fr:departement:29", title="Côtes")
    covering("fr:region:53", "country:fr")
    covering("fr:region:11", private=True)
    covering("fr:region:11", archived=timezone.now())


def page(response) -> str:
    return response.content.decode()


def bars(response) -> list[tuple[str, int]]:
    return [(bar.label, bar.number) for bar in response.context["bars"]]


def test_territories_are_listed_by_their_datasets(client, regions):
    answer = client.get(LIST)
    assert bars(answer)[0] == ("Bretagne (French region)", 2)
    assert sorted(bars(answer)[1:]) == [("Finistère (French county)", 1), ("France (Country)", 1)]
    assert [(tab.level.pk, tab.number) for tab in answer.context["tabs"]] == [
        ("country", 1),
        ("fr:region", 1),
        ("fr:departement", 1),
    ]


def test_a_level_has_its_list_and_its_map(client, regions):
    answer = client.get(f"{LIST}?level=fr:region")
    assert bars(answer) == [("Bretagne", 2)]
    drawn = answer.context["map"]
    assert len(drawn.areas) == 18
    assert {area.place.name: area.step for area in drawn.areas if area.step} == {"Bretagne": 5}
    assert drawn.rows[0] == Place("Bretagne", "/territories/fr:region/53/", 2)
    assert 'href="/territories/fr:region/11/"' in page(answer)
    assert client.get(f"{LIST}?level=none").status_code == 404
    assert client.get(f"{LIST}?page=2").status_code == 404


def test_a_place_is_found_by_its_name_or_code(client, regions):
    assert bars(client.get(f"{LIST}?q=bretàg"))[0] == ("Bretagne (French region)", 2)
    assert bars(client.get(f"{LIST}?q=29&level=fr:departement")) == [("Finistère", 1)]
    assert bars(client.get(f"{LIST}?q=%00")) == []
    assert client.get(f"{LIST}?q={'e' * 400}").status_code == 400


def test_a_territory_has_its_page(client, regions):
    zone = GeoZone.objects.get(pk="fr:region:53")
    owner = OrganizationFactory(zone=zone, name="Région Bretagne")
    DatasetFactory(organization=owner)
    answer = client.get(zone.get_absolute_url())
    context, text = answer.context, page(answer)
    assert (context["covering"], context["produced"], context["organizations_count"]) == (2, 1, 1)
    assert [one.pk for one in context["parents"]] == ["country:fr", "country-subset:fr:metro"]
    assert [bar.label for bar in context["children"]] == ["Finistère", "Côtes-d'Armor", "Ille-et-Vilaine", "Morbihan"]
    assert [area.place.name for area in context["map"].areas if area.here] == ["Bretagne"]
    assert len(context["children_map"].areas) == 4
    assert "Côtes" in text
    assert "Région Bretagne" in text
    assert 'href="/datasets/?geozone=fr%3Aregion%3A53"' in text
    assert client.get(context["feed"].address).status_code == 200
    assert "BreadcrumbList" in text
    assert text.count("<h1") == 1
    assert "X-Robots-Tag" not in answer


def test_an_empty_territory_is_left_alone_by_search_engines(client):
    assert client.get("/territories/country/aq/")["X-Robots-Tag"] == "noindex, follow"


def test_another_spelling_leads_to_the_territory(client):
    answer = client.get("/territories/fr:departement/2a/")
    assert (answer.status_code, answer["Location"]) == (301, "/territories/fr:departement/2A/")
    assert client.get("/territories/fr:departement/xx/").status_code == 404
    assert client.get("/territories/%00/fr/").status_code == 404


def test_a_dataset_and_an_organization_lead_to_their_territory(client, regions):
    zone = GeoZone.objects.get(pk="fr:region:53")
    for item in (covering(zone), OrganizationFactory(zone=zone)):
        assert f'href="{zone.get_absolute_url()}"' in page(client.get(item.get_absolute_url()))


def test_a_territory_is_drawn_from_its_own_geometry(client):
    ring = [[5.0, 43.0], [6.0, 43.0], [6.0, 44.0], [5.0, 43.0]]
    zone = GeoZoneFactory(level=GeoLevelFactory(), geometry={"type": "Polygon", "coordinates": [ring]})
    drawn = client.get(zone.get_absolute_url()).context["map"]
    assert drawn.areas[0].here
    assert drawn.areas[0].path.startswith("M0 600L")


@pytest.mark.parametrize(
    "geometry",
    [
        "x",
        [1],
        {"type": "Polygon"},
        {"type": "Polygon", "coordinates": 3},
        {"type": "Polygon", "coordinates": [[["<script>", 1]]]},
        {"type": "Polygon", "coordinates": [[[1e9, 4], [1e9, 5]]]},
        {"type": "MultiPolygon", "coordinates": [[[[]]]]},
        {"type": "Point", "coordinates": [1, 2]},
        {"type": ["Polygon"], "coordinates": []},
    ],
)
def test_a_geometry_that_is_none_is_not_drawn(client, geometry):
    zone = GeoZoneFactory(geometry=geometry)
    answer = client.get(zone.get_absolute_url())
    assert answer.status_code == 200
    assert answer.context["map"] is None


@pytest.mark.parametrize("level", maps.LEVELS)
def test_outlines_are_those_of_known_territories(level):
    known = set(GeoZone.objects.filter(level=level).values_list("pk", flat=True))
    outlines = maps.outlines_of(level)
    assert set(outlines.paths) <= known
    if level != "country":
        assert set(outlines.paths) == known
    for path in (*outlines.paths.values(), *outlines.insets.values()):
        left, top, right, bottom = (int(one) for one in maps.cut([path]).split())
        assert 0 < right <= outlines.width + 2 * maps.MARGIN
        assert left >= -maps.MARGIN
        assert top + bottom <= outlines.height + maps.MARGIN


def test_outlines_stay_small():
    assert sum(path.stat().st_size for path in maps.FOLDER.glob("*.json")) < 200_000
    assert all(json.loads(path.read_text())["zones"] for path in maps.FOLDER.glob("*.json"))


@pytest.mark.parametrize(
    ("numbers", "steps"),
    [
        ([], []),
        ([0, 0], []),
        ([3, 0], [(5, 3, 3)]),
        ([1, 2], [(4, 1, 1), (5, 2, 2)]),
        (range(1, 11), [(1, 1, 2), (2, 3, 4), (3, 5, 6), (4, 7, 8), (5, 9, 10)]),
    ],
)
def test_colours_share_the_numbers(numbers, steps):
    found = maps.steps_of(numbers)
    assert found == [Step(*one) for one in steps]
    assert all(bool(maps.step_of(number, found)) == bool(number) for number in numbers)


@pytest.mark.parametrize(
    ("zone", "parents"),
    [
        ("country:de", ["country-group:world", "country-group:eu"]),
        ("country:jp", ["country-group:world"]),
        ("fr:region:04", ["country:fr", "country-subset:fr:drom"]),
        ("fr:departement:2B", ["country:fr", "fr:region:94"]),
        ("fr:commune:97411", ["country:fr", "fr:region:04", "fr:departement:974"]),
        ("fr:iris:010010000", ["country:fr", "fr:region:84", "fr:departement:01", "fr:commune:01001"]),
        ("fr:epci:200000172", []),
    ],
)
def test_codes_tell_what_lies_where(zone, parents):
    assert nesting.parents_of(*zone.rsplit(":", 1)) == parents


def test_every_known_department_lies_in_a_known_region():
    for code in GeoZone.objects.filter(level="fr:departement").values_list("code", flat=True):
        assert GeoZone.objects.filter(pk=nesting.parents_of("fr:departement", code)[-1], level="fr:region").exists()


@pytest.mark.parametrize("size", [1, 8])
def test_the_pages_cost_the_same_at_any_length(client, django_assert_num_queries, size):
    departments = list(GeoZone.objects.filter(level="fr:departement")[:size])
    zone = GeoZone.objects.get(pk="fr:region:11")
    for one in departments:
        covering(one, zone)
        DatasetFactory(organization=OrganizationFactory(zone=zone))
    for address, queries in ((LIST, 6), (f"{LIST}?q=a", 6), (zone.get_absolute_url(), 14)):
        client.get(address)
        caches["pages"].clear()
        with django_assert_num_queries(queries):
            client.get(address)
