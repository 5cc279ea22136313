"""System checks of the installation: what would otherwise fail at the first request."""

from importlib.util import find_spec

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register


@register(Tags.templates)
def theme_exists(app_configs: object, **kwargs: object) -> list[CheckMessage]:
    """`PORTAL_THEME` names an app that can be imported."""
    if settings.PORTAL_THEME and find_spec(settings.PORTAL_THEME) is None:
        return [
            Error(
                f"PORTAL_THEME names {settings.PORTAL_THEME!r}, which is not installed.",
                hint="Install that package, or unset PORTAL_THEME for the neutral theme.",
                id="portal.E001",
            )
        ]
    return []


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
