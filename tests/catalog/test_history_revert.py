"""Reverting: whatever was edited through the API, the object comes back as it was, but for the dates of writing."""

import os
from string import printable

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from catalog.models import Dataset, GeoLevel, GeoZone
from catalog.permissions import Actor
from catalog.services import derivation
from catalog.services.history import revisions
from catalog.services.reverting import revert
from tests.catalog.factories import (
    DatasetFactory,
    LicenseFactory,
    OrganizationFactory,
    ResourceFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("REVERT_EXAMPLES", "60"))  # 1,000 in `make revert`

# What must move: the dates of writing, and whether the data are late, which follows from them.
MOVING = {"last_modified", "last_update", "last_modified_internal", "quality"}
SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
text = st.text(printable + "éà€😀", min_size=1, max_size=40).filter(lambda one: one.strip())
word = st.text("abcdefghij", min_size=3, max_size=8)
extras = st.dictionaries(
    word, st.none() | st.booleans() | st.integers(-9, 9) | text | st.lists(st.integers(0, 9)), max_size=3
)
new_file = st.fixed_dictionaries(
    {"title": text, "url": word.map("https://example.org/{}".format), "filetype": st.just("remote")},
    optional={"format": word, "description": text, "type": st.sampled_from(["main", "documentation", "api"]),
              "extras": extras, "filesize": st.integers(0, 10**12),
              "checksum": word.map(lambda one: {"type": "sha1", "value": one}),
              "schema": word.map(lambda one: {"name": one, "version": "1"})},
)  # fmt: skip
BODY = {
    "title": text,
    "description": text,
    "acronym": text,
    "description_short": text,
    "tags": st.lists(word, max_size=4),
    "frequency": st.sampled_from(["daily", "annual", "unknown", "continuous"]),
    "frequency_date": st.none() | st.datetimes().map(lambda one: f"{one.isoformat()}+00:00"),
    "temporal_coverage": st.none() | st.just({"start": "2019-01-01", "end": "2020-02-03"}),
    "spatial": st.none() | st.just({"zones": ["country:fr"], "granularity": "country"}) | st.just({"zones": []}),
    "license": st.none() | st.just("lov2"),
    "extras": extras,
    "private": st.booleans(),
    "archived": st.none() | st.just("2024-05-06T07:08:09.123456+00:00"),
    "access_type": st.sampled_from(["open", "restricted", "open_with_account"]),
    "schema": st.none() | word.map(lambda one: {"name": one, "version": "2"}),
    "organization": st.sampled_from(["one", "other"]),
    "keep": st.lists(st.booleans(), max_size=3),  # of the files that are there
    "files": st.lists(new_file, max_size=2),
}
edit = st.fixed_dictionaries({}, optional=BODY)


def comparable(value):
    if isinstance(value, dict):
        return {key: comparable(one) for key, one in value.items() if key not in MOVING}
    return [comparable(one) for one in value] if isinstance(value, list) else value


def sent(body: dict, document: dict, organizations: dict) -> dict:
    """Return the body of a PUT: organizations by their ids, and files that are kept, changed, added or left out."""
    found = {key: value for key, value in body.items() if key not in ("keep", "files", "organization")}
    if "organization" in body:
        found["organization"] = organizations[body["organization"]].pk
    if "keep" in body or "files" in body:
        kept = zip(body.get("keep", []), document["resources"], strict=False)
        files = [{**one, "title": "changed"} for keep, one in kept if keep]
        found["resources"] = [*files[::-1], *body.get("files", [])]
    return found


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=SLOW, phases=[Phase.explicit, Phase.generate])
@given(edits=st.lists(edit, min_size=1, max_size=3), first=edit)
def test_a_revert_restores_the_exact_document(api, edits, first):
    level, _made = GeoLevel.objects.get_or_create(pk="country", defaults={"name": "Country"})
    GeoZone.objects.get_or_create(
        pk="country:fr", defaults={"level": level, "code": "fr", "name": "France", "slug": "france"}
    )
    LicenseFactory()
    user = UserFactory(admin=True)
    api.force_login(user)
    organizations = {"one": OrganizationFactory(), "other": OrganizationFactory()}
    dataset = DatasetFactory(organization=organizations["one"])
    ResourceFactory.create_batch(3, dataset=dataset)
    derivation.refresh([dataset.pk])
    url = f"/api/1/datasets/{dataset.pk}/"
    put(api, url, first, organizations)
    wanted = api.get(url).json()
    count = revisions.of("Dataset", dataset.pk).count()
    for body in edits:
        put(api, url, body, organizations)
    history = list(revisions.of("Dataset", dataset.pk))
    if len(history) == count:  # nothing was different
        assert comparable(api.get(url).json()) == comparable(wanted)
        return
    version = history[-count] if count else history[-1]
    revert(Dataset.objects.get(pk=dataset.pk), version, by=user, actor=Actor.of(user))
    assert comparable(api.get(url).json()) == comparable(wanted)


def put(api, url, body, organizations) -> None:
    answer = api.put(url, sent(body, api.get(url).json(), organizations), format="json")
    assert answer.status_code == 200, (answer.content, body)
