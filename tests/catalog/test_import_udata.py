"""The import of udata's fixture files: what it keeps, and what it reports."""

import copy
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings

from catalog.models import (
    CommunityResource,
    ContactPoint,
    Dataservice,
    Dataset,
    Discussion,
    Member,
    Message,
    Organization,
    Post,
    Resource,
    Reuse,
    Site,
    SlugHistory,
    Tag,
)
from catalog.services.udata_import import Refused, reader, upsert_organization, upsert_reuse
from catalog.services.udata_import.run import run
from portal.models import User
from tests.catalog.factories import DatasetFactory, OrganizationFactory, ReuseFactory, UserFactory

SMALL = Path(__file__).parent / "data" / "udata_small.json"
REAL = settings.BASE_DIR.parent / "shared" / "fixtures" / "udata" / "results.json"
MODELS = (
    CommunityResource, ContactPoint, Dataservice, Dataset, Discussion, Member, Message, Organization, Post, Resource,
    Reuse, Site, SlugHistory, Tag, User,
)  # fmt: skip
LEVELS, WELLS = "00000000000000000000c001", "00000000000000000000c002"

pytestmark = pytest.mark.django_db


@pytest.fixture
def document() -> dict:
    return json.loads(SMALL.read_text(encoding="utf-8"))


def import_document(document):
    return run(reader.arrange(document))


def counts():
    return {model.__name__: model.objects.count() for model in MODELS}


def snapshot():
    """Every row of every table, but for the portal's counters."""
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in MODELS}


def reasons(report):
    return [str(remark) for remark in report.refused]


def left_out(report):
    return [remark.text for remark in report.incomplete]


def test_a_dataset_keeps_its_id_its_slug_its_dates_and_its_terms(document):
    import_document(document)
    dataset = Dataset.objects.get(pk=LEVELS)
    assert (dataset.slug, dataset.title, dataset.acronym) == ("levels-of-water", "Water levels", "WL")
    assert dataset.created_at_internal == datetime(2014, 1, 1, 10, 0, 0, 123000, tzinfo=UTC)
    assert dataset.created_at == datetime(2011, 1, 2, tzinfo=UTC)  # the harvested date wins
    assert dataset.last_modified == datetime(2019, 1, 1, 10, tzinfo=UTC)
    assert dataset.frequency == "continuous"
    assert dataset.license_id == "lov2"
    assert (dataset.temporal_start, dataset.temporal_end) == (date(2012, 1, 1), date(2020, 6, 30))
    assert [zone.pk for zone in dataset.spatial_zones.all()] == ["country:fr"]
    assert sorted(tag.name for tag in dataset.tags.all()) == ["riviere", "water"]
    assert [badge.kind for badge in dataset.badges.all()] == ["spd"]
    assert (dataset.metric_views, dataset.metric_followers) == (120, 3)
    assert dataset.metric_months == {"followers_by_months": {"2026-01": 2}}
    assert dataset.resources_count == 2
    assert dataset.organization.slug == "city-of-springs"


def test_what_a_record_names_and_nobody_knows_is_reported_and_left_out(document):
    texts = "\n".join(left_out(import_document(document)))
    assert "country:zz" in texts
    assert "nonsense" in texts
    assert 'Tag "x"' in texts


def test_resources_stand_in_the_order_of_the_file_and_keep_their_ids(document):
    import_document(document)
    first, second = Resource.objects.filter(dataset=LEVELS)
    assert str(first.pk) == "11111111-0000-4000-8000-000000000001"
    assert (first.position, second.position) == (0, 1)
    assert (first.format, first.checksum_type, first.metric_views) == ("csv", "sha1", 5)
    assert first.last_modified == datetime(2017, 1, 1, tzinfo=UTC)
    assert Dataset.objects.get(pk=LEVELS).last_update == datetime(2017, 1, 1, tzinfo=UTC)
    assert Resource.objects.get(dataset=WELLS).format == "geojson"  # given inside its dataset


