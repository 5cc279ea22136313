"""The outbox and the indexer: every change arrives, in whatever way it was written."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from catalog.models import (
    Dataset,
    DatasetBadge,
    Discussion,
    GeoLevel,
    GeoZone,
    Organization,
    OrganizationBadge,
    Resource,
    SearchChange,
    SearchLog,
    Tag,
    Topic,
    TopicElement,
)
from catalog.search import outbox, rebuild
from catalog.search.follower import Follower
from catalog.search.indexer import Indexer
from tests.catalog.factories import (
    DatasetFactory,
    DiscussionFactory,
    MessageFactory,
    OrganizationFactory,
    ResourceFactory,
)
from tests.marks import POSTGRESQL, committed

pytestmark = committed


def noted() -> set[tuple[str, str]]:
    return set(SearchChange.objects.values_list("kind", "object_id"))


@pytest.fixture
def dataset(db) -> Dataset:
    dataset = DatasetFactory(title="Eau pure", tags=["nature"])
    ResourceFactory(dataset=dataset, title="Mesures", format="csv")
    return dataset


@pytest.fixture
def quiet(dataset) -> Dataset:
    """A dataset whose changes so far are forgotten."""
    SearchChange.objects.all().delete()
    return dataset


@pytest.mark.parametrize(
    "write",
    [
        lambda one: Dataset.objects.filter(pk=one.pk).update(title="Air"),
        lambda one: Dataset.objects.filter(pk=one.pk).update(private=True),
        lambda one: Dataset.objects.filter(pk=one.pk).update(metric_followers=3),
        lambda one: Dataset.objects.filter(pk=one.pk).update(metric_views=7),
        lambda one: one.tags.set(Tag.objects.named(["air"])),
        lambda one: Resource.objects.filter(dataset=one).update(format="json"),
        lambda one: Resource.objects.filter(dataset=one).delete(),
        lambda one: DatasetBadge.objects.create(dataset=one, kind="hvd"),
        lambda one: TopicElement.objects.create(
            topic=Topic.objects.create(name="Un thème"), subject_class="Dataset", subject_id=one.pk
        ),
    ],
    ids=["title", "state", "followers", "views", "tags", "format", "deletion", "badge", "topic"],
)
def test_what_the_index_shows_is_noted(quiet, write):
    write(quiet)
    assert ("dataset", quiet.pk) in noted()


@pytest.mark.parametrize(
    "write",
    [
        lambda one: Dataset.objects.filter(pk=one.pk).update(title=one.title),
        lambda one: Dataset.objects.filter(pk=one.pk).update(metric_discussions=3, metric_months={"2026-01": 1}),
        lambda one: Dataset.objects.filter(pk=one.pk).update(extras={"a": 1}),
        lambda one: Resource.objects.filter(dataset=one).update(metric_views=3),
    ],
    ids=["same title", "counters", "extras", "downloads"],
)
def test_what_it_does_not_show_is_not_noted(quiet, write):
    write(quiet)
    assert noted() == set()


def test_views_are_noted_by_their_first_three_digits(quiet):
    Dataset.objects.filter(pk=quiet.pk).update(metric_views=12_345)
    SearchChange.objects.all().delete()
    Dataset.objects.filter(pk=quiet.pk).update(metric_views=12_346)
    assert noted() == set()
    Dataset.objects.filter(pk=quiet.pk).update(metric_views=12_400)
    assert noted() == {("dataset", quiet.pk)}


def test_an_object_is_noted_once_however_often_it_is_written(quiet):
    with transaction.atomic():
        for number in range(5):
            ResourceFactory(dataset=quiet, title=f"Fichier {number}")
            Dataset.objects.filter(pk=quiet.pk).update(title=f"Eau {number}")
    assert list(SearchChange.objects.values_list("kind", "object_id")) == [("dataset", quiet.pk)]


def test_a_renamed_organization_is_one_row(quiet):
    for _number in range(3):
        DatasetFactory(organization=quiet.organization)
    SearchChange.objects.all().delete()
    Organization.objects.filter(pk=quiet.organization_id).update(name="Autre")
    pk = quiet.organization_id
    assert noted() == {("organization", pk), ("of-organization", pk)}


def test_changes_arrive(dataset, indexed):
    portal = indexed()
    Dataset.objects.filter(pk=dataset.pk).update(title="Air")
    other = DatasetFactory(title="Bruit")
    assert portal.follow() > 0
    assert (portal.ids("eau"), portal.ids("air"), portal.ids("bruit")) == ([], [dataset.pk], [other.pk])


def test_hidden_and_deleted_objects_leave(dataset, indexed):
    talk = DiscussionFactory(title="Question", dataset=dataset)
    MessageFactory(discussion=talk, content="Altitude ?")
    other = DatasetFactory(title="Eau")
    portal = indexed()
    assert portal.ids("altitude", "discussion") == [talk.pk]
    Dataset.objects.filter(pk=dataset.pk).update(private=True)
    other.delete()
    portal.follow()
    assert portal.ids("eau") == []
    assert portal.ids("altitude", "discussion") == []
    Dataset.objects.filter(pk=dataset.pk).update(private=False)
    portal.follow()
    assert portal.ids("eau") == [dataset.pk]
    assert portal.ids("altitude", "discussion") == [talk.pk]
    Discussion.objects.all().delete()
    portal.follow()
    assert portal.ids("altitude", "discussion") == []


def test_what_others_show_arrives_too(dataset, indexed):
    topic = Topic.objects.create(name="Rivières")
    TopicElement.objects.create(topic=topic, subject_class="Dataset", subject_id=dataset.pk)
    level = GeoLevel.objects.create(id="village", name="Village")
    zone = GeoZone.objects.create(id="village:1", level=level, code="1", name="Ys", slug="ys")
    portal = indexed()
    dataset.spatial_zones.add(zone)
    Organization.objects.filter(pk=dataset.organization_id).update(name="Agence de bassin")
    OrganizationBadge.objects.create(organization_id=dataset.organization_id, kind="certified")
    Tag.objects.filter(name="nature").update(name="environnement")
    portal.follow()
    assert portal.ids("bassin") == portal.ids(geozone="village:1") == [dataset.pk]
    assert portal.ids(organization_badge="certified") == portal.ids(tag=["environnement"]) == [dataset.pk]
    assert portal.ids(topic=topic.pk) == [dataset.pk]
    Topic.objects.filter(pk=topic.pk).update(private=True)
    portal.follow()
    assert portal.ids(topic=topic.pk) == portal.ids("rivières", "topic") == []
    assert not rebuild.compare(portal.backend)


def test_wide_changes_do_not_hold_up_the_others(indexed, monkeypatch):
    monkeypatch.setattr("catalog.search.indexer.BATCH", 2)
    organization = OrganizationFactory(name="Ancien")
    for _number in range(7):
        DatasetFactory(organization=organization)
    portal = indexed()
    Organization.objects.filter(pk=organization.pk).update(name="Nouveau")
    follower = Indexer.open(portal.backend)
    follower.step()
    assert follower.wide
    kept = portal.backend.position()
    late = DatasetFactory(title="Urgent", organization=None)
    follower.step()
    assert follower.wide
    assert portal.backend.position() == kept
    assert portal.ids("urgent") == [late.pk]
    follower.close()  # as a kill would: the wide change is done again
    portal.follow()
    assert len(portal.ids("nouveau")) == 7
    assert not rebuild.compare(portal.backend)


def test_an_uncommitted_batch_is_done_again(dataset, indexed):
    portal = indexed()
    Dataset.objects.filter(pk=dataset.pk).update(title="Air")
    follower = Indexer.open(portal.backend)
    changes, _position = outbox.since(follower.seen)
    assert changes == {"dataset": [dataset.pk]}
    follower.close()
    portal.follow()
    assert portal.ids("air") == [dataset.pk]


def test_one_writes_and_the_next_takes_over(dataset, indexed):
    portal = indexed()
    first, second = Follower(portal.backend), Follower(portal.backend)
    assert first.turn()
    Dataset.objects.filter(pk=dataset.pk).update(title="Air")
    assert second.turn()
    assert second.indexer is None
    assert portal.ids("air") == []
    first.close()
    assert second.turn()
    assert portal.ids("air") == [dataset.pk]
    second.close()


def test_it_builds_what_is_not_there(dataset, portal):
    follower = Follower(portal.backend)
    assert follower.turn()
    assert portal.ids("eau") == [dataset.pk]
    follower.close()


def pruned() -> bool:
    """Whether all changes were pruned: once the transactions of the tests beside this one (same server) have ended."""
    for _turn in range(300):
        outbox.prune(timezone.now() + timedelta(days=3))
        if not SearchChange.objects.exists():
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("loss", ["pruned", "other catalogue", "restored"])
def test_it_rebuilds_what_it_cannot_follow(dataset, indexed, loss):
    portal = indexed()
    generation = portal.backend.generation()
    Dataset.objects.filter(pk=dataset.pk).update(title="Air")
    if loss == "pruned":
        assert pruned()
    elif loss == "restored":
        writer = portal.backend.writer()
        token = outbox.here().token
        writer.commit(str(outbox.Position(token, "9000000000:9000000000:" if POSTGRESQL else "9000000000")))
        writer.close()
    else:
        SearchLog.objects.all().delete()
    follower = Follower(portal.backend)
    assert follower.turn()
    follower.close()
    assert portal.backend.generation() != generation
    assert portal.ids("air") == [dataset.pk]


def test_a_follower_stops_when_asked(dataset, indexed):
    portal = indexed()
    asked = []

    def stop(seconds: float) -> bool:
        asked.append(seconds)
        return len(asked) > 3

    Follower(portal.backend).run(stop)
    portal.backend.writer().close()  # the lock is free


@pytest.mark.skipif(not POSTGRESQL, reason="SQLite has one writer")
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_pruning_beside_an_open_transaction_loses_no_position(dataset, indexed):
    opened, go_on = threading.Event(), threading.Event()

    def idle() -> None:
        try:
            with transaction.atomic():
                Dataset.objects.filter(pk=dataset.pk).update(title="Ouvert")
                opened.set()
                go_on.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=idle)
    thread.start()
    assert opened.wait(20)
    later = DatasetFactory(title="Bruit")
    outbox.prune(timezone.now() + timedelta(days=3))
    portal = indexed()  # its snapshot begins at the open transaction
    portal.follow()
    assert portal.ids("bruit") == [later.pk]
    go_on.set()
    thread.join()
    portal.follow()
    assert portal.ids("ouvert") == [dataset.pk]


@pytest.mark.skipif(not POSTGRESQL, reason="SQLite has one writer")
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_late_commit_with_a_low_number_is_not_lost(portal):
    early, late = DatasetFactory(title="Eau"), DatasetFactory(title="Air")
    portal.rebuild()
    written, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                Dataset.objects.filter(pk=early.pk).update(title="Lent")
                written.set()
                go_on.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert written.wait(20)
    Dataset.objects.filter(pk=late.pk).update(title="Rapide")
    portal.follow()
    assert (portal.ids("rapide"), portal.ids("lent")) == ([late.pk], [])
    go_on.set()
    thread.join()
    portal.follow()
    assert portal.ids("lent") == [early.pk]
