"""The terms of access and the licence, which datasets and dataservices share."""

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from rest_framework import serializers

from catalog.api.forms.base import REFERENCE, InputField, Text, WebAddress
from catalog.models import License
from catalog.models.vocabulary import AccessReason, AccessType

AUDIENCE_ROLES = ("local_authority_and_administration", "company_and_association", "private")
AUDIENCE_CONDITIONS = ("yes", "no", "under_condition")


class LicenseField(InputField):
    """A licence by its id, or an object with one; null for none."""

    openapi: ClassVar[dict[str, Any]] = REFERENCE

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "allow_null": True, **options})

    def to_internal_value(self, data: Any) -> License:
        pk = data.get("id") if isinstance(data, dict) else data
        found = License.objects.filter(pk=pk).first() if isinstance(pk, str) and "\x00" not in pk else None
        if found is None:
            raise serializers.ValidationError(_("Unknown license"))
        return found


class AudiencesField(InputField):
    """A list of `{role, condition}`, each role once; null for none.

    Not nested serializers: under a partial update those would take an object that lacks a key.
    """

    openapi: ClassVar[dict[str, Any]] = {"type": "array", "items": {"type": "object"}}

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "allow_null": True, **options})

    def run_validation(self, data: Any = serializers.empty) -> list[dict[str, str]]:
        found = super().run_validation(data)
        return [] if found is None else found

    def to_internal_value(self, data: Any) -> list[dict[str, str]]:
        if not isinstance(data, list):
            raise serializers.ValidationError(_("Expected a list."))
        audiences = [self._audience(one) for one in data]
        if len({one["role"] for one in audiences}) != len(audiences):
            raise serializers.ValidationError(_("Each role may be given once."))
        return audiences

    @staticmethod
    def _audience(entry: Any) -> dict[str, str]:
        role, condition = (entry.get(name) if isinstance(entry, dict) else None for name in ("role", "condition"))
        if role not in AUDIENCE_ROLES or condition not in AUDIENCE_CONDITIONS:
            text = _("An audience has a role (%(roles)s) and a condition (%(conditions)s).")
            names = {"roles": ", ".join(AUDIENCE_ROLES), "conditions": ", ".join(AUDIENCE_CONDITIONS)}
            raise serializers.ValidationError(text % names)
        return {"role": role, "condition": condition}


class Choice(serializers.ChoiceField):
    """One word of a vocabulary; null or empty for none."""

    def __init__(self, choices: Any, **options: Any) -> None:
        super().__init__(choices, **{"required": False, "allow_null": True, "allow_blank": True, **options})

    def run_validation(self, data: Any = serializers.empty) -> str:
        found = super().run_validation(data)
        return "" if found is None else found


class AccessFields(serializers.Serializer):
    license = LicenseField()
    access_type = serializers.ChoiceField(AccessType.values, required=False)
    access_audiences = AudiencesField()
    access_type_reason_category = Choice(AccessReason.values)
    access_type_reason = Text()
    authorization_request_url = WebAddress()
