"""`manage.py generate_catalog`: a made-up catalogue whose rows are as the services would leave them."""

import json
import random
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from catalog.models import (
    CommunityResource,
    ContactPoint,
    Dataset,
    GeoLevel,
    GeoZone,
    License,
    Organization,
    Resource,
    Reuse,
)
from catalog.services import derivation, metrics
from catalog.services.synthetic import shapes
from catalog.services.synthetic.ids import END, Series
from catalog.services.synthetic.shapes import LARGEST, Size
from portal.lib.ids import is_object_id
from portal.models import User

pytestmark = pytest.mark.django_db


def generate(**numbers):
    out = StringIO()
    options = {"datasets": 120, "resources": 500, "organizations": 10, "reuses": 12, "users": 9, "seed": 7, **numbers}
    call_command("generate_catalog", *(f"--{name}={value}" for name, value in options.items()), stdout=out)
    return out.getvalue()


@pytest.fixture
def references(db):
    """What the data migrations load, which a flushed test database may lack."""
    level = GeoLevel.objects.get_or_create(id="fr:region", defaults={"name": "Region"})[0]
    zone = {"level": level, "code": "11", "name": "Île-de-France", "slug": "ile-de-france"}
    GeoZone.objects.get_or_create(id="fr:region:11", defaults=zone)
    License.objects.get_or_create(id="lov2", defaults={"title": "Licence Ouverte 2.0"})


def test_it_makes_the_numbers_asked_for_and_tells_them():
    out = generate()
    assert Dataset.objects.count() == 120
    assert Resource.objects.count() == 500
    assert Organization.objects.count() == 10
    assert Reuse.objects.count() == 12
    assert User.objects.count() == 9
    assert "500 catalog_resource\n" in out


@pytest.mark.usefixtures("references")
def test_its_derived_columns_are_those_the_services_compute():
    generate()
    assert derivation.refresh(Dataset.objects.values_list("pk", flat=True)) == 0
    assert metrics.refresh_organization_metrics() == 0
    for resource in [*Resource.objects.all(), *CommunityResource.objects.all()]:
        before = (resource.created_at, resource.last_modified)
        resource.derive()
        assert before == (resource.created_at, resource.last_modified)


@pytest.mark.usefixtures("references")
def test_its_rows_pass_the_validation_of_their_models():
    generate()
    for model in (Dataset, Resource, Organization, Reuse, User):
        for row in model.objects.order_by("?")[:25]:
            row.full_clean(exclude=["slug", "password"])


def test_its_ids_have_the_public_form_and_follow_the_dates():
    generate()
    rows = Dataset.objects.order_by("created_at_internal").values_list("pk", "created_at_internal")
    assert all(is_object_id(pk) for pk, _created in rows)
    assert [pk for pk, _created in rows] == sorted(pk for pk, _created in rows)
    assert rows.last()[1] <= END


def test_a_catalogue_has_everything_that_real_ones_have():
    generate(datasets=400, resources=1500)
    harvested = Dataset.objects.filter(harvest__isnull=False).count()
    assert 0.55 < harvested / 400 < 0.78
    for state in ({"private": True}, {"archived__isnull": False}, {"access_type": "restricted"}):
        assert Dataset.objects.filter(**state).exists()
    assert Dataset.objects.filter(resources_count=0).exists()
    assert Dataset.objects.filter(badges__kind="inspire", tags__isnull=False).exists()
    assert Dataset.objects.filter(metric_reuses__gt=0).exists()
    lengths = [len(text) for text in Dataset.objects.values_list("description", flat=True)]
    assert min(lengths) >= 100
    assert max(lengths) <= 3_000
    assert {False, True} <= set(Resource.objects.values_list("extras__check:available", flat=True))


def test_the_reuses_of_a_dataset_are_counted_as_readers_see_them():
    generate(reuses=60)
    for dataset in Dataset.objects.all():
        assert dataset.metric_reuses == Reuse.objects.listed().filter(datasets=dataset).count()


def test_a_seed_gives_the_same_catalogue_again():
    def dump():
        columns = ("pk", "title", "slug", "description", "harvest", "last_update", "quality_flags", "metric_views")
        found = json.dumps(list(Dataset.objects.order_by("pk").values_list(*columns)), default=str)
        files = sorted(map(str, Resource.objects.values_list("pk", "url")))
        return found, files

    generate(datasets=30, resources=90)
    first = dump()
    for model in (Reuse, CommunityResource, Dataset, ContactPoint, Organization, User):
        model.objects.all().delete()
    generate(datasets=30, resources=90)
    assert dump() == first


def test_another_seed_adds_another_catalogue():
    generate(datasets=30, resources=90)
    generate(datasets=30, resources=90, seed=8)
    assert Dataset.objects.count() == 60
    assert Resource.objects.count() == 180


def test_a_seed_is_used_once():
    generate(datasets=5, resources=5)
    with pytest.raises(CommandError, match="seed 7 is already there"):
        generate(datasets=5, resources=5)
    assert Dataset.objects.count() == 5


@pytest.mark.parametrize("missing", ["datasets", "organizations", "users"])
def test_nothing_comes_from_nothing(missing):
    with pytest.raises(CommandError, match="At least one dataset"):
        generate(**{missing: 0})


@pytest.mark.parametrize("text", ["-1", "many", "1.5"])
def test_a_number_must_be_one(text):
    with pytest.raises(CommandError, match="not a number"):
        generate(datasets=text)


def test_a_large_catalogue_has_exactly_one_huge_dataset():
    size = Size(datasets=4_000, resources=25_000, organizations=1, reuses=0, users=1, seed=1)
    counts = shapes.resources_by_dataset(random.Random(1), size)  # noqa: S311 - a test of chance
    assert sum(counts) == 25_000
    assert counts.count(LARGEST) == 1
    assert sorted(counts)[-2] < 1_000
    assert sum(1 <= count <= 8 for count in counts) > 0.8 * len(counts)


def test_a_catalogue_may_have_no_resource():
    generate(datasets=10, resources=0)
    assert not Resource.objects.exists()


def test_two_seeds_never_give_one_id():
    first, second = (Series("datasets", seed=seed, total=10) for seed in (1, 2))
    assert not {first.id(number) for number in range(10)} & {second.id(number) for number in range(10)}
    with pytest.raises(ValueError, match="At most"):
        Series("datasets", seed=1, total=20_000_000)
