"""`manage.py demo`: a whole catalogue that looks real, loaded once for all these tests."""

import csv
import hashlib
import io
import json
from collections import Counter
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

from catalog.models import (
    CommunityResource,
    Dataservice,
    Dataset,
    Discussion,
    GeoZone,
    License,
    Organization,
    Post,
    Resource,
    Reuse,
    Topic,
    TopicElement,
)
from catalog.models.subject import load_subjects
from catalog.services import derivation, metrics
from catalog.services.demo import accounts, pictures, plan, tables
from catalog.services.demo.names import object_id
from portal.lib.ids import is_object_id
from portal.models import User
from tests.catalog.factories import DatasetFactory

MODELS = (Organization, Dataset, Resource, Reuse, Dataservice, Post, Discussion, CommunityResource, Topic)


def demo(*arguments):
    out = StringIO()
    call_command("demo", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture(scope="module")
def media(tmp_path_factory):
    return tmp_path_factory.mktemp("media")


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker, media):
    """Load the demonstration once, in one transaction that is undone after the last test of this module."""
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=media, DEBUG=True), transaction.atomic():
        yield demo()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _media(settings, media):
    settings.MEDIA_ROOT = media


@pytest.fixture
def catalogue(loaded, db):
    """The loaded demonstration, and what the command printed."""
    return loaded


def test_the_catalogue_is_as_large_as_promised(catalogue):
    counts = {model.__name__: model.objects.count() for model in MODELS}
    assert counts["Dataset"] >= 280
    assert (counts["Organization"], counts["Reuse"] >= 60, counts["Dataservice"] >= 10) == (40, True, True)
    elements = TopicElement.objects.all()
    assert (counts["Topic"], len(elements)) == (2, 12)
    assert len(load_subjects(elements)) == 11  # all but a title alone
    assert min(counts["Post"], counts["Discussion"], counts["CommunityResource"]) >= 5
    assert counts["Resource"] >= 700


def test_it_tells_where_to_go_and_who_may_sign_in(catalogue, client, settings):
    assert f"{settings.SITE_URL}/admin/" in catalogue
    for account in accounts.ACCOUNTS:
        assert account.email in catalogue
        assert account.password in catalogue
    admin, editor, visitor = (User.objects.get(email=account.email) for account in accounts.ACCOUNTS)
    assert (admin.is_superuser, editor.is_staff, visitor.is_staff) == (True, False, False)
    assert [member.role for member in editor.memberships.all()] == ["editor"]
    assert not visitor.memberships.exists()


def test_a_second_load_changes_nothing(catalogue, media):
    before = [list(model.objects.order_by("pk").values()) for model in MODELS]
    files = {path: path.stat().st_mtime_ns for path in media.rglob("*")}
    assert "Nothing was missing." in demo("--with-accounts")
    assert [list(model.objects.order_by("pk").values()) for model in MODELS] == before
    assert {path: path.stat().st_mtime_ns for path in media.rglob("*")} == files


def test_what_people_changed_is_kept(catalogue):
    dataset = Dataset.objects.listed().first()
    dataset.title = "Changed by a person"
    dataset.save()
    demo()
    dataset.refresh_from_db()
    assert dataset.title == "Changed by a person"


def test_what_is_missing_comes_back(catalogue):
    dataset = Dataset.objects.get(pk=object_id("dataset", "arbres-ville-port-serein"))
    slug, files = dataset.slug, dataset.resources.count()
    Dataset.objects.filter(pk=dataset.pk).delete()
    demo()
    again = Dataset.objects.get(pk=dataset.pk)
    assert (again.slug, again.resources.count()) == (slug, files)


def test_the_derived_columns_and_counters_are_right(catalogue):
    assert derivation.refresh(Dataset.objects.values_list("pk", flat=True)) == 0
    assert metrics.refresh_organization_metrics() == 0
    for dataset in Dataset.objects.filter(metric_discussions__gt=0):
        assert dataset.metric_discussions == dataset.discussions.count()
        assert dataset.metric_discussions_open == dataset.discussions.filter(closed=None).count()
    for reuse in Reuse.objects.all():
        assert reuse.metric_datasets == reuse.datasets.count() > 0


def test_the_rows_pass_the_validation_of_their_models(catalogue):
    for model in MODELS:
        for row in model.objects.all():
            row.full_clean(exclude=["slug", "urlhash"])


def test_the_quality_goes_from_none_to_perfect(catalogue):
    scores = Counter(round(dataset.quality["score"], 1) for dataset in Dataset.objects.all())
    assert scores[0.0] > 3
    assert scores[1.0] > 50
    assert len(scores) >= 6


