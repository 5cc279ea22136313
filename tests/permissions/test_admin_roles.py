"""The administration × roles: what each address answers to each role, each action, each autocomplete.

The addresses, actions and autocompletes are asked of the site itself: a new one without a line in `expected_admin`
fails here. Objects belong to the editor's organization, so that hers are allowed; those of others are in
`tests/catalog/test_admin_permissions.py`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.urls import reverse
from django_celery_beat import models as beat
from oauth2_provider.models import get_access_token_model

from catalog.models import BulkItem, BulkJob, Dataset
from catalog.models.bulk import BulkOutcome, BulkState
from harvest.models import Source
from portal.models import User
from tests.catalog.factories import UserFactory
from tests.permissions import expected_admin as expected
from tests.permissions.asking import Answer, ask, make_once
from tests.permissions.expected_admin import LETTERS, LOGIN, MODELS, PAGES, POSTS, ROLES
from tests.permissions.matrix import endpoints, fill
from tests.permissions.roles import LATER, Caller
from tests.permissions.test_matrix import SIGN_IN, _no_account_rates, _no_fetches
from tests.permissions.world import World
from tests.portal.test_admin_lists import MAKERS

__all__ = ["_no_account_rates", "_no_fetches"]
GROUPS = ("curator", "moderator", "harvest-operator", "editor-in-chief")
OUTSIDE = ("anonymous", "user")
TYPES = ("changelist", "add", "change", "delete", "history")
OWN = {"communityresource": "community_resource", "contactpoint": "contact", "bulkjob": "bulkjob"}

pytestmark = [pytest.mark.django_db, pytest.mark.once]
world = make_once()


@dataclass
class Stage:
    """Who asks, and one object of each kind."""

    callers: dict[str, Caller]
    objects: dict[str, Any]
    job: Any
    names: dict[str, str]  # the ids that addresses and forms may name


@pytest.fixture(scope="module")
def stage(world: World, django_db_blocker: Any) -> Stage:
    with django_db_blocker.unblock():
        callers = {name: world.callers[name] for name in ("anonymous", "user", "editor", "sysadmin")}
        for name in GROUPS:
            person = UserFactory()
            person.groups.add(Group.objects.get(name=name))
            callers[name] = Caller(User.objects.get(pk=person.pk))
        objects = {label(model): _object(model, world) for model in admin.site._registry}
        names = {name.replace(".", "_"): str(row.pk) for name, row in objects.items() if row is not None}
        names["served"] = world.get("served").pk
        names["dataset_type"] = str(ContentType.objects.get_for_model(Dataset).pk)
        return Stage(callers, objects, world.get("job"), names)


def label(model: type[models.Model]) -> str:
    return model._meta.label_lower


def _object(model: type[models.Model], world: World) -> Any:
    name = model._meta.model_name
    kind = OWN.get(name, name)
    if (kind, "public") in world.objects and isinstance(world.get(kind), model):
        return world.get(kind)
    if model is BulkJob:
        job = BulkJob.objects.create(
            kind="Dataset", action="archive", by=world.people["editor"], state=BulkState.DONE, done=1, total=1
        )
        BulkItem.objects.create(job=job, position=1, object_id="a" * 24, outcome=BulkOutcome.DONE, before={})
        return job
    if model is Source:
        return world.get("source")
    strange = {
        "user": lambda: UserFactory(),
        "group": lambda: Group.objects.create(name="An operator's own"),
        "accesstoken": lambda: get_access_token_model().objects.first(),
        "clockedschedule": lambda: beat.ClockedSchedule.objects.create(clocked_time=world.get("job").created + LATER),
        "crontabschedule": lambda: beat.CrontabSchedule.objects.first(),
        "intervalschedule": lambda: beat.IntervalSchedule.objects.create(every=1, period="days"),
        "solarschedule": lambda: beat.SolarSchedule.objects.create(event="sunset", latitude=1, longitude=1),
        "periodictask": lambda: world.get("schedule"),
        "site": lambda: world.get("site"),
        "searchmiss": lambda: None,
    }
    return strange[name]() if name in strange else MAKERS[model.__name__](0)


def ids(stage: Stage, model: type[models.Model]) -> dict[str, Any]:
    row = stage.objects[label(model)]
    return {"object_id": row.pk if row else "x", "id": row.pk if row else "x"}


def refusal(role: str, usual: int | tuple[int, ...] = 403) -> int | str | tuple[int, ...]:
    return LOGIN if role in OUTSIDE else usual


def judge(role: str, wanted: int | str | tuple[int, ...], answer: Answer, *, refused: bool = False) -> str:
    """Return what is wrong, or an empty text. Whoever is refused writes nothing."""
    to_login = answer.status == 302 and bool(SIGN_IN.match(answer.location))
    statuses = wanted if isinstance(wanted, tuple) else (wanted,)
    right = to_login if wanted == LOGIN else not to_login and answer.status in statuses
    if right and not (refused and answer.written):
        return ""
    return f"{role}: {answer.status} {answer.location} {[sql[:120] for sql in answer.written[:1]]}, not {wanted}"


MODEL_NAMES = sorted(label(model) for model in admin.site._registry)


def model_of(name: str) -> type[models.Model]:
    return next(model for model in admin.site._registry if label(model) == name)


def test_the_table_names_each_model_once():
    assert set(MODELS) == set(MODEL_NAMES)
    assert all(set(row) <= set(ROLES) for row in MODELS.values())


@pytest.mark.parametrize("name", MODEL_NAMES)
def test_pages_of_a_model(name, stage):
    model = model_of(name)
    options = model._meta
    wrong = []
    for page in TYPES:
        args = [] if page in ("changelist", "add") else [ids(stage, model)["object_id"]]
        path = reverse(f"admin:{options.app_label}_{options.model_name}_{page}", args=args)
        for role in ROLES:
            allowed = LETTERS[page] in MODELS[name].get(role, "")
            usual = expected.USUAL.get((name, page), 200)
            wanted = usual if allowed else refusal(role, expected.NOT_THERE.get(page, 403))
            methods = ["GET"] if allowed or page == "history" or role in OUTSIDE else ["GET", "POST"]
            for method in methods:
                body = {"post": "yes"} if method == "POST" else None
                answer = ask(stage.callers[role], method, path, body, is_api=False)
                found = judge(role, wanted, answer, refused=not allowed)
                wrong += [f"{method} {page}: {found}"] if found else []
    assert not wrong, "\n".join(wrong)


def special() -> Iterator[tuple[str, str, str]]:
    """Give the addresses that are no model's usual five: name, method, route."""
    usual = {f"{m._meta.app_label}_{m._meta.model_name}_{page}" for m in admin.site._registry for page in TYPES}
    for endpoint in endpoints():
        name = endpoint.pattern.name  # what has none only redirects: old addresses of objects, the end of the list
        if endpoint.route.startswith("admin/") and name and name not in usual | expected.DOORS:
            yield name, endpoint.method, endpoint.route


