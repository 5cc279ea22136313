"""The log of changes for charts: their lists count by its position. The table itself is made by 0007_chart_table."""

from django.db import migrations

EVENTS = ["INSERT", "UPDATE", "DELETE"]


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE TRIGGER note_change AFTER INSERT OR UPDATE OR DELETE ON catalog_visualization "
            "FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_change('visualization')"
        )
        return
    for event in EVENTS:
        schema_editor.execute(
            f"CREATE TRIGGER catalog_visualization_note_{event.lower()} AFTER {event} ON catalog_visualization BEGIN "
            "DELETE FROM catalog_change WHERE kind = 'visualization'; "
            "INSERT INTO catalog_change (kind, at) "
            "VALUES ('visualization', strftime('%Y-%m-%d %H:%M:%f000', 'now')); END",
            params=None,
        )


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER note_change ON catalog_visualization")
        return
    for event in EVENTS:
        schema_editor.execute(f"DROP TRIGGER catalog_visualization_note_{event.lower()}")


class Migration(migrations.Migration):
    dependencies = [("catalog", "0007_chart_table")]

    operations = [migrations.RunPython(create, drop)]
