"""Roles: groups made by a migration, what their people get into, and what they really do there."""

from dataclasses import replace
from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db.models import Model
from django.urls import reverse

from catalog.models import Dataset, Discussion, Notification, Report, Review
from catalog.permissions import Actor
from catalog.services import review as reviewing
from harvest import services
from harvest.models import Source, Validation
from portal.accounts.roles import ROLES, label_of
from portal.models import User
from tests.catalog import factories

pytestmark = pytest.mark.django_db
roles = import_module("portal.migrations.0008_roles")
each = pytest.mark.parametrize


def person(role: str, **columns) -> User:
    user = factories.UserFactory(**columns)
    user.groups.add(Group.objects.get(name=role))
    return User.objects.get(pk=user.pk)


@pytest.fixture
def enter(client):
    def sign_in(role: str) -> User:
        user = person(role)
        client.force_login(user)
        return user

    return sign_in


def address(model: type[Model], page: str, *args) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def test_each_role_has_a_group_and_words_for_people():
    assert set(roles.ROLES) == set(ROLES) == set(Group.objects.values_list("name", flat=True))
    assert label_of(Group.objects.get(name="harvest-operator")) == "Harvest operator"


def test_the_migration_run_again_takes_nothing_away_and_adds_nothing_twice():
    group = Group.objects.get(name="moderator")
    own = Permission.objects.get(codename="view_auditentry")
    group.permissions.add(own)
    before = set(group.permissions.values_list("pk", flat=True))
    roles.give(apps, None)
    assert set(group.permissions.values_list("pk", flat=True)) == before
    assert Permission.objects.filter(codename="ban_user").count() == 1


def test_the_migration_undone_leaves_a_group_that_was_changed_or_has_people():
    kept = person("curator").groups.get()
    changed = Group.objects.get(name="moderator")
    changed.permissions.add(Permission.objects.get(codename="view_auditentry"))
    roles.take(apps, None)
    assert set(Group.objects.values_list("name", flat=True)) == {"curator", "moderator"}
    assert not kept.permissions.exists()
    assert [one.codename for one in changed.permissions.all()] == ["view_auditentry"]
    roles.give(apps, None)
    assert set(Group.objects.values_list("name", flat=True)) == set(ROLES)


def test_a_person_enters_with_her_first_role_and_leaves_with_her_last(client):
    user = person("curator")
    assert user.is_staff
    client.force_login(user)
    assert client.get(reverse("admin:index")).status_code == 200
    user.groups.add(Group.objects.get(name="moderator"))
    user.groups.remove(Group.objects.get(name="curator"))
    assert User.objects.get(pk=user.pk).is_staff
    user.groups.clear()
    assert not user.is_staff
    assert client.get(reverse("admin:index")).status_code == 302


def test_leaving_a_role_takes_nothing_from_who_has_powers_of_her_own():
    group = Group.objects.get(name="curator")
    admin, helper = factories.UserFactory(admin=True), person("curator")
    admin.groups.add(group)
    helper.user_permissions.add(Permission.objects.get(codename="view_auditentry"))
    group.user_set.clear()
    assert list(User.objects.filter(pk__in=[admin.pk, helper.pk]).values_list("is_staff", flat=True)) == [True, True]


def test_who_has_no_desk_is_told_where_she_publishes(client):
    client.force_login(factories.UserFactory())
    response = client.get(reverse("admin:index"), follow=True)
    assert response.status_code == 403
    assert 'href="/publish/"' in response.content.decode()


@each(("role", "tiles"), [
    ("curator", {"drafts", "late", "broken", "visited", "same-file", "reports", "discussions", "transfers", "misses",
                 "broken-links"}),
    ("moderator", {"drafts", "late", "broken", "visited", "same-file", "reports", "discussions", "transfers",
                   "broken-links"}),
    ("harvest-operator", {"failing-sources", "sources-to-validate", "transfers"}),
    ("editor-in-chief", {"drafts", "late", "broken", "visited", "same-file", "transfers", "misses"}),
])  # fmt: skip
def test_the_desk_shows_each_role_its_own_work(client, enter, role, tiles):
    enter(role)
    shown = client.get(reverse("admin:index")).context["tiles"]
    assert {tile.name for tile in shown} == tiles
    for tile in shown:
        assert client.get(tile.address).status_code == 200, tile.name


