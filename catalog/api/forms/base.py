"""Reading a JSON body in udata's ways: which kind of errors, references as ids or objects, null as empty."""

from collections.abc import Iterator
from typing import Any, ClassVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Model, UUIDField
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request

from catalog.models.base import type_of_user, validate_extras
from catalog.models.subject import model_of
from catalog.models.tag import normalize_tags
from portal.lib.addresses import check_address
from portal.lib.api.errors import FormErrors, ModelErrors
from portal.lib.ids import is_object_id

REQUIRED = "Field is required"


def json_object(request: Request) -> dict[str, Any]:
    """Return the JSON object of the body. Raises FormErrors for another kind of value.

    An act that needs no words may come without a body, which is `{}` then; a change may not.
    """
    data = request.data
    if request.content_type in (None, "") or not request._request.body:
        if request.method in ("PUT", "PATCH"):
            raise FormErrors({"Content-Type": "expecting application/json"})
        return {}
    if not isinstance(data, dict):
        raise FormErrors({"request": "expecting a JSON object"})
    return data


def json_list(request: Request) -> list[Any]:
    """Return the JSON array of the body. Raises FormErrors for another kind of value."""
    if not isinstance(request.data, list):
        raise FormErrors({"request": "expecting a JSON array"})
    return request.data


REFERENCE = {"description": "An id, or an object with one.", "type": ["string", "object"]}
SUBJECT = {
    "type": "object",
    "required": ["class", "id"],
    "properties": {"class": {"type": "string"}, "id": {"type": "string"}},
}


class InputField(serializers.Field):
    """A field of a form: it reads, and `openapi` says what."""

    openapi: ClassVar[dict[str, Any]] = {}

    def to_representation(self, value: Any) -> Any:  # forms are for input only
        raise NotImplementedError


class InputFieldSchema(OpenApiSerializerFieldExtension):
    target_class = InputField
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        return dict(self.target.openapi)  # drf-spectacular itself adds null, descriptions and defaults


class Form(serializers.Serializer):
    """Input of the dataset family: errors are `{"errors": {field: [texts]}}`.

    Unknown keys are ignored: clients send back whole objects that they have read.
    """

    @classmethod
    def read(cls, data: Any, *, partial: bool = False, **context: Any) -> dict[str, Any]:
        """Return the checked values of `data`; with `partial`, of the keys that it has. Raises the dialect's error."""
        form = cls(data=data, partial=partial, context=context)
        if not form.is_valid():
            raise form.error()
        return form.validated_data

    def error(self) -> Exception:
        return FormErrors(as_lists(self.errors))


class ModelForm(Form):
    """Input of udata's newer models: errors are `{"errors": {field: text}, "message": text}`.

    `model_name` stands in the message about missing fields; `implied` are fields whose absence is told beside another.
    """

    model_name: ClassVar[str] = ""
    implied: ClassVar[dict[str, str]] = {}  # field -> what is missing with it: {"url": "urlhash"}

    def error(self) -> Exception:
        errors = as_texts(self.errors)
        missing = list(self._missing())
        if not missing:
            return ModelErrors(errors)
        errors |= dict.fromkeys(missing, REQUIRED)
        names = ", ".join(f"'{name}'" for name in missing)
        return ModelErrors(errors, message=f"ValidationError ({self.model_name}:None) ({REQUIRED}: [{names}])")

    def _missing(self) -> Iterator[str]:
        for name in self.fields:
            details = self.errors.get(name)
            if isinstance(details, list) and any(getattr(one, "code", "") in ("required", "null") for one in details):
                yield name
                if name in self.implied:
                    yield self.implied[name]


def as_lists(errors: Any) -> Any:
    """Return DRF's errors as lists of texts, nested where the form is."""
    if isinstance(errors, dict):
        return {str(name): as_lists(value) for name, value in errors.items()}
    if isinstance(errors, list):
        return [str(one) if isinstance(one, ErrorDetail) else as_lists(one) for one in errors]
    return [str(errors)]


def as_texts(errors: Any) -> dict[str, Any]:
    """Return DRF's errors as one text a field; those of nested objects as objects."""
    texts: dict[str, Any] = {}
    for name, value in errors.items():
        if isinstance(value, dict):
            texts[str(name)] = as_texts(value)
        else:
            first = next((one for one in value if one), "")
            texts[str(name)] = as_texts(first) if isinstance(first, dict) else str(first)
    return texts


class Text(serializers.CharField):
    """A text whose null means empty, as the columns keep it."""

    def __init__(self, **options: Any) -> None:
        options = {"allow_null": not options.get("required", False), "allow_blank": True, "required": False, **options}
        super().__init__(**options)

    def run_validation(self, data: Any = serializers.empty) -> str:
        found = super().run_validation(data)
        return "" if found is None else found


class RequiredText(serializers.CharField):
    """A text that must be there and not be empty."""


