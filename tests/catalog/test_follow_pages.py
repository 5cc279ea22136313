"""Following in the browser: the button on the pages of objects, and the list of what one follows."""

import pytest
from django.utils import timezone

from catalog.models import Follow
from catalog.services import follows
from tests.catalog import factories

pytestmark = pytest.mark.django_db
FOLLOWED = {
    "dataset": factories.DatasetFactory, "reuse": factories.ReuseFactory, "dataservice": factories.DataserviceFactory,
    "topic": factories.TopicFactory, "organization": factories.OrganizationFactory, "user": factories.UserFactory,
}  # fmt: skip
LIST = "/account/following/"
each_kind = pytest.mark.parametrize("kind", FOLLOWED)


def text_of(response) -> str:
    return response.content.decode()


@pytest.fixture
def reader(client):
    user = factories.UserFactory()
    client.force_login(user)
    return user


@each_kind
def test_the_button_follows_and_follows_no_more(client, reader, kind):
    item = FOLLOWED[kind]()
    page, follow, unfollow = (f"/{kind}s/{item.slug}/{rest}" for rest in ("", "follow/", "unfollow/"))
    assert f'action="{follow}"' in text_of(client.get(page))
    assert client.post(follow)["Location"] == page
    assert follows.is_following(reader, item)
    shown = text_of(client.get(page))
    assert f'action="{unfollow}"' in shown
    assert "1 follower" in shown
    client.post(unfollow)
    assert not follows.is_following(reader, item)
    assert f'action="{follow}"' in text_of(client.get(page))


@each_kind
def test_a_stranger_gets_a_link_that_leads_back(client, kind):
    item = FOLLOWED[kind]()
    answer = client.get(f"/{kind}s/{item.slug}/")
    address = f"/{kind}s/{item.slug}/follow/"
    assert f'href="{address}"' in text_of(answer)
    assert not answer.cookies
    assert client.get(address)["Location"] == f"/account/login/?next={address}"
    client.force_login(factories.UserFactory())
    assert client.get(address).status_code == 200
    assert not Follow.objects.exists()


def test_following_twice_is_once(client, reader):
    dataset = factories.DatasetFactory()
    for _time in range(2):
        client.post(f"/datasets/{dataset.slug}/follow/")
    dataset.refresh_from_db()
    assert (Follow.objects.count(), dataset.metric_followers) == (1, 1)


def test_nobody_follows_herself_nor_what_she_may_not_read_nor_what_is_gone(client, reader):
    assert "/follow/" not in text_of(client.get(reader.get_absolute_url()))
    assert client.post(f"/users/{reader.slug}/follow/").status_code == 403
    draft = factories.DatasetFactory(draft=True)
    gone = factories.DatasetFactory(gone=True, organization=None, owner=reader)
    for item in (draft, gone):
        assert client.post(f"/datasets/{item.slug}/follow/").status_code == 404
    assert "/follow/" not in text_of(client.get(gone.get_absolute_url()))
    assert not Follow.objects.exists()


def test_the_list_shows_what_is_followed_by_kind(client, reader):
    items = [make() for make in FOLLOWED.values()]
    for item in items:
        follows.follow(item, by=reader)
    follows.follow(factories.DatasetFactory(title="Somebody else’s"), by=factories.UserFactory())
    shown = text_of(client.get(LIST))
    assert all(str(item) in shown for item in items)
    assert "Somebody else" not in shown
    only = text_of(client.get(f"{LIST}?kind=Reuse"))
    assert str(items[1]) in only
    assert str(items[0]) not in only
    for wrong in ("kind=Post", "kind=x", "page=0", "page=9"):
        assert client.get(f"{LIST}?{wrong}").status_code == 404


def test_what_became_private_or_vanished_is_not_told_and_can_be_left(client, reader):
    hidden, vanished = factories.DatasetFactory(title="A secret"), factories.DatasetFactory()
    for item in (hidden, vanished):
        follows.follow(item, by=reader)
    hidden.private = True
    hidden.save()
    vanished.delete()
    shown = text_of(client.get(LIST))
    assert shown.count("No longer public") == 2
    assert "A secret" not in shown
    for row in Follow.objects.all():
        assert client.post(LIST, {"follow": row.pk})["Location"] == LIST
    assert not Follow.objects.current().exists()
    hidden.refresh_from_db()
    reader.refresh_from_db()
    assert (hidden.metric_followers, reader.metric_following) == (0, 0)


def test_only_own_follows_that_last_are_ended(client, reader):
    other, _new = follows.follow(factories.DatasetFactory(), by=factories.UserFactory())
    mine = Follow.objects.create(follower=reader, subject=factories.DatasetFactory(), until=timezone.now())
    for value in (other.pk, mine.pk, "x", "", "6" * 24):
        assert client.post(LIST, {"follow": value}).status_code == 404
    assert Follow.objects.current().get() == other


@pytest.mark.parametrize("size", [1, 15])
def test_the_list_costs_the_same_queries_at_any_length(client, reader, size, django_assert_max_num_queries):
    for _number in range(size):
        follows.follow(factories.DatasetFactory(), by=reader)
    client.get(LIST)
    with django_assert_max_num_queries(8):
        client.get(LIST)


def test_follows_are_counted_as_writes(client, reader, settings):
    settings.API_RATES = {"writes": "1/hour"}
    address = f"/datasets/{factories.DatasetFactory().slug}"
    assert client.post(f"{address}/follow/").status_code == 302
    assert client.post(f"{address}/unfollow/").status_code == 429
    assert Follow.objects.current().exists()


def test_a_read_only_portal_refuses_as_its_api_does_but_for_administrators(client, reader, settings):
    item, settings.READ_ONLY_MODE = factories.DatasetFactory(), True
    assert client.post(f"/datasets/{item.slug}/follow/").status_code == 423
    assert not Follow.objects.exists()
    client.force_login(factories.UserFactory(admin=True))
    assert client.post(f"/datasets/{item.slug}/follow/").status_code == 302
