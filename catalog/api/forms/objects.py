"""Reuses, dataservices, topics and posts as callers send them."""

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from rest_framework import serializers

from catalog.api.forms.access import AccessFields, Choice
from catalog.api.forms.base import (
    Extras,
    Form,
    InputField,
    ModelForm,
    OwnedFields,
    References,
    RequiredText,
    Subject,
    Tags,
    Text,
    WebAddress,
)
from catalog.api.forms.blocs import BlocsField
from catalog.api.forms.spatial import SpatialField
from catalog.models.topic import ELEMENT_CLASSES
from catalog.models.vocabulary import BodyType, DataserviceFormat, PostKind, ReuseTopic, ReuseType

MAX_DESCRIPTION = 100_000  # characters
SAYS_NOTHING = "A topic element must have a title or an element."  # udata's words


class ReuseForm(OwnedFields, ModelForm):
    model_name = "Reuse"
    implied = {"url": "urlhash"}

    title = RequiredText(max_length=350)
    description = RequiredText(max_length=MAX_DESCRIPTION, trim_whitespace=False)
    type = serializers.ChoiceField(ReuseType.values)
    url = WebAddress(required=True, allow_null=False, allow_blank=False)
    topic = serializers.ChoiceField(ReuseTopic.values)
    tags = Tags()
    datasets = References("Dataset")
    dataservices = References("Dataservice")
    extras = Extras()
    private = serializers.BooleanField(required=False)
    archived = serializers.DateTimeField(required=False, allow_null=True)
    deleted = serializers.DateTimeField(required=False, allow_null=True)


class DataserviceForm(OwnedFields, AccessFields, ModelForm):
    model_name = "Dataservice"

    title = RequiredText(max_length=350)
    acronym = Text(max_length=128)
    description = Text(max_length=MAX_DESCRIPTION, trim_whitespace=False)
    base_api_url = WebAddress()
    machine_documentation_url = WebAddress()
    technical_documentation_url = WebAddress()
    business_documentation_url = WebAddress()
    rate_limiting = Text(max_length=MAX_DESCRIPTION)
    rate_limiting_url = WebAddress()
    availability = serializers.FloatField(min_value=0, max_value=100, required=False, allow_null=True)
    availability_url = WebAddress()
    format = Choice(DataserviceFormat.values)
    tags = Tags()
    datasets = References("Dataset")
    contact_points = References("ContactPoint")
    extras = Extras()
    private = serializers.BooleanField(required=False)
    archived_at = serializers.DateTimeField(required=False, allow_null=True)
    deleted_at = serializers.DateTimeField(required=False, allow_null=True)


class ElementForm(Form):
    """One element of a topic: an object, a title, or both. Its errors are texts in lists, unlike a topic's."""

    title = Text(max_length=350)
    description = Text(max_length=MAX_DESCRIPTION)
    tags = Tags()
    extras = Extras()
    element = Subject(ELEMENT_CLASSES, required=False, allow_null=True)


def read_elements(entries: Any, *, user: Any) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the checked elements and, one an entry, their errors (texts in lists); all empty where all is well."""
    if not isinstance(entries, list):
        return [], [{"elements": [_("Expected a list.")]}]
    values, errors = [], []
    for entry in entries:
        form = ElementForm(data=entry, context={"user": user})
        errors.append({} if form.is_valid() else form.errors)
        found = form.validated_data if not form.errors else {}
        if not form.errors and not (found.get("title") or found.get("element")):
            errors[-1] = {"element": [SAYS_NOTHING]}
        values.append(found)
    return values, errors


class ElementsField(InputField):
    openapi: ClassVar[dict[str, Any]] = {"type": "array", "items": {"type": "object"}}

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, **options})

    def to_internal_value(self, data: Any) -> list[dict[str, Any]]:
        values, errors = read_elements(data, user=self.context.get("user"))
        if any(errors):
            first = next(one for one in errors if one)
            raise serializers.ValidationError([str(texts[0]) for texts in first.values()])
        return values


class TopicForm(OwnedFields, ModelForm):
    model_name = "Topic"

    name = RequiredText(max_length=350)
    description = Text(max_length=MAX_DESCRIPTION, trim_whitespace=False)
    tags = Tags()
    color = Text(max_length=32)
    private = serializers.BooleanField(required=False, allow_null=True)
    extras = Extras()
    spatial = SpatialField()
    elements = ElementsField()

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Leave out the link that stands for the elements where a topic was read and is sent back."""
        if isinstance(data, dict) and not isinstance(data.get("elements", []), list):
            data = {key: value for key, value in data.items() if key != "elements"}
        return super().to_internal_value(data)


class PostForm(ModelForm):
    model_name = "Post"

    name = RequiredText(max_length=255)
    headline = Text(max_length=10_000)
    kind = serializers.ChoiceField(PostKind.values, required=False)
    body_type = serializers.ChoiceField(BodyType.values, required=False)
    content = Text(max_length=500_000, trim_whitespace=False)
    blocs = BlocsField(required=False)
    image_url = WebAddress()
    credit_to = Text(max_length=255)
    credit_url = WebAddress()
    tags = Tags()
    datasets = References("Dataset")
    reuses = References("Reuse")
    published = serializers.DateTimeField(required=False, allow_null=True)
