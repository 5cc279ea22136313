"""A body may only change what is declared here (T06): every column and every key of udata is sent.

Keys that an endpoint does not know are sent all at once, those that it knows one at a time, with values that nobody of
her role may give. Each endpoint that makes or changes an object has a line in `FORMS`; one without fails the test.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import pytest
from django.db import models
from django.utils import timezone

from tests.permissions.asking import ask, make_once
from tests.permissions.matrix import Endpoint, endpoints, fill
from tests.permissions.values import CANARY, OTHER_KEYS, Form, find_form, value_of
from tests.permissions.world import World

ACTIONS = {"create", "update", "partial_update"}
JUST_NOW = timedelta(minutes=30)
# Whatever a body says, these columns are the portal's own.
OURS = re.compile(
    r"id|created_at(_internal)?|created|featured|metric_\w+|quality_flags|harvest|(deleted|deleted_at)|version|urlhash"
    r"|is_\w+|password\w*|confirmed_at|last_login|roles|owner_id|organization_id|user_id|posted_by_id|validat\w+|public_\w+"
    r"|resources_count|file|filetype|logo|image|avatar|dismissed_by_id|by_id|callbacks|token_\w+|revoked_at|status|responder_id"
)

pytestmark = [pytest.mark.django_db, pytest.mark.once]
world = make_once()


def is_form(endpoint: Endpoint) -> bool:
    """Tell whether the endpoint makes or changes an object by a JSON body."""
    actions = getattr(endpoint.pattern.callback, "actions", None) or {}
    return endpoint.is_api and endpoint.method != "GET" and actions.get(endpoint.method.lower()) in ACTIONS


FORM_ENDPOINTS = [endpoint for endpoint in endpoints() if is_form(endpoint)]


@dataclass(frozen=True, slots=True)
class State:
    """The columns of the object after a request, and how many rows hang on it."""

    columns: dict[str, Any]
    hanging: dict[str, int]


@pytest.mark.parametrize("endpoint", FORM_ENDPOINTS, ids=str)
def test_a_body_changes_what_is_declared_and_nothing_else(endpoint, world):
    form = find_form(endpoint.method, endpoint.route)
    assert form, f"{endpoint} makes or changes an object: say in tests/permissions/values.py what its body may change"
    if form.model is None:
        return
    base, again = (send(endpoint, form, world, {}) for _time in range(2))
    assert None not in (base, again), f"{endpoint}: the body to compare with is refused"
    chance = {name for name in base.columns if differs(base.columns[name], again.columns[name])}
    keys = keys_of(form, world)
    unknown = {name: value for name, value in keys.items() if name not in form.keys | form.refused}
    after = send(endpoint, form, world, unknown)
    assert after, f"unknown keys are ignored, one of these is refused: {list(unknown)}"
    assert changed(base, after, chance) == []
    for name in (form.keys | form.refused) & set(keys):
        after = send(endpoint, form, world, {name: keys[name]})
        wrong = [what for what in changed(base, after, chance) if not may(form, name, what)] if after else []
        assert not wrong, f"{name}={keys[name]!r} changes {wrong}"


def keys_of(form: Form, world: World) -> dict[str, Any]:
    """Return every key to send, with a value that the object does not have."""
    columns = {}
    for column in form.model._meta.get_fields():
        if isinstance(column, models.Field):
            columns[column.name] = columns[getattr(column, "attname", column.name)] = value_of(column, world)
    return {**columns, **OTHER_KEYS(world)}


def may(form: Form, name: str, what: str) -> bool:
    """Tell whether that key may change that column."""
    if name not in form.keys:
        return False
    return not OURS.fullmatch(what) or what in form.also


def changed(base: State, after: State, chance: set[str]) -> list[str]:
    """Return the names of what differs; what differs by chance does if it is what was sent."""
    names = [
        name
        for name, value in after.columns.items()
        if (str(value) == CANARY if name in chance else differs(base.columns[name], value))
    ]
    return names + [name for name, number in after.hanging.items() if base.hanging[name] != number]


def differs(before: Any, after: Any) -> bool:
    if isinstance(before, datetime) and isinstance(after, datetime):
        now = timezone.now()
        if abs(before - now) < JUST_NOW and abs(after - now) < JUST_NOW:
            return False
    return before != after


def send(endpoint: Endpoint, form: Form, world: World, body: dict[str, Any]) -> State | None:
    """Send the declared body with these keys; return what the object is then, or None if the body is refused."""
    item = form.item(world) if form.item else None
    values = {"key": item and item.pk, "rid": item and item.pk, "id": item and item.pk, **form.parts(world)}
    known = set(form.model._base_manager.values_list("pk", flat=True)) if item is None else set()
    whole = {**form.body(world), **body}
    path, caller = fill(endpoint.route, values), world.callers[form.caller]
    answer = ask(caller, endpoint.method, path, whole, then=lambda: look(form, item, known))
    assert answer.status < 500, f"{endpoint} {body}: {answer.status}"
    return answer.seen if answer.status < 300 else None


def look(form: Form, item: models.Model | None, known: set[Any]) -> State | None:
    """Return the state of the object: the one of the path, or the one that is new."""
    rows = form.model._base_manager
    found = rows.filter(pk=item.pk) if item is not None else rows.exclude(pk__in=known)
    row = found.first()
    if row is None:
        return None
    columns = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    if item is None:  # a new one has an id of its own, unless the body chose it
        columns["id"] = is_chosen(columns.get("id"))
    hanging = {name: getattr(row, accessor).count() for name, accessor in relations_of(form.model)}
    return State(columns, hanging)


def is_chosen(pk: Any) -> bool:
    return str(pk) in ("0" * 24, str(UUID(int=7)))


@cache
def relations_of(model: type[models.Model]) -> list[tuple[str, str]]:
    """Return what hangs on an object: what refers to it, and what it refers to in tables of their own."""
    found = []
    for field in model._meta.get_fields():
        accessor = field.get_accessor_name() if field.auto_created and not field.concrete else field.name
        if (field.one_to_many or field.many_to_many) and accessor and not accessor.endswith("+"):
            found.append((field.name, accessor))
    return found


def test_every_form_is_of_an_endpoint():
    asked = [find_form(endpoint.method, endpoint.route) for endpoint in FORM_ENDPOINTS]
    assert len(FORM_ENDPOINTS) > 25
    assert None not in asked
