"""Merging datasets: what moves, what leads where, and the way back, which restores the API's documents exactly."""

from datetime import timedelta
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import AuditEntry, Dataset, Follow, Merge, MergedDataset, Reuse, TopicElement
from catalog.permissions import Actor
from catalog.services import derivation, follows, metrics, recount, relations
from catalog.services.merging.fields import GROUPS
from catalog.services.merging.merges import Choices, merge, split
from portal.lib.errors import ServiceError
from portal.models import User
from tests.catalog.factories import (
    CommunityResourceFactory,
    DataserviceFactory,
    DatasetFactory,
    DiscussionFactory,
    LicenseFactory,
    MemberFactory,
    OrganizationFactory,
    ResourceFactory,
    ReuseFactory,
    TopicFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


class World:
    """Three datasets with everything that may name one, partly shared."""

    def __init__(self) -> None:
        self.by = UserFactory(admin=True)
        organization = OrganizationFactory()
        self.sets = [
            DatasetFactory(
                title=f"Water {number}",
                acronym=f"W{number}",
                organization=organization,
                tags=["water", f"tag-{number}"],
                frequency=["daily", "annual", "unknown"][number],
                license=LicenseFactory() if number else None,
                access_type="open" if number else "restricted",
                temporal_start="2019-01-01" if number else None,
                extras={"number": number},
                schema_name=f"schema-{number}",
                last_modified_internal=timezone.now() - timedelta(days=number + 1),
            )
            for number in range(3)
        ]
        self.ids = [one.pk for one in self.sets]
        for one in self.sets:
            ResourceFactory(dataset=one, url="https://example.org/same.csv", position=0)
            ResourceFactory(dataset=one, url=f"https://example.org/{one.pk}.csv", position=1)
            ResourceFactory(dataset=one, url=f"https://example.org/{one.pk}-sum.csv", position=2,
                            checksum_type="sha1", checksum_value="abc")  # fmt: skip
            CommunityResourceFactory(dataset=one)
            DiscussionFactory(dataset=one)
            ReuseFactory().datasets.set([one])
        self.reuse, self.service, self.topic = ReuseFactory(), DataserviceFactory(), TopicFactory()
        self.reuse.datasets.set(self.sets)
        self.service.datasets.set(self.sets[1:])
        self.follower = UserFactory()
        for number, one in enumerate(self.sets):
            follows.follow(one, by=self.follower)
            follows.follow(one, by=UserFactory())
            TopicElement.objects.create(topic=self.topic, subject=one, position=number, description=f"Part {number}")
        derivation.refresh(self.ids)
        relations.refresh_uses(datasets=self.ids)
        recount.refresh_batch(Dataset, self.ids)
        relations.count_datasets(Reuse.objects.values_list("pk", flat=True))
        metrics.refresh_organization_metrics([organization.pk])

    def documents(self, api) -> list[object]:
        """Return what the API says of all that a merge may touch."""
        paths = [f"datasets/{pk}/" for pk in self.ids]
        paths += [f"datasets/{pk}/followers/" for pk in self.ids]
        paths += [f"topics/{self.topic.pk}/", f"reuses/{self.reuse.pk}/", f"dataservices/{self.service.pk}/"]
        paths += ["reuses/", "discussions/", "datasets/community_resources/", "organizations/", "dataservices/"]
        paths = [f"/api/1/{path}" for path in paths] + [f"/api/2/topics/{self.topic.pk}/elements/"]
        found = [api.get(path).content.decode() for path in paths]
        return [*found, list(User.objects.order_by("pk").values_list("pk", "metric_following"))]


@pytest.fixture
def world(db) -> World:
    return World()


def merged(world, *, count=3, **choices):
    return merge(world.ids[:count], Choices(world.ids[0], **choices), by=world.by)


@pytest.mark.parametrize(
    ("count", "source", "keep"), list(product([2, 3], [None, 1], [None, "none", "others"])), ids=str
)
def test_a_split_restores_the_documents_exactly(api, world, count, source, keep):
    before = world.documents(api)
    chosen = dict.fromkeys(GROUPS, world.ids[source]) if source else {}
    kept = {str(one.pk) for one in world.sets[1].resources.all()}
    files = {None: None, "none": set(), "others": kept}[keep]
    done = merged(world, count=count, values=chosen, files=files)
    assert world.documents(api) != before
    split(done, by=world.by)
    assert world.documents(api) == before


def test_merges_of_merges_split_in_the_other_order(api, world):
    before = world.documents(api)
    first = merge(world.ids[1:], Choices(world.ids[1]), by=world.by)
    second = merge(world.ids[:2], Choices(world.ids[0], values={"title": world.ids[1]}), by=world.by)
    with pytest.raises(ServiceError, match="merged or deleted again"):
        split(first, by=world.by)
    assert api.get(f"/api/1/datasets/{world.ids[2]}/").headers["Location"] == f"/api/1/datasets/{world.ids[0]}/"
    split(second, by=world.by)
    split(first, by=world.by)
    assert world.documents(api) == before


def test_what_named_the_merged_ones_names_the_one_that_stays(world):
    merged(world)
    kept = Dataset.objects.get(pk=world.ids[0])
    assert kept.discussions.count() == kept.community_resources.count() == kept.metric_discussions == 3
    assert kept.reuses.count() == kept.metric_reuses == 4
    assert list(kept.dataservices.all()) == [world.service]
    assert kept.metric_followers == Follow.objects.current().about(kept).count() == 4
    assert list(kept.tags.values_list("name", flat=True)) == ["tag-0", "tag-1", "tag-2", "water"]
    assert list(world.topic.elements.values_list("subject_id", flat=True)) == [kept.pk]
    world.reuse.refresh_from_db()
    assert world.reuse.metric_datasets == 1
    assert User.objects.get(pk=world.follower.pk).metric_following == 1


def test_a_file_that_several_have_is_kept_once(world):
    merged(world)
    urls = [one.url for one in world.sets[0].resources.all()]
    assert urls[:2] == ["https://example.org/same.csv", f"https://example.org/{world.ids[0]}.csv"]
    assert len(urls) == 5  # its three, and one of each of the others
    assert len(set(urls)) == 5


def test_values_are_chosen_field_by_field_and_the_address_stays(world):
    slug = world.sets[0].slug
    merged(world, values={"title": world.ids[1], "access": world.ids[2], "extras": world.ids[1]})
    kept = Dataset.objects.get(pk=world.ids[0])
    assert (kept.title, kept.acronym, kept.slug) == ("Water 1", "W0", slug)
    assert (kept.access_type, kept.license_id, kept.extras) == ("open", "lov2", {"number": 1})


def test_old_ids_and_addresses_lead_to_the_one_that_stays(api, client, world):
    kept, former, _other = world.sets
    merged(world)
    assert client.get(f"/datasets/{former.slug}/?page=1").headers["Location"] == f"{kept.get_absolute_url()}?page=1"
    assert client.get(f"/datasets/{former.pk}/").status_code == 301
    for version in (1, 2):
        answer = api.get(f"/api/{version}/datasets/{former.pk}/")
        assert (answer.status_code, answer.headers["Location"]) == (308, f"/api/{version}/datasets/{kept.pk}/")
        answer = api.get(f"/api/{version}/datasets/{former.slug}/")
        assert answer.headers["Location"] == f"/api/{version}/datasets/{kept.slug}/"
    client.force_login(UserFactory(admin=True))  # who sees what is deleted is led on, too
    assert client.get(f"/datasets/{former.slug}/").headers["Location"] == kept.get_absolute_url()
    client.logout()
    Dataset.objects.filter(pk=former.pk).delete()  # purged
    assert client.get(f"/datasets/{former.slug}/").status_code == 301
    assert api.get(f"/api/1/datasets/{former.pk}/").status_code == 308


def test_a_draft_is_not_betrayed_by_what_was_merged_into_it(api, client, world):
    Dataset.objects.filter(pk=world.ids[0]).update(private=True)
    merged(world)
    assert client.get(f"/datasets/{world.sets[1].slug}/").status_code == 410
    assert api.get(f"/api/1/datasets/{world.ids[1]}/").status_code == 410


def test_what_was_changed_since_stays_when_it_is_split(world):
    done = merged(world, values={"title": world.ids[1], "acronym": world.ids[1]})
    Dataset.objects.filter(pk=world.ids[0]).update(title="Newer")
    newer = DiscussionFactory(dataset=world.sets[0])
    split(done, by=world.by)
    kept = Dataset.objects.get(pk=world.ids[0])
    assert (kept.title, kept.acronym) == ("Newer", "W0")
    assert kept.discussions.contains(newer)


def test_only_who_edits_all_of_them_merges_and_splits(world):
    member = MemberFactory(organization=world.sets[0].organization, role="editor")
    stranger = DatasetFactory()
    with pytest.raises(ServiceError, match="may not change all"):
        merge([*world.ids[:2], stranger.pk], Choices(world.ids[0]), by=member.user)
    done = merge(world.ids[:2], Choices(world.ids[0]), by=member.user)
    with pytest.raises(ServiceError, match="may not change all"):
        split(done, by=UserFactory())
    assert Actor.of(member.user).is_editor
    split(done, by=member.user)
    assert not MergedDataset.objects.exists()


@pytest.mark.parametrize(
    ("ids", "kept", "fields"),
    [([0], 0, {}), ([0, 1], 2, {}), ([0, 1], 0, {"title": 2}), ([0, 1], 0, {"slug": 1})],
)
def test_what_cannot_be_merged_is_refused_and_nothing_written(world, ids, kept, fields):
    chosen = {key: world.ids[number] for key, number in fields.items()}
    with pytest.raises(ServiceError):
        merge([world.ids[one] for one in ids], Choices(world.ids[kept], chosen), by=world.by)
    assert not Dataset.objects.exclude(deleted=None).exists()


def test_a_merge_is_split_for_thirty_days_and_once(world):
    done = merged(world)
    split(done, by=world.by)
    with pytest.raises(ServiceError, match="already"):
        split(done, by=world.by)
    done = merged(world)
    type(done).objects.filter(pk=done.pk).update(at=timezone.now() - timedelta(days=30))
    with pytest.raises(ServiceError, match="30 days"):
        split(done, by=world.by)


# --- The administration --------------------------------------------------------------------------------------

PAGE = "/admin/catalog/dataset/merge/"


def body(world, **values):
    return {"id": world.ids[:2], "change_comment": "twins", **values}


def test_datasets_are_compared_merged_and_split_in_the_administration(admin_client, world):
    answer = admin_client.post("/admin/catalog/dataset/", {"action": "merge", "_selected_action": world.ids[:2]})
    html = admin_client.get(answer.headers["Location"]).content.decode()
    assert html.count('name="value-title"') == 2
    answer = admin_client.post(PAGE, body(world, **{"value-title": world.ids[1]}))
    assert answer.headers["Location"] == f"/admin/catalog/dataset/{world.ids[0]}/merges/"
    assert Dataset.objects.get(pk=world.ids[0]).title == "Water 1"
    rows = AuditEntry.objects.filter(comment="twins").values_list("object_id", "action")
    assert set(rows) == {(world.ids[0], "update"), (world.ids[1], "delete")}
    assert world.sets[1].title in admin_client.get(answer.headers["Location"]).content.decode()
    admin_client.post(answer.headers["Location"], {"merge": Merge.objects.get().pk})
    assert Dataset.objects.get(pk=world.ids[1]).deleted is None


def test_files_are_chosen_in_the_form(admin_client, world):
    wanted = str(world.sets[1].resources.first().pk)
    admin_client.post(PAGE, body(world, files="chosen", file=[wanted, "not-a-file"]))
    assert [str(one.pk) for one in world.sets[0].resources.all()] == [wanted]


@pytest.mark.parametrize("sent", [{"value-title": "zzz"}, {"value-slug": "x"}, {"value-title": ""}])
def test_a_form_that_was_tampered_with_changes_nothing(admin_client, world, sent):
    assert admin_client.post(PAGE, body(world, **sent)).status_code == 200
    assert not Merge.objects.exists()


@pytest.mark.parametrize("ids", [[], ["a" * 24], ["a" * 24, "b" * 24], ["\x00", "x"]])
def test_what_is_not_there_is_not_compared(admin_client, ids):
    assert admin_client.get(PAGE, {"id": ids}).status_code == 404


def test_editors_merge_what_is_theirs_alone(client, world):
    member = MemberFactory(organization=world.sets[0].organization, role="editor")
    stranger = DatasetFactory()
    client.force_login(member.user)
    assert client.get(PAGE, {"id": world.ids}).status_code == 200
    assert client.get(PAGE, {"id": [world.ids[0], stranger.pk]}).status_code == 404
    client.force_login(UserFactory())
    assert client.post(PAGE, body(world)).status_code in (302, 403, 404)
    assert not Merge.objects.exists()


def test_comparing_costs_the_same_whatever_the_number_of_files(admin_client, world):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert admin_client.get(PAGE, {"id": world.ids[:2]}).status_code == 200
        return len(captured)

    queries()
    before = queries()
    ResourceFactory.create_batch(30, dataset=world.sets[0])
    assert queries() == before <= 30