SPECIAL = sorted(set(special()))


@pytest.mark.parametrize(("name", "method", "route"), SPECIAL, ids=[f"{method} {name}" for name, method, _ in SPECIAL])
def test_other_pages(name, method, route, stage):
    table = PAGES if method == "GET" else POSTS
    if method not in ("GET", "POST"):
        return  # Django's forms know no other
    assert name in table, f"{method} {name}: say in tests/permissions/expected_admin.py who may use it"
    rule = table[name]
    wrong = []
    for role in ROLES:
        values = {**_ids_of(stage, name), **_filled(rule.parts, stage)}
        path = fill(re.sub(r"\^\(\?P<app_label>[^)]*\)|<app_label>", "catalog", route).replace("$", ""), values)
        path += rule.query.format(**stage.names)
        allowed = role in rule.roles
        wanted = rule.status if allowed else refusal(role, rule.refused)
        body = {key: value.split(",") if "," in value else value for key, value in _filled(rule.body, stage).items()}
        answer = ask(stage.callers[role], method, path, body if method == "POST" else None, is_api=False)
        wrong.append(judge(role, wanted, answer, refused=not allowed))
    assert not any(wrong), "\n".join(filter(None, wrong))


def _ids_of(stage: Stage, name: str) -> dict[str, Any]:
    found = next(
        (model for model in admin.site._registry if name.startswith(label(model).replace(".", "_") + "_")), None
    )
    found = User if name == "auth_user_password_change" else found
    return {**(ids(stage, found) if found else {}), "job_id": stage.job.pk}


