"""Discussions, reports and contact points as callers send them."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import serializers

from catalog.api.forms.base import Extras, ModelForm, OwnedFields, Reference, RequiredText, Subject, Text, WebAddress
from catalog.models import Post
from catalog.models.discussion import MAX_CONTENT, SUBJECTS
from catalog.models.report import REPORTABLE
from catalog.models.vocabulary import ContactRole, ReportReason
from portal.lib.addresses import host_of


class DiscussionForm(ModelForm):
    model_name = "Discussion"

    title = RequiredText(max_length=255)
    comment = RequiredText(max_length=MAX_CONTENT)
    subject = Subject(tuple(SUBJECTS))
    organization = Reference("Organization")
    extras = Extras()

    def validate_subject(self, value: Any) -> Any:
        if isinstance(value, Post) and not settings.POST_DISCUSSIONS_ENABLED:
            raise serializers.ValidationError(_("Posts are not discussed on this portal."))
        return value

    def validate_extras(self, value: dict[str, Any]) -> dict[str, Any]:
        """An address outside the portal, which notifications link to, must be of a domain on the list."""
        notification = value.get("notification")
        address = notification.get("external_url") if isinstance(notification, dict) else None
        if address is not None and host_of(str(address)) not in settings.DISCUSSION_ALLOWED_EXTERNAL_DOMAINS:
            raise serializers.ValidationError(_("The domain of the external URL is not allowed."))
        return value


class CommentForm(ModelForm):
    comment = Text(max_length=MAX_CONTENT)
    close = serializers.BooleanField(required=False)
    organization = Reference("Organization")


class TitleForm(ModelForm):
    title = RequiredText(max_length=255)


class MessageForm(ModelForm):
    comment = RequiredText(max_length=MAX_CONTENT)


class ReportForm(ModelForm):
    model_name = "Report"

    subject = Subject(REPORTABLE)
    subject_embed_id = serializers.UUIDField(required=False, allow_null=True)
    reason = serializers.ChoiceField(ReportReason.values)
    message = Text(max_length=10_000)


class DismissForm(ModelForm):
    dismissed_at = serializers.DateTimeField()


class ContactPointForm(OwnedFields, ModelForm):
    model_name = "ContactPoint"

    name = RequiredText(max_length=255)
    email = Text(max_length=255)
    contact_form = WebAddress()
    role = serializers.ChoiceField(ContactRole.values)

    def validate_email(self, value: str) -> str:
        return serializers.EmailField().run_validation(value) if value else ""

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        old = self.context.get("item")
        told = {name: values.get(name, getattr(old, name, "")) for name in ("role", "email", "contact_form")}
        if told["role"] == ContactRole.CONTACT and not (told["email"] or told["contact_form"]):
            text = _("At least an email or a contact form is required for a contact point")
            raise serializers.ValidationError({"email": text})
        return values
