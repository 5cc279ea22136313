"""Organizations, memberships and transfers as callers send them."""

from typing import Any

from django.core.exceptions import ValidationError
from rest_framework import serializers

from catalog.api.forms.base import Extras, ModelForm, Reference, RequiredText, Subject, Text, WebAddress
from catalog.api.forms.blocs import BlocsField
from catalog.models.business_number import validate_business_number
from catalog.models.membership import ASSIGNABLE
from catalog.models.transfer import TRANSFERABLE
from catalog.models.vocabulary import MemberRole

MAX_DESCRIPTION = 100_000  # characters


class OrganizationForm(ModelForm):
    model_name = "Organization"

    name = RequiredText(max_length=350)
    acronym = Text(max_length=128)
    description = RequiredText(max_length=MAX_DESCRIPTION, trim_whitespace=False)
    url = WebAddress()
    image_url = WebAddress(source="logo_url")
    business_number_id = Text(max_length=14)
    extras = Extras()
    presentation_blocs = BlocsField(required=False)
    presentation_blocs_published_at = serializers.DateTimeField(required=False, allow_null=True)
    deleted = serializers.DateTimeField(required=False, allow_null=True)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Take a SIRET with the spaces that people write in it."""
        number = data.get("business_number_id") if isinstance(data, dict) else None
        if isinstance(number, str):
            data = {**data, "business_number_id": "".join(number.split())}
        return super().to_internal_value(data)

    def validate_business_number_id(self, value: str) -> str:
        try:
            if value:
                validate_business_number(value)
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from error
        return value


class Subjects(serializers.ListField):
    """A list of `{class, id}`."""

    def __init__(self, classes: tuple[str, ...], **options: Any) -> None:
        super().__init__(child=Subject(classes), **{"required": False, "max_length": 1000, **options})


class ReasonForm(ModelForm):
    comment = Text(max_length=10_000)


class InvitationForm(ModelForm):
    user = Reference("User")
    email = Text(max_length=254)
    role = serializers.ChoiceField(MemberRole.values, required=False, default=MemberRole.EDITOR)
    comment = Text(max_length=10_000)
    assignments = Subjects(ASSIGNABLE, default=list)

    def validate_email(self, value: str) -> str:
        return serializers.EmailField().run_validation(value) if value else ""


class RoleForm(ModelForm):
    role = serializers.ChoiceField(MemberRole.values)


class AssignmentsForm(ModelForm):
    assignments = Subjects(ASSIGNABLE)


class RecipientField(Subject):
    """A user or an organization."""

    def __init__(self, **options: Any) -> None:
        super().__init__(("User", "Organization"), **options)


class TransferForm(ModelForm):
    model_name = "Transfer"

    subject = Subject(TRANSFERABLE)
    recipient = RecipientField()
    comment = RequiredText(max_length=10_000)


class TransferAnswerForm(ModelForm):
    response = serializers.ChoiceField(["accept", "refuse"])
    comment = Text(max_length=10_000)