class WebAddress(Text):
    """An http(s) or ftp address; null or empty for none."""

    default_error_messages: ClassVar[dict[str, Any]] = {"invalid_url": 'Invalid URL "{value}"'}

    def run_validation(self, data: Any = serializers.empty) -> str:
        found = super().run_validation(data)
        try:
            return check_address(found) if found else ""
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from error


def reference_id(value: Any) -> str:
    """Return the id in a reference: the id itself, or an object with one. Raises ValidationError for neither."""
    if isinstance(value, dict):
        value = value.get("id")
    if not isinstance(value, str) or not value or len(value) > 96:
        raise serializers.ValidationError(_("Expected an id, or an object with an id."))
    return value


class Reference(InputField):
    """An object named by its id, or by an object with one: `{"class": "Organization", "id": "…"}`."""

    openapi: ClassVar[dict[str, Any]] = REFERENCE

    def __init__(self, model_name: str, **options: Any) -> None:
        super().__init__(**{"required": False, "allow_null": True, **options})
        self.model_name = model_name

    def to_internal_value(self, data: Any) -> Model:
        pk = reference_id(data)
        rows = _readable(self.model_name, self.context.get("user"))
        found = rows.filter(pk=pk).first() if _is_id(rows.model, pk) else None
        if found is None:
            raise serializers.ValidationError(f"{self.model_name} does not exist")
        return found


class References(InputField):
    """A list of objects of one kind, each named as in `Reference`. One query."""

    openapi: ClassVar[dict[str, Any]] = {"type": "array", "items": REFERENCE}

    def __init__(self, model_name: str, **options: Any) -> None:
        super().__init__(**{"required": False, "allow_null": True, **options})
        self.model_name = model_name

    def run_validation(self, data: Any = serializers.empty) -> list[Model]:
        found = super().run_validation(data)
        return [] if found is None else found

    def to_internal_value(self, data: Any) -> list[Model]:
        if not isinstance(data, list):
            raise serializers.ValidationError(_("Expected a list."))
        ids = list(dict.fromkeys(reference_id(one) for one in data))
        rows = _readable(self.model_name, self.context.get("user")).filter(
            pk__in=[pk for pk in ids if is_object_id(pk)]
        )
        by_id = {row.pk: row for row in rows}
        unknown = [pk for pk in ids if pk not in by_id]
        if unknown:
            raise serializers.ValidationError(f"{self.model_name} does not exist: {', '.join(unknown[:10])}")
        return [by_id[pk] for pk in ids]


def _is_id(model: type[Model], text: str) -> bool:
    """Tell whether the text has the form of that model's ids."""
    if not isinstance(model._meta.pk, UUIDField):
        return is_object_id(text)
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def _readable(model_name: str, user: type_of_user | None) -> Any:
    """Return the objects of that kind that `user` may name: those she may read."""
    rows = model_of(model_name)._default_manager.all()
    return rows.visible_to(user) if user is not None and hasattr(rows, "visible_to") else rows


class Subject(InputField):
    """Any object of some kinds: `{"class": "Dataset", "id": "…"}`; becomes the object, if the caller may read it."""

    openapi: ClassVar[dict[str, Any]] = SUBJECT

    def __init__(self, classes: tuple[str, ...], **options: Any) -> None:
        super().__init__(**{"required": True, **options})
        self.classes = classes

    def to_internal_value(self, data: Any) -> Model:
        if not isinstance(data, dict) or not isinstance(data.get("class"), str):
            raise serializers.ValidationError(_('Expected an object with "class" and "id".'))
        if data["class"] not in self.classes:
            raise serializers.ValidationError(
                _("Class %(name)r is not one of %(classes)s.")
                % {"name": data["class"][:32], "classes": ", ".join(self.classes)}
            )
        field = Reference(data["class"])
        field._context = self.context
        field.parent = self.parent
        return field.to_internal_value(data)


class Tags(InputField):
    """Words; become normalised tags, sorted, without duplicates."""

    openapi: ClassVar[dict[str, Any]] = {"type": "array", "items": {"type": "string"}}

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "allow_null": True, **options})

    def run_validation(self, data: Any = serializers.empty) -> list[str]:
        found = super().run_validation(data)
        return [] if found is None else found

    def to_internal_value(self, data: Any) -> list[str]:
        if not isinstance(data, list) or not all(isinstance(one, str) for one in data):
            raise serializers.ValidationError(_("Expected a list of texts."))
        try:
            return normalize_tags(data)
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from error


class Extras(InputField):
    """An object of free keys; null for none."""

    openapi: ClassVar[dict[str, Any]] = {"type": "object", "additionalProperties": {}}

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "allow_null": True, **options})

    def run_validation(self, data: Any = serializers.empty) -> dict[str, Any]:
        found = super().run_validation(data)
        return {} if found is None else found

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        try:
            validate_extras(data)
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from error
        return data


class OwnedFields(serializers.Serializer):
    """The owner of an object; `catalog.services.ownership` says who may give what to whom."""

    organization = Reference("Organization")
    owner = Reference("User")
