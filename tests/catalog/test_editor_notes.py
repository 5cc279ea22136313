"""Notes between editors: read and left by who may change the object, unknown to everybody else."""

import pytest
from django.urls import reverse

from catalog.models import AuditEntry, EditorNote, Notification
from catalog.models.note import MAX_TEXT
from catalog.services import departures, notes, purges
from catalog.views.notice_texts import tell
from portal.lib.errors import ServiceError
from tests.catalog.factories import (
    DatasetFactory,
    MemberFactory,
    OrganizationFactory,
    ReuseFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization():
    return OrganizationFactory()


@pytest.fixture
def editor(organization):
    return MemberFactory(organization=organization, role="editor").user


def form_of(obj) -> str:
    return reverse(f"admin:catalog_{obj._meta.model_name}_change", args=[obj.pk])


def leave(client, obj, text: str):
    return client.post(reverse(f"admin:catalog_{obj._meta.model_name}_note", args=[obj.pk]), {"text": text})


def test_who_may_change_the_object_leaves_notes_and_reads_them_in_order(client, organization, editor):
    dataset, curator = DatasetFactory(organization=organization), UserFactory(admin=True)
    for person, text in ((editor, "The file of May\nis missing."), (curator, "<b>I asked</b> the town.")):
        client.force_login(person)
        answer = leave(client, dataset, text)
        assert answer.status_code == 302
        assert answer["Location"] == f"{form_of(dataset)}#notes"
    page = client.get(form_of(dataset)).text
    assert page.index("The file of May<br>is missing.") < page.index("&lt;b&gt;I asked&lt;/b&gt; the town.")
    assert ">2 notes</a>" in page
    assert AuditEntry.objects.filter(kind="EditorNote").count() == 2
    assert "missing" not in client.get(dataset.get_absolute_url()).text
    assert "missing" not in client.get(f"/api/1/datasets/{dataset.pk}/").text


@pytest.mark.parametrize("make", [DatasetFactory, ReuseFactory])
def test_nobody_else_reads_or_leaves_one(client, make):
    obj = make(owner=None, organization=OrganizationFactory())
    EditorNote.objects.create(subject=obj, text="Between us", author=UserFactory())
    stranger = MemberFactory(role="editor").user
    client.force_login(stranger)
    assert leave(client, obj, "Let me in").status_code in (403, 404)
    assert "Between us" not in client.get(form_of(obj), follow=True).text
    assert EditorNote.objects.count() == 1


@pytest.mark.parametrize("text", ["", " \n ", "\x00", "x" * (MAX_TEXT + 1)])
def test_nothing_and_too_much_are_refused(admin_client, text):
    dataset = DatasetFactory()
    answer = leave(admin_client, dataset, text)
    assert answer.status_code == 302
    assert not EditorNote.objects.exists()
    with pytest.raises(ServiceError):
        notes.add(dataset, text, by=UserFactory())


def test_one_takes_ones_own_note_away_and_a_curator_any(client, organization, editor):
    dataset = DatasetFactory(organization=organization)
    colleague = MemberFactory(organization=organization, role="admin").user
    note = notes.add(dataset, "Mine", by=editor)
    address = reverse("admin:catalog_dataset_unnote", args=[dataset.pk, note.pk])
    client.force_login(colleague)
    assert "Delete the note of" not in client.get(form_of(dataset)).text
    assert client.post(address).status_code == 403
    elsewhere = reverse("admin:catalog_dataset_unnote", args=[DatasetFactory(organization=organization).pk, note.pk])
    client.force_login(editor)
    assert client.post(elsewhere).status_code == 404
    assert client.get(address).status_code == 405
    assert client.post(address).status_code == 302
    assert not EditorNote.objects.exists()
    note = notes.add(dataset, "Hers", by=editor)
    client.force_login(UserFactory(admin=True))
    client.post(reverse("admin:catalog_dataset_unnote", args=[dataset.pk, note.pk]))
    assert not EditorNote.objects.exists()


def test_editors_and_who_wrote_before_are_told_and_led_to_the_note(organization, editor):
    dataset, curator, colleague = (
        DatasetFactory(organization=organization), UserFactory(admin=True),
        MemberFactory(organization=organization, role="admin").user,
    )  # fmt: skip
    notes.add(dataset, "First", by=curator)
    assert {row.user for row in Notification.objects.all()} == {editor, colleague}
    Notification.objects.all().delete()
    notes.add(dataset, "Second", by=editor)
    assert {row.user for row in Notification.objects.all()} == {curator, colleague}
    (told,) = tell(Notification.objects.filter(user=curator), curator)
    assert told.text == f"An editor left a note about “{dataset.title}”."
    assert told.address == f"{form_of(dataset)}#notes"
    notes.remove(EditorNote.objects.get(text="Second"))
    assert not Notification.objects.unhandled().exists()


def test_administrators_of_an_organization_are_told_of_a_note_about_it(admin_user, organization, editor):
    administrator = MemberFactory(organization=organization, role="admin").user
    notes.add(organization, "Who answers for it?", by=admin_user)
    (row,) = Notification.objects.all()
    (told,) = tell([row], administrator)
    assert row.user == administrator
    assert told.text == f"An editor left a note about “{organization.name}”."
    assert told.address == f"{form_of(organization)}#notes"


def test_who_may_change_the_object_no_more_is_told_nothing_more(admin_user, organization, editor):
    dataset = DatasetFactory(organization=organization)
    notes.add(dataset, "Mine", by=editor)
    editor.memberships.all().delete()
    notes.add(dataset, "Between us", by=admin_user)
    assert not Notification.objects.filter(user=editor).exists()


def test_notes_go_with_their_author_and_with_what_they_are_about(organization, editor):
    dataset = DatasetFactory(organization=organization)
    MemberFactory(organization=organization, role="editor")
    notes.add(dataset, "Mine", by=editor)
    notes.add(dataset, "Another's", by=UserFactory(admin=True))
    assert Notification.objects.unhandled().count() == 3
    departures.forget_reviews(editor)
    assert [row.text for row in EditorNote.objects.all()] == ["Another's"]
    assert Notification.objects.unhandled().count() == 2
    dataset.deleted = dataset.created_at_internal
    dataset.save()
    purges.purge(type(dataset))
    assert not EditorNote.objects.exists()
