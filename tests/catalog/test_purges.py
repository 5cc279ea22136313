"""Removing for good what was deleted, and the other nightly jobs of the catalogue."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog import tasks
from catalog.models import (
    Activity,
    Assignment,
    CommunityResource,
    ContactPoint,
    Dataservice,
    Dataset,
    DatasetBadge,
    Discussion,
    Follow,
    Member,
    MembershipRequest,
    Notification,
    Organization,
    Report,
    SlugHistory,
    Tag,
    Topic,
    TopicElement,
    Transfer,
)
from catalog.services import purges
from harvest.models import Source
from tests.catalog.factories import (
    CommunityResourceFactory,
    ContactPointFactory,
    DataserviceFactory,
    DatasetFactory,
    DiscussionFactory,
    MemberFactory,
    MessageFactory,
    OrganizationFactory,
    ResourceFactory,
    ReuseFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

ABOUT = (Follow, Activity, Transfer, TopicElement, Assignment)


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def surround(item, column):
    """Put one row of each kind about `item`; return its discussion."""
    user = UserFactory()
    discussion = DiscussionFactory(**{"dataset": None, column: item})
    MessageFactory(discussion=discussion)
    Follow.objects.create(follower=user, subject=item)
    type(user).objects.filter(pk=user.pk).update(metric_following=1)
    Activity.objects.create(key=f"{column}:created", actor=user, subject=item)
    transfer = Transfer.objects.create(subject=item, user=user, recipient_user=UserFactory())
    TopicElement.objects.create(topic=Topic.objects.create(name="T", owner=user), subject=item)
    Assignment.objects.create(organization=item.organization or OrganizationFactory(), user=user, subject=item)
    for cause in (f"Discussion:{discussion.pk}", f"Transfer:{transfer.pk}", f"{type(item).__name__}:{item.pk}"):
        Notification.objects.create(user=user, kind="Discussion", cause=cause)
    for subject in (item, discussion):
        Report.objects.create(subject=subject, reason="spam", subject_label="Bad")
    SlugHistory.objects.create(kind=column, slug=f"old-{item.pk}", object_id=item.pk)
    return discussion


def about(item, column):
    """Count what is about `item`, in all tables."""
    counts = [model.objects.filter(subject_id=item.pk).count() for model in ABOUT]
    return sum(counts) + SlugHistory.objects.filter(object_id=item.pk).count() + Discussion.objects.filter(
        **{f"{column}_id": item.pk}).count()  # fmt: skip


KINDS = {
    "dataset": (DatasetFactory, "deleted", tasks.purge_datasets),
    "reuse": (ReuseFactory, "deleted", tasks.purge_reuses),
    "dataservice": (DataserviceFactory, "deleted_at", tasks.purge_dataservices),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_deleted_object_goes_with_all_that_is_about_it_and_another_stays(kind):
    factory, column, task = KINDS[kind]
    gone, kept = factory(**{column: timezone.now()}), factory()
    surround(gone, kind)
    surround(kept, kind)
    assert about(gone, kind) == about(kept, kind) == 7
    assert task() == 1
    assert not type(gone)._base_manager.filter(pk=gone.pk).exists()
    assert (about(gone, kind), about(kept, kind)) == (0, 7)
    assert Notification.objects.count() == 3
    marked = Report.objects.exclude(subject_deleted_at=None)
    assert {report.subject_id for report in marked} >= {gone.pk}
    assert (marked.count(), Report.objects.count()) == (2, 4)
    follow = Follow.objects.get()
    assert follow.follower.metric_following == 1
    assert type(follow.follower).objects.filter(metric_following=1).count() == 1
    assert task() == 0


def test_a_dataset_goes_with_its_files_and_leaves_community_resources(django_capture_on_commit_callbacks):
    gone = DatasetFactory(gone=True)
    names = [default_storage.save(f"resources/{name}.csv", ContentFile(b"a")) for name in "abc"]
    ResourceFactory(dataset=gone, file=names[0], filetype="file")
    ResourceFactory(dataset=gone)
    community = CommunityResourceFactory(dataset=gone, file=names[1], filetype="file")
    ResourceFactory(file=names[2], filetype="file")
    reuse = ReuseFactory(metric_datasets=2)
    reuse.datasets.set([gone, DatasetFactory()])
    with django_capture_on_commit_callbacks(execute=True):
        assert tasks.purge_datasets() == 1
    assert [default_storage.exists(name) for name in names] == [False, True, True]
    assert CommunityResource.objects.get(pk=community.pk).dataset is None
    reuse.refresh_from_db()
    assert reuse.metric_datasets == 1


def test_pictures_go_with_their_objects(django_capture_on_commit_callbacks):
    names = [default_storage.save(f"pictures/{name}.png", ContentFile(b"a")) for name in "ab"]
    ReuseFactory(deleted=timezone.now(), image=names[0])
    OrganizationFactory(deleted=timezone.now(), logo=names[1])
    with django_capture_on_commit_callbacks(execute=True):
        assert (tasks.purge_reuses(), tasks.purge_organizations()) == (1, 1)
    assert not any(default_storage.exists(name) for name in names)


def test_what_an_organization_owned_is_nobodys_when_it_is_purged():
    gone, kept = OrganizationFactory(deleted=timezone.now()), OrganizationFactory()
    owned = [DatasetFactory(organization=gone), DataserviceFactory(organization=gone),
             ReuseFactory(owner=None, organization=gone), ContactPointFactory(organization=gone),
             Topic.objects.create(name="T", organization=gone),
             CommunityResourceFactory(owner=None, organization=gone),
             Source.objects.create(name="S", url="https://h.org/", backend="dcat", organization=gone)]  # fmt: skip
    other = DatasetFactory(organization=kept)
    member = MemberFactory(organization=gone)
    request = MembershipRequest.objects.create(organization=gone, user=UserFactory(), comment="please")
    Notification.objects.create(user=member.user, kind="MembershipRequest", cause=f"MembershipRequest:{request.pk}")
    Notification.objects.create(user=member.user, kind="NewBadge", details={"organization": gone.pk})
    Notification.objects.create(user=member.user, kind="NewBadge", details={"organization": kept.pk})
    transfer = Transfer.objects.create(subject=other, user=member.user, recipient_organization=gone)
    Notification.objects.create(user=member.user, kind="TransferRequest", cause=f"Transfer:{transfer.pk}")
    Follow.objects.create(follower=member.user, subject=gone)
    Activity.objects.create(key="dataset:created", actor=member.user, subject=owned[0], organization=gone)
    assert tasks.purge_organizations() == 1
    for item in owned:
        item.refresh_from_db()
        assert (item.organization_id, item.owner_id) == (None, None)
    other.refresh_from_db()
    assert other.organization == kept
    assert not Organization.objects.filter(pk=gone.pk).exists()
    assert not any(model.objects.exists() for model in (Member, MembershipRequest, Transfer))
    assert [one.details for one in Notification.objects.all()] == [{"organization": kept.pk}]
    assert not Follow.objects.exists()
    assert Activity.objects.get().organization is None
    assert ContactPoint.objects.exists()


def test_the_page_of_a_dataset_whose_organization_was_purged_still_opens(api):
    dataset = DatasetFactory(organization=OrganizationFactory(deleted=timezone.now()))
    assert api.get(f"/api/1/datasets/{dataset.pk}/").json()["organization"]["id"] == dataset.organization_id
    tasks.purge_organizations()
    assert api.get(f"/api/1/datasets/{dataset.pk}/").json()["organization"] is None


def test_days_spare_what_was_deleted_lately():
    old = DatasetFactory(deleted=timezone.now() - timedelta(days=31))
    new = DatasetFactory(deleted=timezone.now() - timedelta(days=29))
    assert tasks.purge_datasets(days=30) == 1
    assert list(Dataset.objects.filter(pk__in=[old.pk, new.pk])) == [new]


def test_an_object_restored_meanwhile_stays(monkeypatch):
    dataset = DatasetFactory(gone=True)
    batches = purges.batches

    def restore_first(items, size):
        Dataset.objects.filter(pk=dataset.pk).update(deleted=None)
        return batches(items, size)

    monkeypatch.setattr(purges, "batches", restore_first)
    assert tasks.purge_datasets() == 0
    assert Dataset.objects.filter(pk=dataset.pk).exists()


def test_many_are_purged_in_few_queries():
    for _each in range(3):
        DatasetFactory(gone=True)
    with CaptureQueriesContext(connection) as few:
        tasks.purge_datasets()
    for _each in range(30):
        DatasetFactory(gone=True)
    with CaptureQueriesContext(connection) as many:
        assert tasks.purge_datasets() == 30
    assert len(many) <= len(few) + 2


def test_elements_of_topics_end_with_their_object():
    topic = Topic.objects.create(name="T")
    kept, gone = DatasetFactory(), DatasetFactory(gone=True)
    TopicElement.objects.create(topic=topic, title="A title alone")
    for item in (kept, gone, DataserviceFactory(deleted_at=timezone.now()), ReuseFactory()):
        TopicElement.objects.create(topic=topic, subject=item)
    TopicElement.objects.create(topic=topic, subject_class="Reuse", subject_id="0" * 24)
    assert tasks.purge_topics_elements() == 3
    assert topic.elements.count() == 3


# --- The other jobs ----------------------------------------------------------------------------------------


def test_tags_that_nothing_bears_are_deleted():
    names = ["of-dataset", "of-topic", "of-nothing"]
    first, second, _third = (Tag.objects.named([name])[0] for name in names)
    DatasetFactory().tags.add(first)
    Topic.objects.create(name="T").tags.add(second)
    assert tasks.count_tags() == 1
    assert set(Tag.objects.filter(name__in=names).values_list("name", flat=True)) == {"of-dataset", "of-topic"}


def test_notifications_handled_long_ago_are_deleted(settings):
    settings.DAYS_AFTER_NOTIFICATION_EXPIRED = 90
    user, now = UserFactory(), timezone.now()
    for days in (91, 89, None):
        handled = None if days is None else now - timedelta(days=days)
        Notification.objects.create(
            user=user, kind="NewBadge", handled_at=handled, created_at=now - timedelta(days=400)
        )
    assert tasks.delete_expired_notifications() == 1
    assert Notification.objects.count() == 2


def test_counters_that_went_astray_are_mended():
    dataset, reuse = DatasetFactory(metric_followers=9, metric_discussions=9, metric_reuses=9), ReuseFactory()
    reuse.datasets.add(dataset)
    follower = UserFactory(metric_following=7)
    Follow.objects.create(follower=follower, subject=dataset)
    Follow.objects.create(follower=UserFactory(), subject=dataset, until=timezone.now())
    DiscussionFactory(dataset=dataset)
    DiscussionFactory(dataset=dataset, closed=timezone.now())
    assert tasks.update_metrics() > 0
    dataset.refresh_from_db()
    follower.refresh_from_db()
    counters = (dataset.metric_followers, dataset.metric_discussions, dataset.metric_discussions_open)
    assert counters == (1, 2, 1)
    assert (dataset.metric_reuses, follower.metric_following) == (1, 1)
    assert tasks.update_metrics() == 0


def test_badges_follow_tags_and_who_publishes():
    certified = OrganizationFactory(badges=["certified", "public-service"])
    half = OrganizationFactory(badges=["certified"])
    hvd, inspire = (
        DatasetFactory(organization=certified, tags=["hvd"]),
        DatasetFactory(organization=half, tags=["inspire"]),
    )
    DatasetFactory(organization=half, tags=["hvd"])
    DatasetFactory(organization=certified, tags=["hvd"], gone=True)
    spd = DatasetFactory()
    DatasetBadge.objects.create(dataset=spd, kind="spd")
    lost = DatasetBadge.objects.create(dataset=DatasetFactory(), kind="hvd")
    service = DataserviceFactory(organization=certified)
    service.tags.set(Tag.objects.named(["hvd"]))
    assert tasks.update_badges() == 4
    assert set(DatasetBadge.objects.values_list("dataset_id", "kind")) == {
        (hvd.pk, "hvd"), (inspire.pk, "inspire"), (spd.pk, "spd")}  # fmt: skip
    assert not DatasetBadge.objects.filter(pk=lost.pk).exists()
    assert [badge.kind for badge in Dataservice.objects.get().badges.all()] == ["hvd"]
    assert tasks.update_badges() == 0
    certified.badges.filter(kind="certified").delete()
    assert tasks.update_badges() == 2


def test_badges_are_left_alone_where_they_are_off(settings):
    settings.HVD_SUPPORT = settings.INSPIRE_SUPPORT = False
    DatasetBadge.objects.create(dataset=DatasetFactory(), kind="hvd")
    assert tasks.update_badges() == 0
    assert DatasetBadge.objects.count() == 1
