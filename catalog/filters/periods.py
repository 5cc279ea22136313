"""Dates relative to now."""

from datetime import datetime, timedelta

from django.utils import timezone


def since(days: int) -> datetime:
    """Return the moment `days` days ago."""
    return timezone.now() - timedelta(days=days)
