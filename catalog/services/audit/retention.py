"""How long the audit log is kept."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from catalog.models import AuditEntry


def purge() -> int:
    """Remove what is older than `settings.AUDIT_RETENTION_DAYS`; return how many rows went."""
    return AuditEntry.objects.purge(timezone.now() - timedelta(days=settings.AUDIT_RETENTION_DAYS))
