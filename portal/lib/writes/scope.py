"""A scope: everything that one request, run or command writes, gathered and handed over before each commit.

The statements are noted by a wrapper around the database's `execute`. Each is put among the hooks of the commit, where
Django drops it if what it wrote is rolled back; `portal.lib.databases` hands the others over in the same transaction,
so that no write is ever committed without what its listeners make of it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest

from portal.lib.writes.statements import Statement, read, writes

_current: ContextVar["Scope | None"] = ContextVar("scope of writes", default=None)


class Listener(Protocol):
    """Who is told of what is written."""

    def counts(self, statement: Statement) -> bool:
        """Tell whether a statement is one to hear of."""

    def before(self, scope: "Scope", statement: Statement) -> Any:
        """Look at what is there before the statement runs; what is returned comes back with it in `written`."""

    def written(self, scope: "Scope", writes: list["Write"]) -> None:
        """Take all that one transaction writes, before its commit."""


class Write(NamedTuple):
    """A statement that wrote, with what the listener found before."""

    statement: Statement
    found: Any


_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Have all scopes tell this listener, in the place of the one before."""
    _listeners[:] = [listener]


@dataclass(slots=True)
class Scope:
    """Who writes, whence, and what was written so far.

    `memory` is what the listener keeps until a commit, `told` what it keeps until the scope ends.
    """

    origin: str
    request: HttpRequest | None = None
    actor_id: str = ""
    credential: str = ""
    request_id: str = ""
    comment: str = ""
    memory: dict[str, Any] = field(default_factory=dict)
    told: set[tuple[str, str]] = field(default_factory=set)
    late: list[Write] = field(default_factory=list)  # committed before they could be handed over

    def __call__(self, execute: Callable, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        """Run a statement, and note it if it wrote something that counts."""
        if not writes(sql):
            return execute(sql, params, many, context)
        statement = read(str(sql), None if many else params)
        listener = _listeners[0] if _listeners and statement is not None else None
        if listener is None or not listener.counts(statement):
            return execute(sql, params, many, context)
        found = listener.before(self, statement)
        result = execute(sql, params, many, context)
        if context["cursor"].rowcount != 0:
            transaction.on_commit(_Noted(self, Write(statement, found)))
        return result


class _Noted:
    """A statement among the hooks of the commit."""

    __slots__ = ("scope", "told", "write")

    def __init__(self, scope: Scope, write: Write) -> None:
        self.scope, self.write, self.told = scope, write, False

    def __call__(self) -> None:
        """After the commit: one that stood outside any transaction is told of when the scope ends."""
        if not self.told:
            self.told = True
            self.scope.late.append(self.write)


def current() -> Scope | None:
    return _current.get()


@contextmanager
def scope(origin: str, **facts: Any) -> Iterator[Scope]:
    """Gather what is written inside as one thing; a scope inside another is part of it."""
    outer = _current.get()
    if outer is not None:
        yield outer
        return
    opened = Scope(origin, **facts)
    token = _current.set(opened)
    try:
        with connection.execute_wrapper(opened):
            yield opened
            _close(opened)
    finally:
        _current.reset(token)


def _close(opened: Scope) -> None:
    if connection.in_atomic_block and not connection.needs_rollback:  # of a caller that goes on, as tests do
        hand_over(connection)
    if opened.late:
        late, opened.late = opened.late, []
        with transaction.atomic():
            _tell(opened, late)


def hand_over(database: BaseDatabaseWrapper) -> None:
    """Tell the listeners what this transaction wrote, and was not rolled back, since they were last told."""
    told: dict[int, tuple[Scope, list[Write]]] = {}
    for _savepoints, noted, _robust in database.run_on_commit:
        if isinstance(noted, _Noted) and not noted.told:
            noted.told = True
            told.setdefault(id(noted.scope), (noted.scope, []))[1].append(noted.write)
    for opened, heard in told.values():
        _tell(opened, heard)


def _tell(opened: Scope, heard: list[Write]) -> None:
    for listener in _listeners:
        listener.written(opened, heard)
