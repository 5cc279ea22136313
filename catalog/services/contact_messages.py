"""Messages of readers: routed by their reason to whoever answers, by the outbox."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from catalog.models import Organization
from catalog.models.vocabulary import ContactRole
from catalog.services import notifications, outbox
from portal.lib.references import new_reference
from portal.models import User


class Reason(models.TextChoices):
    """Why somebody writes. The first one goes to the producer, the others to the portal."""

    DATA = "data", _("A question about data")
    PUBLISHING = "publishing", _("Publishing data here")
    ACCOUNT = "account", _("My account")
    TECHNICAL = "technical", _("Something does not work")
    ACCESSIBILITY = "accessibility", _("Accessibility of this site")
    PERSONAL_DATA = "personal_data", _("My personal data")
    OTHER = "other", _("Something else")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a reader writes. `subject` is the object it is about, or None."""

    reason: str
    name: str
    email: str
    text: str
    subject: Any = None


@transaction.atomic
def send(message: Message) -> str:
    """Note the mail to whoever answers; return the reference by which both sides name the message."""
    reference = new_reference()
    subject = message.subject
    context = {
        "reference": reference,
        "reason": Reason(message.reason).value,
        "sender": message.name,
        "email": message.email,
        "reply_to": message.email,
        "comment": message.text,
        "title": str(subject) if subject else "",
        "path": subject.get_absolute_url() if subject else "",
    }
    outbox.emit("mail", to=recipients_of(message), template="contact_message", context=context)
    return reference


def recipients_of(message: Message) -> list[str]:
    """Return ids of users and e-mail addresses of who answers: the producer of the subject, else the portal."""
    producer = producer_of(message.subject) if message.reason == Reason.DATA and message.subject else []
    return producer or portal_addresses(message.reason)


def producer_of(subject: Any) -> list[str]:
    """Return whom to write to about an object: its contact points, those of its organization, else who edits it."""
    organization = subject if isinstance(subject, Organization) else getattr(subject, "organization", None)
    if hasattr(subject, "contact_points") and (found := _addresses(subject.contact_points)):
        return found
    if organization and (found := _addresses(organization.contactpoints)):
        return found
    if isinstance(subject, Organization):
        return [user.pk for user in notifications.administrators_of(subject)]
    return [user.pk for user in notifications.owners_of(subject)]


def _addresses(points: Any) -> list[str]:
    rows = points.filter(role=ContactRole.CONTACT).exclude(email="")
    return sorted(set(rows.values_list("email", flat=True)))


def portal_addresses(reason: str) -> list[str]:
    """Return who answers for the portal: the address for this reason, the general one, else its administrators."""
    address = settings.CONTACT_EMAILS.get(reason) or settings.CONTACT_EMAIL
    return [address] if address else sorted(User.objects.sysadmins().values_list("pk", flat=True))
