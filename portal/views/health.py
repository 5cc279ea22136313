"""Probes for an orchestrator: `live` says that the process answers, `ready` that it can do its work."""

import time
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

CHECKED_FOR = 1.0  # seconds an answer of `ready` holds, so that probing costs nothing


@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """Answer 200 with no input or output at all: a failure means that the process must be restarted."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Answer 200, or 503 with the names of the checks that failed and nothing about hosts or errors."""
    failed = readiness.failed()
    if failed:
        return JsonResponse({"status": "unavailable", "failed": failed}, status=503, headers={"Retry-After": "5"})
    return JsonResponse({"status": "ok"})


def database_answers() -> bool:
    """Whether the database answers, each of its migrations applied."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def cache_answers() -> bool:
    """Whether the shared cache keeps what it is given; its client gives up after one second (settings)."""
    cache.set("health", "ok", timeout=5)
    return cache.get("health") == "ok"


def storage_answers() -> bool:
    """Whether the files on local disk are there; remote storage isn't asked: its loss must not stop the pages."""
    if not isinstance(default_storage, FileSystemStorage):
        return True
    return settings.DATA_DIR.is_dir()


class Readiness:
    """Runs the checks at most once every `CHECKED_FOR` seconds in this process."""

    checks: tuple[tuple[str, Callable[[], bool]], ...] = (
        ("database", database_answers),
        ("cache", cache_answers),
        ("storage", storage_answers),
    )

    def __init__(self) -> None:
        self._known: list[str] = []
        self._until = 0.0

    def failed(self) -> list[str]:
        """Return the names of the checks that fail now."""
        if time.monotonic() >= self._until:
            self._known = [name for name, check in self.checks if not self._passes(check)]
            self._until = time.monotonic() + CHECKED_FOR
        return self._known

    def forget(self) -> None:
        """Ask again at the next call."""
        self._until = 0.0

    @staticmethod
    def _passes(check: Callable[[], bool]) -> bool:
        try:
            return check()
        except (DatabaseError, RedisError, OSError):
            return False


readiness = Readiness()
