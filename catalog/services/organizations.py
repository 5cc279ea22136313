"""Making, changing and deleting organizations."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from catalog.models import Member, Organization
from catalog.models.activity import ActivityKey
from catalog.models.vocabulary import MemberRole
from catalog.services import activity, extras, metrics, reports, spam
from portal.models import User

COLUMNS = (
    "name", "acronym", "description", "url", "logo_url", "business_number_id", "extras", "presentation_blocs",
    "presentation_blocs_published_at", "deleted",
)  # fmt: skip

type_of_values = dict[str, Any]  # what OrganizationForm gives


@transaction.atomic
def create(values: type_of_values, *, by: User) -> Organization:
    """Make an organization; `by` becomes its first administrator. Raises ServiceError."""
    extras.check_declarations(values.get("extras", {}))
    columns = {name: values[name] for name in COLUMNS if name in values and name != "deleted"}
    organization = Organization.objects.create(**columns)
    Member.objects.create(organization=organization, user=by, role=MemberRole.ADMIN)
    with spam.screened(organization, spam.texts(organization), by=by):
        activity.record(by, ActivityKey.ORGANIZATION_CREATED, organization)
    metrics.refresh_organization_metrics([organization.pk])
    return organization


@transaction.atomic
def update(organization: Organization, values: type_of_values, *, by: User) -> list[str]:
    """Change what `values` names; return the keys that really changed. `deleted` of None restores.

    Raises ServiceError.
    """
    if values.get("extras", organization.extras) != organization.extras:
        extras.check_declarations(values["extras"])
    changes = [name for name in COLUMNS if name in values and getattr(organization, name) != values[name]]
    for name in changes:
        setattr(organization, name, values[name])
    if "deleted" in changes:
        reports.subject_restored(organization)
    if changes:
        organization.touch()
        organization.save()
        with spam.screened(organization, spam.texts(organization, changes), by=by):
            activity.record(by, ActivityKey.ORGANIZATION_UPDATED, organization, changes=changes)
    return changes


@transaction.atomic
def delete(organization: Organization, *, by: User) -> None:
    """Mark an organization as deleted; its objects keep naming it, and its administrators may restore it."""
    organization.deleted = timezone.now()
    organization.touch()
    organization.save(update_fields=["deleted", "last_modified"])
    activity.record(by, ActivityKey.ORGANIZATION_UPDATED, organization, changes=["deleted"])
    reports.subject_deleted(organization, by=by)
