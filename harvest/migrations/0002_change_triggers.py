"""The database notes each change of the sources, as it does for the catalogue (ADR 0004)."""

from django.db import migrations

EVENTS = ["INSERT", "UPDATE", "DELETE"]


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE TRIGGER note_change AFTER INSERT OR UPDATE OR DELETE ON harvest_source "
            "FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_change('source')"
        )
        return
    for event in EVENTS:
        schema_editor.execute(
            f"CREATE TRIGGER harvest_source_note_{event.lower()} AFTER {event} ON harvest_source BEGIN "
            "DELETE FROM catalog_change WHERE kind = 'source'; "
            "INSERT INTO catalog_change (kind, at) "
            "VALUES ('source', strftime('%Y-%m-%d %H:%M:%f000', 'now')); END",
            params=None,
        )


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER note_change ON harvest_source")
        return
    for event in EVENTS:
        schema_editor.execute(f"DROP TRIGGER harvest_source_note_{event.lower()}")


class Migration(migrations.Migration):
    dependencies = [("harvest", "0001_initial"), ("catalog", "0002_change_triggers")]

    operations = [migrations.RunPython(create, drop)]
