"""SQLite made the table of sources anew to add its columns, and forgot the triggers of 0002 once more: they are set again."""

from django.db import migrations

EVENTS = ["INSERT", "UPDATE", "DELETE"]


def restore(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        return
    for event in EVENTS:
        name = f"harvest_source_note_{event.lower()}"
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")
        schema_editor.execute(
            f"CREATE TRIGGER {name} AFTER {event} ON harvest_source BEGIN "
            "DELETE FROM catalog_change WHERE kind = 'source'; "
            "INSERT INTO catalog_change (kind, at) "
            "VALUES ('source', strftime('%Y-%m-%d %H:%M:%f000', 'now')); END",
            params=None,
        )


class Migration(migrations.Migration):
    dependencies = [("harvest", "0005_pipeline"), ("catalog", "0002_change_triggers")]

    operations = [migrations.RunPython(restore, migrations.RunPython.noop)]
