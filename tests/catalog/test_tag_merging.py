"""Tags that become one, and their aliases: what bears them, what is written later, and where old pages lead."""

import tracemalloc

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import AuditEntry, Dataset, Tag, TagAlias, TopicElement
from catalog.services import tags
from portal.lib.errors import ServiceError
from tests.catalog.factories import DatasetFactory, OrganizationFactory, ReuseFactory, TopicFactory, UserFactory

pytestmark = pytest.mark.django_db
PAGE = "/admin/catalog/tag/merge/"


@pytest.fixture
def curator():
    return UserFactory(admin=True)


def names(item) -> list[str]:
    return list(item.tags.order_by("name").values_list("name", flat=True))


def ids_of(*found: str) -> list[int]:
    return [tag.pk for tag in Tag.objects.named(found)]


def test_everything_that_bears_one_of_them_bears_the_one_that_stays_once(curator):
    both, one, other = DatasetFactory(tags=["eau", "water"]), DatasetFactory(tags=["waters"]), DatasetFactory()
    reuse, topic = ReuseFactory(), TopicFactory()
    reuse.tags.set(Tag.objects.named(["eau", "waters", "air"]))
    element = TopicElement.objects.create(topic=topic, title="T")
    element.tags.set(Tag.objects.named(["eau"]))
    kept = tags.merge(ids_of("eau", "waters", "water"), "water", by=curator)
    assert [names(item) for item in (both, one, other, reuse, element)] == [
        ["water"], ["water"], [], ["air", "water"], ["water"],
    ]  # fmt: skip
    assert list(kept.aliases.values_list("name", flat=True)) == ["eau", "waters"]
    assert not Tag.objects.filter(name__in=["eau", "waters"]).exists()


def test_a_new_name_may_stay_and_aliases_follow_from_merge_to_merge(curator):
    dataset = DatasetFactory(tags=["eau"])
    tags.merge(ids_of("eau"), "water", by=curator)
    tags.merge(ids_of("water"), "fresh-water", by=curator)
    assert names(dataset) == ["fresh-water"]
    assert set(TagAlias.objects.values_list("name", "tag__name")) == {
        ("eau", "fresh-water"), ("water", "fresh-water"),
    }  # fmt: skip


def test_an_alias_that_is_written_becomes_the_tag(api, curator):
    dataset = DatasetFactory(tags=["eau"])
    tags.merge(ids_of("eau"), "water", by=curator)
    api.force_login(curator)
    answer = api.put(f"/api/1/datasets/{dataset.pk}/", {"tags": ["Eau", "water", "air"]}, format="json")
    assert answer.json()["tags"] == ["air", "water"]
    assert not Tag.objects.filter(name="eau").exists()
    with pytest.raises(ValidationError):
        Tag(name="Eau").clean()
    with pytest.raises(ValidationError):
        TagAlias(name="Air", tag=Tag.objects.get(name="water")).clean()


def test_the_page_of_an_alias_leads_to_the_tag(client, curator):
    DatasetFactory(tags=["eau"])
    tags.merge(ids_of("eau"), "water", by=curator)
    answer = client.get("/tags/Eau/?page=1")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/tags/water/?page=1")


def test_aliases_keep_a_tag_that_nothing_bears(curator):
    tags.merge(ids_of("eau"), "water", by=curator)
    ids_of("unused")
    assert tags.prune() == 1
    assert Tag.objects.get().name == "water"


def test_only_curators_merge_tags_and_only_more_than_one():
    with pytest.raises(ServiceError):
        tags.merge(ids_of("eau"), "water", by=UserFactory())
    with pytest.raises(ServiceError):
        tags.merge(ids_of("eau"), "eau", by=UserFactory(admin=True))


def test_tags_are_merged_in_the_administration_with_one_row_in_the_log(admin_client, client):
    DatasetFactory.create_batch(3, tags=["eau", "waters"])
    chosen = ids_of("eau", "waters")
    answer = admin_client.post("/admin/catalog/tag/", {"action": "merge", "_selected_action": chosen})
    assert "eau" in admin_client.get(answer.headers["Location"]).content.decode()
    assert admin_client.post(PAGE, {"id": chosen, "name": "x"}).status_code == 200
    assert admin_client.post(PAGE, {"id": chosen, "name": " Water "}).status_code == 302
    row = AuditEntry.objects.get()
    assert (row.kind, row.object_id, row.changes) == ("Tag", str(Tag.objects.get().pk), ["aliases"])
    assert admin_client.get(f"/admin/catalog/tag/{row.object_id}/change/").status_code == 200
    assert admin_client.get(PAGE, {"id": ["zzz", "9" * 30]}).status_code == 404
    client.force_login(UserFactory(is_staff=True))
    assert client.post(PAGE, {"id": ids_of("air"), "name": "water"}).status_code == 403


def test_ten_thousand_datasets_are_retagged_in_batches(curator):
    organization = OrganizationFactory()
    rows = Dataset.objects.bulk_create(
        Dataset(title=f"D {n}", slug=f"d-{n}", description="D", organization=organization) for n in range(10_000)
    )
    (tag,) = Tag.objects.named(["eau"])
    Dataset.tags.through.objects.bulk_create(Dataset.tags.through(dataset=row, tag=tag) for row in rows)
    pks = {row.pk for row in rows}
    del rows
    if connection.vendor == "postgresql":  # what the planner knew of these tables was of empty ones
        connection.cursor().execute("ANALYZE catalog_dataset, catalog_dataset_tags")
    tracemalloc.start()
    try:
        with CaptureQueriesContext(connection) as captured:
            kept = tags.merge([tag.pk], "water", by=curator)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(captured) < 200
    assert peak < 30_000_000  # bytes, most of which are the captured statements
    assert set(kept.datasets.values_list("pk", flat=True)) == pks
