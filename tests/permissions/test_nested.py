"""Objects inside others: an address that joins two which do not belong together leads nowhere (T07).

The addresses come from the URL resolver. They are asked by callers with every right on both parents.
"""

import re
from typing import Any

import pytest

from tests.permissions.asking import ask, make_once
from tests.permissions.matrix import Endpoint, endpoints, fill, names
from tests.permissions.roles import ROLES
from tests.permissions.world import World

NOT_IDS = {"extension", "kind", "size", "identifier", "level", "version", "rest", "name", "page"}
MINE = ("/me/", "notifications/", "account/tokens/", "account/programs/")
CALLERS = ("sysadmin", "admin", "token_admin")

pytestmark = [pytest.mark.django_db, pytest.mark.once]
world = make_once()


def is_nested(endpoint: Endpoint) -> bool:
    """Tell whether the address names an object of another's: in two ids, or in one where the other is the caller."""
    if endpoint.route.startswith(("admin/", "dataset/")):  # CKAN's addresses only lead to the page
        return False
    ids = [name for name in names(endpoint.route) if name not in NOT_IDS]
    own = any(part in f"/{endpoint.route}" for part in MINE)
    return len(ids) > 1 or (own and "id" in ids)


NESTED = [endpoint for endpoint in endpoints() if is_nested(endpoint) and "uidb36" not in endpoint.route]


def joined(route: str, world: World, role: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the parts of an address that holds together, and those that differ in one that doesn't."""
    get, own = world.get, world.objects
    known = {
        r"datasets/<str:(key|pk)>/.*<\w+:rid>": ("rid", get("dataset"), get("resource"), get("resource", "archived")),
        r"/member/": ("user", get("organization"), get("member"), get("stranger")),
        r"/membership/": ("id", get("organization"), get("membership"), get("other_membership")),
        r"/topics/": ("element", get("topic"), get("element"), get("element", "private")),
        r"/comments/": (
            "comment", get("dataset_discussion"), get("dataset_message"), get("dataset_message", "archived"),
        ),
        r"/messages/": (
            "message", get("dataset_discussion"), get("dataset_message"), get("dataset_message", "archived"),
        ),
        r"harvest/.*/jobs/": ("ident", get("source"), get("job"), get("job", "deleted")),
        r"/dataservices/": ("dataset", get("dataservice"), get("served"), get("dataset", "archived")),
        r"/(api_)?tokens/": ("id", None, own["token", role], own["token", "editor"]),
        r"/programs/": ("id", None, get("program"), get("other_program")),
        r"/org_invitations/": ("id", None, own["invitation", role], own["invitation", "editor"]),
        r"/notifications/": ("id", None, own["notification", role], own["notification", "editor"]),
    }  # fmt: skip
    for expression, (name, parent, mine, foreign) in known.items():
        if re.search(expression, route):
            parent_id = parent and parent.pk
            return {"key": parent_id, "pk": parent_id, name: mine.pk}, {name: foreign.pk}
    raise AssertionError(f"{route} names an object inside another: say in tests/permissions/test_nested.py which")


@pytest.mark.parametrize("endpoint", NESTED, ids=str)
def test_a_foreign_id_leads_nowhere(endpoint, world):
    for role in callers_of(endpoint):
        right, swapped = joined(endpoint.route, world, role)
        caller = world.callers[role]
        there = ask(caller, endpoint.method, fill(endpoint.route, right), is_api=endpoint.is_api)
        assert there.status != 404, f"{role}: the address that holds together must be there, to compare with"
        answer = ask(caller, endpoint.method, fill(endpoint.route, right | swapped), is_api=endpoint.is_api)
        assert (answer.status, answer.written) == (404, []), f"{role}: {endpoint}"


def callers_of(endpoint: Endpoint) -> list[str]:
    """Return who asks: those with every right; where each has only what is her own, that includes anybody."""
    if "/programs/" in endpoint.route:
        return ["editor"]  # who gave access to one
    return [role for role in CALLERS if endpoint.is_api or not role.startswith("token")]  # no token opens a page


def test_there_are_such_addresses():
    assert len(NESTED) > 20
    assert set(CALLERS) <= set(ROLES)
