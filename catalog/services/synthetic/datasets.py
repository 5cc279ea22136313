"""Datasets with all that hangs on them."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from zlib import crc32

from catalog.models import CommunityResource, Dataset, DatasetBadge, Resource
from catalog.services.synthetic import shapes, vocabulary
from catalog.services.synthetic.files import community_resource, some_resources
from catalog.services.synthetic.world import Rows, World, later, split, state

BATCH = 1_000
MOST_DOWNLOADS = 2_000_000_000  # what the column holds

DatasetTag = Dataset.tags.through
DatasetZone = Dataset.spatial_zones.through
DatasetContact = Dataset.contact_points.through

# Datasets come last: what hangs on a row that is not there yet has nothing to touch, so that the database's triggers
# don't rewrite each dataset four times. Foreign keys are checked at the end of the transaction.
ORDER = (Resource, CommunityResource, DatasetTag, DatasetZone, DatasetContact, DatasetBadge, Dataset)


def dataset_batches(world: World, reuses: Counter[int]) -> Iterator[Rows]:
    """Yield rows by a thousand datasets. `reuses` counts the public reuses of each dataset, by its number."""
    rng = world.chance("datasets")
    counts = shapes.resources_by_dataset(world.chance("resources by dataset"), world.size)
    for numbers in split(world.datasets.total, BATCH):
        rows: Rows = {model: [] for model in ORDER}
        for number in numbers:
            dataset = _dataset(world, rng, number)
            dataset.metric_reuses = reuses[number]
            _hang(world, rng, dataset, rows)
            resources = some_resources(rng, dataset.pk, counts[number], dataset.created_at_internal)
            dataset.metric_resources_downloads = min(MOST_DOWNLOADS, sum(one.metric_views for one in resources))
            dataset.derive(resources)
            rows[Resource] += resources
            rows[Dataset].append(dataset)
        yield rows


def _dataset(world: World, rng: random.Random, number: int) -> Dataset:
    """Return a dataset, its derived columns not yet set."""
    pk, created = world.datasets.id(number), world.datasets.created(number)
    title = vocabulary.title(rng)
    return Dataset(
        id=pk,
        title=title,
        slug=world.slug(title, number),
        acronym=title[:3].upper() if rng.random() < 0.03 else "",
        description=vocabulary.description(rng),
        frequency=shapes.FREQUENCIES.draw(rng),
        created_at_internal=created,
        last_modified_internal=later(rng, created),
        harvest=_harvest(rng, pk, created) if rng.random() < 2 / 3 else None,
        featured=rng.random() < 0.002,
        metric_views=shapes.long_tail(rng, scale=60),
        metric_followers=shapes.long_tail(rng, scale=0.6),
        **world.owner(rng),
        **_access(world, rng),
        **_period(rng),
        **state(rng, created),
    )


def _access(world: World, rng: random.Random) -> dict[str, Any]:
    if rng.random() < 0.02:
        return {"access_type": rng.choice(("open_with_account", "restricted"))}
    return {"license_id": world.licenses.draw(rng) or None} if rng.random() < 0.9 else {}


def _period(rng: random.Random) -> dict[str, date]:
    if rng.random() > 0.45:
        return {}
    start = date(rng.randint(2000, 2025), rng.choice((1, 1, 1, 4, 7, 9)), 1)
    if rng.random() < 0.3:
        return {"temporal_start": start}
    return {"temporal_start": start, "temporal_end": date(rng.randint(start.year, 2026), 12, 31)}


def _harvest(rng: random.Random, pk: str, created: datetime) -> dict[str, Any]:
    """Return the origin of a harvested dataset; the remote's dates are those that readers see."""
    domain = f"data.{vocabulary.places().one(rng).lower()}.example.org"
    issued = later(rng, created)
    origin = {
        "backend": shapes.HARVESTERS.draw(rng),
        "domain": domain,
        "source_id": f"{crc32(domain.encode()):024x}",
        "remote_id": f"urn:{domain}:{pk[-6:]}",
        "remote_url": f"https://{domain}/datasets/{pk[-6:]}",
        "uri": f"https://{domain}/id/{pk[-6:]}",
        "last_update": later(rng, issued).isoformat(),
    }
    if rng.random() < 0.8:
        origin["issued_at"] = issued.isoformat()
    if rng.random() < 0.8:
        origin["modified_at"] = later(rng, issued).isoformat()
    return origin


def _hang(world: World, rng: random.Random, dataset: Dataset, rows: Rows) -> None:
    """Add the tags, territories, contact, badge and community resource of the dataset."""
    rows[DatasetTag] += [DatasetTag(dataset_id=dataset.pk, tag_id=tag) for tag in world.some_tags(rng)]
    if world.zones and rng.random() < 0.55:
        zones = dict(rng.choice(world.zones) for _ in range(rng.choice((1, 1, 1, 2))))
        # Always a granularity with a territory: `Dataset.derive` can't see the territories of an unsaved row.
        dataset.spatial_granularity = rng.choice((*zones.values(), "fr:commune", "poi", "other"))
        rows[DatasetZone] += [DatasetZone(dataset_id=dataset.pk, geozone_id=zone) for zone in zones]
    if dataset.organization_id and rng.random() < 0.4:
        # An organization and its contact point have the same number, which ends their ids.
        contact = world.contacts.id(int(dataset.organization_id[-6:], 16))
        rows[DatasetContact].append(DatasetContact(dataset_id=dataset.pk, contactpoint_id=contact))
    badge = shapes.DATASET_BADGES.draw(rng)
    if badge:
        created = dataset.created_at_internal
        rows[DatasetBadge].append(DatasetBadge(dataset_id=dataset.pk, kind=badge, created=created))
    if rng.random() < 0.01:
        rows[CommunityResource].append(community_resource(world, rng, dataset.pk, dataset.created_at_internal))
