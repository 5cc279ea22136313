"""Every address × caller × state: allowed or refused as `expected.py` says, and a refusal writes nothing.

The addresses come from the URL resolver, so that a new one without a line fails here.
"""

import re
from typing import Any

import pytest

from catalog.previews import copies
from portal.lib.http import Refused
from tests.permissions.asking import Answer, ask, make_once
from tests.permissions.expected import LINES, find, lacks_scope
from tests.permissions.lines import Line
from tests.permissions.matrix import Endpoint, endpoints, fill
from tests.permissions.policies import ANY, CLOSED, LOGIN, OK
from tests.permissions.roles import OUTSIDERS, ROLES, roles_of
from tests.permissions.world import CANARY, STATES, World

ENDPOINTS = list(endpoints())
REFUSED = {401, 403, 404, 405, 410}
KEPT = re.compile(r'"catalog_datasetdocument"')  # documents made at the first reading (on PostgreSQL)
E_MAIL = re.compile(r"user\d+@example\.org")  # of the factory of users
SIGN_IN = re.compile(r"/(account|admin)/login/")
DESK_OBJECTS = re.compile(r"admin/catalog/(dataset|resource|communityresource|reuse|dataservice|topic|post)/<")

pytestmark = [pytest.mark.django_db, pytest.mark.once]
world = make_once()


def parts(line: Line, world: World, role: str, state: str) -> dict[str, Any]:
    """Return what stands in the variable parts of the path."""
    kind = line.kind
    item = world.get(kind, state) if kind else None
    values: dict[str, Any] = {
        "key": item.pk if item else "x", "pk": item.pk if item else "x",
        "extension": "ttl", "identifier": "a", "size": 32, "level": "country",
        "code": "fr",
        "zone": "country:fr", "zones": "country:fr", "rid": world.get("resource", state).pk, "kind": "spd",
        "user": world.get("member").pk, "path": "none.txt", "version": "1", "rest": "none", "element": "x",
        "name": "none", "page": 1, "resource": world.get("resource", state).pk,
        "dataset": "x", "reference": "AAAA-AAAA-AAAA", "comment": "x", "provider_id": "none", "uidb36": "1", "id": "x",
        "token": "x",
    }  # fmt: skip
    if kind == "community_resource":
        values["rid"] = item.pk
    for name, other in line.parts.items():
        values[name] = world.objects.get((other, role), world.objects.get((other, state)) or first(world, other)).pk
    return values


def first(world: World, kind: str) -> Any:
    """Return some object of that kind: where each role has its own, that of the plain user."""
    return world.objects.get((kind, "public")) or world.objects[kind, "user"]


def states_of(line: Line, world: World) -> list[str]:
    known = [state for state in STATES if (line.kind, state) in world.objects]
    return known or ["public"]


@pytest.fixture(autouse=True)
def _no_account_rates(settings):
    """Count no tries: each address is asked many times."""
    settings.ACCOUNT_RATE_LIMITS = False


@pytest.fixture(autouse=True)
def _no_fetches(settings, monkeypatch, tmp_path):
    """Fetch no remote file to look into: a right is decided before."""

    def refused(*args, **kwargs):
        raise Refused("No file is fetched.")

    settings.PREVIEW_DIR = tmp_path / "previews"
    monkeypatch.setattr(copies, "download", refused)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=str)
def test_every_cell(endpoint, world):
    line = find(endpoint.method, endpoint.route)
    assert line, f"{endpoint} has no expectation: say in tests/permissions/expected.py who may use it"
    wrong = []
    for state in states_of(line, world):
        for role in roles_of(endpoint.method, is_api=endpoint.is_api):
            address = fixed_path(endpoint.route, world) or fill(endpoint.route, parts(line, world, role, state))
            if address.endswith("/suggest/"):
                address += "?q=a"
            caller = world.callers[role]
            answer = ask(caller, endpoint.method, address, is_api=endpoint.is_api)
            found = judge(line, expectation(endpoint, line, role, state), answer)
            found += leaks(endpoint, role, answer, caller.user.email if caller.user else "")
            wrong += [f"{role} × {state}: {address}: {what}" for what in found]
    assert not wrong, "\n".join(wrong)


