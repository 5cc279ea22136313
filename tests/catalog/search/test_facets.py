"""Facets against a naive count over random objects."""

import random
from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.models import Dataset, Resource
from catalog.search import service
from catalog.search.schema import FAMILY_OF
from catalog.search.service import Options
from tests.catalog.factories import (
    DataserviceFactory,
    DatasetFactory,
    LicenseFactory,
    OrganizationFactory,
    ResourceFactory,
)

TAGS = ["eau", "air", "sol", "bruit", "climat"]
FORMATS = ["csv", "json", "pdf", "shp", "zip"]
WORDS = ["rivière", "forêt", "école"]


@pytest.fixture
def facts(db):
    """Make 120 datasets at random, and tell of each what facets count."""
    chance = random.Random(4)  # noqa: S311 - a seed, no secret
    organizations = [
        OrganizationFactory(badges=badges) for badges in (["public-service", "certified"], ["company"], [])
    ]
    licenses = [LicenseFactory(id=name, title=name) for name in ("lov2", "odbl")]
    found = []
    for _number in range(120):
        tags = chance.sample(TAGS, chance.randint(0, 3))
        dataset = DatasetFactory(
            title=" ".join(chance.sample(WORDS, 2)),
            organization=chance.choice(organizations),
            license=chance.choice([*licenses, None]),
            tags=tags,
            featured=chance.random() < 0.2,
        )
        formats = chance.sample(FORMATS, chance.randint(0, 2))
        for form in formats:
            ResourceFactory(dataset=dataset, format=form)
        age = chance.choice([1, 100, 700, 2000])
        Dataset.objects.filter(pk=dataset.pk).update(last_update=timezone.now() - timedelta(days=age))
        found.append(
            {
                "id": dataset.pk,
                "words": dataset.title,
                "tag": tags,
                "format": formats,
                "format_family": sorted({FAMILY_OF.get(form, "other") for form in formats}),
                "organization": dataset.organization_id,
                "license": [dataset.license_id] if dataset.license_id else [],
                "featured": dataset.featured,
                "age": age,
            }
        )
    assert Resource.objects.count() == sum(len(fact["format"]) for fact in found)
    return found


def matches(fact: dict, name: str, value: object) -> bool:
    if name == "tag":
        return set(value) <= set(fact["tag"])
    if name == "format":
        return bool(set(value) & set(fact["format"]))
    if name == "last_update_range":
        return fact["age"] <= {"last_30_days": 30, "last_12_months": 365, "last_3_years": 1095}[value]
    if name in ("organization", "featured"):
        return fact[name] == value
    return value in fact[name]


def test_each_facet_leaves_its_own_filter_out(facts, indexed):
    portal = indexed()
    chance = random.Random(5)  # noqa: S311
    choices = {
        "tag": lambda: chance.sample(TAGS, chance.randint(1, 2)),
        "format": lambda: chance.sample(FORMATS, 2),
        "license": lambda: chance.choice(["lov2", "odbl"]),
        "organization": lambda: chance.choice(facts)["organization"],
        "format_family": lambda: chance.choice(["tabular", "other"]),
        "featured": lambda: chance.random() < 0.5,
        "last_update_range": lambda: chance.choice(["last_30_days", "last_12_months", "last_3_years"]),
    }
    for _round in range(40):
        filters = {name: choices[name]() for name in chance.sample(sorted(choices), chance.randint(0, 3))}
        word = chance.choice([*WORDS, ""])
        hits = service.search("dataset", word, filters, options=Options(facets=True))
        there = [fact for fact in facts if word in fact["words"]]

        def left(without: str, there=there, filters=filters) -> list[dict]:
            asked = [(name, value) for name, value in filters.items() if name != without]
            return [fact for fact in there if all(matches(fact, name, value) for name, value in asked)]

        assert hits.total == len(left(""))
        for name in ("tag", "format", "license", "format_family"):
            naive = left(name)
            counted = Counter(value for fact in naive for value in fact[name])
            expected = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
            given = [(bucket["name"], bucket["count"]) for bucket in hits.facets[name]]
            assert given == [("all", len(naive)), *expected], (name, filters, word)
        ages = {bucket["name"]: bucket["count"] for bucket in hits.facets["last_update"]}
        naive = left("last_update_range")
        assert ages == {
            "all": len(naive),
            **{name: sum(matches(fact, "last_update_range", name) for fact in naive) for name in list(ages)[1:]},
        }
    assert portal.ids(tag=["eau"])


def test_organizations_are_counted_with_their_names(indexed):
    organization = OrganizationFactory(name="Ville de Brest")
    DatasetFactory(organization=organization)
    indexed()
    facet = service.search("dataset", options=Options(facets=["organization_id_with_name"])).facets
    assert facet == {
        "organization_id_with_name": [
            {"name": "all", "count": 1},
            {"name": f"{organization.pk}|Ville de Brest", "count": 1},
        ]
    }


def test_a_facet_has_fifty_terms_at_most(indexed):
    for number in range(60):
        DatasetFactory(tags=[f"tag-{number}"])
    indexed()
    assert len(service.search("dataset", options=Options(facets=["tag"])).facets["tag"]) == 51


def test_periods_overlap(indexed):
    inside = DatasetFactory(temporal_start="2020-03-01", temporal_end="2020-06-30")
    lasting = DatasetFactory(temporal_start="2019-01-01", temporal_end=None)
    DatasetFactory(temporal_start="2010-01-01", temporal_end="2011-01-01")
    DatasetFactory()
    portal = indexed()
    assert set(portal.ids(temporal_coverage="2020-06-30-2021-01-01")) == {inside.pk, lasting.pk}
    assert portal.ids(temporal_coverage="2020") == []


def test_the_access_filter_of_dataservices_can_be_turned_round(indexed):
    opened, closed = DataserviceFactory(), DataserviceFactory(access_type="restricted")
    portal = indexed()
    assert portal.ids(kind="dataservice", is_restricted=True) == [closed.pk]
    assert portal.ids(kind="dataservice", is_restricted=False) == [opened.pk]
