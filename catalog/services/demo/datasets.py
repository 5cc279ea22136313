"""The datasets that follow from the themes: careful publishers and careless ones, fresh and forgotten data."""

import random
from datetime import date, timedelta
from typing import Any

from catalog.models import Dataset, DatasetBadge, GeoZone, License, Tag
from catalog.models.tag import normalize_tags
from catalog.models.vocabulary import DatasetBadgeKind, Frequency
from catalog.services.demo import descriptions, tables
from catalog.services.demo.names import chance, object_id
from catalog.services.demo.organizations import organization_id
from catalog.services.demo.plan import FEATURED, Draft, drafts
from catalog.services.demo.resources import Life, of_draft
from catalog.services.demo.writer import Writer
from catalog.services.metrics import month_names

ARCHIVED = {"presidentielle-2017"}
DELETED = {"dialectes"}


def dataset_id(key: str) -> str:
    return object_id("dataset", key)


def add_datasets(writer: Writer) -> None:
    for draft in drafts():
        if writer.lacks(Dataset, dataset_id(draft.key)):
            add_dataset(writer, draft)


def life_of(draft: Draft, writer: Writer, rng: random.Random) -> Life:
    """Return the dates of the dataset: kept up to date, late (one in eight), or finished."""
    delta = Frequency(draft.theme["frequency"]).delta or timedelta(days=200)
    age = delta * rng.uniform(0.05, 0.9)
    if rng.random() < 0.12:
        age = delta * rng.uniform(2, 4) + timedelta(days=20)
    age = timedelta(days=rng.randint(200, 420)) if draft.is_finished else min(age, timedelta(days=320))
    updated = (writer.now - age).replace(microsecond=0)
    is_dated = " 202" in draft.text("title")  # the budget of 2026 was not published in 2023
    return Life(created=updated - timedelta(days=rng.randint(1, 40 if is_dated else 1_400)), updated=updated)


def add_dataset(writer: Writer, draft: Draft) -> None:
    rng, care = chance(draft.key), draft.care
    life = life_of(draft, writer, rng)
    rows = tables.make(draft.columns, draft.theme["rows"], draft.place, rng)
    zones = GeoZone.objects.filter(pk=draft.neighbour.get("zone")) if care else GeoZone.objects.none()
    dataset = Dataset(
        id=dataset_id(draft.key),
        title=draft.text("title"),
        description=descriptions.describe(draft, rows, care=care),
        organization_id=organization_id(draft.publisher),
        frequency=_frequency(draft, care),
        featured=draft.key in FEATURED,
        archived=life.updated if draft.key in ARCHIVED else None,
        deleted=life.updated if draft.key in DELETED else None,
        created_at_internal=life.created,
        last_modified_internal=life.updated,
        **_license(draft, care),
        **_period(draft),
        **_coverage(draft, has_zone=bool(zones)),
        **_popularity(draft, rng),
    )
    resources = of_draft(draft, rows, life)
    dataset.metric_resources_downloads = sum(resource.metric_views for resource in resources)
    contacts = [object_id("contact", draft.publisher)] if care > 1 else []
    tags = Tag.objects.named(normalize_tags(draft.theme["tags"])) if care else []
    writer.add(dataset, tags=tags, spatial_zones=zones, contact_points=contacts)
    for resource in resources:
        resource.dataset = dataset
        writer.add(resource)
    if draft.theme.get("badge"):
        kind = DatasetBadgeKind(draft.theme["badge"])
        DatasetBadge.objects.create(dataset=dataset, kind=kind, created=life.created)


def _frequency(draft: Draft, care: int) -> str:
    if not care:
        return Frequency.UNKNOWN
    return Frequency.PUNCTUAL if draft.is_finished else Frequency(draft.theme["frequency"])


def _license(draft: Draft, care: int) -> dict[str, Any]:
    wanted = draft.theme["license"] if care else None
    return {"license_id": wanted} if wanted and License.objects.filter(pk=wanted).exists() else {}


def _period(draft: Draft) -> dict[str, date | None]:
    """Return the period covered: the theme's, or the year of a volume; careless publishers say nothing."""
    whole_year = [f"{draft.year}-01-01", f"{draft.year}-12-31"] if draft.year else [None, None]
    start, end = draft.theme.get("period", whole_year)
    if draft.forgets("period") or not start:
        return {}
    return {"temporal_start": date.fromisoformat(start), "temporal_end": date.fromisoformat(end) if end else None}


def _coverage(draft: Draft, *, has_zone: bool) -> dict[str, Any]:
    """Return the outline of the place, unless a territory known to the portal says it already."""
    if draft.forgets("territory"):
        return {}
    outline = {} if has_zone else {"spatial_geom": draft.place.outline}
    return {"spatial_granularity": draft.theme["granularity"], **outline}


def _popularity(draft: Draft, rng: random.Random) -> dict[str, Any]:
    """Return views and followers, for the whole life of the dataset and for each of the last months."""
    factor = 8 if draft.key in FEATURED else 1
    followers = min(600, int(factor * (rng.paretovariate(0.9) - 0.5)))
    months = {month: rng.randint(0, followers // 8 + 1) for month in month_names()}
    return {
        "metric_views": min(250_000, int(factor * 60 * rng.paretovariate(0.8))),
        "metric_followers": max(followers, sum(months.values())),
        "metric_months": {"followers_by_months": months},
    }
