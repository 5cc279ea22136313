"""System checks of the installation: what would otherwise fail at the first request."""

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register


@register(Tags.database, deploy=True)
def production_services(app_configs: object, **kwargs: object) -> list[CheckMessage]:
    """A production portal has PostgreSQL, a shared cache and a real broker."""
    found = []
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        found.append(Warning("SQLite serves one host and one writer: set DATABASE_URL.", id="portal.W001"))
    if not settings.REDIS_URL:
        found.append(Warning("No shared cache between processes: set REDIS_URL.", id="portal.W002"))
    if settings.CELERY_BROKER_URL.startswith("filesystem:"):
        found.append(Warning("Tasks wait in local files: set CELERY_BROKER_URL.", id="portal.W003"))
    return found
