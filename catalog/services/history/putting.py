"""Writing a state: columns, lists and files of an object as a state tells them, but for what is gone from the portal.

Rights are the caller's to ask, and so is what follows from a write (counters, derived columns, activity).
"""

from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import Resource, Tag
from catalog.models.vocabulary import FileType
from catalog.services.files import forget_file
from catalog.services.history.states import Kind, Part, type_of_state
from portal.lib.errors import ServiceError

DATED = {  # columns that tell when it was written
    "Dataset": ("last_modified_internal",),
    "Reuse": ("last_modified",),
    "Dataservice": ("metadata_modified_at",),
    "Organization": ("last_modified",),
}


def put(
    kind: Kind,
    obj: Any,
    wanted: type_of_state,
    before: type_of_state,
    *,
    kept: Collection[str] = (),
    slug: bool = False,
) -> None:
    """Give `obj`, which is in the state `before`, the columns, lists and parts of `wanted`, but those that are `kept`.

    Its address follows its title, or comes back with `slug` where nobody else has it. Raises ServiceError where
    something else has its place meanwhile.
    """
    _put_columns(kind, obj, wanted, before, kept=kept, slug=slug)
    for name in kind.lists:
        values = wanted["lists"].get(name, [])
        relation = getattr(obj, name)
        if name == "tags":
            relation.set(Tag.objects.named(values))
        else:
            relation.set(relation.model._base_manager.filter(pk__in=values))
    for name, part in kind.parts.items():
        if name not in kept:
            _put_part(part, obj, wanted["parts"].get(name, []))


def _put_columns(
    kind: Kind, obj: Any, wanted: type_of_state, before: type_of_state, *, kept: Collection[str], slug: bool
) -> None:
    for name in kind.columns:
        value = wanted["columns"].get(name)
        is_other = name in wanted["columns"] and value != before["columns"].get(name)
        if is_other and name not in kept and name != "slug":
            _put(obj, name, value)
    former = wanted["columns"].get("slug") if slug else ""
    if former and not kind.model._base_manager.filter(slug=former).exclude(pk=obj.pk).exists():
        obj.slug = former
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


def _put_part(part: Part, obj: Any, wanted: list[dict[str, Any]]) -> None:
    """Make the rows that hang on an object those of a revision."""
    key = part.model._meta.get_field(part.key)
    rows = {getattr(row, part.key): row for row in part.model._base_manager.filter(**{part.owner: obj.pk})}
    named = {plain(key, one[part.key]): one for one in wanted}
    for name in rows.keys() - named.keys():
        rows[name].delete()
        forget_file(getattr(rows[name], "file", None))
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