def _filled(texts: dict[str, str], stage: Stage) -> dict[str, str]:
    return {key: value.format(**stage.names) for key, value in texts.items()}


def test_no_line_is_left_over():
    names = {(name, method) for name, method, _route in SPECIAL}
    assert not {name for name in PAGES if (name, "GET") not in names}
    assert not {name for name in POSTS if (name, "POST") not in names}


@pytest.mark.parametrize("name", MODEL_NAMES)
def test_actions_of_a_list(name, stage):
    """Each role is offered these actions; another one, sent all the same, changes nothing."""
    model = model_of(name)
    options = model._meta
    path = reverse(f"admin:{options.app_label}_{options.model_name}_changelist")
    known = expected.ACTIONS.get(name, {})
    offered = set()
    wrong = []
    for role in ROLES:
        if "l" not in MODELS[name].get(role, "") or expected.USUAL.get((name, "changelist"), 200) != 200:
            continue
        page = ask(stage.callers[role], "GET", path, is_api=False).body
        chooser = re.search(r'<select name="action".*?</select>', page, re.DOTALL)
        shown = set(re.findall(r'<option value="(\w+)"', chooser[0])) if chooser else set()
        wanted = {action for action, roles in known.items() if role in roles}
        offered |= shown
        if shown != wanted:
            wrong.append(f"{role}: offered {sorted(shown - wanted)}, not offered {sorted(wanted - shown)}")
        for action in set(known) - wanted:
            body = {"action": action, "_selected_action": [ids(stage, model)["object_id"]], "bulk": "1", "post": "yes"}
            answer = ask(stage.callers[role], "POST", path, body, is_api=False)
            if answer.written:
                wrong.append(f"{role} may not {action}, and wrote {answer.written[0][:120]}")
    assert not wrong, "\n".join(wrong)
    assert offered == set(known)


def autocompletes() -> Iterator[tuple[str, str, str]]:
    """Give each field that a form or a filter of the administration completes: its model, its name, its target."""
    for model, model_admin in admin.site._registry.items():
        inlines = [(inline.model, inline) for inline in getattr(model_admin, "inlines", [])]
        for source, one in [(model, model_admin), *inlines]:
            for field in one.autocomplete_fields:
                target = source._meta.get_field(field).remote_field.model
                yield label(source), field, label(target)


@pytest.mark.parametrize(("source", "field", "target"), sorted(set(autocompletes())))
def test_autocompletes(source, field, target, stage):
    """What helps to choose is for who lists the target, and people are also for who may change the source."""
    app, name = source.split(".")
    path = f"{reverse('admin:autocomplete')}?app_label={app}&model_name={name}&field_name={field}&term="
    wrong = []
    for role in ROLES:
        lists = "l" in MODELS[target].get(role, "")
        allowed = lists or (target == "portal.user" and role in expected.CHOOSE_PEOPLE.get(source, ()))
        answer = ask(stage.callers[role], "GET", path, is_api=False)
        wrong.append(judge(role, 200 if allowed else refusal(role), answer))
    assert not any(wrong), "\n".join(filter(None, wrong))
