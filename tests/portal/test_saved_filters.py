"""Filters of a list that a person has named."""

import pytest
from django.urls import reverse

from catalog.models import AuditEntry
from portal.models import SavedFilter
from portal.models.saved_filter import MOST, kept_query
from tests.catalog import factories

pytestmark = pytest.mark.django_db
SAVE, LIST = "/admin/saved-filters/", "/admin/catalog/dataset/"


def save(client, **values):
    return client.post(
        SAVE, {"list": "catalog.dataset", "name": "My drafts", "query": "state=draft&q=air&p=3", **values}
    )


def test_a_filter_is_saved_shown_above_its_list_and_leaves_one_row_in_the_log(admin_client):
    answer = save(admin_client)
    assert answer["Location"] == f"{LIST}?state=draft&q=air"
    saved = SavedFilter.objects.get()
    assert (saved.list, saved.name, saved.query) == ("catalog.dataset", "My drafts", "state=draft&q=air")
    assert [(row.kind, row.object_id) for row in AuditEntry.objects.all()] == [("SavedFilter", str(saved.pk))]
    text = admin_client.get(answer["Location"]).content.decode()
    assert 'href="?state=draft&amp;q=air" aria-current="true">My drafts' in text
    assert "My drafts" not in admin_client.get(reverse("admin:catalog_reuse_changelist")).content.decode()


def test_the_same_name_again_replaces_the_filter(admin_client):
    save(admin_client)
    save(admin_client, query="state=archived")
    assert SavedFilter.objects.get().query == "state=archived"


@pytest.mark.parametrize("wrong", [{"name": " "}, {"query": "p=2"}, {"query": "q=" + "a" * 2_000}])
def test_a_filter_needs_a_name_and_arguments(admin_client, wrong):
    save(admin_client, **wrong)
    assert not SavedFilter.objects.exists()


def test_there_is_an_end_to_saved_filters(admin_client, admin_user):
    rows = [SavedFilter(user=admin_user, list="catalog.dataset", name=str(n), query="q=a") for n in range(MOST)]
    SavedFilter.objects.bulk_create(rows)
    save(admin_client)
    assert SavedFilter.objects.count() == MOST


def test_nobody_saves_for_a_list_that_she_may_not_open(client):
    client.force_login(factories.MemberFactory(role="editor").user)
    assert save(client, list="portal.apitoken").status_code == 403
    assert save(client, list="catalog.nothing").status_code == 404
    assert save(client).status_code == 302


def test_one_deletes_ones_own_filters_only(admin_client):
    another = SavedFilter.objects.create(user=factories.UserFactory(), list="catalog.dataset", name="x", query="q=a")
    assert admin_client.post(f"{SAVE}{another.pk}/delete/").status_code == 404
    save(admin_client)
    mine = SavedFilter.objects.exclude(pk=another.pk).get()
    assert admin_client.post(f"{SAVE}{mine.pk}/delete/")["Location"] == LIST
    assert list(SavedFilter.objects.all()) == [another]


def test_which_page_was_open_is_not_kept():
    assert kept_query("?q=a&p=4&_popup=1&state=draft") == "q=a&state=draft"
