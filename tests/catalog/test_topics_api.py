"""Topics over the API: written by their owners, read by all, silent on objects that a reader may not read."""

import uuid

import pytest

from catalog.models import Activity, Follow, Topic, TopicElement
from catalog.models.activity import ActivityKey
from catalog.permissions import Actor
from catalog.services import topics
from tests.catalog.factories import (
    DataserviceFactory,
    DatasetFactory,
    DiscussionFactory,
    MemberFactory,
    ReuseFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

URL = "/api/2/topics/"
SAYS_NOTHING = "A topic element must have a title or an element."


@pytest.fixture
def editor(api):
    member = MemberFactory(role="editor")
    api.force_authenticate(member.user)
    api.user, api.organization = member.user, member.organization
    return api


@pytest.fixture
def make(editor):
    """Make a topic of the editor's organization around these objects."""

    def made(*subjects, **values):
        body = {"name": "Water", "organization": editor.organization, "elements": [], **values}
        body["elements"] = [*body["elements"], *({"element": one, "title": ""} for one in subjects)]
        return topics.create(body, by=editor.user, actor=Actor.of(editor.user))

    return made


def reference(item):
    return {"class": type(item).__name__, "id": item.pk}


def elements_of(topic):
    return f"{URL}{topic.pk}/elements/"


def test_a_topic_is_made_with_its_elements(editor):
    dataset = DatasetFactory()
    body = {
        "name": "Topic",
        "description": "d",
        "tags": ["Eau"],
        "organization": {"class": "Organization", "id": editor.organization.pk},
        "color": "blue",
        "extras": {"k": 1},
        "elements": [{"title": "T", "tags": ["rivers"], "element": reference(dataset)}, {"title": "alone"}],
    }
    answer = editor.post(URL, body, format="json")
    assert answer.status_code == 201, answer.content
    json = answer.json()
    assert list(json) == [
        "id", "owner", "organization", "created_at", "last_modified", "name", "slug", "description", "tags", "color",
        "featured", "private", "extras", "spatial", "uri", "elements",
    ]  # fmt: skip
    assert (json["slug"], json["tags"], json["private"], json["featured"]) == ("topic", ["eau"], None, False)
    assert json["elements"]["total"] == 2
    assert json["elements"]["href"].endswith(f"/api/2/topics/{json['id']}/elements/?page=1&page_size=20")
    listed = editor.get(f"{URL}{json['id']}/elements/").json()
    assert [one["title"] for one in listed["data"]] == ["T", "alone"]
    assert listed["data"][0]["element"] == reference(dataset)
    assert listed["data"][0]["tags"] == ["rivers"]
    assert Activity.objects.filter(key=ActivityKey.TOPIC_CREATED).count() == 1
    assert Activity.objects.filter(key=ActivityKey.TOPIC_ELEMENT_CREATED).count() == 2


def test_what_lacks_is_said_in_the_words_of_newer_models(editor):
    answer = editor.post(URL, {}, format="json")
    assert answer.status_code == 400
    assert answer.json() == {
        "errors": {"name": "Field is required"},
        "message": "ValidationError (Topic:None) (Field is required: ['name'])",
    }


def test_an_element_that_says_nothing_makes_no_topic(editor):
    answer = editor.post(URL, {"name": "t", "elements": [{"title": "a"}, {"description": "b"}]}, format="json")
    assert answer.status_code == 400
    assert not Topic.objects.exists()


def test_one_bad_element_refuses_the_whole_list(editor, make):
    topic = make()
    answer = editor.post(elements_of(topic), [{"title": "good"}, {"description": "no title"}], format="json")
    assert answer.status_code == 400
    assert answer.json() == {"errors": [{}, {"element": [SAYS_NOTHING]}]}
    assert not TopicElement.objects.exists()


@pytest.mark.parametrize(
    "body", [{"title": "not a list"}, ["x"], [None], [{"element": {"class": "User", "id": "x"}}], [{"element": "x"}]]
)
def test_elements_of_another_shape_are_refused(editor, make, body):
    answer = editor.post(elements_of(make()), body, format="json")
    assert answer.status_code == 400
    assert "errors" in answer.json()


def test_an_update_keeps_what_it_does_not_name(editor, make):
    topic = make(DatasetFactory(), description="before", tags=["a-tag"])
    answer = editor.put(f"{URL}{topic.pk}/", {"name": "Rivers"}, format="json")
    assert answer.status_code == 200, answer.content
    json = answer.json()
    assert (json["name"], json["slug"], json["description"]) == ("Rivers", "rivers", "before")
    assert (json["tags"], json["elements"]["total"]) == (["a-tag"], 1)
    assert Activity.objects.get(key=ActivityKey.TOPIC_UPDATED).changes == ["name"]
    assert editor.get(f"{URL}water/").headers["Location"].endswith("/api/2/topics/rivers/")


def test_a_topic_sent_back_as_it_was_read_is_no_change(editor, make):
    topic = make(DatasetFactory())
    read = editor.get(f"{URL}{topic.pk}/").json()
    assert editor.put(f"{URL}{topic.pk}/", read, format="json").json() == read
    assert not Activity.objects.filter(key=ActivityKey.TOPIC_UPDATED).exists()


def test_elements_in_an_update_replace_them_all(editor, make):
    topic = make(DatasetFactory())
    answer = editor.put(f"{URL}{topic.pk}/", {"elements": [{"title": "new"}]}, format="json")
    assert answer.status_code == 200
    assert [one.title for one in topic.elements.all()] == ["new"]


def test_an_element_is_changed_and_removed(editor, make):
    dataset = DatasetFactory()
    topic = make(dataset)
    element = topic.elements.get()
    path = f"{elements_of(topic)}{element.pk}/"
    answer = editor.put(path, {"title": "Named", "tags": ["one"]}, format="json")
    assert answer.status_code == 200, answer.content
    assert answer.json() == {
        "id": str(element.pk), "title": "Named", "description": None, "tags": ["one"], "extras": {},
        "element": reference(dataset),
    }  # fmt: skip
    refused = editor.put(path, {"title": "", "element": None}, format="json")
    assert refused.status_code == 400
    assert refused.json() == {"errors": {"element": [SAYS_NOTHING]}}
    before = Topic.objects.get(pk=topic.pk).last_modified
    assert editor.delete(path).status_code == 204
    assert editor.delete(path).status_code == 404
    assert editor.delete(f"{elements_of(topic)}not-a-uuid/").status_code == 404
    assert Topic.objects.get(pk=topic.pk).last_modified > before
    assert Activity.objects.filter(key=ActivityKey.TOPIC_ELEMENT_DELETED).count() == 1


def test_the_element_of_another_topic_is_not_reached(editor, make):
    mine, other = make(DatasetFactory()), make(DatasetFactory(), name="Other")
    path = f"{elements_of(mine)}{other.elements.get().pk}/"
    assert editor.put(path, {"title": "x"}, format="json").status_code == 404
    assert editor.put(f"{elements_of(mine)}{uuid.uuid4()}/", {}, format="json").status_code == 404


def test_all_elements_are_removed_at_once(editor, make):
    topic, other = make(DatasetFactory(), ReuseFactory()), make(DatasetFactory(), name="Other")
    assert editor.delete(elements_of(topic)).status_code == 204
    assert (topic.elements.count(), other.elements.count()) == (0, 1)


def test_elements_are_filtered_by_class_words_and_tags(editor, make):
    topic = make(
        DatasetFactory(), ReuseFactory(), elements=[{"title": "a lone title", "tags": ["blue"]}, {"title": "another"}]
    )
    path = elements_of(topic)
    assert editor.get(f"{path}?class=Dataset").json()["total"] == 1
    assert editor.get(f"{path}?class=None").json()["total"] == 2
    assert editor.get(f"{path}?class=Nonsense").status_code == 400
    assert editor.get(f"{path}?q=lone").json()["total"] == 1
    assert editor.get(f"{path}?tag=blue").json()["total"] == 1


def test_an_element_does_not_tell_of_what_its_reader_may_not_read(api, editor, make):
    draft = DatasetFactory(draft=True, organization=editor.organization)
    topic = make(draft)
    path = elements_of(topic)
    assert editor.get(path).json()["data"][0]["element"] == reference(draft)
    api.force_authenticate(None)
    assert api.get(path).json()["data"][0]["element"] is None


def test_an_element_sent_back_by_who_may_not_read_its_object_keeps_it(editor, make):
    strangers = DatasetFactory(draft=True)
    topic = make(strangers)
    element = topic.elements.get()
    read = editor.get(elements_of(topic)).json()["data"][0]
    answer = editor.put(f"{elements_of(topic)}{element.pk}/", {**read, "title": "Named"}, format="json")
    assert answer.status_code == 200, answer.content
    element.refresh_from_db()
    assert (element.title, element.subject_id) == ("Named", strangers.pk)


def test_a_strangers_draft_can_not_be_named(editor, make):
    body = [{"element": reference(DatasetFactory(draft=True))}]
    answer = editor.post(elements_of(make()), body, format="json")
    assert answer.json() == {"errors": [{"element": ["Dataset does not exist"]}]}


def test_a_private_topic_is_for_its_owners(api, editor, make):
    dataset = DatasetFactory()
    topic = make(dataset, private=True)
    assert editor.get(f"{URL}{topic.pk}/").status_code == 200
    assert editor.get(f"{URL}?private=true").json()["total"] == 1
    assert editor.get(f"/api/1/datasets/?topic={topic.pk}").json()["total"] == 1
    for stranger in (UserFactory(), None):
        api.force_authenticate(stranger)
        assert api.get(f"{URL}{topic.pk}/").status_code == 404
        assert api.get(elements_of(topic)).status_code == 404
        assert api.get(URL).json()["total"] == 0
        assert api.get(f"{URL}search/").json()["total"] == 0
        assert api.get(f"/api/1/datasets/?topic={topic.pk}").json()["total"] == 0
    assert api.get(f"{URL}?private=true").status_code == 401


def test_strangers_write_nothing(api, make):
    topic = make(DatasetFactory())
    one = f"{elements_of(topic)}{topic.elements.get().pk}/"
    calls = [
        ("put", f"{URL}{topic.pk}/"),
        ("delete", f"{URL}{topic.pk}/"),
        ("post", elements_of(topic)),
        ("delete", elements_of(topic)),
        ("put", one),
        ("delete", one),
        ("post", f"{URL}{topic.pk}/featured/"),
    ]
    for user, code in ((UserFactory(), 403), (None, 401)):
        api.force_authenticate(user)
        for method, path in calls:
            assert getattr(api, method)(path, [], format="json").status_code == code, (method, path)
    assert topic.elements.count() == 1


def test_administrators_put_topics_forward(api, make):
    topic = make()
    api.force_authenticate(UserFactory(admin=True))
    assert api.post(f"{URL}{topic.pk}/featured/").json()["featured"] is True
    assert api.get(f"{URL}?featured=true").json()["total"] == 1
    assert api.delete(f"{URL}{topic.pk}/featured/").json()["featured"] is False


def test_a_topic_is_deleted_with_what_hangs_on_it(editor, make):
    topic = make(DatasetFactory())
    discussion = DiscussionFactory(dataset=None, topic=topic)
    Follow.objects.create(follower=editor.user, subject_class="Topic", subject_id=topic.pk)
    assert editor.delete(f"{URL}{topic.pk}/").status_code == 204
    assert editor.get(f"{URL}{topic.pk}/").status_code == 404
    assert editor.get(f"/api/1/discussions/{discussion.pk}/").status_code == 404
    assert not TopicElement.objects.exists()
    assert not Follow.objects.exists()
    assert editor.get("/api/1/activity/").status_code == 200


@pytest.mark.parametrize(
    ("factory", "lists", "name"),
    [
        (DatasetFactory, ["/api/1/datasets/", "/api/2/datasets/", "/api/2/datasets/search/"], "dataset"),
        (ReuseFactory, ["/api/1/reuses/", "/api/2/reuses/", "/api/2/reuses/search/"], "reuse"),
        (DataserviceFactory, ["/api/1/dataservices/", "/api/2/dataservices/search/"], "dataservice"),
    ],
)
def test_lists_are_filtered_by_topic_and_topics_by_object(api, make, factory, lists, name):
    item, other = factory(), factory()
    topic, _empty = make(item), make(other, name="Other")
    api.force_authenticate(None)
    for path in lists:
        assert [one["id"] for one in api.get(f"{path}?topic={topic.pk}").json()["data"]] == [item.pk]
    for wanted in (item.pk, item.slug):
        assert [one["id"] for one in api.get(f"{URL}?{name}={wanted}").json()["data"]] == [topic.pk]
    assert api.get(f"{URL}?{name}=no-such-slug").status_code == 400


def test_the_topic_of_reuses_is_a_theme_too(api):
    reuse = ReuseFactory(topic="health")
    ReuseFactory(topic="others")
    assert [one["id"] for one in api.get("/api/1/reuses/?topic=health").json()["data"]] == [reuse.pk]
    assert api.get("/api/1/reuses/?topic=nonsense").status_code == 400


def test_the_search_and_my_topics_are_lists(editor, make):
    topic = make(DatasetFactory(), tags=["eau"])
    json = editor.get(f"{URL}search/?q=wat&tag=eau&sort=-created").json()
    assert (json["total"], json["facets"]) == (1, {})
    assert [one["id"] for one in editor.get("/api/2/me/org_topics/").json()["data"]] == [topic.pk]
    editor.force_authenticate(None)
    assert editor.get("/api/2/me/org_topics/").status_code == 401


def test_the_number_of_queries_does_not_grow(editor, make, django_assert_max_num_queries):
    make(*DatasetFactory.create_batch(3), *ReuseFactory.create_batch(3), name="Small")
    big = make(*DatasetFactory.create_batch(15), *ReuseFactory.create_batch(4), name="Big")
    for number in range(10):
        make(DatasetFactory(), name=f"Topic {number}", tags=["eau"])
    with django_assert_max_num_queries(12):
        editor.get(URL)
    with django_assert_max_num_queries(12):
        assert len(editor.get(elements_of(big)).json()["data"]) == 19
