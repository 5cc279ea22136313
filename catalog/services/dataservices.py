"""Making, changing and deleting dataservices."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from catalog.models import Dataservice, Dataset, License
from catalog.models.activity import ActivityKey
from catalog.models.notification import NotificationKind
from catalog.models.vocabulary import AccessType
from catalog.permissions import Actor
from catalog.services import activity, announcements, metrics, ownership, relations, reports, review_gate, spam
from catalog.services.proposing import gate
from portal.models import User

COLUMNS = (
    "title", "acronym", "description", "base_api_url", "machine_documentation_url", "technical_documentation_url",
    "business_documentation_url", "rate_limiting", "rate_limiting_url", "availability", "availability_url", "format",
    "extras", "private", "archived_at", "deleted_at", "license", "access_type", "access_audiences",
    "access_type_reason_category", "access_type_reason", "authorization_request_url",
)  # fmt: skip
LISTS = ("tags", "datasets", "contact_points")


@transaction.atomic
def create(values: dict[str, Any], *, by: User, actor: Actor) -> Dataservice:
    """Make a dataservice; the publishers of its datasets are told. Raises ServiceError."""
    item = Dataservice(**ownership.owner_of_new(actor, values, by))
    asked, values = values, review_gate.held(item, values, by=by, is_new=True)
    relations.assign(item, [name for name in COLUMNS if name != "deleted_at"], values)
    _close(item)
    item.save(force_insert=True)
    relations.relate(item, LISTS, values)
    _count(item)
    with spam.screened(item, spam.texts(item), by=by):
        activity.record(by, ActivityKey.DATASERVICE_CREATED, item)
        _announce(item, by)
    review_gate.submit_new(item, asked, values, by=by)
    return item


@gate.held()
@transaction.atomic
def update(item: Dataservice, values: dict[str, Any], *, by: User, actor: Actor) -> list[str]:
    """Change what `values` names; return the keys that changed. `deleted_at` of None restores. Raises ServiceError."""
    if item.license_id is None and getattr(values.get("license"), "pk", None) == License.NOT_SPECIFIED:
        values = {**values, "license": None}
    if values.get("access_type", item.access_type) != AccessType.OPEN and "license" in values:
        values = {**values, "license": None}
    before, was_draft = item.organization_id, item.private
    served = set(item.datasets.values_list("pk", flat=True))
    changes = relations.change_owner(item, ownership.changed_owner(actor, item, values))
    asked, values = values, review_gate.held(item, values, by=by)
    changes += relations.assign(item, COLUMNS, values)
    changes += relations.relate(item, LISTS, values, by=by)
    if changes:
        _close(item)
        item.metadata_modified_at = timezone.now()
        item.save()
        _count(item, organizations=[before], served=served)
        if "deleted_at" in changes:
            reports.subject_restored(item)
        with spam.screened(item, spam.texts(item, changes), by=by):
            activity.record(by, ActivityKey.DATASERVICE_UPDATED, item, changes=changes)
            if "private" in changes:
                _announce(item, by)
    review_gate.follow(item, asked, was_draft=was_draft, by=by, is_alone=not changes)
    return changes


@gate.held()
@transaction.atomic
def remove(item: Dataservice, dataset: Dataset, *, by: User) -> None:
    """Say no more that the dataservice serves that dataset."""
    item.datasets.remove(dataset)
    item.metadata_modified_at = timezone.now()
    item.save()
    _count(item, served={dataset.pk})
    activity.record(by, ActivityKey.DATASERVICE_UPDATED, item, changes=["datasets"])


@transaction.atomic
def delete(item: Dataservice, *, by: User) -> None:
    """Mark a dataservice as deleted; its owner may restore it."""
    item.deleted_at = item.metadata_modified_at = timezone.now()
    item.save()
    _count(item)
    activity.record(by, ActivityKey.DATASERVICE_DELETED, item)
    reports.subject_deleted(item, by=by)


def _announce(item: Dataservice, by: User) -> None:
    announcements.tell_publishers(item, NotificationKind.DATASERVICE_CREATED, by=by, template="new_dataservice")


def _close(item: Dataservice) -> None:
    """Only what is open has a licence (udata's rule)."""
    if item.access_type != AccessType.OPEN:
        item.license = None


def _count(item: Dataservice, organizations: list = (), served: set[str] = frozenset()) -> None:
    relations.refresh_uses(set(item.datasets.values_list("pk", flat=True)) | served, [item.pk])
    metrics.refresh_organization_metrics(filter(None, {item.organization_id, *organizations}))
