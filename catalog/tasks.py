"""Periodic jobs of the catalogue (`settings.SCHEDULES` says when): each calls one service."""

from celery import shared_task

from catalog.documents import store
from catalog.services import changes, metrics


@shared_task
def refresh_metrics() -> None:
    """Compute the counters of organizations, then the portal's, which read them."""
    metrics.refresh_organization_metrics()
    metrics.refresh_site_metrics()


@shared_task
def prune_changes() -> None:
    """Shorten the log of changes."""
    changes.prune()


@shared_task
def refresh_documents() -> None:
    """Build the documents of datasets that are missing or stale, so that no reader waits for them."""
    store.refresh()
