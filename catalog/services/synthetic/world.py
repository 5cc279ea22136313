"""What all rows of one catalogue share: the series of its objects, and the rows the database had before."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self

from django.db.models import Model

from catalog.models import GeoZone, License, Tag
from catalog.services.batches import batches
from catalog.services.synthetic import shapes, vocabulary
from catalog.services.synthetic.ids import END, Series
from portal.lib.slugs import normalize

Rows = dict[type[Model], list[Any]]  # rows by model, in the order in which they are written

OWN_COUNTRY = ("country:fr", "fr:")  # most datasets cover a French territory


def split(total: int, size: int) -> list[range]:
    """Return the numbers from 0 to `total`, in ranges of `size`."""
    return [range(start, min(start + size, total)) for start in range(0, total, size)]


@dataclass(frozen=True, slots=True)
class World:
    size: shapes.Size
    users: Series
    organizations: Series
    datasets: Series
    reuses: Series
    contacts: Series
    licenses: shapes.Weighted
    zones: list[tuple[str, str]]  # (id, level)
    tag_ids: dict[str, int]
    tag_names: vocabulary.Zipf[str]
    publishers: vocabulary.Zipf[int] = field(repr=False)  # numbers of organizations: a few publish most datasets

    @classmethod
    def of(cls, size: shapes.Size) -> Self:
        """Read licences and territories, make the missing tags."""
        names = vocabulary.tags(min(20_000, 200 + size.datasets // 5))
        tag_ids = {
            name: tag.pk for batch in batches(names.items, 5_000) for name, tag in Tag.objects.by_name(batch).items()
        }
        known = set(License.objects.values_list("pk", flat=True))
        zones = list(GeoZone.objects.order_by("pk").values_list("pk", "level_id"))
        series = {
            kind: Series(kind, seed=size.seed, total=getattr(size, kind))
            for kind in ("users", "organizations", "datasets", "reuses")
        }
        return cls(
            size=size,
            **series,
            contacts=Series("contacts", seed=size.seed, total=size.organizations),
            licenses=shapes.Weighted({pk: weight for pk, weight in shapes.LICENSES.items() if pk in known} or {"": 1}),
            zones=[zone for zone in zones if zone[0].startswith(OWN_COUNTRY)] or zones,
            tag_ids=tag_ids,
            tag_names=names,
            publishers=vocabulary.Zipf(range(size.organizations), exponent=0.9),
        )

    def chance(self, kind: str) -> random.Random:
        """Return the source of chance of one kind, which no other kind disturbs."""
        return random.Random(f"{self.size.seed} {kind}")  # noqa: S311 - a made-up catalogue, not secrets

    def slug(self, title: str, number: int) -> str:
        """Return a slug that no other object has, without asking the database: seed and number end it."""
        return f"{normalize(title, max_length=200)}-{self.size.seed}-{number}"

    def owner(self, rng: random.Random) -> dict[str, str]:
        """Return whose a new object is: an organization's, or (3 in 100) a user's."""
        if rng.random() < 0.03:
            return {"owner_id": self.users.id(rng.randrange(self.users.total))}
        return {"organization_id": self.organizations.id(self.publishers.one(rng))}

    def some_tags(self, rng: random.Random) -> list[int]:
        """Return the keys of up to 12 different tags."""
        names = dict.fromkeys(self.tag_names.many(rng, min(12, int(rng.triangular(0, 13, 3)))))
        return [self.tag_ids[name] for name in names]


def later(rng: random.Random, moment: datetime) -> datetime:
    """Return a moment (whole seconds) between `moment` and the end of the catalogue."""
    return moment + timedelta(seconds=int((END - moment).total_seconds() * rng.random()))


def state(rng: random.Random, created: datetime) -> dict[str, Any]:
    """Return the columns of the state: private, archived or deleted for 1 or 2 objects in 100 each."""
    chance = rng.random()
    if chance < 0.015:
        return {"private": True}
    if chance < 0.030:
        return {"archived": later(rng, created)}
    if chance < 0.040:
        return {"deleted": later(rng, created)}
    return {}
