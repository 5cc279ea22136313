"""Topics in the administration: what they gather is named by its address, kept in order, and never shown to others."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from catalog.models import Discussion, Follow, SlugHistory, Topic, TopicElement
from catalog.services.topics import element_at
from tests.catalog.factories import (
    DataserviceFactory,
    DatasetFactory,
    DiscussionFactory,
    MemberFactory,
    OrganizationFactory,
    ReuseFactory,
    TopicFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
LIST = "/admin/catalog/topic/"


def form(topic: Topic, *rows: dict, **values: object) -> dict:
    """Return what the form of a topic sends, with these elements: those with an `id` are there already."""
    kept = [row for row in rows if "id" in row]
    sent = {
        "name": topic.name, "description": topic.description, "extras": "{}", "owner": topic.owner_id or "",
        "organization": topic.organization_id or "", "private": "false",
        "elements-TOTAL_FORMS": len(rows), "elements-INITIAL_FORMS": len(kept),
    }  # fmt: skip
    for number, row in enumerate([*kept, *(row for row in rows if "id" not in row)]):
        sent |= {f"elements-{number}-{name}": value for name, value in {"position": number, **row}.items()}
    return sent | values


def saved(client, topic: Topic, *rows: dict, **values: object):
    return client.post(reverse("admin:catalog_topic_change", args=[topic.pk]), form(topic, *rows, **values))


def elements(topic: Topic) -> list[tuple]:
    return list(topic.elements.values_list("subject_class", "subject_id", "title"))


def errors_of(answer) -> str:
    return " ".join(str(formset.formset.errors) for formset in answer.context["inline_admin_formsets"])


def test_elements_are_named_by_address_by_id_or_by_a_title_alone(admin_client):
    topic, dataset, reuse, service = TopicFactory(), DatasetFactory(), ReuseFactory(), DataserviceFactory()
    answer = saved(
        admin_client, topic,
        {"about": f"https://other.example{dataset.get_absolute_url()}?page=2", "title": ""},
        {"about": reuse.pk, "title": "Seen from above"},
        {"about": service.get_absolute_url(), "title": ""},
        {"about": "", "title": "To come"},
    )  # fmt: skip
    assert answer.status_code == 302, errors_of(answer)
    assert elements(topic) == [
        ("Dataset", dataset.pk, ""), ("Reuse", reuse.pk, "Seen from above"), ("Dataservice", service.pk, ""),
        ("", "", "To come"),
    ]  # fmt: skip
    page = admin_client.get(reverse("admin:catalog_topic_change", args=[topic.pk])).text
    assert f'value="{dataset.get_absolute_url()}"' in page
    assert reuse.get_absolute_url() in page


def test_elements_change_places_lose_their_object_and_go(admin_client):
    topic, first, second = TopicFactory(), DatasetFactory(), DatasetFactory()
    one, two, three = (
        TopicElement.objects.create(topic=topic, position=number, subject=subject, title=f"T{number}")
        for number, subject in enumerate([first, second, first])
    )
    answer = saved(
        admin_client, topic,
        {"id": one.pk, "position": 5, "about": first.get_absolute_url(), "title": "T0"},
        {"id": two.pk, "position": 1, "about": "", "title": "T1"},
        {"id": three.pk, "position": 2, "about": first.get_absolute_url(), "title": "T2", "DELETE": "on"},
    )  # fmt: skip
    assert answer.status_code == 302, errors_of(answer)
    assert elements(topic) == [("", "", "T1"), ("Dataset", first.pk, "T0")]


@pytest.mark.parametrize(
    "named", ["/datasets/nowhere/", "nothing", "/topics/x/", "http://[", "/datasets/a/b/", "a" * 24, "/datasets/%00/"]
)
def test_what_is_not_there_is_refused_and_nothing_is_saved(admin_client, named):
    topic = TopicFactory(name="Before")
    answer = saved(admin_client, topic, {"about": named, "title": "T"}, name="After")
    assert answer.status_code == 200
    assert "No dataset, reuse or dataservice is there." in errors_of(answer)
    topic.refresh_from_db()
    assert (topic.name, elements(topic)) == ("Before", [])


def test_an_element_needs_an_object_or_a_title(admin_client):
    answer = saved(admin_client, TopicFactory(), {"about": "", "title": "", "description": "A word"})
    assert "must have a title or an element" in errors_of(answer)


def test_an_address_that_an_object_once_had_leads_to_it():
    dataset, reader = DatasetFactory(), UserFactory()
    SlugHistory.objects.create(kind="dataset", slug="old-name", object_id=dataset.pk)
    assert element_at("/datasets/old-name/", reader) == dataset
    for named in (f" {dataset.pk} ", f"/datasets/{dataset.pk}/", f"https://x.example/fr/datasets/{dataset.slug}/"):
        assert element_at(named, reader) == dataset
    assert element_at(f"/xx/datasets/{dataset.slug}/", reader) is None
    assert element_at(DatasetFactory(private=True).pk, reader) is None


def test_an_editor_sees_and_gathers_only_what_she_may_read(client):
    organization = OrganizationFactory()
    editor = MemberFactory(organization=organization, role="editor").user
    topic, hidden = TopicFactory(organization=organization, owner=None), DatasetFactory(private=True)
    element = TopicElement.objects.create(topic=topic, subject=hidden)
    client.force_login(editor)
    page = client.get(reverse("admin:catalog_topic_change", args=[topic.pk])).text
    assert hidden.slug not in page
    assert "gone, or not yours to see" in page
    kept = saved(client, topic, {"id": element.pk, "about": "", "title": "", "description": "Still here"})
    assert kept.status_code == 302, errors_of(kept)
    assert elements(topic) == [("Dataset", hidden.pk, "")]
    refused = saved(client, topic, {"about": hidden.get_absolute_url(), "title": ""})
    assert "No dataset, reuse or dataservice is there." in errors_of(refused)
    assert client.get(reverse("admin:catalog_topic_change", args=[TopicFactory().pk])).status_code == 302


def test_who_only_looks_at_a_topic_sees_its_objects(client):
    topic, dataset = TopicFactory(private=False), DatasetFactory()
    TopicElement.objects.create(topic=topic, subject=dataset, title="The one")
    moderator = UserFactory()
    moderator.groups.add(Group.objects.get(name="moderator"))
    client.force_login(moderator)
    page = client.get(reverse("admin:catalog_topic_change", args=[topic.pk]))
    assert page.status_code == 200
    assert dataset.get_absolute_url() in page.text
    assert "None" not in page.text


def test_the_form_asks_for_all_objects_at_once(admin_client, django_assert_max_num_queries):
    topic = TopicFactory()
    for number in range(20):
        TopicElement.objects.create(topic=topic, position=number, subject=DatasetFactory())
    admin_client.get(LIST)
    with django_assert_max_num_queries(25):
        admin_client.get(reverse("admin:catalog_topic_change", args=[topic.pk]))


def test_a_topic_of_very_many_elements_keeps_them_when_its_form_is_saved(admin_client, monkeypatch):
    monkeypatch.setattr("catalog.admin.topic.MAX_INLINE", 1)
    topic = TopicFactory()
    TopicElement.objects.bulk_create(TopicElement(topic=topic, title=f"T{number}") for number in range(2))
    page = admin_client.get(reverse("admin:catalog_topic_change", args=[topic.pk]))
    assert not page.context["inline_admin_formsets"]
    assert saved(admin_client, topic, name="Renamed").status_code == 302
    assert (topic.elements.count(), Topic.objects.get().name) == (2, "Renamed")


def test_topics_are_featured_and_deleted_with_what_hangs_on_them(admin_client):
    topic = TopicFactory()
    Follow.objects.create(subject=topic, follower=UserFactory())
    DiscussionFactory(topic=topic, dataset=None)
    chosen = {"_selected_action": [topic.pk], "action": "feature"}
    admin_client.post(LIST, chosen)
    assert Topic.objects.get().featured
    admin_client.post(LIST, {**chosen, "action": "unfeature"})
    assert not Topic.objects.get().featured
    admin_client.post(LIST, {**chosen, "action": "delete_selected", "post": "yes"})
    assert [model.objects.count() for model in (Topic, Follow, Discussion)] == [0, 0, 0]
