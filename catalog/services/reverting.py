"""Bringing an object back to a state that it had: columns, lists, files and badges, in one transaction.

What can't come back stays as it is: the owner, where the caller may not give the object away; what only curators set;
what is gone from the portal (a licence, a territory, a hosted file, an account).
"""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from reversion.models import Version

from catalog import permissions
from catalog.models import Dataset, Organization, Resource, Reuse, Tag
from catalog.models.activity import ActivityKey
from catalog.models.audit import AuditAction, AuditOrigin
from catalog.models.vocabulary import FileType
from catalog.permissions import Actor
from catalog.services import activity, derivation, metrics, relations, reports, resources, review_gate
from catalog.services.audit import log as audit
from catalog.services.history import revisions
from catalog.services.history.actions import keys
from catalog.services.history.states import KINDS, Kind, Part, changed, take, type_of_state
from portal.lib.errors import ServiceError
from portal.lib.writes.scope import scope
from portal.models import User

OWNERS = ("owner_id", "organization_id")
CURATORS_COLUMNS = ("featured",)
CURATORS_PARTS = ("badges",)
DATED = {  # columns that tell when it was written
    "Dataset": ("last_modified_internal",),
    "Reuse": ("last_modified",),
    "Dataservice": ("metadata_modified_at",),
    "Organization": ("last_modified",),
}
FILE = Resource._meta.get_field("file")


def can_revert(actor: Actor, obj: Any) -> bool:
    """Tell whether the caller may bring this object back to an earlier state: who may edit it."""
    if isinstance(obj, Organization):
        return permissions.can_administer(actor, obj.pk)
    return permissions.can_edit(actor, obj)


@transaction.atomic
def revert(obj: Any, version: Version, *, by: User, actor: Actor, comment: str = "") -> list[str]:
    """Give the object the state that `version` keeps; return the keys that changed. Raises ServiceError.

    The slug comes back too, where nobody else has it now; the present one leads to it.
    """
    kind = KINDS[type(obj).__name__]
    if version.object_id != str(obj.pk) or version.content_type_id != revisions.content_type(kind.name).pk:
        raise ServiceError(_("This revision is of another object."))
    obj = kind.model._base_manager.select_for_update(of=("self",)).get(pk=obj.pk)
    if not can_revert(actor, obj):
        raise ServiceError(_("%(object)s: you may not change it.") % {"object": obj})
    with scope(AuditOrigin.COMMAND, actor_id=str(by.pk)):
        before = take(kind.name, [obj.pk])[str(obj.pk)]
        wanted = revisions.state_of(version.serialized_data)
        audit.name(AuditAction.REVERT, obj)
        audit.comment(comment or _("Back to revision %(number)s") % {"number": version.pk})
        if before["columns"].get("private") and not wanted["columns"].get("private") and review_gate.needed(obj, by):
            wanted["columns"].pop("private", None)  # reverting is no way round the review
        _columns(kind, obj, wanted, before, actor, curates=permissions.curates(by, kind.model))
        _lists(kind, obj, wanted)
        for name, part in kind.parts.items():
            if name not in CURATORS_PARTS or permissions.curates(by, kind.model):
                _part(part, obj, wanted["parts"].get(name, []))
        changes = keys(changed(before, take(kind.name, [obj.pk])[str(obj.pk)]))
        _follow(obj, before, changes, by=by)
    return changes


def _columns(
    kind: Kind, obj: Any, wanted: type_of_state, before: type_of_state, actor: Actor, *, curates: bool
) -> None:
    kept = {
        *(() if curates else CURATORS_COLUMNS),
        *(() if _may_own(obj, wanted["columns"], actor) else OWNERS),
        "slug",
    }
    for name in kind.columns:
        value = wanted["columns"].get(name)
        if name in wanted["columns"] and name not in kept and value != before["columns"].get(name):
            _put(obj, name, value)
    slug = wanted["columns"].get("slug")
    if slug and not kind.model._base_manager.filter(slug=slug).exclude(pk=obj.pk).exists():
        obj.slug = slug
    for name in DATED[kind.name]:
        setattr(obj, name, timezone.now())
    try:
        with transaction.atomic():
            obj.save()
    except IntegrityError as error:
        raise ServiceError(_("Something else has taken its place meanwhile: %(object)s") % {"object": obj}) from error