def test_a_curator_publishes_what_was_submitted(client, enter, settings):
    settings.PUBLICATION_REVIEW = True
    draft = factories.DatasetFactory(draft=True)
    editor = factories.MemberFactory(organization=draft.organization, role="editor").user
    waiting = reviewing.submit(draft, by=editor, actor=Actor.of(editor))
    enter("curator")
    page = client.get(address(Review, "change", waiting.pk))
    sent = {"decision": "publish", "seen": page.context["seen"]}
    assert client.post(address(Review, "change", waiting.pk), sent).status_code == 302
    draft.refresh_from_db()
    assert not draft.private


def test_a_curator_features_and_merges_what_is_not_hers(client, enter):
    one, two = factories.DatasetFactory(), factories.DatasetFactory()
    enter("curator")
    client.post(address(Dataset, "verb", one.pk, "feature"))
    one.refresh_from_db()
    assert one.featured
    client.post(reverse("admin:catalog_dataset_merge"), {"id": [one.pk, two.pk]})
    two.refresh_from_db()
    assert two.deleted


def test_a_curator_chooses_people_by_name_and_never_by_their_address(client, enter):
    factories.UserFactory(first_name="Zoe", last_name="Quille", email="secret@example.org")
    enter("curator")
    asked = {"app_label": "catalog", "model_name": "dataset", "field_name": "owner"}

    def found(term: str) -> list[str]:
        rows = client.get(reverse("admin:autocomplete"), {**asked, "term": term}).json()["results"]
        return [row["text"] for row in rows]

    assert found("quille") == ["Zoe Quille"]
    assert found("secret@") == []


def test_a_moderator_hides_and_restores_and_changes_nothing_else(client, enter):
    dataset = factories.DatasetFactory(title="Spam")
    enter("moderator")
    assert client.post(address(Dataset, "delete", dataset.pk), {"post": "yes"}).status_code == 302
    dataset.refresh_from_db()
    assert dataset.deleted
    page = client.get(address(Dataset, "change", dataset.pk))
    assert [name for name, _label in page.context["verbs"]] == ["restore"]
    client.post(address(Dataset, "verb", dataset.pk, "restore"))
    dataset.refresh_from_db()
    assert not dataset.deleted
    assert client.post(address(Dataset, "verb", dataset.pk, "archive")).status_code == 403
    assert client.post(address(Dataset, "change", dataset.pk), {"title": "Mine"}).status_code == 403


def test_a_moderator_restores_several_at_once(client, enter):
    rows = factories.DatasetFactory.create_batch(2, deleted=factories.DatasetFactory().created_at)
    enter("moderator")
    body = {"action": "restore", "_selected_action": [row.pk for row in rows]}
    client.post(f"{address(Dataset, 'changelist')}?state=deleted", body)
    assert not Dataset.objects.filter(pk__in=[row.pk for row in rows]).exclude(deleted=None).exists()


def test_a_moderator_closes_accounts_without_reading_their_powers_or_touching_the_staff(client, enter):
    spammer, admin = factories.UserFactory(), factories.UserFactory(admin=True)
    enter("moderator")
    page = client.get(address(User, "change", spammer.pk)).content.decode()
    assert spammer.email in page
    assert "user_permissions" not in page
    assert "pbkdf2" not in page
    client.post(address(User, "changelist"), {"action": "deactivate", "_selected_action": [spammer.pk, admin.pk]})
    spammer.refresh_from_db()
    admin.refresh_from_db()
    assert (spammer.is_active, admin.is_active) == (False, True)


