"""Indexes by which the administration finds pieces of words in large tables, and sorts files by date.

Pieces of words need PostgreSQL's extension `pg_trgm`, which the owner of a database may create since PostgreSQL 13.
Where it can't be, searches of the administration read the tables: they are slower, and find the same.
"""

from django.db import Error, migrations, models
from django.db.models import Q

TRIGRAMS = {
    "dataset_title_pieces": ("catalog_dataset", "title"),
    "dataset_acronym_pieces": ("catalog_dataset", "acronym"),
    "dataset_slug_pieces": ("catalog_dataset", "slug"),
    "resource_title_pieces": ("catalog_resource", "title"),
    "resource_url_pieces": ("catalog_resource", "url"),
}

def add_trigrams(apps, schema_editor) -> None:
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        try:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        except Error as error:
            print(f"\n  pg_trgm is not available ({error}): the administration searches large tables more slowly.")
            return
        for name, (table, column) in TRIGRAMS.items():
            cursor.execute(
                f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name} ON {table} USING gin (upper({column}) gin_trgm_ops)"
            )


def remove_trigrams(apps, schema_editor) -> None:
    """The extension stays: something else may use it."""
    if schema_editor.connection.vendor == "postgresql":
        with schema_editor.connection.cursor() as cursor:
            for name in TRIGRAMS:
                cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("catalog", "0028_sheets")]
    operations = [
        migrations.AddIndex(
            "dataset",
            models.Index(
                fields=["id"],
                name="dataset_unlisted",
                condition=~Q(archived__isnull=True, deleted__isnull=True, private=False),
            ),
        ),
        migrations.AddIndex("resource", models.Index(fields=["last_modified", "id"], name="resource_by_date")),
        migrations.RunPython(add_trigrams, remove_trigrams),
    ]
