"""Stored documents: marks, staleness, the clock."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.api.dataset import DatasetSerializer, DatasetV2Serializer
from catalog.api.resource import CommunityResourceSerializer, ResourceSerializer
from catalog.documents import store
from catalog.documents.fill import Filler
from catalog.documents.marks import HOLE, SITE
from catalog.documents.shapes import resource as resource_shapes
from catalog.models import Dataset, DatasetDocument
from catalog.permissions import ANONYMOUS
from catalog.services import derivation
from tests.catalog.factories import CommunityResourceFactory, DatasetFactory, ResourceFactory

pytestmark = pytest.mark.django_db


def read(version: str, **options) -> dict:
    (body,) = store.read(Dataset.objects.all(), version)
    return json.loads(Filler(ANONYMOUS, version, **options).fill(body))


@pytest.mark.parametrize(("version", "serializer"), [("v1", DatasetSerializer), ("v2", DatasetV2Serializer)])
def test_a_document_holds_what_its_serializer_declares(version, serializer):
    ResourceFactory()
    optional = {name for name, field in serializer().fields.items() if not field.required}
    assert set(read(version)) == set(serializer().fields) - optional


def test_resources_hold_what_their_serializers_declare():
    assert set(resource_shapes.resource(ResourceFactory())) == set(ResourceSerializer().fields)
    shape = resource_shapes.community_resource(CommunityResourceFactory())
    assert set(shape) == set(CommunityResourceSerializer().fields)


def test_a_text_that_imitates_a_mark_is_harmless(settings):
    hostile = f"{HOLE}oo {SITE} {HOLE}"
    DatasetFactory(title=hostile, extras={hostile: [hostile, {"a": HOLE + "o123"}]})
    body = read("v1")
    assert body["title"] == "oo  "
    assert body["extras"] == {"oo  ": ["oo  ", {"a": "o123"}]}


def test_addresses_follow_the_setting_without_any_rebuild(settings):
    DatasetFactory()
    store.refresh()
    settings.SITE_URL = "https://data.example.org"
    assert read("v2")["uri"].startswith("https://data.example.org/api/1/datasets/")


def test_quality_changes_with_the_clock_alone():
    dataset = DatasetFactory(frequency="daily")
    derivation.refresh_one(dataset)
    store.refresh()
    due = dataset.last_update + timedelta(days=2)  # one day of frequency, one of grace
    early = read("v1", now=due - timedelta(seconds=2))["quality"]
    late = read("v1", now=due + timedelta(seconds=2))["quality"]
    assert (early["update_fulfilled_in_time"], late["update_fulfilled_in_time"]) == (True, False)
    assert early["score"] > late["score"]


def test_refresh_builds_stale_documents_only():
    DatasetFactory.create_batch(3)
    assert store.refresh() == 3
    assert store.refresh() == 0
    Dataset.objects.filter(pk=Dataset.objects.first().pk).update(title="New")
    assert store.stale().count() == 1
    assert store.refresh() == 1


def test_building_costs_the_same_queries_for_one_and_for_many(django_assert_num_queries):
    rows = [ResourceFactory().dataset_id for _ in range(20)]
    for ids in [rows[:1], rows]:
        with django_assert_num_queries(7):  # datasets, four relations, resources, community resources
            assert len(store.build(ids)) == len(ids)


def test_a_document_goes_with_its_dataset():
    dataset = DatasetFactory()
    store.refresh()
    dataset.delete()
    assert not DatasetDocument.objects.exists()


def test_a_future_frequency_date_survives():
    DatasetFactory(frequency_date=timezone.now() + timedelta(days=3))
    assert read("v1")["frequency_date"].endswith("+00:00")
