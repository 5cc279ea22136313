"""What an editor of organizations sees and changes in the administration, and what stays closed to her."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from catalog.models import CommunityResource, ContactPoint, Dataservice, Dataset, Organization, Resource, Reuse, Tag
from portal.models import User
from tests.catalog import factories

pytestmark = pytest.mark.django_db
each = pytest.mark.parametrize


@pytest.fixture
def organization():
    return factories.OrganizationFactory(name="Ours")


@pytest.fixture
def editor(organization):
    return factories.MemberFactory(organization=organization, role="editor").user


@pytest.fixture
def desk(client, editor):
    """The browser of an editor."""
    client.force_login(editor)
    return client


def address(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def dataset_form(**changes):
    """The fields that a dataset's form sends, with no file and no badge."""
    counts = {f"{name}-{part}": 0 for name in ["badges", "resources"] for part in ["TOTAL_FORMS", "INITIAL_FORMS"]}
    return {
        "title": "A title", "description": "A text.", "frequency": "unknown", "access_type": "open",
        "access_audiences": "[]", "extras": "{}", **counts, **changes,
    }  # fmt: skip


def suggestions(client, model, field, term=""):
    """Ask the autocomplete of `field`; return the status and the texts suggested."""
    query = {"app_label": model._meta.app_label, "model_name": model._meta.model_name, "field_name": field}
    response = client.get(reverse("admin:autocomplete"), {**query, "term": term})
    rows = response.json()["results"] if response.status_code == 200 else []
    return response.status_code, [row["text"] for row in rows]


@each(("role", "enters"), [("admin", True), ("editor", True), ("partial_editor", False)])
def test_the_role_in_an_organization_opens_the_administration(client, role, enters):
    client.force_login(factories.MemberFactory(role=role).user)
    assert client.get(reverse("admin:index")).status_code == (200 if enters else 302)


def test_a_stranger_is_sent_to_the_sign_in_page(client):
    assert client.get(reverse("admin:index")).status_code == 302
    client.force_login(factories.UserFactory())
    assert client.get(reverse("admin:index")).status_code == 302


def test_an_inactive_editor_does_not_enter(client):
    client.force_login(factories.MemberFactory(user__is_active=False).user)
    assert client.get(reverse("admin:index")).status_code == 302


def test_an_editor_signs_in_with_her_e_mail_address_whatever_its_case(client, editor):
    response = client.post(reverse("admin:login"), {"username": editor.email.upper(), "password": "Passw0rd-test"})
    assert response.status_code == 302
    assert client.get(reverse("admin:index")).status_code == 200


def test_a_user_without_organization_is_told_why_she_may_not_sign_in(client):
    user = factories.UserFactory()
    response = client.post(reverse("admin:login"), {"username": user.email, "password": "Passw0rd-test"})
    assert "for the staff and for the editors" in response.content.decode()


def test_an_editor_lists_what_she_edits_only(desk, editor, organization):
    ours = factories.DatasetFactory(organization=organization, draft=True)
    hers = factories.DatasetFactory(organization=None, owner=editor)
    factories.DatasetFactory()
    factories.DatasetFactory(draft=True)
    shown = desk.get(address(Dataset, "changelist")).context["cl"].result_list
    assert {row.pk for row in shown} == {ours.pk, hers.pk}


@each(
    ("model", "make"),
    [
        (Reuse, factories.ReuseFactory),
        (Dataservice, factories.DataserviceFactory),
        (ContactPoint, factories.ContactPointFactory),
        (CommunityResource, factories.CommunityResourceFactory),
        (Resource, factories.ResourceFactory),
        (Organization, factories.OrganizationFactory),
    ],
)
def test_an_editor_neither_lists_nor_opens_what_belongs_to_others(desk, model, make):
    foreign = make()
    assert foreign.pk not in {row.pk for row in desk.get(address(model, "changelist")).context["cl"].result_list}
    for page in ["change", "delete", "history"]:
        assert desk.get(address(model, page, foreign.pk)).status_code in {302, 403}


@each("name", ["user", "group"])
def test_an_editor_does_not_reach_the_accounts(desk, name):
    app = {"user": "portal", "group": "auth"}[name]
    assert desk.get(reverse(f"admin:{app}_{name}_changelist")).status_code == 403


def test_the_first_page_of_an_editor_lists_her_objects_and_no_reference(desk):
    text = desk.get(reverse("admin:index")).content.decode()
    assert address(Dataset, "changelist") in text
    assert "/license/" not in text
    assert "/discussion/" not in text
    assert "/user/" not in text


def test_another_organization_s_dataset_can_neither_be_read_nor_changed_nor_deleted(desk):
    foreign = factories.DatasetFactory(title="Theirs")
    assert desk.get(address(Dataset, "change", foreign.pk)).status_code in {302, 403}
    assert desk.post(address(Dataset, "change", foreign.pk), dataset_form()).status_code in {302, 403}
    assert desk.post(address(Dataset, "delete", foreign.pk), {"post": "yes"}).status_code in {302, 403}
    assert desk.post(address(Dataset, "verb", foreign.pk, "archive")).status_code == 404
    for action in ["archive", "delete_selected"]:
        desk.post(address(Dataset, "changelist"), {"action": action, "_selected_action": [foreign.pk], "post": "yes"})
    foreign.refresh_from_db()
    assert (foreign.title, foreign.deleted, foreign.archived) == ("Theirs", None, None)


