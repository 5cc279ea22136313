"""Making and changing datasets: columns, relations, derived columns, activity and counters in one transaction."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from catalog.models import Dataset, License, Tag
from catalog.models.activity import ActivityKey
from catalog.models.vocabulary import AccessType
from catalog.permissions import Actor
from catalog.services import activity, derivation, extras, metrics, ownership, relations, reports, review_gate, spam
from catalog.services.proposing import gate
from portal.models import User

COLUMNS = (
    "title", "acronym", "description", "description_short", "frequency", "frequency_date", "extras", "private",
    "archived", "deleted", "license", "access_type", "access_audiences", "access_type_reason_category",
    "access_type_reason", "authorization_request_url",
)  # fmt: skip
# Key of the API -> the columns and relations that hold it.
COMPOUND = {
    "temporal_coverage": ("temporal_start", "temporal_end"),
    "spatial": ("spatial_geom", "spatial_granularity", "spatial_zones"),
    "schema": ("schema_name", "schema_url", "schema_version"),
}
RELATIONS = ("tags", "spatial_zones", "contact_points")

type_of_values = dict[str, Any]  # what DatasetForm gives, by the API's keys


@transaction.atomic
def create(values: type_of_values, *, by: User, actor: Actor) -> Dataset:
    """Make a dataset owned by the organization or user asked for, else by `by`. Raises ServiceError."""
    dataset = Dataset(**ownership.owner_of_new(actor, values, by))
    extras.check_custom(values.get("extras", {}), dataset.organization)
    asked, values = values, review_gate.held(dataset, values, by=by, is_new=True)
    _assign(dataset, {name: value for name, value in values.items() if name != "deleted"})
    dataset.save(force_insert=True)
    _relate(dataset, values)
    derivation.refresh_one(dataset)
    with spam.screened(dataset, spam.texts(dataset), by=by):
        activity.record(by, ActivityKey.DATASET_CREATED, dataset)
    metrics.refresh_organization_metrics([dataset.organization_id] if dataset.organization_id else [])
    review_gate.submit_new(dataset, asked, values, by=by)
    return dataset


@gate.held()
@transaction.atomic
def update(dataset: Dataset, values: type_of_values, *, by: User, actor: Actor) -> list[str]:
    """Change what `values` names, and nothing else; return the keys of the API that really changed.

    The caller holds the row locked. `deleted` of None restores; none changes where a curator has to agree first (see
    `proposing.gate`). Raises ServiceError.
    """
    owner = ownership.changed_owner(actor, dataset, values)
    before, was_draft = _facts(dataset), dataset.private
    owners = {dataset.organization_id}
    relations.change_owner(dataset, owner)
    if "extras" in values:
        extras.check_custom(values["extras"], dataset.organization)
    if dataset.license_id is None and getattr(values.get("license"), "pk", None) == License.NOT_SPECIFIED:
        values = {**values, "license": None}  # what the API shows for none: a client that sends it back changes nothing
    asked, values = values, review_gate.held(dataset, values, by=by)
    _assign(dataset, values)
    _relate(dataset, values)
    changes = _changes(before, _facts(dataset))
    if changes:
        dataset.last_modified_internal = timezone.now()
        dataset.save()
        derivation.refresh_one(dataset)
        with spam.screened(dataset, spam.texts(dataset, changes), by=by):
            activity.record(by, ActivityKey.DATASET_UPDATED, dataset, changes=changes)
        if "deleted" in changes:
            reports.subject_restored(dataset)
        metrics.refresh_organization_metrics(filter(None, owners | {dataset.organization_id}))
    review_gate.follow(dataset, asked, was_draft=was_draft, by=by, is_alone=not changes)
    return changes


@transaction.atomic
def delete(dataset: Dataset, *, by: User) -> None:
    """Mark a dataset as deleted; its owner may restore it."""
    dataset.deleted = dataset.last_modified_internal = timezone.now()
    dataset.save(update_fields=["deleted", "last_modified_internal"])
    derivation.refresh_one(dataset)
    activity.record(by, ActivityKey.DATASET_DELETED, dataset)
    reports.subject_deleted(dataset, by=by)
    metrics.refresh_organization_metrics([dataset.organization_id] if dataset.organization_id else [])


@gate.held(answer=lambda dataset, _found: dataset.extras)
@transaction.atomic
def set_extras(dataset: Dataset, found: dict[str, Any], *, by: User) -> dict[str, Any]:
    """Replace the extras of a dataset (its row is locked); return them. Raises ServiceError."""
    extras.check_custom(found, dataset.organization)
    if found != dataset.extras:
        dataset.extras, dataset.last_modified_internal = found, timezone.now()
        dataset.save(update_fields=["extras", "last_modified_internal"])
        derivation.refresh_one(dataset)
        activity.record(by, ActivityKey.DATASET_UPDATED, dataset, changes=["extras"])
    return dataset.extras


def _assign(dataset: Dataset, values: type_of_values) -> None:
    """Put the values in the columns. Only what is open has a licence (udata's rule)."""
    columns = {name: values[name] for name in COLUMNS if name in values}
    columns |= values.get("temporal_coverage", {}) | values.get("spatial", {})
    if "schema" in values:
        columns |= _schema_columns(values["schema"] or {})
    for name, value in columns.items():
        if name not in RELATIONS:
            setattr(dataset, name, value)
    if dataset.access_type != AccessType.OPEN:
        dataset.license = None


def _schema_columns(schema: dict[str, str]) -> dict[str, str]:
    """Return the columns of a schema; its name wins over its address."""
    columns = {f"schema_{part}": schema.get(part, "") for part in ("name", "url", "version")}
    return {**columns, "schema_url": ""} if columns["schema_name"] else columns


def _relate(dataset: Dataset, values: type_of_values) -> None:
    if "tags" in values:
        dataset.tags.set(Tag.objects.named(values["tags"]))
    if "spatial" in values:
        dataset.spatial_zones.set(values["spatial"]["spatial_zones"])
    if "contact_points" in values:
        dataset.contact_points.set(values["contact_points"])


def _facts(dataset: Dataset) -> dict[str, Any]:
    """Return what the dataset says, by the keys of the API."""
    facts: dict[str, Any] = {name: getattr(dataset, name) for name in COLUMNS if name != "license"}
    facts["license"] = dataset.license_id
    facts["owner"], facts["organization"] = dataset.owner_id, dataset.organization_id
    for name in RELATIONS:
        facts[name] = frozenset(getattr(dataset, name).values_list("pk", flat=True))
    for key, names in COMPOUND.items():
        facts[key] = tuple(facts.pop(name) if name in facts else getattr(dataset, name) for name in names)
    return facts


def _changes(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return [name for name in before if before[name] != after[name]]
