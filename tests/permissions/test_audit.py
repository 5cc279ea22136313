"""Every write leaves exactly one row in the audit log that names its object, and a refusal none (security.md).

The addresses come from the URL resolver: those of the API, of the administration and of the pages.
"""

import re

import pytest

from catalog.models import AuditEntry
from tests.permissions.asking import ask, make_once
from tests.permissions.expected import find
from tests.permissions.matrix import Endpoint, endpoints, fill
from tests.permissions.test_matrix import _no_account_rates, _no_fetches, fixed_path, parts, states_of
from tests.permissions.values import find_form
from tests.permissions.world import World

__all__ = ["_no_account_rates", "_no_fetches"]
CALLERS = ("anonymous", "user", "admin", "sysadmin", "token_admin")
UNSAFE = [endpoint for endpoint in endpoints() if endpoint.method != "GET"]
# What is written and is nobody's act: what the portal keeps beside, and the traces of signing in.
BESIDE = re.compile(
    r'"(catalog_(activity|auditentry|bulk(item|job)|change|datasetdocument|outboxevent|search(change|log|miss)|slughistory)'
    r"|reversion_\w+|stats_\w+|harvest_(jobitem|harvestrecord)|django_(admin_log|celery_beat_\w+)|portal_idempotentrequest"
    r'|usersessions_usersession|account_emailconfirmation)"'
)
# Where what is asked for is so already in the world of these tests: the same values are written over themselves.
AS_IT_WAS = re.compile(
    r"DELETE api/(2/topics/<str:key>/featured|1/(posts/<str:key>/publish|harvest/source/<str:key>/schedule))/"
)

pytestmark = pytest.mark.django_db
world = make_once()


def requests(endpoint: Endpoint, world: World):
    """Give caller, path and body of each request to make."""
    line, form = find(endpoint.method, endpoint.route), find_form(endpoint.method, endpoint.route)
    for state in states_of(line, world):
        for role in CALLERS:
            path = fixed_path(endpoint.route, world) or fill(endpoint.route, parts(line, world, role, state))
            yield role, path, form.body(world) if form and form.model else None
    if form and form.model:
        item = world.get(form.kind) if form.kind else None
        values = {"key": item and item.pk, "rid": item and item.pk, "id": item and item.pk, **form.parts(world)}
        yield form.caller, fill(endpoint.route, values), form.body(world)


def rows() -> list[AuditEntry]:
    return list(AuditEntry.objects.all())


@pytest.mark.parametrize("endpoint", UNSAFE, ids=str)
def test_a_write_is_one_row_and_a_refusal_none(endpoint, world):
    wrong = []
    for role, path, body in requests(endpoint, world):
        answer = ask(world.callers[role], endpoint.method, path, body, is_api=endpoint.is_api, then=rows)
        acts = [sql for sql in answer.written if not BESIDE.search(sql.split("WHERE")[0][:80])]
        said = [f"{row.action} {row.kind} {row.object_id} {row.title} {row.changes}" for row in answer.seen]
        expected = 1 if acts and answer.status < 400 else 0
        repeated = not said and AS_IT_WAS.fullmatch(str(endpoint))
        if len(said) != expected and not repeated:
            wrong.append(f"{role} {path} {body}: {answer.status}, {said}, {[sql[:160] for sql in acts][:4]}")
        wrong += [f"{role} {path}: which {row.kind}?" for row in answer.seen if not row.object_id]
    assert not wrong, "\n".join(wrong)
