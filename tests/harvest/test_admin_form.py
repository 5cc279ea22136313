"""The form of a source: it follows its harvester, keeps secrets to itself, and works without JavaScript."""

import json

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from harvest.backends import backends
from harvest.backends.base import Backend, Option
from harvest.models import Source
from tests.catalog import factories
from tests.harvest.admin_pages import SECRET, make_source, page
from tests.harvest.fixtures import serve

pytestmark = pytest.mark.django_db


class Far(Backend):
    """A harvester with one option of each kind."""

    name, label = "far", "Far away"
    filters = (Option("level", "Level", "A level", type="int"), Option("theme", "Theme", "A theme"))
    features = (Option("deep", "Deep", "Go deep", default=True),)
    settings = (
        Option("prefix", "Prefix", "Before each", default="x"),
        Option("token", "Token", "To be let in"),
        Option("code", "Code", "A code", secret=True),
    )

    def pages(self, cursor=None):
        yield from ()


@pytest.fixture(autouse=True)
def _far(monkeypatch):
    known = {**backends(), "far": Far}
    for module in ("harvest.backends", "harvest.admin.config_fields", "harvest.detection"):
        monkeypatch.setattr(f"{module}.backends", lambda: known)
    for module in ("harvest.admin.source", "harvest.admin.forms", "harvest.admin.columns", "harvest.configs"):
        monkeypatch.setattr(f"{module}.backend_of", known.get)


@pytest.fixture
def member():
    return factories.MemberFactory()


@pytest.fixture
def editor(member):
    client = Client()
    client.force_login(member.user)
    return client


def typed(**values):
    return {"name": "Loin", "url": "https://far.example.org/", "backend": "far", "active": "on", **values}


def add(client, **values):
    return client.post(reverse("admin:harvest_source_add"), {**typed(**values), "_save": "1"})


def test_the_form_shows_what_the_harvester_declares(admin_client):
    content = admin_client.get(reverse("admin:harvest_source_add"), {"backend": "far"}).content.decode()
    for name in ["only:level", "except:theme", "feature:deep", "setting:prefix", "setting:token", "apikey"]:
        assert f'name="{name}"' in content
    assert "Settings of Far away" in content


def test_what_is_typed_becomes_the_configuration(admin_client, member):
    answer = add(
        admin_client, organization=member.organization_id, **{
            "only:level": "1\n2\n\n1", "except:theme": "eau\n", "setting:prefix": "y", "setting:token": "t0k",
            "apikey": SECRET,
        },
    )  # fmt: skip
    source = Source.objects.get(name="Loin")
    assert answer.url == page("overview", source)
    assert source.config == {
        "filters": [
            {"key": "level", "value": 1}, {"key": "level", "value": 2},
            {"key": "theme", "value": "eau", "type": "exclude"},
        ],
        "features": {"deep": False},
        "extra_configs": [{"key": "prefix", "value": "y"}, {"key": "token", "value": "t0k"}],
        "apikey": SECRET,
    }  # fmt: skip
    assert source.organization == member.organization
    assert source.validation == "pending"


def test_a_value_of_the_wrong_type_is_refused_where_it_stands(admin_client):
    content = add(admin_client, **{"only:level": "high"}).content.decode()
    assert "“high” is not a whole number." in content
    assert not Source.objects.exists()


@pytest.mark.parametrize("name", ["apikey", "setting:token", "setting:code"])
def test_a_secret_is_kept_replaced_or_forgotten_and_never_shown(admin_client, name):
    config = {
        "apikey": SECRET,
        "extra_configs": [{"key": "token", "value": SECRET}, {"key": "code", "value": SECRET}],
    }
    source = make_source(backend="far", url="https://far.example.org/", config=config)
    address = page("change", source)
    organization = {"organization": source.organization_id}

    def value():
        source.refresh_from_db()
        settings = {one["key"]: one["value"] for one in source.config.get("extra_configs", [])}
        return source.config.get("apikey") if name == "apikey" else settings.get(name.partition(":")[2])

    content = admin_client.get(address).content.decode()
    assert SECRET not in content
    assert "leave empty to keep it" in content
    admin_client.post(address, typed(**organization))
    assert value() == SECRET
    refused = admin_client.post(address, typed(**organization, url="nonsense", **{name: "fresh-secret"}))
    assert "fresh-secret" not in refused.content.decode()
    admin_client.post(address, typed(**organization, **{name: "fresh-secret"}))
    assert value() == "fresh-secret"
    admin_client.post(address, typed(**organization, **{f"forget:{name}": "on"}))
    assert value() is None


