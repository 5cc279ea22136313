"""Reuses, and which datasets they use."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from catalog.models import Reuse
from catalog.models.reuse import url_hash
from catalog.models.vocabulary import ReuseTopic
from catalog.services.synthetic import shapes, vocabulary
from catalog.services.synthetic.world import Rows, World, later, split, state

BATCH = 1_000

ReuseTag = Reuse.tags.through
ReuseDataset = Reuse.datasets.through


@dataclass(slots=True)
class Uses:
    """What one reuse uses, by the numbers of the datasets, and its state; decided before anything is made."""

    datasets: list[int]
    state: dict[str, Any]


def plan(world: World) -> list[Uses]:
    """Decide what each reuse uses: a few datasets, the same popular ones for many."""
    rng = world.chance("uses")
    popular = vocabulary.Zipf(range(world.datasets.total), exponent=0.8)
    return [
        Uses(
            datasets=list(dict.fromkeys(popular.many(rng, min(40, 1 + shapes.long_tail(rng, scale=1))))),
            state=state(rng, world.reuses.created(number)),
        )
        for number in range(world.reuses.total)
    ]


def uses_by_dataset(plans: list[Uses]) -> Counter[int]:
    """Return how many listed reuses each dataset has."""
    return Counter(number for uses in plans if not uses.state for number in uses.datasets)


def reuse_batches(world: World, plans: list[Uses]) -> Iterator[Rows]:
    rng = world.chance("reuses")
    for numbers in split(world.reuses.total, BATCH):
        rows: Rows = {Reuse: [], ReuseTag: [], ReuseDataset: []}
        for number in numbers:
            reuse = _reuse(world, rng, number, plans[number])
            rows[Reuse].append(reuse)
            rows[ReuseTag] += [ReuseTag(reuse_id=reuse.pk, tag_id=tag) for tag in world.some_tags(rng)]
            used = map(world.datasets.id, plans[number].datasets)
            rows[ReuseDataset] += [ReuseDataset(reuse_id=reuse.pk, dataset_id=pk) for pk in used]
        yield rows


def _reuse(world: World, rng: random.Random, number: int, uses: Uses) -> Reuse:
    title, created = vocabulary.title(rng), world.reuses.created(number)
    url = f"https://reuse-{world.size.seed}-{number}.example.org/"
    return Reuse(
        id=world.reuses.id(number),
        title=title,
        slug=world.slug(title, number),
        description=vocabulary.description(rng),
        type=shapes.REUSE_TYPES.draw(rng),
        topic=rng.choice(ReuseTopic.values),
        featured=rng.random() < 0.005,
        url=url,
        urlhash=url_hash(url),
        created_at=created,
        last_modified=later(rng, created),
        metric_datasets=len(uses.datasets),
        metric_views=shapes.long_tail(rng, scale=40),
        metric_followers=shapes.long_tail(rng, scale=0.5),
        **world.owner(rng),
        **uses.state,
    )
