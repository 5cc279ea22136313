"""The portal as its API describes it, its counters, and drawn avatars (recordings 126, 145)."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from django.utils import timezone
from PIL import Image

from catalog import tasks
from catalog.models import Change, Dataset, DatasetDocument, Organization, Reuse, Site
from catalog.services import changes, metrics
from tests.catalog.factories import (
    DataserviceFactory,
    DatasetFactory,
    DiscussionFactory,
    MemberFactory,
    OrganizationFactory,
    ReuseFactory,
)

pytestmark = pytest.mark.django_db


def test_the_portal_shows_every_counter_even_before_any_is_computed(api):
    found = api.get("/api/1/site/").json()
    assert list(found) == ["feed_size", "id", "keywords", "metrics", "title", "version"]
    assert found["metrics"] == dict.fromkeys(sorted(metrics.SITE_METRICS), 0)
    assert len(found["metrics"]) == 25


def test_blocks_of_the_home_pages_are_shown_on_demand(api):
    found = api.get("/api/1/site/", headers={"X-Fields": "*"}).json()
    assert {"datasets_blocs", "reuses_blocs", "dataservices_blocs"} <= set(found)
    assert api.get("/api/1/site/", headers={"X-Fields": "id,reuses_blocs"}).json() == {
        "id": "default",
        "reuses_blocs": [],
    }


def test_counters_of_the_portal_count_what_is_listed(api):
    dataset = DatasetFactory(organization=OrganizationFactory(badges=["public-service"]))
    Dataset.objects.filter(pk=dataset.pk).update(metric_followers=7, resources_count=3)
    DatasetFactory(private=True)
    ReuseFactory()
    DataserviceFactory(deleted_at=timezone.now())
    DiscussionFactory(dataset=dataset)
    tasks.refresh_metrics()
    found = api.get("/api/1/site/").json()["metrics"]
    expected = {
        "datasets": 1, "resources": 3, "max_dataset_followers": 7, "reuses": 1, "dataservices": 0, "discussions": 1,
        "public-service": 1, "max_org_datasets": 1, "harvesters": 0,
    }  # fmt: skip
    assert {name: found[name] for name in expected} == expected
    assert len(found["datasets_by_months"]) == 13
    assert found["datasets_by_months"][f"{timezone.now().astimezone(UTC):%Y-%m}"] == 1


def test_what_others_count_survives_a_refresh():
    site = Site.objects.current()
    site.metrics = {"harvesters": 4, "datasets": 99}
    site.save()
    assert metrics.refresh_site_metrics().metrics["harvesters"] == 4
    assert Site.objects.current().metrics["datasets"] == 0


def test_counters_of_the_portal_cost_the_same_whatever_the_catalogue(django_assert_max_num_queries):
    DatasetFactory.create_batch(5)
    Site.objects.current()
    with django_assert_max_num_queries(18):
        metrics.refresh_site_metrics()


def test_thirteen_months_end_with_the_present_one():
    names = metrics.month_names(datetime(2026, 1, 31, 23, 30, tzinfo=UTC))
    assert names[0] == "2025-01"
    assert names[-1] == "2026-01"
    assert len(names) == 13


def test_counters_of_an_organization_have_months_for_the_kinds_it_has():
    organization = OrganizationFactory()
    MemberFactory(organization=organization)
    dataset = DatasetFactory(organization=organization)
    DatasetFactory(organization=organization, created_at_internal=timezone.now() - timedelta(days=800))
    DatasetFactory(organization=organization, private=True)
    ReuseFactory().datasets.set([dataset])
    assert metrics.refresh_organization_metrics([organization.pk]) == 1
    organization.refresh_from_db()
    assert (organization.metric_datasets, organization.metric_reuses, organization.metric_members) == (2, 0, 1)
    this_month = metrics.month_names()[-1]
    assert organization.metric_months["datasets_by_months"][this_month] == 1
    assert organization.metric_months["datasets_reuses_by_months"][this_month] == 1
    assert "reuses_by_months" not in organization.metric_months


def test_unchanged_organizations_are_not_written_again():
    DatasetFactory.create_batch(3)
    assert metrics.refresh_organization_metrics() == 3
    assert metrics.refresh_organization_metrics() == 0


def test_organizations_are_counted_by_whole_sets(django_assert_max_num_queries):
    DatasetFactory.create_batch(8)
    ids = list(Organization.objects.values_list("pk", flat=True))
    with django_assert_max_num_queries(14):
        metrics.refresh_organization_metrics(ids)


def test_a_deleted_reuse_no_longer_counts():
    organization = OrganizationFactory()
    reuse = ReuseFactory(owner=None, organization=organization)
    metrics.refresh_organization_metrics()
    Reuse.objects.filter(pk=reuse.pk).update(deleted=timezone.now())
    metrics.refresh_organization_metrics()
    organization.refresh_from_db()
    assert organization.metric_reuses == 0


def test_the_log_of_changes_keeps_the_newest_of_each_kind_and_the_last_hour():
    Change.objects.all().delete()
    long_ago = timezone.now() - timedelta(hours=3)
    for kind in ("dataset", "dataset", "reuse"):
        Change.objects.create(kind=kind, at=long_ago)
    Change.objects.create(kind="dataset")
    assert changes.prune() == 2
    assert sorted(Change.objects.values_list("kind", flat=True)) == ["dataset", "reuse"]
    tasks.prune_changes()
    assert Change.objects.count() == 2


def test_missing_documents_are_built_in_the_background():
    DatasetFactory()
    tasks.refresh_documents()
    assert DatasetDocument.objects.count() == 1


def test_an_avatar_is_a_png_of_the_size_asked(api):
    answer = api.get("/api/1/avatars/abc/32/")
    assert answer.headers["Content-Type"] == "image/png"
    assert "max-age=31536000" in answer.headers["Cache-Control"]
    image = Image.open(BytesIO(answer.content))
    assert image.size == (32, 32)
    mirrored = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    assert image.resize((5, 5), 0).tobytes() == mirrored.resize((5, 5), 0).tobytes()


def test_an_avatar_is_always_the_same_for_the_same_identifier(api):
    first, second = api.get("/api/1/avatars/abc/64/"), api.get("/api/1/avatars/abc/64/")
    assert first.content == second.content
    assert first.content != api.get("/api/1/avatars/abd/64/").content
    again = api.get("/api/1/avatars/abc/64/", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("path", ["abc/0", "abc/513", f"{'a' * 300}/32"])
def test_an_avatar_too_large_to_draw_is_not_found(api, path):
    assert api.get(f"/api/1/avatars/{path}/").status_code == 404