def test_an_editor_adds_a_dataset_to_her_organization(desk, organization):
    response = desk.post(address(Dataset, "add"), dataset_form(title="New", organization=organization.pk))
    assert response.status_code == 302
    assert Dataset.objects.get(title="New").organization == organization


def test_an_editor_can_t_publish_for_another_organization_nor_for_nobody(desk, organization):
    foreign = factories.OrganizationFactory()
    mine = factories.DatasetFactory(organization=organization)
    for chosen in [foreign.pk, ""]:
        assert desk.post(address(Dataset, "add"), dataset_form(organization=chosen)).status_code == 200
        form = dataset_form(organization=chosen)
        assert desk.post(address(Dataset, "change", mine.pk), form).status_code == 200
    mine.refresh_from_db()
    assert mine.organization == organization
    assert Dataset.objects.count() == 1


def test_columns_that_only_curators_write_are_ignored_in_what_an_editor_sends(desk, editor, organization):
    dataset = factories.DatasetFactory(organization=organization)
    other = factories.UserFactory()
    forged = {
        "featured": "on", "owner": other.pk, "slug": "forged", "metric_views": 9, "private": "on",
        "archived_0": "2020-01-01", "archived_1": "00:00", "badges-TOTAL_FORMS": 1, "badges-0-kind": "hvd",
    }  # fmt: skip
    form = dataset_form(title=dataset.title, organization=organization.pk, **forged)
    assert desk.post(address(Dataset, "change", dataset.pk), form).status_code == 302
    dataset.refresh_from_db()
    assert (dataset.featured, dataset.owner, dataset.metric_views) == (False, None, 0)
    assert (dataset.private, dataset.archived, dataset.slug != "forged") == (False, None, True)
    assert not dataset.badges.exists()


def test_featuring_is_refused_to_an_editor_even_when_she_forges_the_request(desk, organization):
    dataset = factories.DatasetFactory(organization=organization)
    desk.post(address(Dataset, "verb", dataset.pk, "feature"))
    desk.post(address(Dataset, "changelist"), {"action": "feature", "_selected_action": [dataset.pk]})
    dataset.refresh_from_db()
    assert not dataset.featured


def test_what_an_editor_gives_to_her_organization_is_hers_no_more(desk, editor, organization):
    dataset = factories.DatasetFactory(organization=None, owner=editor)
    form = dataset_form(organization=organization.pk)
    assert desk.post(address(Dataset, "change", dataset.pk), form).status_code == 302
    dataset.refresh_from_db()
    assert (dataset.owner, dataset.organization) == (None, organization)


def test_suggestions_hold_only_what_the_form_would_accept(desk, editor, organization):
    factories.DatasetFactory(title="Public one")
    factories.DatasetFactory(title="Secret draft", draft=True)
    factories.DatasetFactory(title="Our draft", draft=True, organization=organization)
    factories.OrganizationFactory(name="Another")
    factories.ContactPointFactory(name="Their contact")
    factories.ContactPointFactory(name="Our contact", organization=organization)
    assert suggestions(desk, Dataset, "organization") == (200, ["Ours"])
    assert suggestions(desk, Dataset, "contact_points") == (200, ["Our contact"])
    assert sorted(suggestions(desk, Reuse, "datasets")[1]) == ["Our draft", "Public one"]
    assert suggestions(desk, Resource, "dataset") == (200, ["Our draft"])
    assert suggestions(desk, Reuse, "datasets", "secret") == (200, [])


def test_suggestions_tell_an_editor_nothing_about_accounts(desk):
    factories.UserFactory(first_name="Grace")
    for model, field in [(Dataset, "owner"), (Organization.members.rel.related_model, "user")]:
        assert suggestions(desk, model, field) == (403, [])


def test_lists_are_not_searched_by_the_columns_of_accounts(desk, organization):
    factories.DatasetFactory(organization=organization)
    url = f"{address(Dataset, 'changelist')}?owner__email__startswith=a"
    assert desk.get(url).status_code == 400


def test_no_page_of_an_editor_tells_an_e_mail_address(desk, organization):
    nameless = factories.UserFactory(first_name="", last_name="", email="secret@example.org")
    factories.MemberFactory(organization=organization, user=nameless)
    dataset = factories.DatasetFactory(organization=organization)
    pages = [address(Organization, "change", organization.pk), address(Dataset, "change", dataset.pk)]
    for url in [*pages, address(Organization, "changelist"), address(Dataset, "changelist")]:
        assert "secret@example.org" not in desk.get(url).content.decode()


