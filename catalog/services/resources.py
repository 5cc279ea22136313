"""Making, changing, ordering and removing the files of datasets, and community resources.

Every write of a dataset's resources holds the lock of the dataset's row: positions and derived columns stay right.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import CommunityResource, Dataset, Resource
from catalog.models.activity import ActivityKey
from catalog.models.resource import FileModel
from catalog.models.vocabulary import FileType
from catalog.permissions import Actor
from catalog.services import activity, derivation, ownership, relations, spam
from catalog.services.extras import MACHINE
from catalog.services.files import forget_file
from catalog.services.proposing import gate
from portal.lib.errors import ServiceError
from portal.models import User

COLUMNS = ("title", "description", "url", "type", "format", "mime", "filesize", "extras")
# What a hosted file says of itself: callers cannot change it (udata ignores them silently).
HOSTED = frozenset(["url", "format", "mime", "filesize", "checksum"])

type_of_values = dict[str, Any]  # what ResourceForm gives


def _dataset_of(item: Resource) -> Dataset:
    return item.dataset


def _proposed(_item: Any, result: Any) -> Any:
    """A new file that waits for a curator is shown to its author as it will be."""
    return result


def assign(item: FileModel, values: type_of_values) -> list[str]:
    """Put the values in the columns; return the keys that changed. Raises ServiceError for another filetype."""
    if "filetype" in values and values["filetype"] != item.filetype:
        raise ServiceError(_("Cannot change the filetype of an existing resource"), field="filetype")
    kept = {key: value for key, value in values.items() if not (item.filetype == FileType.FILE and key in HOSTED)}
    columns = {name: kept[name] for name in COLUMNS if name in kept}
    compound = {
        "schema": {f"schema_{part}": (kept.get("schema") or {}).get(part, "") for part in ("name", "url", "version")},
        "checksum": {f"checksum_{part}": (kept.get("checksum") or {}).get(part, "") for part in ("type", "value")},
    }
    for key, found in compound.items():
        if key in kept:
            columns |= found
    changes = [name for name, value in columns.items() if getattr(item, name) != value]
    for name, value in columns.items():
        setattr(item, name, value)
    return list(dict.fromkeys(name.partition("_")[0] if name.startswith(("schema_", "checksum_")) else name
                              for name in changes))  # fmt: skip


@gate.held(answer=_proposed)
@transaction.atomic
def create(dataset: Dataset, values: type_of_values, *, by: User) -> Resource:
    """Add a resource before the others; the dataset's row is locked."""
    return create_many(dataset, [values], by=by)[0]


@gate.held(answer=_proposed)
@transaction.atomic
def create_many(dataset: Dataset, entries: Iterable[type_of_values], *, by: User) -> list[Resource]:
    """Add resources, in their order, before those that are there."""
    entries = list(entries)
    first = dataset.resources.aggregate(first=Min("position"))["first"] or 0
    rows = []
    for rank, values in enumerate(entries):
        row = Resource(
            dataset=dataset, position=first - len(entries) + rank, filetype=values.get("filetype", FileType.REMOTE)
        )
        assign(row, values)
        row.derive()
        rows.append(row)
    Resource.objects.bulk_create(rows)
    note(dataset, rows, ActivityKey.RESOURCE_ADDED, by)
    return rows


@gate.held(_dataset_of)
@transaction.atomic
def update(item: Resource, values: type_of_values, *, by: User) -> list[str]:
    """Change what `values` names; return the keys that changed. Raises ServiceError."""
    changes = assign(item, values)
    if changes:
        item.last_modified_internal = timezone.now()
        item.save()
        note(item.dataset, [item], ActivityKey.RESOURCE_UPDATED, by, changes=changes)
    return changes


@transaction.atomic
def set_extras(item: Resource, found: dict[str, Any], *, by: User) -> dict[str, Any]:
    """Replace the extras of a resource; return them.

    The date of the file stays: crawlers write here each day what they saw. What they write is no activity either, and
    waits for no curator.
    """
    changed = {key for key in found.keys() | item.extras.keys() if found.get(key) != item.extras.get(key)}
    if not all(key.startswith(MACHINE) for key in changed):
        return _set_own_extras(item, found, by=by)
    if changed:
        item.extras = found
        item.save(update_fields=["extras", "created_at", "last_modified"])
        derivation.refresh_one(item.dataset)
    return item.extras


@gate.held(_dataset_of, answer=lambda item, _found: item.extras)
def _set_own_extras(item: Resource, found: dict[str, Any], *, by: User) -> dict[str, Any]:
    item.extras = found
    item.save(update_fields=["extras", "created_at", "last_modified"])
    note(item.dataset, [item], ActivityKey.RESOURCE_UPDATED, by, changes=["extras"])
    return item.extras