def test_every_state_and_oddity_is_there(catalogue):
    datasets = Dataset.objects
    assert datasets.exclude(archived=None).count() == 1
    assert datasets.exclude(deleted=None).count() == 1
    assert datasets.filter(private=True).count() == 1
    assert datasets.filter(resources_count=0).count() == 1
    assert datasets.get(resources_count=120)
    assert max(len(title) for title in datasets.values_list("title", flat=True)) > 300
    assert datasets.filter(title__contains="🌊").exists()
    assert datasets.filter(featured=True).count() >= 5
    assert {"open", "restricted", "open_with_account"} == set(datasets.values_list("access_type", flat=True))
    assert {"hvd", "spd", "inspire"} <= set(datasets.values_list("badges__kind", flat=True))


def test_titles_are_all_different(catalogue):
    assert [
        title for title, times in Counter(Dataset.objects.values_list("title", flat=True)).items() if times > 1
    ] == []
    assert not Dataset.objects.filter(title__contains="{").exists()
    assert not Dataset.objects.filter(description__contains="{").exists()


def test_hosted_files_are_small_true_and_readable(catalogue):
    rows = [*Resource.objects.filter(filetype="file"), *CommunityResource.objects.filter(filetype="file")]
    assert len(rows) > 400
    assert sum(row.filesize for row in rows) < 8_000_000
    for row in rows:
        with row.file.open() as file:
            content = file.read()
        assert len(content) == row.filesize <= 20_000, row.file.name
        assert hashlib.sha1(content, usedforsecurity=False).hexdigest() == row.checksum_value
        READERS[row.format](content.decode())


def read_csv(text):
    header, *lines = csv.reader(io.StringIO(text))
    assert lines
    assert {len(line) for line in lines} == {len(header)}


def read_geojson(text):
    features = json.loads(text)["features"]
    longitude, latitude = features[0]["geometry"]["coordinates"]
    assert -9 < longitude < -6
    assert 45 < latitude < 48


READERS = {"csv": read_csv, "json": json.loads, "geojson": read_geojson, "txt": str}


def test_a_hosted_file_opens_from_its_address(catalogue, client, settings):
    resource = Resource.objects.filter(format="geojson", filetype="file").first()
    response = client.get(resource.file.url)
    assert response.status_code == 200
    content = b"".join(response.streaming_content)
    assert json.loads(content)["type"] == "FeatureCollection"


def test_logos_are_pictures(catalogue):
    for organization in Organization.objects.all():
        with organization.logo.open() as file:
            assert file.read(8) == b"\x89PNG\r\n\x1a\n"


def test_only_territories_and_licences_that_exist_are_used(catalogue):
    """Nothing but the data migrations makes them; without them the demonstration loads all the same."""
    assert not GeoZone.objects.filter(name__icontains="Valmont").exists()
    assert not License.objects.filter(title__icontains="Valmont").exists()


@pytest.mark.django_db
def test_a_portal_with_datasets_is_left_alone_on_demand(monkeypatch):
    DatasetFactory()
    monkeypatch.setattr("catalog.management.commands.demo.load", lambda **options: pytest.fail("loaded"))
    assert "not loaded" in demo("--if-empty")


@pytest.mark.django_db
def test_known_passwords_are_not_made_in_production(settings, monkeypatch):
    asked = []
    monkeypatch.setattr("catalog.management.commands.demo.load", lambda **options: asked.append(options) or Counter())
    settings.DEBUG = False
    assert "No account was made" in demo()
    demo("--with-accounts")
    settings.DEBUG = True
    demo()
    assert [options["with_accounts"] for options in asked] == [False, True, True]


@pytest.mark.django_db
def test_an_account_that_exists_keeps_its_password_and_rights():
    accounts.add_accounts()
    admin = User.objects.get(email="admin@demo.local")
    admin.set_password("Another-Password-2026")
    admin.is_superuser = False
    admin.save()
    assert accounts.add_accounts() == 0
    admin.refresh_from_db()
    assert admin.check_password("Another-Password-2026")
    assert not admin.is_superuser


def test_the_plan_is_the_same_each_time():
    keys = [draft.key for draft in plan.drafts()]
    assert keys == [draft.key for draft in plan.drafts()]
    assert len(keys) == len(set(keys))
    assert all(is_object_id(object_id("dataset", key)) for key in keys)


def test_every_column_of_every_theme_can_be_made():
    for draft in plan.drafts():
        rows = tables.make(draft.columns, min(draft.theme["rows"], 3), draft.place, plan.chance(draft.key))
        assert all(value not in ("", None) for row in rows for value in row.values())


@pytest.mark.parametrize(
    ("name", "letters"), [("Ville de Port-Serein", "VS"), ("AirValmont", "A"), ("Météo Valmont", "MV"), ("!", "")]
)
def test_a_logo_shows_initials(name, letters):
    assert pictures.initials(name) == letters
