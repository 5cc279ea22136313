"""Charts as callers send them: axes, series, and the tree of filters of each series."""

import math
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from catalog.api.forms.base import REQUIRED, Extras, InputField, ModelForm, OwnedFields, RequiredText
from catalog.api.forms.objects import MAX_DESCRIPTION
from catalog.models.visualization import readable_files
from portal.lib.api.errors import ModelErrors
from portal.lib.api.parsers import MAX_INTEGER

X_TYPES = ("discrete", "continuous")
SORTS = ("axis_x", "axis_y")
DIRECTIONS = ("asc", "desc")
UNIT_POSITIONS = ("prefix", "suffix")
SERIES_TYPES = ("line", "histogram")
AGGREGATES = ("avg", "sum", "count", "min", "max")
CONDITIONS = (
    "exact", "differs", "is_null", "is_not_null", "greater", "less", "strictly_greater", "strictly_less",
)  # fmt: skip
MAX_COLUMN = 500  # characters of a column's name
MAX_LABEL = 255
MAX_VALUE = 1000  # characters of what a column is compared with
MAX_SERIES = 50
MAX_FILTERS = 100  # in one series
MAX_DEPTH = 10  # of groups of filters inside groups
UNKNOWN = "Resource does not exist"


class Column(serializers.CharField):
    """The name of a column, as the file writes it: blanks count."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": MAX_COLUMN, "trim_whitespace": False, **options})


class Word(serializers.ChoiceField):
    """One word of a list, or null."""

    def __init__(self, choices: tuple[str, ...], **options: Any) -> None:
        super().__init__(choices, **{"default": None, "allow_null": True, **options})


class Number(serializers.FloatField):
    """A number, or null: JSON knows neither infinity nor what is not a number.

    The limit is that of the numbers in bodies (`parse_json`), which a text like "1e30" would go round.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"default": None, "allow_null": True, **options})

    def to_internal_value(self, data: Any) -> float:
        found = super().to_internal_value(data)
        if isinstance(data, bool) or not math.isfinite(found) or abs(found) > MAX_INTEGER:
            self.fail("invalid")
        return found


class XAxisForm(serializers.Serializer):
    column_x = Column()
    sort_x_by = Word(SORTS, default="axis_x")
    sort_x_direction = Word(DIRECTIONS, default="asc")
    type = serializers.ChoiceField(X_TYPES)


class YAxisForm(serializers.Serializer):
    min = Number()
    max = Number()
    label = serializers.CharField(max_length=MAX_LABEL, default=None, allow_null=True, allow_blank=True)
    unit = serializers.CharField(max_length=MAX_LABEL, default=None, allow_null=True, allow_blank=True)
    unit_position = Word(UNIT_POSITIONS, default="suffix")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        least, most = attrs.get("min"), attrs.get("max")
        if least is not None and most is not None and most < least:
            raise serializers.ValidationError({"max": [_("The maximum is below the minimum.")]})
        return attrs


class FilterForm(serializers.Serializer):
    """A leaf of the tree: what the values of a column are compared with."""

    column = Column()
    condition = serializers.ChoiceField(CONDITIONS)
    value = serializers.CharField(
        max_length=MAX_VALUE, trim_whitespace=False, default=None, allow_null=True, allow_blank=True
    )


class FiltersField(InputField):
    """A filter, or a group of them (`{"filters": […]}`) that must all hold, in which groups may stand again."""

    openapi: ClassVar[dict[str, Any]] = {
        "type": "object",
        "description": "A comparison, or a group of comparisons and groups that must all hold.",
        "properties": {
            "column": {"type": "string"},
            "condition": {"type": "string", "enum": list(CONDITIONS)},
            "value": {"type": ["string", "null"]},
            "filters": {"type": "array", "items": {"type": "object"}},
        },
    }

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if _size(data) > MAX_FILTERS:
            raise serializers.ValidationError(_("There are more than %(max)d filters.") % {"max": MAX_FILTERS})
        return _read_filters(data, MAX_DEPTH)


class SeriesForm(serializers.Serializer):
    type = Word(SERIES_TYPES)
    column_y = Column(default=None, allow_null=True, allow_blank=True)
    aggregate_y = Word(AGGREGATES)
    resource_id = serializers.UUIDField()
    column_x_name_override = Column(default=None, allow_null=True, allow_blank=True)
    filters = FiltersField(default=None, allow_null=True)

    def validate_resource_id(self, value: Any) -> str:
        return str(value)


