"""The log of changes for the portal's own row: SQLite made its table anew in 0013, and dropped the triggers with it."""

from django.db import migrations

TABLE, KIND = "catalog_site", "site"


def create(apps, schema_editor):
    if schema_editor.connection.vendor != "sqlite":
        return
    for event in ("INSERT", "UPDATE", "DELETE"):
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_note_{event.lower()}")
        schema_editor.execute(
            f"CREATE TRIGGER {TABLE}_note_{event.lower()} AFTER {event} ON {TABLE} BEGIN "
            f"DELETE FROM catalog_change WHERE kind = '{KIND}'; "
            "INSERT INTO catalog_change (kind, at) "
            f"VALUES ('{KIND}', strftime('%Y-%m-%d %H:%M:%f000', 'now')); END",
            params=None,
        )


class Migration(migrations.Migration):
    dependencies = [("catalog", "0013_portal_profile")]

    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
