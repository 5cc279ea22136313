"""The log of changes for the tables of 0005 that filters of other lists read; documents name the object of a right.

Lists count by the log's position (`?topic=`, `?followed_by=`), so that it must tell of topics and follows too.
"""

from django.db import migrations

LOGGED = {
    "catalog_topic": "topic",
    "catalog_topicelement": "topic",
    "catalog_topic_tags": "topic",
    "catalog_follow": "follow",
}
EVENTS = ["INSERT", "UPDATE", "DELETE"]
# SQLite makes a table anew to change a column, without its triggers: 0005 did so to this one.
REBUILT = {"catalog_discussion": "discussion"}


def create(apps, schema_editor):
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for table, kind in {**LOGGED, **(REBUILT if is_sqlite else {})}.items():
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(
                f"CREATE TRIGGER note_change AFTER INSERT OR UPDATE OR DELETE ON {table} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_change('{kind}')"
            )
            continue
        for event in EVENTS:
            schema_editor.execute(
                f"CREATE TRIGGER {table}_note_{event.lower()} AFTER {event} ON {table} BEGIN "
                f"DELETE FROM catalog_change WHERE kind = '{kind}'; "
                "INSERT INTO catalog_change (kind, at) "
                f"VALUES ('{kind}', strftime('%Y-%m-%d %H:%M:%f000', 'now')); END",
                params=None,
            )


def drop(apps, schema_editor):
    for table in LOGGED:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP TRIGGER note_change ON {table}")
            continue
        for event in EVENTS:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_note_{event.lower()}")


def forget_documents(apps, schema_editor):
    """Stored documents are a cache: those written before are built anew when they are asked for."""
    apps.get_model("catalog", "DatasetDocument").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("catalog", "0005_write_api")]

    operations = [migrations.RunPython(create, drop), migrations.RunPython(forget_documents, forget_documents)]
