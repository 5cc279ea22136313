"""Jobs: the tasks that an administrator may schedule, by the names that udata's API gives them.

`@job("purge-datasets")` makes a Celery task of a function. Its runs leave their end, and what they returned or raised,
in the results store (Redis, else files) for a week: `GET /api/1/workers/tasks/<id>/` reads it there.
"""

import inspect
import logging
from collections.abc import Callable
from typing import Any

from celery import current_app, shared_task
from celery.backends.base import BaseKeyValueStoreBackend
from celery.signals import task_prerun
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

JOBS: dict[str, str] = {}  # udata's name -> Celery's
LAST_RUN = "portal-job-{name}"
OUT_OF_ORDER = (RedisError, OSError, ValueError)  # what a results store raises that is down, or wrote half a file


class NoWorker(Exception):
    """No worker can be reached: the broker does not answer."""


class ResultsUnavailable(Exception):
    """The results store does not answer."""


def job(name: str) -> Callable[[Callable[..., Any]], Any]:
    """Make a task of a function, which is scheduled under `name`."""

    def register(function: Callable[..., Any]) -> Any:
        JOBS[name] = f"{function.__module__}.{function.__name__}"
        return shared_task(ignore_result=False, track_started=True)(function)

    return register


def name_of(task: str) -> str:
    """Return udata's name of a Celery task; one that has none keeps its own."""
    return next((name for name, known in JOBS.items() if known == task), task)


def misfit(task: str, args: list[Any], kwargs: dict[str, Any]) -> str:
    """Return why that Celery task can't be called so, or an empty text if it can."""
    try:
        inspect.signature(current_app.tasks[task].run).bind(*args, **kwargs)
    except TypeError as error:
        return str(error)
    return ""


def send(task: str, *args: Any) -> None:
    """Have a worker do a task, by its Celery name. Raises NoWorker."""
    try:
        current_app.send_task(task, args=args, ignore_result=True, retry=False)
    except (OSError, OperationalError, RedisError) as error:
        raise NoWorker(type(error).__name__) from error


@task_prerun.connect(dispatch_uid="portal.jobs")
def remember_run(task_id: str, task: Any, **kwargs: Any) -> None:
    """Note the id of a scheduled run, by the name of its schedule."""
    name = task.request.get("periodic_task_name") or (task.request.get("headers") or {}).get("periodic_task_name")
    backend = current_app.backend
    if not name or task.ignore_result or not isinstance(backend, BaseKeyValueStoreBackend):
        return
    try:
        backend.set(_key(name), task_id)
    except OUT_OF_ORDER as error:
        log.warning("the run of %s is not noted: %s", name, type(error).__name__)


def last_run(name: str) -> str | None:
    """Return the id of the last run of the schedule of that name, as far as the results store remembers."""
    backend = current_app.backend
    if not isinstance(backend, BaseKeyValueStoreBackend):
        return None
    try:
        found = backend.get(_key(name))
    except OUT_OF_ORDER:
        return None
    return found.decode() if isinstance(found, bytes) else found


def _key(name: str) -> str | bytes:
    """Return the key of a schedule: its name may hold anything, and a key may be the name of a file."""
    key = LAST_RUN.format(name=name.encode().hex()[:128])
    return key.encode() if isinstance(current_app.backend.task_keyprefix, bytes) else key


def state_of(task_id: str) -> dict[str, Any]:
    """Return what is known of a run: `status`, `result`, `traceback`. Raises ResultsUnavailable.

    One that nobody knows is PENDING, as one that waits: Celery can't tell them apart.
    """
    try:
        return current_app.backend.get_task_meta(task_id, cache=False)
    except OUT_OF_ORDER as error:
        raise ResultsUnavailable from error