def test_a_link_to_something_an_editor_can_t_see_survives_her_changes(desk, organization):
    hidden = factories.DatasetFactory(draft=True)
    shown = factories.DatasetFactory()
    reuse = factories.ReuseFactory(owner=None, organization=organization)
    reuse.datasets.set([hidden, shown])
    form = {
        "title": "Changed", "type": "api", "topic": "health", "url": reuse.url, "description": "Text.", "extras": "{}",
        "organization": organization.pk, "datasets": [],
    }  # fmt: skip
    page = desk.get(address(Reuse, "change", reuse.pk))
    assert hidden.title not in page.content.decode()
    response = desk.post(address(Reuse, "change", reuse.pk), form)
    assert response.status_code == 302, response.context["errors"]
    assert list(reuse.datasets.all()) == [hidden]


def test_a_file_can_t_be_slipped_into_another_s_dataset(desk, organization):
    mine = factories.ResourceFactory(dataset__organization=organization)
    foreign = factories.DatasetFactory()
    form = {
        "dataset": foreign.pk, "title": "x", "url": "https://example.org/x", "type": "main", "position": 0,
        "extras": "{}",
    }  # fmt: skip
    assert desk.post(address(Resource, "add"), form).status_code == 200
    assert desk.post(address(Resource, "change", mine.pk), form).status_code == 200
    assert not foreign.resources.exists()


def test_the_form_of_a_dataset_can_t_take_the_file_of_another(desk, organization):
    foreign = factories.ResourceFactory(title="Theirs")
    mine = factories.ResourceFactory(dataset__organization=organization).dataset
    row = {"id": str(foreign.pk), "dataset": mine.pk, "title": "Taken", "url": foreign.url, "type": "main"}
    form = dataset_form(organization=organization.pk, **{f"resources-0-{name}": value for name, value in row.items()})
    form |= {"resources-TOTAL_FORMS": 1, "resources-INITIAL_FORMS": 1, "resources-0-position": 0}
    desk.post(address(Dataset, "change", mine.pk), form)
    foreign.refresh_from_db()
    assert (foreign.title, foreign.dataset_id != mine.pk) == ("Theirs", True)


def test_an_editor_invents_a_tag_but_can_t_rename_one(desk):
    tag = factories.TagFactory(name="water")
    form = {"name": "Eau potable", "aliases-TOTAL_FORMS": 0, "aliases-INITIAL_FORMS": 0}
    assert desk.post(address(Tag, "add"), form).status_code == 302
    assert Tag.objects.filter(name="eau-potable").exists()
    assert desk.post(address(Tag, "change", tag.pk), {"name": "fire"}).status_code == 403
    assert desk.post(address(Tag, "delete", tag.pk), {"post": "yes"}).status_code == 403


def test_staff_see_what_their_permissions_give_and_no_more(client):
    user = factories.UserFactory(is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_dataset"))
    dataset = factories.DatasetFactory(draft=True)
    client.force_login(User.objects.get(pk=user.pk))
    assert client.get(address(Dataset, "change", dataset.pk)).status_code == 200
    assert client.post(address(Dataset, "change", dataset.pk), dataset_form()).status_code == 403
    assert client.post(address(Dataset, "verb", dataset.pk, "publish")).status_code == 403
    assert client.get(address(Reuse, "changelist")).status_code == 403


@each(("role", "changes"), [("admin", True), ("editor", False)])
def test_only_its_administrators_correct_an_organization(client, organization, role, changes):
    member = factories.MemberFactory(organization=organization, role=role)
    client.force_login(member.user)
    counts = {"badges-TOTAL_FORMS": 0, "badges-INITIAL_FORMS": 0, "members-TOTAL_FORMS": 1, "members-INITIAL_FORMS": 1}
    row = {"members-0-id": member.pk, "members-0-organization": organization.pk, "members-0-role": role}
    counts |= {"trust-TOTAL_FORMS": 0, "trust-INITIAL_FORMS": 0}
    form = {"name": "Renamed", "description": "Text.", **counts, **row}
    response = client.post(address(Organization, "change", organization.pk), form)
    organization.refresh_from_db()
    assert (response.status_code, organization.name) == ((302, "Renamed") if changes else (403, "Ours"))


def test_an_administrator_changes_roles_but_never_leaves_the_organization_without_administrator(client, organization):
    boss = factories.MemberFactory(organization=organization, role="admin")
    client.force_login(boss.user)
    row = {"members-0-id": boss.pk, "members-0-organization": organization.pk, "members-0-role": "editor"}
    form = {
        "name": "Ours", "description": "Text.", "badges-TOTAL_FORMS": 0, "badges-INITIAL_FORMS": 0,
        "members-TOTAL_FORMS": 1, "members-INITIAL_FORMS": 1, "trust-TOTAL_FORMS": 0, "trust-INITIAL_FORMS": 0, **row,
    }  # fmt: skip
    response = client.post(address(Organization, "change", organization.pk), form)
    boss.refresh_from_db()
    assert "keeps at least one administrator" in response.content.decode()
    assert boss.role == "admin"