def _put(obj: Any, name: str, value: Any) -> None:
    """Put a value of a revision in a column, unless what it names is gone."""
    column = obj._meta.get_field(name)
    if value is not None and isinstance(column, models.ForeignKey):
        if not column.related_model._base_manager.filter(pk=value).exists():
            return
    elif value and isinstance(column, models.FileField) and not column.storage.exists(value):
        return
    setattr(obj, name, plain(column, value))


def plain(column: models.Field, value: Any) -> Any:
    """Return the value of a column as the ORM takes it. Raises ServiceError for one that can't be read."""
    column = column.target_field if isinstance(column, models.ForeignKey) else column
    try:
        return value if isinstance(column, models.JSONField | models.FileField) else column.to_python(value)
    except ValidationError as error:
        raise ServiceError(_("This revision can't be read.")) from error


def _may_own(obj: Any, columns: dict[str, Any], actor: Actor) -> bool:
    """Tell whether the caller may give the object to its former owner."""
    former = {name: columns.get(name) for name in OWNERS if name in columns}
    if all(getattr(obj, name) == value for name, value in former.items()):
        return True
    if former.get("organization_id"):
        allowed = permissions.can_own(actor, former["organization_id"])
    else:
        allowed = actor.is_sysadmin or former.get("owner_id") == actor.user_id
    return allowed and permissions.can_give_away(actor, obj)


def _lists(kind: Kind, obj: Any, wanted: type_of_state) -> None:
    for name in kind.lists:
        values = wanted["lists"].get(name, [])
        relation = getattr(obj, name)
        if name == "tags":
            relation.set(Tag.objects.named(values))
        else:
            relation.set(relation.model._base_manager.filter(pk__in=values))


def _part(part: Part, obj: Any, wanted: list[dict[str, Any]]) -> None:
    """Make the rows that hang on an object those of a revision."""
    key = part.model._meta.get_field(part.key)
    rows = {getattr(row, part.key): row for row in part.model._base_manager.filter(**{part.owner: obj.pk})}
    named = {plain(key, one[part.key]): one for one in wanted}
    for name in rows.keys() - named.keys():
        rows[name].delete()
        resources.forget_file(getattr(rows[name], "file", None))
    for name, columns in named.items():
        row = rows.get(name) or part.model(**{part.owner: obj.pk, part.key: name})
        if row._state.adding and not _can_come_back(part, columns):
            continue
        before = {column: getattr(row, column) for column in part.columns}
        for column, value in columns.items():
            if column in part.columns:
                _put(row, column, value)
        if row._state.adding or any(getattr(row, column) != value for column, value in before.items()):
            if isinstance(row, Resource):
                row.last_modified_internal = timezone.now()
            row.save()


def _can_come_back(part: Part, columns: dict[str, Any]) -> bool:
    """Tell whether a row that was removed can be made again: a hosted file may be gone, an id taken."""
    if part.model is not Resource:
        return True
    if columns.get("filetype") == FileType.FILE and not Resource._meta.get_field("file").storage.exists(
        columns["file"]
    ):
        return False
    return not Resource._base_manager.filter(pk=columns["id"]).exists()


def _follow(obj: Any, before: type_of_state, changes: list[str], *, by: User) -> None:
    """Bring what follows from the object up to date, and note what was done."""
    if isinstance(obj, Dataset):
        derivation.refresh_one(obj)
    if isinstance(obj, Reuse):
        lists = [before["lists"], {name: _ids(obj, name) for name in ("datasets", "dataservices")}]
        relations.refresh_uses(*({pk for one in lists for pk in one[name]} for name in ("datasets", "dataservices")))
    if "deleted" in changes:
        reports.subject_restored(obj)
    owners: Iterable[str | None] = {before["columns"].get("organization_id"), getattr(obj, "organization_id", None)}
    metrics.refresh_organization_metrics([obj.pk] if isinstance(obj, Organization) else filter(None, owners))
    activity.record(by, ActivityKey(f"{obj._meta.model_name}:updated"), obj, changes=changes)


def _ids(obj: Any, name: str) -> list[str]:
    return list(getattr(obj, name).values_list("pk", flat=True))
