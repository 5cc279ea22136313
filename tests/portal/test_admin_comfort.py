"""What the forms of the administration do for who works in them."""

from collections import defaultdict

import pytest
from lxml import html

from catalog.models import AuditEntry
from tests.catalog import factories
from tests.portal.test_admin_lists import address

pytestmark = pytest.mark.django_db
PRESENCE = "/admin/presence/"


def sent_form(client, row):
    """Return what a browser would send of the form of `row`, as it is shown."""
    model = type(row)
    page = html.fromstring(client.get(address(model, "change", row.pk)).content.decode())
    sent = defaultdict(list)
    for name, value in page.get_element_by_id(f"{model._meta.model_name}_form").form_values():
        sent[name].append(value.removeprefix("\n"))
    return sent


def save(client, row, sent):
    return client.post(address(type(row), "change", row.pk), sent)


def test_a_dataset_with_a_hosted_file_is_saved(admin_client):
    dataset = factories.DatasetFactory(acronym="")
    factories.ResourceFactory(dataset=dataset, url="/media/resources/a.csv", filetype="file")
    answer = save(admin_client, dataset, sent_form(admin_client, dataset) | {"acronym": "ABC"})
    assert answer.status_code == 302, answer.context["errors"]
    dataset.refresh_from_db()
    assert dataset.acronym == "ABC"
    assert dataset.resources.get().url == "/media/resources/a.csv"


def test_the_address_of_a_file_is_still_looked_at_when_it_changes(admin_client):
    dataset = factories.DatasetFactory()
    factories.ResourceFactory(dataset=dataset)
    wrong = {"resources-0-url": "javascript:alert(1)"}
    assert save(admin_client, dataset, sent_form(admin_client, dataset) | wrong).status_code == 200


def test_every_page_tells_the_shortcuts_and_keeps_what_is_typed(admin_client, admin_user):
    text = admin_client.get(address(type(factories.DatasetFactory()), "changelist")).content.decode()
    assert 'id="portal-keys"' in text
    assert f'data-user="{admin_user.pk}"' in text


def test_what_somebody_else_saved_is_shown_beside_and_not_overwritten(admin_client):
    dataset = factories.DatasetFactory(title="First", acronym="", description="As it was")
    sent = sent_form(admin_client, dataset)
    type(dataset).objects.filter(pk=dataset.pk).update(title="Hers", description="Hers, too")
    answer = save(admin_client, dataset, sent | {"title": "Mine", "acronym": "NEW"})
    assert answer.status_code == 200
    assert [
        (one.name, one.theirs, one.mine, one.is_untouched) for one in answer.context["adminform"].form.conflicts
    ] == [
        ("title", "Hers", "Mine", False),
        ("description", "Hers, too", "As it was", True),
    ]
    dataset.refresh_from_db()
    assert (dataset.title, dataset.acronym) == ("Hers", "")


def test_she_chooses_field_by_field_and_saves_again(admin_client):
    dataset = factories.DatasetFactory(title="First", description="As it was")
    sent = sent_form(admin_client, dataset) | {"title": "Mine"}
    type(dataset).objects.filter(pk=dataset.pk).update(title="Hers", description="Hers, too")
    page = html.fromstring(save(admin_client, dataset, sent).content.decode()).get_element_by_id("dataset_form")
    again = defaultdict(list)
    for name, value in page.form_values():
        again[name].append(value.removeprefix("\n"))
    assert (again["_keep_title"], again["_keep_description"]) == (["mine"], ["theirs"])
    assert save(admin_client, dataset, again).status_code == 302
    dataset.refresh_from_db()
    assert (dataset.title, dataset.description) == ("Mine", "Hers, too")


def test_a_file_that_somebody_else_changed_is_not_overwritten_unseen(admin_client):
    dataset = factories.DatasetFactory()
    resource = factories.ResourceFactory(dataset=dataset, title="First")
    sent = sent_form(admin_client, dataset) | {"resources-0-title": "Mine"}
    type(resource).objects.filter(pk=resource.pk).update(title="Hers")
    answer = save(admin_client, dataset, sent)
    assert answer.status_code == 200
    assert "Title: Hers" in answer.content.decode()
    resource.refresh_from_db()
    assert resource.title == "Hers"


@pytest.mark.parametrize("nonsense", ["", "[]", "{", '"x"'])
def test_a_program_that_tells_nothing_of_the_page_saves_as_before(admin_client, nonsense):
    dataset = factories.DatasetFactory(title="First")
    sent = sent_form(admin_client, dataset) | {"title": "Mine", "_opened": nonsense}
    assert save(admin_client, dataset, sent).status_code == 302


def test_editors_of_one_page_are_told_of_each_other_and_nothing_is_written(client, admin_client, admin_user):
    member = factories.MemberFactory(role="editor")
    client.force_login(member.user)
    dataset = factories.DatasetFactory(organization=member.organization)
    page = {"object": "catalog.dataset", "id": dataset.pk}
    assert client.post(PRESENCE, page).json() == {"others": []}
    assert client.post(PRESENCE, page).json() == {"others": []}, "oneself is no other"
    (told,) = admin_client.post(PRESENCE, page).json()["others"]
    assert str(member.user) in told
    assert client.post(PRESENCE, page | {"leave": "1"}).json()["others"]
    assert admin_client.post(PRESENCE, page).json() == {"others": []}
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("page", [{}, {"object": "catalog.dataset"}, {"object": "catalog.dataset", "id": "0" * 24}])
def test_there_is_no_presence_where_there_is_no_page(admin_client, page):
    assert admin_client.post(PRESENCE, page).status_code == 404


def test_nobody_learns_who_edits_what_she_does_not(client):
    client.force_login(factories.MemberFactory(role="editor").user)
    page = {"object": "catalog.dataset", "id": factories.DatasetFactory().pk}
    assert client.post(PRESENCE, page).status_code in (403, 404)


def test_files_change_places_in_one_request_and_only_their_places(admin_client):
    dataset = factories.DatasetFactory()
    files = [factories.ResourceFactory(dataset=dataset, title=title, position=n) for n, title in enumerate("abc")]
    dates = {row.pk: row.last_modified_internal for row in dataset.resources.all()}
    moved = {"resources-0-position": "2", "resources-1-position": "0", "resources-2-position": "1"}
    assert save(admin_client, dataset, sent_form(admin_client, dataset) | moved).status_code == 302
    rows = list(dataset.resources.order_by("position"))
    assert [row.title for row in rows] == ["b", "c", "a"]
    assert {row.pk: row.last_modified_internal for row in rows} == dates
    assert len(files) == len(rows)