def test_a_moderator_answers_reports_and_closes_discussions(client, enter):
    report = Report.objects.create(subject=factories.DatasetFactory(), reason="spam")
    talk = factories.DiscussionFactory()
    enter("moderator")
    client.post(address(Report, "changelist"), {"action": "dismiss", "_selected_action": [report.pk]})
    client.post(address(Discussion, "changelist"), {"action": "close", "_selected_action": [talk.pk]})
    report.refresh_from_db()
    talk.refresh_from_db()
    assert report.dismissed_at
    assert talk.closed


def test_a_harvest_operator_validates_a_source(client, enter):
    source = Source.objects.create(
        name="S", url="https://example.org", backend="dcat", organization=factories.OrganizationFactory()
    )
    enter("harvest-operator")
    client.post(address(Source, "changelist"), {"action": "accept", "_selected_action": [source.pk]})
    source.refresh_from_db()
    assert source.validation == Validation.ACCEPTED


def test_those_who_may_accept_a_source_hear_of_a_new_one():
    admin, operator, curator = factories.UserFactory(admin=True), person("harvest-operator"), person("curator")
    told = User.objects.who_may("harvest", "change_source")
    assert {admin, operator} <= set(told)
    assert curator not in told
    member = factories.MemberFactory(role="editor")
    values = {"name": "S", "url": "https://example.org", "backend": "dcat", "organization": member.organization}
    services.create(values, by=member.user, actor=Actor.of(member.user))
    assert set(Notification.objects.values_list("user_id", flat=True)) == {admin.pk, operator.pk}


def test_a_group_is_named_as_people_do_where_it_is_given_and_keeps_its_name(admin_client):
    group = Group.objects.get(name="curator")
    user = factories.UserFactory()
    assert ">Curator</option>" in admin_client.get(address(User, "change", user.pk)).content.decode()
    page = admin_client.get(address(Group, "change", group.pk)).content.decode()
    assert 'name="name"' not in page
    assert admin_client.post(address(Group, "delete", group.pk), {"post": "yes"}).status_code == 403
    person("curator")
    assert "1 row" in admin_client.get(address(Group, "changelist")).content.decode()
    filtered = admin_client.get(f"{address(User, 'changelist')}?role={group.pk}")
    assert len(filtered.context["cl"].result_list) == 1


DRAFTS = {
    "dataset": lambda: factories.DatasetFactory(private=True),
    "reuse": lambda: factories.ReuseFactory(private=True),
    "topic": lambda: factories.TopicFactory(private=True),
    "post": lambda: factories.PostFactory(published=None),
}


@each("role", ROLES)
@each("kind", DRAFTS)
def test_who_has_the_role_to_read_drafts_reads_them_at_their_address_and_finds_them_in_no_list(client, role, kind):
    draft, user = DRAFTS[kind](), person(role)
    reads = user.has_perm(f"catalog.view_{kind}")
    manager = type(draft)._default_manager
    assert manager.visible_to(user).contains(draft) == reads
    assert not manager.listed_to(user).contains(draft)
    client.force_login(user)
    assert client.get(draft.get_absolute_url()).status_code == (200 if reads else 404)
    assert any(person(one).has_perm(f"catalog.view_{kind}") for one in ROLES)


def test_what_is_said_about_drafts_stands_in_no_list_of_a_role(client):
    user, draft = person("moderator"), factories.DatasetFactory(private=True)
    discussion = factories.MessageFactory(discussion__dataset=draft).discussion
    client.force_login(user)
    assert client.get(f"/api/1/discussions/{discussion.pk}/").status_code == 200
    for path in ("/api/1/discussions/", "/discussions/"):
        assert discussion.title not in client.get(path).text


def test_a_role_counts_no_more_once_the_account_is_closed_or_the_token_is_without_it():
    draft, user = factories.DatasetFactory(private=True), person("curator")
    assert Dataset.objects.visible_to(user).contains(draft)
    user.powers = replace(user.powers, admin=False)
    assert not Dataset.objects.visible_to(user).contains(draft)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert not Dataset.objects.visible_to(User.objects.get(pk=user.pk)).contains(draft)