class PartField(serializers.Field):
    """An object of its own, which `form` checks whole: under a partial update, a part is replaced and not mended.

    One that says nothing (null, or nothing but nulls) is empty.
    """

    def __init__(self, form: type[serializers.Serializer], **options: Any) -> None:
        super().__init__(**options)
        self.form = form

    def run_validation(self, data: Any = serializers.empty) -> dict[str, Any]:
        found = super().run_validation(data)
        return {} if found is None else found

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        found = _checked(self.form, data)
        return found if any(value is not None for value in found.values()) else {}

    def to_representation(self, value: Any) -> Any:
        raise NotImplementedError


class SeriesField(PartField):
    """The series: at least one, each on a resource that the caller may read."""

    def to_internal_value(self, data: Any) -> list[dict[str, Any]]:
        if not isinstance(data, list):
            raise serializers.ValidationError(_("Expected a list."))
        if not data:
            raise serializers.ValidationError(f"{REQUIRED} and cannot be empty")
        if len(data) > MAX_SERIES:
            raise serializers.ValidationError(_("There are more than %(max)d series.") % {"max": MAX_SERIES})
        series = _each(data, lambda entry: _checked(self.form, entry))
        readable = readable_files({one["resource_id"] for one in series}, self.context["user"])
        unknown = {
            str(place): {"resource_id": [UNKNOWN]}
            for place, one in enumerate(series)
            if one["resource_id"] not in readable
        }
        if unknown:
            raise serializers.ValidationError(unknown)
        return series


class PartSchema(OpenApiSerializerFieldExtension):
    target_class = PartField
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        part = auto_schema.resolve_serializer(self.target.form, direction).ref
        return {"type": "array", "items": part} if isinstance(self.target, SeriesField) else part


class VisualizationForm(OwnedFields, ModelForm):
    model_name = "Chart"  # udata's name in its messages

    title = RequiredText(max_length=350)
    description = RequiredText(max_length=MAX_DESCRIPTION, trim_whitespace=False)
    private = serializers.BooleanField(required=False)
    x_axis = PartField(XAxisForm)
    y_axis = PartField(YAxisForm, required=False, allow_null=True)
    series = SeriesField(SeriesForm)
    extras = Extras()

    def error(self) -> Exception:
        """As other models; where all that is wrong is deep inside, the message begins with the path to it."""
        found = super().error()
        if isinstance(found, ModelErrors) and not any(isinstance(one, str) for one in found.errors.values()):
            found.message = _first(found.errors)
        return found


def _first(errors: dict[str, Any]) -> str:
    """Return the first text of nested errors after its path: `series.0.type: …`."""
    path, value = [], errors
    while isinstance(value, dict):
        name, value = next(iter(value.items()))
        path.append(name)
    return f"{'.'.join(path)}: {value}"


def _checked(form: type[serializers.Serializer], data: Any) -> dict[str, Any]:
    """Return what `form` reads in `data`, every required key of it. Raises ValidationError, key by key."""
    if not isinstance(data, dict):
        raise serializers.ValidationError(_("Expected an object."))
    read = form(data=data)
    if read.is_valid():
        return dict(read.validated_data)
    raise serializers.ValidationError({name: _in_udatas_words(details) for name, details in read.errors.items()})


def _in_udatas_words(details: Any) -> Any:
    missing = isinstance(details, list) and any(one.code in ("required", "null") for one in details)
    return [ErrorDetail(REQUIRED, "required")] if missing else details


def _each(entries: list[Any], read: Any) -> list[dict[str, Any]]:
    """Return `read` of each entry. Raises ValidationError with the places of those that it refused."""
    values, errors = [], {}
    for place, entry in enumerate(entries):
        try:
            values.append(read(entry))
        except serializers.ValidationError as error:
            errors[str(place)] = error.detail
    if errors:
        raise serializers.ValidationError(errors)
    return values


def _size(tree: Any) -> int:
    """Return the number of entries in a tree of filters; the parser of bodies has limited its depth."""
    entries = tree.get("filters") if isinstance(tree, dict) else None
    return 1 + sum(map(_size, entries)) if isinstance(entries, list) else 1


def _read_filters(node: Any, depth: int) -> dict[str, Any]:
    """Return one node of a tree of filters, with all below it. Raises ValidationError with the path to each fault."""
    if not isinstance(node, dict) or "filters" not in node:
        return _checked(FilterForm, node)
    if not depth:
        raise serializers.ValidationError(_("Filters are nested deeper than %(max)d levels.") % {"max": MAX_DEPTH})
    if not isinstance(node["filters"], list):
        raise serializers.ValidationError({"filters": [_("Expected a list.")]})
    try:
        return {"filters": _each(node["filters"], lambda entry: _read_filters(entry, depth - 1))}
    except serializers.ValidationError as error:
        raise serializers.ValidationError({"filters": error.detail}) from error
