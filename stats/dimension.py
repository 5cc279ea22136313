"""From what an address said (a slug, an id, a file) to the object's number, with the organization it has now.

By whole batches: a constant number of queries for each kind of object, whatever the number of hits.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Model

from catalog.models import (
    CommunityResource,
    Dataservice,
    Dataset,
    Organization,
    Post,
    Resource,
    Reuse,
    SlugHistory,
    Topic,
)
from catalog.services.batches import batches
from portal.lib.ids import is_object_id
from stats.kinds import Target
from stats.models import StatsObject
from stats.recognition import FILE

BATCH = 500
MODELS: dict[Target, type[Model]] = {
    Target.DATASET: Dataset,
    Target.REUSE: Reuse,
    Target.DATASERVICE: Dataservice,
    Target.ORGANIZATION: Organization,
    Target.TOPIC: Topic,
    Target.POST: Post,
}
BASES = {  # target -> the columns of the counters an object may come with: views, downloads
    Target.DATASET: ("metric_views", "metric_resources_downloads"),
    Target.REUSE: ("metric_views", None),
    Target.DATASERVICE: ("metric_views", None),
    Target.ORGANIZATION: ("metric_views", None),
    Target.RESOURCE: (None, "metric_views"),
}

Key = tuple[int, str]  # target and what the address said


class Place(NamedTuple):
    """Where a hit is counted: numbers of `StatsObject`."""

    target: int
    organization: int | None


class Found(NamedTuple):
    """An object of the catalogue, as far as statistics need it."""

    ref: str
    organization: str = ""
    dataset: str = ""
    views: int = 0
    downloads: int = 0


def places(keys: Iterable[Key]) -> dict[Key, Place]:
    """Return where the hits of each key count; keys of objects that are gone are left out."""
    asked: dict[int, set[str]] = defaultdict(set)
    for target, key in keys:
        asked[target].add(key)
    asked.pop(Target.SITE, None)
    found = {Target(target): read(Target(target), sorted(keys)) for target, keys in sorted(asked.items())}
    return number(found)


def read(target: Target, keys: list[str]) -> dict[str, Found]:
    """Return the objects of that kind by what their address said."""
    if target == Target.RESOURCE:
        return read_files(keys)
    model = MODELS[target]
    found: dict[str, Found] = {}
    for batch in batches(keys, BATCH):
        ids = [key for key in batch if is_object_id(key)]
        for column, values in (("pk", ids), ("slug", [key for key in batch if not is_object_id(key)])):
            rows = model._base_manager.filter(**{f"{column}__in": values}).values(*columns(target), "slug")
            found |= {row[column]: as_found(target, row) for row in rows}
    for key in set(keys) - found.keys():  # renamed since
        row = model._base_manager.filter(pk=SlugHistory.objects.find(model, key)).values(*columns(target)).first()
        if row is not None:
            found[key] = as_found(target, row)
    return found


def columns(target: Target) -> list[str]:
    """Return the columns to read of an object of that kind."""
    owned = target in (Target.DATASET, Target.REUSE, Target.DATASERVICE)
    bases = [name for name in BASES.get(target, ()) if name]
    return ["pk", *bases, *(["organization_id"] if owned else [])]


def as_found(target: Target, row: dict[str, Any]) -> Found:
    views, downloads = BASES.get(target, (None, None))
    return Found(
        ref=str(row["pk"]),
        organization=row["pk"] if target == Target.ORGANIZATION else row.get("organization_id") or "",
        views=row.get(views) or 0,
        downloads=row.get(downloads) or 0,
    )


def read_files(keys: list[str]) -> dict[str, Found]:
    """Return the resources and community resources of these ids or paths of hosted files."""
    ids = {key: parsed for key in keys if not key.startswith(FILE) and (parsed := as_uuid(key))}
    paths = [key.removeprefix(FILE) for key in keys if key.startswith(FILE)]
    found: dict[str, Found] = {}
    for model in (CommunityResource, Resource):
        owner = "dataset__organization_id" if model is Resource else "organization_id"
        names = ("pk", "file", "dataset_id", owner, "metric_views")
        rows: list[tuple] = []
        for batch in batches(list(ids.values()), BATCH):
            rows += model.objects.filter(pk__in=batch).values_list(*names)
        for batch in batches(paths, BATCH):
            rows += model.objects.filter(file__in=batch).values_list(*names)
        for pk, file, dataset, organization, downloads in rows:
            one = Found(str(pk), organization or "", dataset or "", downloads=downloads or 0)
            found |= {str(pk): one, FILE + file: one}
    return {key: found[wanted] for key in keys if (wanted := str(ids.get(key, key))) in found}


def as_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def number(found: dict[Target, dict[str, Found]]) -> dict[Key, Place]:
    """Give each object its number, made where it has none: organizations and datasets first, which others name."""
    owners = {one.organization for rows in found.values() for one in rows.values() if one.organization}
    parents = {one.dataset for one in found.get(Target.RESOURCE, {}).values() if one.dataset}
    organizations = numbers(Target.ORGANIZATION, with_rest(found, Target.ORGANIZATION, owners))
    datasets = numbers(Target.DATASET, with_rest(found, Target.DATASET, parents))
    result: dict[Key, Place] = {}
    for target, rows in found.items():
        known = {Target.ORGANIZATION: organizations, Target.DATASET: datasets}.get(target)
        if known is None:
            known = numbers(target, {one.ref: one for one in rows.values()}, datasets)
        for key, one in rows.items():
            result[target, key] = Place(known[one.ref], organizations.get(one.organization))
    return result


def with_rest(found: dict[Target, dict[str, Found]], target: Target, refs: set[str]) -> dict[str, Found]:
    """Return the objects of that kind by id, those that others name included."""
    rows = {one.ref: one for one in found.get(target, {}).values()}
    missing = sorted(refs - rows.keys())
    return rows | read(target, missing) if missing else rows


def numbers(target: Target, rows: dict[str, Found], parents: dict[str, int] | None = None) -> dict[str, int]:
    """Return the numbers of these objects by id; a new one keeps the counters it came with."""
    known: dict[str, StatsObject] = {}
    for batch in batches(sorted(rows), BATCH):
        known |= {one.ref: one for one in StatsObject.objects.filter(target=target, ref__in=batch)}
    new = [
        StatsObject(
            target=target, ref=ref, organization_ref=one.organization, base_views=one.views,
            base_downloads=one.downloads, parent_id=(parents or {}).get(one.dataset),
        )
        for ref, one in sorted(rows.items()) if ref not in known
    ]  # fmt: skip
    if new:
        StatsObject.objects.bulk_create(new, batch_size=BATCH)
        known |= {one.ref: one for one in new}
    moved = [one for ref, one in known.items() if follow(one, rows[ref], parents or {})]
    StatsObject.objects.bulk_update(moved, ["organization_ref", "parent"], batch_size=BATCH)
    return {ref: one.pk for ref, one in known.items()}


def follow(one: StatsObject, found: Found, parents: dict[str, int]) -> bool:
    """Note on `one` (not saved) whose it is now; tell whether that changed."""
    before = one.organization_ref, one.parent_id
    one.organization_ref = found.organization
    one.parent_id = parents.get(found.dataset, one.parent_id)
    return before != (one.organization_ref, one.parent_id)
