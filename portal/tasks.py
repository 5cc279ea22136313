"""Jobs of the project itself; those of an app are in its own `tasks` module."""

from celery import shared_task
from django.core.management import call_command
from oauth2_provider.models import clear_expired

from portal.models import IdempotentRequest


@shared_task
def clear_sessions() -> None:
    """Delete the sessions that have expired."""
    call_command("clearsessions")


@shared_task
def prune_idempotent_requests() -> None:
    """Delete the answers kept for `Idempotency-Key` longer than a day."""
    IdempotentRequest.objects.expired().delete()


@shared_task
def clear_oauth_tokens() -> None:
    """Delete the codes and tokens of OAuth2 that can't be used any more."""
    clear_expired()
