"""Sending one request in a transaction that is undone, and one world for a whole module."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.signals import request_finished
from django.db import close_old_connections, connection, transaction
from django.test.utils import CaptureQueriesContext, override_settings

from tests.permissions.roles import Caller
from tests.permissions.world import World, make_world

WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|ALTER|TRUNCATE)\b", re.IGNORECASE)
# Rows that a refusal may write: locks of the throttle and of the login, and sessions.
HARMLESS = re.compile(r'"(django_session|axes_\w+)"')


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and the statements that wrote."""

    status: int
    body: str
    location: str
    written: list[str]
    seen: Any = None


def make_once() -> Callable[..., Iterator[World]]:
    """Return a fixture: one world for all tests of a module, in a transaction that is undone."""

    @pytest.fixture(scope="module")
    def world(django_db_setup: Any, django_db_blocker: Any) -> Iterator[World]:
        with django_db_blocker.unblock():
            block = transaction.atomic()
            block.__enter__()
            with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
                made = make_world()
            yield made
            transaction.set_rollback(True)
            block.__exit__(None, None, None)

    return world


def ask(
    caller: Caller, method: str, path: str, data: Any = None, *, is_api: bool = True, then: Callable | None = None
) -> Answer:
    """Send the request in a transaction that is undone; `then` looks at the database before that."""
    query: dict[str, Any] = {}
    client = caller.client()
    connection.queries_log.clear()  # it keeps 9,000, and warns of those it lost
    block = transaction.atomic()
    block.__enter__()
    with CaptureQueriesContext(connection) as queries:
        if method in ("POST", "PUT", "PATCH"):
            query["format"] = "json" if is_api else "multipart"
            data = {} if data is None else data
        response = getattr(client, method.lower())(path, data, **query)
        content = b"".join(response.streaming_content) if response.streaming else response.content
        request_finished.disconnect(close_old_connections)
        response.close()
        request_finished.connect(close_old_connections)
    seen = then() if then else None
    transaction.set_rollback(True)
    block.__exit__(None, None, None)
    written = [one["sql"] for one in queries if WRITES.match(one["sql"]) and not HARMLESS.search(one["sql"])]
    body = content.decode("utf-8", "replace")
    return Answer(response.status_code, body, response.headers.get("Location", ""), written, seen)
