"""What the catalogue holds: themes (trees, budget…) crossed with who publishes them, where and for which year."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import product
from typing import Any

from catalog.services.demo.names import chance, read

THEMES = ("themes_local", "themes_national", "themes_english")
LATEST = "2025"  # series of earlier years are finished
FEATURED = {"qualite-air-port-serein", "population-2025", "stops", "baignade-2026", "adresses", "colonies-2025"}
CARE = (6, 20, 40, 34)  # of a hundred publishers, how many are careless, hasty, good and perfect


@dataclass(frozen=True, slots=True)
class Place:
    name: str
    of: str  # the name after "of", in French: "de Port-Serein", "des Salines"
    at: str
    latitude: float  # degrees
    longitude: float
    radius: float  # degrees
    districts: tuple[str, ...]

    @property
    def outline(self) -> dict[str, Any]:
        """The place's surroundings, a GeoJSON MultiPolygon."""
        west, east = self.longitude - self.radius, self.longitude + self.radius
        south, north = self.latitude - self.radius, self.latitude + self.radius
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        return {"type": "MultiPolygon", "coordinates": [[[[round(x, 4), round(y, 4)] for x, y in ring]]]}


@cache
def places() -> dict[str, Place]:
    return {
        key: Place(
            name=raw["name"],
            of=raw["of"],
            at=raw.get("at", f"à {raw['name']}"),
            latitude=raw["latitude"],
            longitude=raw["longitude"],
            radius=raw["radius"],
            districts=tuple(raw["districts"]),
        )
        for key, raw in read("places").items()
    }


@cache
def publishers() -> dict[str, dict[str, Any]]:
    """Return the organizations of our data file, by key."""
    return {raw["key"]: raw for raw in read("organizations")}


@dataclass(frozen=True)
class Draft:
    """A dataset to be. `theme` is its entry in our data files; the rest says which of its datasets this one is."""

    key: str
    theme: dict[str, Any]
    publisher: str
    language: str
    place_key: str
    year: str = ""
    neighbour: dict[str, str] = field(default_factory=dict)

    @property
    def place(self) -> Place:
        return places()[self.place_key]

    @property
    def is_finished(self) -> bool:
        """Whether this is an old volume of a series, which changes no more."""
        return bool(self.year) and self.year < LATEST

    @cached_property
    def care(self) -> int:
        """How careful the publisher was, 0 to 3, from one line and a broken link to everything one may wish."""
        if not self.theme["columns"]:
            return 0
        if self.key in FEATURED:
            return 3
        return chance(f"care {self.key}").choices((0, 1, 2, 3), weights=CARE)[0]

    def forgets(self, what: str) -> bool:
        """Tell whether the publisher left `what` out: perfect ones never do, good ones sometimes, others always."""
        return self.care < 2 or (self.care == 2 and chance(f"{what} {self.key}").random() < 0.3)

    @cached_property
    def words(self) -> dict[str, str]:
        """What the texts of the theme may name."""
        return {
            "of": self.place.of,
            "at": self.place.at,
            "publisher": publishers()[self.publisher]["name"],
            "year": self.year,
            "country": self.neighbour.get(self.language, ""),
        }

    def text(self, name: str) -> str:
        """Return that text of the theme with its names filled in."""
        return self.theme[name].format(**self.words)

    @property
    def columns(self) -> list[str]:
        return [column.replace("{year}", self.year) for column in self.theme["columns"]]


def drafts() -> Iterator[Draft]:
    """Yield the datasets that follow from the themes, always in the same order."""
    for name in THEMES:
        for theme in read(name):
            yield from _of_theme(theme, language="en" if name == "themes_english" else "fr")


def _of_theme(theme: dict[str, Any], *, language: str) -> Iterator[Draft]:
    neighbours = read("neighbours")
    who = _publishers_of(theme)
    crossed = product(who, theme.get("places", [""]), theme.get("series", [""]), theme.get("abroad", [""]))
    for publisher, place, year, abroad in crossed:
        parts = [theme["key"], publisher if len(who) > 1 else "", place, year, abroad.rpartition(":")[2]]
        yield Draft(
            key="-".join(filter(None, parts)),
            theme=theme,
            publisher=publisher,
            language=language,
            place_key=place or publishers()[publisher]["place"],
            year=year,
            neighbour=neighbours.get(abroad, {}),
        )


def _publishers_of(theme: dict[str, Any]) -> list[str]:
    """Return who publishes the theme: organizations by key, or all those of a group."""
    found = [
        key
        for wanted in theme["publishers"]
        for key, raw in publishers().items()
        if wanted in {key, raw["group"]}
    ]  # fmt: skip
    return found[: theme.get("limit")]
