"""The page of a topic: what it gathers, in its order, with what it says of each."""

import pytest

from catalog.models import TopicElement
from catalog.views import topic as views
from tests.catalog.factories import DataserviceFactory, DatasetFactory, ReuseFactory, TopicFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def topic():
    return TopicFactory(private=False)


def gather(topic, *subjects, **said):
    for position, subject in enumerate(subjects):
        TopicElement.objects.create(topic=topic, subject=subject, position=position, **said)


def test_objects_stand_in_the_order_of_the_topic_with_its_words(client, topic):
    old, new, middle = DatasetFactory(title="Old"), DatasetFactory(title="New"), DatasetFactory(title="Middle")
    gather(topic, middle, old, new)
    topic.elements.filter(subject_id=old.pk).update(title="To begin with", description="It is **long**.<script>")
    page = client.get(topic.get_absolute_url())
    assert [row.title for row in page.context["datasets"]] == ["Middle", "Old", "New"]
    assert "<strong>To begin with</strong>" in page.text
    assert "It is <strong>long</strong>." in page.text
    assert page.text.count('class="p-element"') == 1


def test_drafts_and_what_is_gone_leave_no_gap(client, topic, monkeypatch):
    monkeypatch.setattr(views, "DATASETS", 2)
    shown = [DatasetFactory(title=f"Shown {number}") for number in range(3)]
    gather(topic, DatasetFactory(private=True), shown[0], DatasetFactory(archived=topic.created_at), *shown[1:])
    TopicElement.objects.create(topic=topic, subject_class="Dataset", subject_id="a" * 24, position=0)
    rows = client.get(topic.get_absolute_url()).context["datasets"]
    assert rows == shown[:2]


def test_an_object_that_is_gathered_twice_is_shown_once_where_it_comes_first(client, topic):
    one, two = DatasetFactory(), DatasetFactory()
    gather(topic, one, two, one)
    assert client.get(topic.get_absolute_url()).context["datasets"] == [one, two]


@pytest.mark.parametrize("size", [1, 6])
def test_a_page_costs_the_same_queries_whatever_it_gathers(client, topic, django_assert_max_num_queries, size):
    for make in (DatasetFactory, ReuseFactory, DataserviceFactory):
        gather(topic, *make.create_batch(size))
    client.get("/topics/")
    with django_assert_max_num_queries(20):
        client.get(topic.get_absolute_url())
