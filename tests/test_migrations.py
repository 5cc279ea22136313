"""Migrations: none is missing, and `migrate` alone leaves a portal that can be used."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from catalog.models import License
from catalog.models.spatial import GeoLevel, GeoZone

pytestmark = pytest.mark.django_db


def test_no_migration_is_missing(capsys):
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_no_two_migrations_claim_the_same_place():
    assert MigrationLoader(connection).detect_conflicts() == {}


def test_an_empty_portal_has_its_licences():
    assert {"lov2", "odc-odbl", "notspecified"} <= set(License.objects.values_list("pk", flat=True))


def test_an_empty_portal_has_its_spatial_levels_and_countries():
    assert {"country", "country-group"} <= set(GeoLevel.objects.values_list("pk", flat=True))
    assert GeoZone.objects.filter(level="country").count() > 190