@gate.held(_dataset_of)
@transaction.atomic
def delete(item: Resource, *, by: User) -> None:
    """Remove a resource, and its hosted file once that is committed."""
    dataset, file = item.dataset, item.file
    note(dataset, [item], ActivityKey.RESOURCE_DELETED, by, refresh=False)
    item.delete()
    derivation.refresh_one(dataset)
    forget_file(file)


@gate.held(answer=lambda dataset, _rows: list(dataset.resources.order_by("position", "id")))
@transaction.atomic
def reorder(dataset: Dataset, entries: list[tuple[str, type_of_values]], *, by: User) -> list[Resource]:
    """Put the resources in the order of `entries` (id, values to change inline). Raises ServiceError unless all are
    named, each once.
    """
    rows = {str(row.pk): row for row in dataset.resources.all()}
    names = [name for name, _values in entries]
    if sorted(names) != sorted(rows):
        raise ServiceError(_("All resources must be reordered, you provided %(given)s out of %(all)s") % {
            "given": len(set(names) & set(rows)), "all": len(rows)})  # fmt: skip
    now = timezone.now()
    for position, (name, values) in enumerate(entries):
        row = rows[name]
        row.position = position
        if assign(row, values):
            row.last_modified_internal = now
            row.derive()
    ordered = [rows[name] for name in names]
    columns = ["position", *COLUMNS, "schema_name", "schema_url", "schema_version", "checksum_type", "checksum_value"]
    Resource.objects.bulk_update(ordered, [*columns, "last_modified_internal", "last_modified"])
    note(dataset, ordered[:1], ActivityKey.RESOURCE_UPDATED, by)
    return ordered


@gate.held()
@transaction.atomic
def replace_all(dataset: Dataset, entries: list[type_of_values], *, by: User) -> None:
    """Make the resources of a dataset those of `entries`, in their order: known ids are changed, others made, and
    those that are not named removed.
    """
    rows = {str(row.pk): row for row in dataset.resources.all()}
    named = [str(values.get("id", "")) for values in entries]
    for name in rows.keys() - set(named):
        delete(rows[name], by=by)
    new = [values for name, values in zip(named, entries, strict=True) if name not in rows]
    made = iter(create_many(dataset, new, by=by) if new else [])
    order = [
        (name, values) if name in rows else (str(next(made).pk), {})
        for name, values in zip(named, entries, strict=True)
    ]
    unchanged = [name for name, _values in order] == list(rows)
    if unchanged:
        for name, values in order:
            update(rows[name], values, by=by)
    elif order:
        reorder(dataset, order, by=by)


@transaction.atomic
def create_community(values: type_of_values, *, by: User, actor: Actor) -> CommunityResource:
    """Add a community resource to a dataset that the caller may read. Raises ServiceError."""
    item = CommunityResource(
        dataset=values["dataset"], filetype=values.get("filetype", FileType.REMOTE),
        **ownership.owner_of_new(actor, values, by),
    )  # fmt: skip
    assign(item, values)
    item.save(force_insert=True)
    return item


@transaction.atomic
def update_community(item: CommunityResource, values: type_of_values, *, by: User, actor: Actor) -> None:
    """Change what `values` names. Raises ServiceError."""
    owner = ownership.changed_owner(actor, item, values)
    if values.get("dataset"):  # null is what a client read where the dataset is gone
        owner["dataset"] = values["dataset"]
    changes = assign(item, values) + relations.assign(item, owner, owner)
    if changes:
        item.last_modified_internal = timezone.now()
        item.save()


@transaction.atomic
def delete_community(item: CommunityResource) -> None:
    """Remove a community resource, and its hosted file once that is committed."""
    file = item.file
    item.delete()
    forget_file(file)


def note(
    dataset: Dataset, rows: list[Resource], key: str, by: User, *, changes: Iterable[str] = (), refresh: bool = True
) -> None:
    """Bring the dataset's derived columns up to date and note what happened to each resource."""
    if refresh:
        derivation.refresh_one(dataset)
    with spam.screened(dataset, by=by):
        for row in rows:
            extras = {"resource_id": str(row.pk), "resource_title": row.title}
            activity.record(by, key, dataset, changes=changes, extras=extras)


def refresh(dataset: Dataset) -> None:
    """Bring what follows from the files of `dataset` up to date."""
    derivation.refresh_one(dataset)


def find_in(dataset: Dataset, pk: UUID) -> Resource | None:
    """Return the resource of that id in `dataset`, whose row the caller has locked."""
    found = dataset.resources.filter(pk=pk).first()
    if found is not None:
        found.dataset = dataset
    return found
