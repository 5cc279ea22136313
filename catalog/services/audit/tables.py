"""To which object each table of the database belongs. A table that is not named here is an object of its own: what is
added to the portal later is in the audit log without anybody's doing.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models.fields.related import ForeignKey

from portal.lib.writes.statements import UPDATE, Statement

# Tables whose rows are no act of anybody: sessions, logs, caches, queues and what the portal counts by itself.
APART = frozenset([
    "catalog_activity", "catalog_auditentry", "catalog_bulkitem", "catalog_bulkjob", "catalog_change",
    "catalog_datasetdocument", "catalog_linkcheck", "catalog_outboxevent",
    "catalog_sheet", "catalog_sheetline",
    "catalog_searchchange", "catalog_searchlog", "catalog_searchmiss", "catalog_slughistory",
    "harvest_jobitem", "harvest_harvestrecord",
    "portal_idempotentrequest", "django_admin_log", "django_session", "django_migrations", "django_content_type",
    "auth_permission", "usersessions_usersession", "account_emailconfirmation",
])  # fmt: skip
APART_BEGINNINGS = ("reversion_", "stats_", "axes_", "django_celery_beat_")
# Columns that the portal itself keeps up to date: an UPDATE of these alone is no act either.
OWN_COLUMNS = frozenset([
    "last_login", "last_used_at", "user_agents", "version", "quality_flags", "update_due_at", "resources_count",
    "last_update", "last_modified", "created_at", "last_modified_internal", "metadata_modified_at",
    "updated",
])  # fmt: skip
# Rows that hang on an object: table -> (column that names it, model of the object).
HANGING = {
    "catalog_resource": ("dataset_id", "catalog.Dataset"),
    "catalog_datasetbadge": ("dataset_id", "catalog.Dataset"),
    "catalog_dataservicebadge": ("dataservice_id", "catalog.Dataservice"),
    "catalog_organizationbadge": ("organization_id", "catalog.Organization"),
    "catalog_trustedorganization": ("organization_id", "catalog.Organization"),
    "catalog_member": ("organization_id", "catalog.Organization"),
    "catalog_membershiprequest": ("organization_id", "catalog.Organization"),
    "catalog_assignment": ("organization_id", "catalog.Organization"),
    "catalog_topicelement": ("topic_id", "catalog.Topic"),
    "catalog_tagalias": ("tag_id", "catalog.Tag"),
    "catalog_message": ("discussion_id", "catalog.Discussion"),
    "harvest_sourcepreview": ("source_id", "harvest.Source"),
    "account_emailaddress": ("user_id", "portal.User"),
    "mfa_authenticator": ("user_id", "portal.User"),
    "socialaccount_socialaccount": ("user_id", "portal.User"),
    "socialaccount_socialtoken": ("account_id", "socialaccount.SocialAccount"),
}
# What the changes of an object call the rows that hang on it.
NAMES = {
    "topicelement": "elements", "member": "members", "membershiprequest": "membership_requests", "message": "comments",
    "assignment": "assignments", "emailaddress": "email", "resource": "resources", "authenticator": "second_factor",
    "tagalias": "aliases", "datasetbadge": "badges", "dataservicebadge": "badges", "organizationbadge": "badges",
    "trustedorganization": "trust",
}  # fmt: skip
# What comes with a write of something else: the subject of a row only where nothing else was written.
ALONG = frozenset(["Tag", "Notification", "Report", "TopicElement", "SocialAccount"])

DEPENDENT = frozenset(["Discussion", "Follow", "Assignment", "Transfer"])  # end with what they are about


@dataclass(frozen=True, slots=True)
class Room:
    """The object that a table belongs to: its model, and the column that names it in the table."""

    model: type[models.Model]
    column: str
    table: type[models.Model]

    @property
    def kind(self) -> str:
        return self.model.__name__

    @property
    def is_own(self) -> bool:
        """Whether the rows are the objects themselves."""
        return self.model is self.table

    @property
    def label(self) -> str:
        """What the changes of the object call the rows of this table."""
        own, name = self.model._meta.model_name, self.table._meta.model_name
        return NAMES.get(name) or name.removeprefix(f"{own}_")

    def keys(self, statement: Statement) -> list[str]:
        """Return the ids of the objects, as far as the statement tells them or the rows that it names do."""
        found = [_plain(self.model, value) for value in statement.values(self.column)]
        key = self.table._meta.pk
        if not found and not self.is_own and (rows := statement.values(key.column)):
            hanging = self.table._base_manager.filter(pk__in=[key.to_python(row) for row in rows])
            found = [str(value) for value in hanging.order_by().values_list(self.column, flat=True).distinct()]
        return list(dict.fromkeys(found))


def _plain(model: type[models.Model], value: Any) -> str:
    return str(model._meta.pk.to_python(value))


def counts(statement: Statement) -> bool:
    """Tell whether a statement is somebody's act."""
    if statement.table in APART or statement.table.startswith(APART_BEGINNINGS) or room_of(statement.table) is None:
        return False
    if statement.verb != UPDATE:
        return True
    return not all(is_kept(name) for name in statement.columns)


def rows_of(model: type[models.Model], ids: list[str]) -> dict[str, dict[str, Any]]:
    """Return the columns of these rows that somebody may change, in the form of a state (see `history.states`)."""
    names = [column.attname for column in model._meta.concrete_fields if not is_kept(column.attname)]
    rows = model._base_manager.filter(pk__in=ids).values("pk", *names) if ids else []
    return {str(row.pop("pk")): {"columns": row} for row in rows}


def is_kept(column: str) -> bool:
    """Tell whether the portal itself keeps a column up to date."""
    return column in OWN_COLUMNS or column.startswith("metric_")


@cache
def room_of(table: str) -> Room | None:
    """Return the object that a table belongs to; None for a table that no model has."""
    model = _models().get(table)
    if model is None:
        return None
    if table in HANGING:
        column, owner = HANGING[table]
        return Room(apps.get_model(owner), column, model)
    if model._meta.auto_created:  # links of a many-to-many relation belong to the object that declares it
        owner = model._meta.auto_created
        keys = [one for one in model._meta.concrete_fields if isinstance(one, ForeignKey)]
        column = next(one.attname for one in keys if one.related_model is owner)
        return Room(owner, column, model)
    return Room(model, model._meta.pk.column, model)


@cache
def _models() -> dict[str, type[models.Model]]:
    return {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
