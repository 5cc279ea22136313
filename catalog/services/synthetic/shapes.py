"""How large the things of the catalogue are and how often each value comes: the long tails of real portals."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate

LARGEST = 8_500  # resources of the largest dataset, as on data.gouv.fr
LARGE_CATALOGUE = 20_000  # resources from which on there is such a dataset


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """What to make. The same size and seed always give the same catalogue."""

    datasets: int
    resources: int
    organizations: int
    reuses: int
    users: int
    seed: int


class Weighted:
    """Draws a value by weight."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        self._values = list(weights)
        self._cumulated = list(accumulate(weights.values()))

    def draw(self, rng: random.Random) -> str:
        return rng.choices(self._values, cum_weights=self._cumulated)[0]


FORMATS = Weighted(
    {
        "csv": 28, "json": 11, "geojson": 9, "shp": 9, "zip": 9, "pdf": 8, "xlsx": 6, "xml": 4, "wms": 3, "wfs": 3,
        "xls": 3, "ods": 2, "html": 2, "gtfs": 1, "gpkg": 1, "kml": 1, "txt": 1, "parquet": 0.5, "docx": 0.5, "": 1,
    }
)  # fmt: skip
MEDIA_TYPES = {
    "csv": "text/csv", "json": "application/json", "geojson": "application/geo+json", "zip": "application/zip",
    "shp": "application/zip", "pdf": "application/pdf", "xml": "application/xml", "html": "text/html",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xls": "application/vnd.ms-excel",
    "ods": "application/vnd.oasis.opendocument.spreadsheet", "txt": "text/plain", "gtfs": "application/zip",
}  # fmt: skip
LICENSES = {
    "lov2": 46, "fr-lo": 16, "odc-odbl": 9, "cc-by": 5, "cc-zero": 3, "cc-by-sa": 2, "other-open": 2, "notspecified": 5,
    "odc-by": 1, "odc-pddl": 0.5, "other-at": 1, "other-pd": 0.5,
}  # fmt: skip
FREQUENCIES = Weighted(
    {
        "unknown": 30, "annual": 24, "irregular": 8, "punctual": 7, "monthly": 6, "daily": 5, "continuous": 4,
        "quarterly": 4, "weekly": 3, "semiannual": 2, "notPlanned": 2, "other": 1, "hourly": 1, "biennial": 1,
        "never": 1, "quinquennial": 1,
    }
)  # fmt: skip
RESOURCE_TYPES = Weighted({"main": 80, "documentation": 10, "other": 4, "update": 3, "api": 2, "code": 1})
DATASET_BADGES = Weighted({"inspire": 12, "hvd": 5, "spd": 1, "pivotal-data": 1, "sl": 0.5, "sr": 0.5, "": 80})
ORGANIZATION_BADGES = Weighted(
    {"public-service certified": 25, "public-service": 8, "local-authority": 20, "company": 8, "association": 8, "": 31}
)
ORGANIZATION_NAMES = Weighted(
    {
        "Commune de {}": 45, "Communauté de communes de {}": 15, "Département de {}": 6, "Métropole de {}": 4,
        "Agence d'urbanisme de {}": 4, "Université de {}": 5, "Syndicat mixte de {}": 8, "Association {}": 7,
        "Société {}": 4, "Institut {}": 2,
    }
)  # fmt: skip
HARVESTERS = Weighted({"DCAT": 55, "ckan": 10, "csw-iso-19139": 20, "csw-dcat": 10, "ods": 5})
REUSE_TYPES = Weighted({"visualization": 35, "application": 30, "post": 12, "news_article": 8, "api": 8, "paper": 7})


def long_tail(rng: random.Random, *, scale: float = 3.0, alpha: float = 0.9, most: int = 2_000_000) -> int:
    """Return a number of views, followers…: small for most, huge for a few (a Pareto law)."""
    return min(most, int(scale * (rng.paretovariate(alpha) - 1)))


def resources_by_dataset(rng: random.Random, size: Size) -> list[int]:
    """Return how many resources each dataset has: `size.resources` in all, most between 1 and 8, a heavy tail.

    In a large catalogue, exactly one dataset has 8,500 of them.
    """
    counts = rng.choices(range(9), weights=(3, 30, 20, 13, 9, 7, 6, 5, 4), k=size.datasets)
    for index in range(size.datasets):
        if rng.random() < 0.02:
            counts[index] = min(400, int(9 * rng.paretovariate(1.2)))
    largest = -1
    if size.resources >= LARGE_CATALOGUE and size.datasets > 1:
        largest = size.datasets // 2
        counts[largest] = LARGEST
    _settle(rng, counts, size.resources - sum(counts), spared=largest)
    return counts


def _settle(rng: random.Random, counts: list[int], missing: int, *, spared: int) -> None:
    """Add `missing` to (or take it from) datasets drawn at random, but for the `spared` one."""
    step = 1 if missing > 0 else -1
    while missing:
        index = rng.randrange(len(counts))
        if index != spared and counts[index] + step >= 0:
            counts[index] += step
            missing -= step