def test_a_key_does_not_follow_the_source_to_another_host(admin_client):
    source = make_source(backend="far", url="https://far.example.org/")
    form = typed(organization=source.organization_id, url="https://thief.example.net/")
    answer = admin_client.post(page("change", source), form, follow=True)
    source.refresh_from_db()
    assert source.url == "https://thief.example.net/"
    assert "apikey" not in source.config
    assert "are forgotten" in answer.content.decode()


def test_a_password_in_the_address_is_kept_and_not_shown(admin_client):
    source = make_source(backend="far", url="https://user:hunter2@far.example.org/")
    assert "hunter2" not in admin_client.get(page("change", source)).content.decode()
    admin_client.post(page("change", source), typed(organization=source.organization_id))
    source.refresh_from_db()
    assert source.url == "https://user:hunter2@far.example.org/"


def test_without_javascript_a_button_shows_the_settings_and_keeps_what_is_typed(admin_client):
    form = typed(name="Presque", description="Un texte", _configure="1", url="not an address yet")
    answer = admin_client.post(reverse("admin:harvest_source_add"), form)
    content = answer.content.decode()
    assert answer.status_code == 200
    assert 'value="Presque"' in content
    assert "Un texte" in content
    assert 'name="only:level"' in content
    assert "errornote" not in content
    assert not Source.objects.exists()


def test_the_address_is_recognized_by_asking_it(admin_client):
    body = json.dumps({"success": True, "result": {"count": 1, "results": []}})
    with serve({"/api/3/action/package_search": body}) as url:
        form = typed(backend="", url=url, _detect="1")
        content = admin_client.post(reverse("admin:harvest_source_add"), form).content.decode()
    assert "This is CKAN." in content
    assert '<option value="ckan" selected>' in content
    assert not Source.objects.exists()


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "nonsense", "ftp://x.example.org/", ""])
def test_an_address_that_cannot_be_recognized_is_said_so(admin_client, url):
    form = typed(backend="", url=url, _detect="1")
    answer = admin_client.post(reverse("admin:harvest_source_add"), form)
    assert answer.status_code == 200
    assert "messagelist" in answer.content.decode()


def test_an_editor_proposes_a_source_for_her_organization_only(editor, member, admin_user):
    stranger = factories.OrganizationFactory()
    assert add(editor, organization=stranger.pk).status_code == 200
    assert add(editor).status_code == 200  # nobody's
    assert add(editor, organization=member.organization_id).status_code == 302
    source = Source.objects.get()
    assert (source.organization, source.owner, source.validation) == (member.organization, None, "pending")
    assert admin_user.notifications.count() == 1


def test_an_editor_who_changes_the_address_has_it_validated_anew(editor, member):
    source = make_source(backend="far", organization=member.organization, validation="accepted")
    form = typed(organization=member.organization_id, url="https://far.example.org/v2")
    assert editor.post(page("change", source), form).status_code == 302
    source.refresh_from_db()
    assert source.validation == "pending"


def test_the_harvesters_that_are_only_declared_are_not_offered(admin_client):
    content = admin_client.get(reverse("admin:harvest_source_add")).content.decode()
    for name, kind in backends().items():
        assert (f'<option value="{name}"' in content) == (kind.pages is not Backend.pages)


def test_who_may_only_look_sees_no_form_and_no_secret(client):
    source = make_source(backend="far", config={"apikey": SECRET})
    watcher = factories.UserFactory(is_staff=True)
    watcher.user_permissions.add(Permission.objects.get(codename="view_source"))
    client.force_login(watcher)
    content = client.get(page("change", source)).content.decode()
    assert 'name="url"' not in content
    assert SECRET not in content
    assert client.get(page("overview", source)).status_code == 200
    assert client.post(page("verb", source, "pause")).status_code == 403


def test_a_curator_of_sources_validates_and_runs_them(client):
    source = make_source(backend="far")
    curator = factories.UserFactory(is_staff=True)
    curator.user_permissions.add(*Permission.objects.filter(codename__in=["view_source", "change_source"]))
    client.force_login(curator)
    client.post(page("verb", source, "validate"), {"state": "accepted"})
    source.refresh_from_db()
    assert (source.validation, source.validated_by) == ("accepted", curator)
    source.jobs.all().delete()
    client.post(page("verb", source, "run"))
    assert source.jobs.count() == 1


def test_the_only_organization_of_an_editor_is_chosen_for_her(editor, member):
    content = editor.get(reverse("admin:harvest_source_add")).content.decode()
    assert f'<option value="{member.organization_id}" selected>' in content