def expectation(endpoint: Endpoint, line: Line, role: str, state: str) -> int | str:
    """Return what the policy of the line says, for a caller whose token may have too narrow a scope."""
    known = ROLES[role]
    if not endpoint.is_api and role.startswith("token"):
        return line.policy("anonymous", state)
    if known.scope == "dead":
        return 401 if line.asks_who else line.policy("anonymous", state)
    if (line.asks_who and lacks_scope(endpoint.method, endpoint.route, known.scope)) or role == line.refused:
        return 403
    return line.policy(line.other_admin if role == "other_admin" else known.like, state)


def judge(line: Line, expected: int | str, answer: Answer) -> list[str]:
    """Return what is wrong with the answer in one cell."""
    status, to_login = answer.status, bool(SIGN_IN.match(answer.location))
    if status >= 500 or (expected == ANY and status == 401):
        return [f"{status}"]
    if expected == ANY:
        return []
    if expected == OK:
        refused = status in REFUSED or (to_login and not line.leads_to_login)
        return [f"{status} {answer.location}, should be allowed"] if refused else []
    if expected == CLOSED:
        refused = status in {301, 302, 403, 404, 405}
    else:
        refused = status == 302 and to_login if expected == LOGIN else status == expected
    found = [] if refused else [f"{status} {answer.location}, should be {expected}"]
    return found + [f"refused, yet it wrote: {sql[:150]}" for sql in answer.written]


def leaks(endpoint: Endpoint, role: str, answer: Answer, own_address: str) -> list[str]:
    """Return what the answer tells that it must not: to a stranger ever, to anybody in a refusal; GET never writes."""
    found = []
    if role in OUTSIDERS and (address := E_MAIL.search(answer.body)) and address[0] != own_address:
        found.append(f"{answer.status}, tells the address of somebody else: {address[0]}")
    if CANARY in answer.body and (role in OUTSIDERS or answer.status in REFUSED):
        at = answer.body.index(CANARY)
        found.append(f"{answer.status}, tells of a hidden object: {answer.body[max(0, at - 60) : at + 40]}")
    if endpoint.method == "GET":
        found += [f"GET wrote: {sql[:150]}" for sql in answer.written if not KEPT.search(sql)]
    return found


def fixed_path(route: str, world: World) -> str | None:
    """Return a path of a route that names no object by a plain part: of the administration, or a regular expression."""
    if route.startswith("^(?P<language>"):
        return "/fr/"
    if route.startswith("api/^"):
        return f"/api/1/{'swagger.json' if 'swagger' in route else ''}"
    if not route.startswith("admin/"):
        return None
    plain = re.sub(r"\^\(\?P<app_label>[^)]*\)|<app_label>", "catalog", route)
    values = {**ADMIN_PARTS}
    if match := DESK_OBJECTS.match(plain):
        kind = {"communityresource": "community_resource"}.get(match[1], match[1])
        values["object_id"] = values["id"] = world.get(kind, "private").pk
    return fill(re.sub(r"\(\?P<url>\.\*\)|\$|\^", "", plain), values)


ADMIN_PARTS = {
    "object_id": "x",
    "id": "x",
    "content_type_id": "1",
    "app_label": "catalog",
    "url": "x",
    "form_url": "",
    "name": "x",
    "verb": "publish",
    "job_id": "x",
    "note": "00000000-0000-0000-0000-000000000000",
    "number": "1",
}


def test_no_expectation_is_left_over():
    used = [find(endpoint.method, endpoint.route) for endpoint in ENDPOINTS]
    stale = [line.route.pattern for line in LINES if not any(line is one for one in used)]
    assert not stale