def test_people_become_accounts_that_nobody_can_sign_in_to(document):
    import_document(document)
    ada = User.objects.get(slug="ada-byron")
    assert ada.email is None
    assert not ada.has_usable_password()
    assert ada.avatar_url == "https://static.example.org/ada.png"
    assert Dataset.objects.get(pk=WELLS).owner == ada
    assert Member.objects.get(user=ada).role == "admin"


def test_a_known_account_is_left_as_it_is(document):
    user = UserFactory(id=f"{0xA1:024x}", email="ada@example.org", first_name="Augusta")
    import_document(document)
    user.refresh_from_db()
    assert (user.email, user.first_name) == ("ada@example.org", "Augusta")
    assert user.has_usable_password()


def test_a_reuse_of_two_datasets_is_one_reuse_with_two_links(document):
    report = import_document(document)
    reuse = Reuse.objects.get()
    assert {dataset.pk for dataset in reuse.datasets.all()} == {LEVELS, WELLS}
    assert reuse.organization.slug == "river-board"
    assert reuse.image_url == "https://static.example.org/app.png"
    assert len(report.taken["reuse"]) == 1


def test_an_organization_reference_makes_one_but_never_alters_a_known_one(document):
    import_document(document)
    assert Organization.objects.get(slug="river-board").description == ""
    upsert_organization({"id": "00000000000000000000b001", "name": "Other name", "slug": "other"})
    assert Organization.objects.get(pk="00000000000000000000b001").name == "City of Springs"


def test_an_organization_keeps_its_logo_its_members_and_its_badges(document):
    import_document(document)
    organization = Organization.objects.get(slug="city-of-springs")
    assert organization.logo_url == "https://static.example.org/springs.png"
    assert organization.members.count() == 2
    assert [badge.kind for badge in organization.badges.all()] == ["public-service"]
    assert organization.metric_months == {"datasets_by_months": {"2026-01": 1}}


def test_what_is_not_open_has_no_licence(document):
    import_document(document)
    dataservice = Dataservice.objects.get()
    assert (dataservice.access_type, dataservice.license, dataservice.harvest) == ("open_with_account", None, None)
    assert [dataset.pk for dataset in dataservice.datasets.all()] == [LEVELS]


def test_discussions_posts_and_the_portal_come_along(document):
    import_document(document)
    discussion = Discussion.objects.get()
    assert (discussion.dataset_id, discussion.closed_by.slug) == (LEVELS, "ada-byron")
    assert [message.content for message in discussion.messages.all()] == ["Where is Sunday?", "Here."]
    assert Post.objects.get().slug == "open-day"
    site = Site.objects.current()
    assert (site.title, site.keywords, site.feed_size) == ("Springs open data", ["water"], 30)
    assert site.metrics["datasets_by_months"] == {"2026-01": 2}


def test_importing_twice_changes_nothing(document):
    import_document(document)
    before = snapshot()
    report = import_document(copy.deepcopy(document))
    assert snapshot() == before
    assert reasons(report) == []


def test_a_taken_slug_gives_way_to_the_next_free_one(document):
    DatasetFactory(title="Wells")
    report = import_document(document)
    assert Dataset.objects.get(pk=WELLS).slug == "wells-1"
    assert any("wells-1" in text for text in left_out(report))
    import_document(document)
    assert Dataset.objects.get(pk=WELLS).slug == "wells-1"


def test_a_new_slug_leaves_a_redirect_from_the_old_one(document):
    import_document(document)
    document["datasets"][1]["dataset"] |= {"slug": "springs", "title": "Springs"}
    import_document(document)
    assert Dataset.objects.get(pk=WELLS).slug == "springs"
    assert SlugHistory.objects.find(Dataset, "wells") == WELLS


