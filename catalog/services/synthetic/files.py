"""Resources and community resources."""

import random
from datetime import datetime
from typing import Any
from uuid import UUID

from catalog.models import CommunityResource, Resource
from catalog.services.synthetic import shapes, vocabulary
from catalog.services.synthetic.world import World, later


def some_resources(rng: random.Random, dataset_id: str, number: int, created: datetime) -> list[Resource]:
    """Return `number` resources, in order, of a dataset made at `created`."""
    host = f"https://files-{dataset_id[-6:]}.example.org"
    return [
        Resource(dataset_id=dataset_id, position=position, **_file(rng, host, later(rng, created)))
        for position in range(number)
    ]


def community_resource(world: World, rng: random.Random, dataset_id: str, created: datetime) -> CommunityResource:
    """Return a file that a user of the portal attached to the dataset."""
    values = _file(rng, "https://community.example.org", later(rng, created))
    owner = world.users.id(rng.randrange(world.users.total))
    return CommunityResource(dataset_id=dataset_id, owner_id=owner, **values)


def _file(rng: random.Random, host: str, made: datetime) -> dict[str, Any]:
    """Return the columns that both kinds of files share; the public dates are the ones `derive` would set."""
    drawn = vocabulary.words().many(rng, 4)
    format_ = shapes.FORMATS.draw(rng)
    modified = later(rng, made) if rng.random() < 0.5 else made
    extras, analysed = _analysis(rng, modified)
    has_checksum = rng.random() < 0.3
    return {
        "id": UUID(int=rng.getrandbits(128), version=4),
        "title": f"{' '.join(drawn[:3])} {made.year}".capitalize(),
        "description": vocabulary.paragraph(rng, rng.randint(40, 300)) if rng.random() < 0.35 else "",
        "url": f"{host}/{made:%Y/%m}/{drawn[0]}-{rng.getrandbits(32):08x}.{format_ or 'bin'}",
        "type": shapes.RESOURCE_TYPES.draw(rng),
        "format": format_,
        "mime": shapes.MEDIA_TYPES.get(format_, ""),
        "filesize": int(rng.lognormvariate(11, 3)) if rng.random() < 0.6 else None,
        "checksum_type": "sha1" if has_checksum else "",
        "checksum_value": f"{rng.getrandbits(160):040x}" if has_checksum else "",
        "extras": extras,
        "created_at_internal": made,
        "last_modified_internal": modified,
        "created_at": made,
        "last_modified": analysed or modified,
        "metric_views": shapes.long_tail(rng, scale=20),
    }


def _analysis(rng: random.Random, modified: datetime) -> tuple[dict[str, Any], datetime | None]:
    """Return the extras that a link checker leaves, and the date of the file if it found one."""
    if rng.random() < 0.25:
        return {}, None
    available = rng.random() < 0.94
    checked = later(rng, modified)
    extras = {
        "check:available": available,
        "check:status": 200 if available else rng.choice((404, 404, 403, 500)),
        "check:date": checked.isoformat(),
    }
    if available and rng.random() < 0.15:
        extras["analysis:last-modified-at"] = checked.isoformat()
        return extras, checked
    return extras, None
