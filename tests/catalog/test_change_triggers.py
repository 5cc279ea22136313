"""The database raises versions and notes changes, whatever way a row is written."""

from importlib import import_module

import pytest
from django.db import IntegrityError, connection, transaction

from catalog.models import Change, CommunityResource, ContactPoint, Dataset, DatasetBadge, Resource, Tag
from tests.catalog.factories import (
    CommunityResourceFactory,
    DatasetFactory,
    LicenseFactory,
    OrganizationFactory,
    ResourceFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def version(dataset: Dataset) -> int:
    return Dataset.objects.values_list("version", flat=True).get(pk=dataset.pk)


def contact(dataset: Dataset) -> ContactPoint:
    point = ContactPoint.objects.create(name="Help desk", email="help@example.org")
    dataset.contact_points.add(point)
    return point


WRITES = {
    "a save": lambda dataset: dataset.save(),
    "a bulk update": lambda dataset: Dataset.objects.filter(pk=dataset.pk).update(title="New"),
    "a new resource": lambda dataset: ResourceFactory(dataset=dataset),
    "resources in bulk": lambda dataset: Resource.objects.bulk_create([Resource(dataset=dataset, title="a", url="b")]),
    "a change of resource": lambda dataset: dataset.resources.update(title="New"),
    "a resource gone": lambda dataset: dataset.resources.all().delete(),
    "a community resource": lambda dataset: CommunityResourceFactory(dataset=dataset),
    "a badge": lambda dataset: DatasetBadge.objects.create(dataset=dataset, kind="hvd"),
    "a tag": lambda dataset: dataset.tags.set(Tag.objects.named(["water"])),
    "a tag renamed": lambda dataset: Tag.objects.filter(datasets=dataset).update(name="renamed"),
    "a contact point": contact,
    "a contact renamed": lambda dataset: ContactPoint.objects.filter(datasets=dataset).update(name="New"),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_every_way_of_writing_raises_the_version(write):
    dataset = DatasetFactory(tags=["air"])
    other = DatasetFactory()
    ResourceFactory(dataset=dataset)
    contact(dataset)
    before, other_before = version(dataset), version(other)
    write(dataset)
    assert version(dataset) > before
    assert version(other) == other_before


def test_a_stale_instance_never_lowers_the_version():
    dataset = DatasetFactory()
    stale = Dataset.objects.get(pk=dataset.pk)
    for _ in range(3):
        Dataset.objects.filter(pk=dataset.pk).update(featured=True)
    before = version(dataset)
    stale.save()
    assert version(dataset) == before + 1


def test_each_write_moves_the_log_of_its_kind_only():
    dataset, license = DatasetFactory(), LicenseFactory()
    datasets, licenses = Change.objects.position("dataset"), Change.objects.position("license")
    Dataset.objects.filter(pk=dataset.pk).update(title="New")
    assert Change.objects.position("dataset") != datasets
    assert Change.objects.position("license") == licenses
    license.delete()
    assert Change.objects.position("license") != licenses


def test_a_sign_in_moves_nothing():
    user = UserFactory()
    before = Change.objects.position()
    user.save(update_fields=["last_login"])
    assert Change.objects.position() == before


def test_an_organization_is_noted_too():
    before = Change.objects.position("organization")
    OrganizationFactory()
    assert Change.objects.position("organization") != before


def test_an_id_belongs_to_one_resource_of_either_kind():
    resource = ResourceFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        CommunityResourceFactory(id=resource.id)
    community = CommunityResourceFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        ResourceFactory(id=community.id)
    assert CommunityResource.objects.count() == Resource.objects.count() == 1


@pytest.mark.parametrize("name", ["0002_change_triggers", "0006_write_api_triggers"])
def test_no_later_migration_lost_the_triggers_of_a_table(name):
    """SQLite drops them without a word when it makes a table anew."""
    logged = import_module(f"catalog.migrations.{name}").LOGGED
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'note_change'")
        else:
            cursor.execute("SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%_note_insert'")
        assert set(logged) <= {table for (table,) in cursor.fetchall()}