def test_a_title_may_change_without_the_slug(document):
    import_document(document)
    document["datasets"][1]["dataset"]["title"] = "All the wells"
    import_document(document)
    assert Dataset.objects.get(pk=WELLS).slug == "wells"


def test_a_key_that_is_absent_leaves_its_column_alone(document):
    import_document(document)
    del document["datasets"][0]["dataset"]["license"]
    document["datasets"][0]["dataset"]["acronym"] = None
    import_document(document)
    dataset = Dataset.objects.get(pk=LEVELS)
    assert (dataset.license_id, dataset.acronym) == ("lov2", "")


def test_older_files_are_lists_of_entries_or_of_datasets(document):
    entries = document["datasets"]
    import_document([entries[0], entries[1]["dataset"]])
    assert Dataset.objects.count() == 2


def test_a_bad_record_costs_only_itself(document):
    entry = document["datasets"][0]
    entry["resources"][0]["url"] = "javascript:alert(1)"
    entry["dataset"]["title"] = "x" * 351
    entry["reuses"] = ["no object", {"id": "zz"}, *entry["reuses"]]
    report = import_document(document)
    told = "\n".join(reasons(report))
    assert f"dataset {LEVELS}: title: a text of 351 characters, where 350 are allowed" in told
    assert "its dataset was refused" in told
    assert "reuse #1: 'no object' is not an object" in told
    assert "reuse zz: id: 'zz' is not 24 hexadecimal characters" in told
    assert Dataset.objects.get().pk == WELLS
    assert CommunityResource.objects.get().dataset is None
    assert Reuse.objects.count() == 1


def test_two_reuses_cannot_have_one_address():
    twin = ReuseFactory(url="https://app.example.org/")
    with pytest.raises(Refused, match=twin.pk):
        upsert_reuse(
            {"id": f"{9:024x}", "title": "x", "type": "api", "topic": "health", "url": "https://APP.example.org/#top"}
        )


def test_a_resource_of_another_dataset_is_not_taken_away(document):
    import_document(document)
    document["datasets"][1]["dataset"]["resources"][0]["id"] = "11111111-0000-4000-8000-000000000001"
    assert any("another dataset" in reason for reason in reasons(import_document(document)))


def test_a_resource_and_a_community_resource_never_share_an_id(document):
    document["datasets"][0]["community_resources"][0]["id"] = "11111111-0000-4000-8000-000000000001"
    assert any(reason.startswith("community resource") for reason in reasons(import_document(document)))


def test_an_organization_wins_over_an_owner(document):
    document["datasets"][1]["dataset"]["organization"] = {"id": OrganizationFactory().pk}
    import_document(document)
    dataset = Dataset.objects.get(pk=WELLS)
    assert dataset.owner is None
    assert dataset.organization is not None


@pytest.mark.skipif(not REAL.exists(), reason="udata's fixture file is not here")
def test_the_real_fixture_is_taken_whole_and_twice():
    report = run(reader.read(str(REAL)))
    assert reasons(report) == []
    before, rows = counts(), snapshot()
    assert before["Dataset"] == 15
    assert before["Resource"] == 99
    assert before["CommunityResource"] == 25
    assert before["Reuse"] == 83
    assert before["Discussion"] == 110
    assert before["Message"] == 248
    assert before["Post"] == 20
    document = json.loads(REAL.read_text(encoding="utf-8"))
    for entry in document["datasets"]:
        dataset = Dataset.objects.get(pk=entry["dataset"]["id"])
        assert dataset.slug == entry["dataset"]["slug"]
        assert dataset.organization_id == entry["organization"]["id"]
        assert [str(one.pk) for one in dataset.resources.all()] == [one["id"] for one in entry["resources"]]
        assert {one.pk: one.slug for one in dataset.reuses.all()} == {r["id"]: r["slug"] for r in entry["reuses"]}
    run(reader.read(str(REAL)))
    assert counts() == before
    assert snapshot() == rows
