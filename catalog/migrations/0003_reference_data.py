"""What an empty portal needs to be usable: licences, territorial levels, countries and French territories.

Existing rows are left as they are; undoing it removes nothing, since datasets may refer to the rows.
"""

import csv
import json
from pathlib import Path

from django.conf import settings
from django.db import migrations
from django.utils.text import slugify

DATA = Path(__file__).parent / "data"
NAME = "name_fr" if settings.LANGUAGE_CODE.startswith("fr") else "name_en"


def rows(name):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def load_licenses(apps, schema_editor):
    License = apps.get_model("catalog", "License")
    licenses = json.loads((DATA / "licenses.json").read_text(encoding="utf-8"))
    License.objects.bulk_create([License(**row) for row in licenses], ignore_conflicts=True)


def load_territories(apps, schema_editor):
    GeoLevel, GeoZone = apps.get_model("catalog", "GeoLevel"), apps.get_model("catalog", "GeoZone")
    levels = rows("levels.csv")
    GeoLevel.objects.bulk_create(
        [GeoLevel(id=row["id"], name=row[NAME], admin_level=row["admin_level"]) for row in levels],
        ignore_conflicts=True,
    )
    Parent = GeoLevel.parents.through
    Parent.objects.bulk_create(
        [
            Parent(from_geolevel_id=row["id"], to_geolevel_id=parent)
            for row in levels
            for parent in row["parents"].split()
        ],
        ignore_conflicts=True,
    )
    GeoZone.objects.bulk_create(
        [
            GeoZone(
                id=f"{row['level']}:{row['code']}",
                level_id=row["level"],
                code=row["code"],
                name=row[NAME],
                slug=slugify(row[NAME]),
                uri=row["uri"],
            )
            for row in rows("zones.csv")
        ],
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_change_triggers")]

    operations = [
        migrations.RunPython(load_licenses, migrations.RunPython.noop),
        migrations.RunPython(load_territories, migrations.RunPython.noop),
    ]
