"""What harvesting does when an account ends, and what it knows of a person."""

from typing import Any

from django.db import transaction

from harvest.models import Source
from portal import signals
from portal.models import User


def connect() -> None:
    """Connect every receiver, each once."""
    signals.account_deleted.connect(on_deleted, dispatch_uid="harvest.account_deleted")
    signals.personal_data.connect(on_personal_data, dispatch_uid="harvest.personal_data")


@transaction.atomic
def on_deleted(sender: object, user: User, **kwargs: Any) -> None:
    """Stop the sources that are hers alone, for nobody answers for them now; forget the secrets in them."""
    for source in Source.objects.filter(owner=user):
        source.active = False
        source.url, source.config = source.public_url, source.public_config
        source.save()


def on_personal_data(sender: object, user: User, **kwargs: Any) -> dict[str, Any]:
    """Return the sources that she proposed."""
    columns = ("id", "name", "url", "backend", "description", "validation", "created_at", "deleted")
    return {"harvest_sources": list(Source.objects.filter(owner=user).order_by("pk").values(*columns))}
