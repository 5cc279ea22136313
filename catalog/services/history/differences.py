"""What differs between two states of an object, for people to read: by field, word by word, file by file.

Only what everybody may read of a public object is told: what is not in `SHOWN` stays unsaid.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Dataservice, Dataset, GeoZone, License, Organization, Resource, Reuse
from catalog.services.history import words
from catalog.services.history.states import KINDS, type_of_state
from portal.models import User

ACCESS = (
    "access_type", "access_type_reason_category", "access_type_reason", "authorization_request_url", "license_id",
)  # fmt: skip
STATES = ("private", "archived", "archived_at", "deleted", "deleted_at", "featured")
SHOWN = {
    "Dataset": (
        "title", "acronym", "description", "description_short", "organization_id", "owner_id", "frequency",
        "frequency_date", "temporal_start", "temporal_end", "spatial_granularity", "spatial_geom", "schema_name",
        "schema_url", "schema_version", *ACCESS, "extras", *STATES,
    ),
    "Reuse": (
        "title", "description", "type", "topic", "url", "image_url", "organization_id", "owner_id", "extras", *STATES,
    ),
    "Dataservice": (
        "title", "acronym", "description", "base_api_url", "machine_documentation_url", "technical_documentation_url",
        "business_documentation_url", "rate_limiting", "rate_limiting_url", "availability", "availability_url",
        "format", "organization_id", "owner_id", *ACCESS, "extras", *STATES,
    ),
    "Organization": (
        "name", "acronym", "description", "url", "logo_url", "business_number_id", "zone_id", "extras", "deleted",
    ),
}  # fmt: skip
FILE = (
    "title", "description", "url", "filetype", "type", "format", "mime", "filesize", "checksum_value", "schema_name",
    "schema_url", "schema_version", "extras",
)  # fmt: skip
LISTS = ("tags", "spatial_zones", "datasets", "dataservices")  # contact points are people: they are not told
MANY = 50  # files or objects named in one difference
NAMED = {Organization: "name", User: "", License: "title", GeoZone: "name", Dataset: "title", Dataservice: "title"}
NOTHING = "—"
LABELS = {
    "schema_name": gettext_lazy("schema"),
    "schema_url": gettext_lazy("schema address"),
    "schema_version": gettext_lazy("schema version"),
    "license_id": gettext_lazy("licence"),
    "checksum_value": gettext_lazy("checksum"),
}


@dataclass(slots=True)
class Difference:
    """One field that differs: the pieces of a text, or what was added and removed, or the files."""

    label: str
    pieces: list[words.Piece] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    inside: list["Difference"] = field(default_factory=list)  # of files that changed: one difference a file


type_of_names = dict[tuple[type[models.Model], str], str]


class Differences:
    """Compares states of one kind of object; the names of what they refer to are read once, for all."""

    def __init__(self, kind: str, states: Iterable[type_of_state]) -> None:
        self.kind = KINDS[kind]
        self.shown = SHOWN[kind]
        self.names = _names_of(self.kind.model, self.kind.lists, list(states))

    def between(self, before: type_of_state, after: type_of_state) -> list[Difference]:
        """Return what differs, as far as everybody may know."""
        found = self._columns(self.kind.model, self.shown, before["columns"], after["columns"])
        for name in LISTS:
            old, new = (state["lists"].get(name, []) for state in (before, after))
            if old != new and name in self.kind.lists:
                found.append(self._list(name, old, new))
        old, new = (state["parts"].get("resources", []) for state in (before, after))
        if old != new:
            found += self._files(old, new)
        return found + self._badges(before, after)

    def _columns(
        self, model: type[models.Model], names: Iterable[str], before: dict[str, Any], after: dict[str, Any]
    ) -> list[Difference]:
        found = []
        for name in names:
            if before.get(name) == after.get(name):
                continue
            column = model._meta.get_field(name)
            old, new = (self.text(column, columns.get(name)) for columns in (before, after))
            found.append(Difference(label_of(column, name), words.compare(old, new)))
        return found

    def text(self, column: models.Field, value: Any) -> str:
        """Return a value as it is shown."""
        if value in (None, "", {}, []):
            return NOTHING
        if isinstance(column, models.ForeignKey):
            return self.names.get((column.related_model, str(value)), NOTHING)
        return _plain(column, value)

    def _list(self, name: str, old: list[Any], new: list[Any]) -> Difference:
        relation = self.kind.model._meta.get_field(name)
        model = relation.related_model

        def named(values: Iterable[Any]) -> list[str]:
            texts = [value if name == "tags" else self.names.get((model, str(value)), NOTHING) for value in values]
            return texts[:MANY]

        return Difference(
            str(relation.verbose_name),
            added=named(value for value in new if value not in old),
            removed=named(value for value in old if value not in new),
        )

    def _files(self, old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[Difference]:
        """Files are matched by their ids; what only moved among the others is told once."""
        before, after = ({row["id"]: row for row in rows} for rows in (old, new))
        inside = [
            Difference(row["title"], inside=changes)
            for pk, row in after.items()
            if pk in before and (changes := self._columns(Resource, FILE, before[pk], row))
        ]
        added = [row["title"] for pk, row in after.items() if pk not in before]
        removed = [row["title"] for pk, row in before.items() if pk not in after]
        found = []
        if inside or added or removed:
            found.append(Difference(_("Files"), [], added[:MANY], removed[:MANY], inside[:MANY]))
        both = [[row["id"] for row in rows if row["id"] in before and row["id"] in after] for rows in (old, new)]
        if both[0] != both[1]:
            found.append(Difference(_("Order of the files")))
        return found

    def _badges(self, before: type_of_state, after: type_of_state) -> list[Difference]:
        old, new = ({row["kind"] for row in state["parts"].get("badges", [])} for state in (before, after))
        if old == new:
            return []
        choices = dict(self.kind.parts["badges"].model._meta.get_field("kind").flatchoices)
        added, removed = (sorted(str(choices.get(one, one)) for one in kinds) for kinds in (new - old, old - new))
        return [Difference(_("Labels"), added=added, removed=removed)]


def label_of(column: models.Field, name: str) -> str:
    return str(LABELS.get(name) or column.verbose_name)


def _plain(column: models.Field, value: Any) -> str:
    if column.choices:
        return str(dict(column.flatchoices).get(value, value))
    if isinstance(column, models.BooleanField):
        return _("yes") if value else _("no")
    if isinstance(column, models.DateTimeField):
        return date_format(timezone.localtime(column.to_python(value)), "SHORT_DATETIME_FORMAT")
    if isinstance(column, models.DateField):
        return date_format(column.to_python(value), "SHORT_DATE_FORMAT")
    if isinstance(column, models.JSONField):
        return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS).decode()
    return str(value)


def _names_of(model: type[models.Model], lists: Iterable[str], states: list[type_of_state]) -> type_of_names:
    """Return the names of all that these states refer to: one query for each kind of thing."""
    wanted: dict[type[models.Model], set[Any]] = {}
    for column in model._meta.concrete_fields:
        if isinstance(column, models.ForeignKey):
            values = {state["columns"].get(column.attname) for state in states} - {None}
            wanted.setdefault(column.related_model, set()).update(values)
    for name in lists:
        if name in LISTS and name != "tags":
            values = {value for state in states for value in state["lists"].get(name, [])}
            wanted.setdefault(model._meta.get_field(name).related_model, set()).update(values)
    found: type_of_names = {}
    for related, values in wanted.items():
        if values and related in NAMED:
            found.update({(related, str(row.pk)): row for row in _public(related).filter(pk__in=values)})
    return {key: str(row) for key, row in found.items()}


def _public(model: type[models.Model]) -> models.QuerySet:
    """Return the rows whose names everybody may know: a draft's title is not told by what links it."""
    rows = model._default_manager.all()
    if model in (Dataset, Dataservice, Reuse):
        return rows.public()
    return rows
