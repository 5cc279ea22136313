"""Serializers declare shapes for the OpenAPI documents; `catalog.documents.shapes` makes them."""

from collections.abc import Callable
from typing import Any, ClassVar

from rest_framework import serializers


class ShapeSerializer(serializers.Serializer):
    """A serializer whose output is made by a pure function, `shape(instance)`.

    Its fields say what that function returns; a test compares the two.
    """

    shape: ClassVar[Callable[[Any], dict[str, Any]]]

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return type(self).shape(instance)


class BadgeSerializer(serializers.Serializer):
    kind = serializers.CharField()


class ReferenceSerializer(serializers.Serializer):
    """A short form: what is needed to show a link."""

    id = serializers.CharField()


class OrganizationPermissionsSerializer(serializers.Serializer):
    edit = serializers.BooleanField()
    delete = serializers.BooleanField()
    members = serializers.BooleanField()
    harvest = serializers.BooleanField()
    private = serializers.BooleanField()


class OrganizationReferenceSerializer(ReferenceSerializer):
    name = serializers.CharField()
    acronym = serializers.CharField(allow_null=True)
    slug = serializers.CharField()
    badges = BadgeSerializer(many=True)
    logo = serializers.URLField(allow_null=True)
    logo_thumbnail = serializers.URLField(allow_null=True)
    page = serializers.URLField()
    permissions = OrganizationPermissionsSerializer()
    uri = serializers.URLField()

    def get_fields(self) -> dict[str, serializers.Field]:
        return {**super().get_fields(), "class": serializers.ChoiceField(["Organization"])}


class UserReferenceSerializer(ReferenceSerializer):
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    slug = serializers.CharField()
    avatar = serializers.URLField(allow_null=True)
    avatar_thumbnail = serializers.URLField(allow_null=True)
    page = serializers.URLField()
    uri = serializers.URLField()

    def get_fields(self) -> dict[str, serializers.Field]:
        return {**super().get_fields(), "class": serializers.ChoiceField(["User"])}


class DatasetReferenceSerializer(ReferenceSerializer):
    title = serializers.CharField()
    acronym = serializers.CharField(allow_null=True)
    page = serializers.URLField()
    uri = serializers.URLField()

    def get_fields(self) -> dict[str, serializers.Field]:
        return {**super().get_fields(), "class": serializers.ChoiceField(["Dataset"])}


class OwnedPermissionsSerializer(serializers.Serializer):
    delete = serializers.BooleanField()
    edit = serializers.BooleanField()


class LinkSerializer(serializers.Serializer):
    """Where a long list is read, and how long it is."""

    rel = serializers.ChoiceField(["subsection"])
    href = serializers.URLField()
    type = serializers.ChoiceField(["GET"])
    total = serializers.IntegerField(min_value=0)


class SchemaSerializer(serializers.Serializer):
    name = serializers.CharField(allow_null=True)
    url = serializers.URLField(allow_null=True)
    version = serializers.CharField(allow_null=True)


class ContactPointSerializer(serializers.Serializer):
    id = serializers.CharField()
    name = serializers.CharField()
    email = serializers.EmailField(allow_null=True)
    contact_form = serializers.URLField(allow_null=True)
    role = serializers.CharField()
    organization = OrganizationReferenceSerializer(allow_null=True)
    owner = UserReferenceSerializer(allow_null=True)


class InternalSerializer(serializers.Serializer):
    created_at_internal = serializers.DateTimeField()
    last_modified_internal = serializers.DateTimeField()


class AccessAudienceSerializer(serializers.Serializer):
    role = serializers.CharField()
    condition = serializers.CharField()


class ErrorSerializer(serializers.Serializer):
    message = serializers.CharField()


class ArgumentErrorSerializer(ErrorSerializer):
    errors = serializers.DictField(child=serializers.CharField())


class LabelSerializer(serializers.Serializer):
    """One word of a vocabulary."""

    id = serializers.CharField()
    label = serializers.CharField()


class TextSerializer(serializers.Serializer):
    text = serializers.CharField()


class DataserviceReferenceSerializer(ReferenceSerializer):
    title = serializers.CharField()
    self_api_url = serializers.URLField()
    self_web_url = serializers.URLField()

    def get_fields(self) -> dict[str, serializers.Field]:
        return {**super().get_fields(), "class": serializers.ChoiceField(["Dataservice"])}


class ReuseReferenceSerializer(ReferenceSerializer):
    title = serializers.CharField()
    image = serializers.URLField(allow_null=True)
    image_thumbnail = serializers.URLField(allow_null=True)
    page = serializers.URLField()
    uri = serializers.URLField()

    def get_fields(self) -> dict[str, serializers.Field]:
        return {**super().get_fields(), "class": serializers.ChoiceField(["Reuse"])}
