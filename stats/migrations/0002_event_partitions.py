"""On PostgreSQL hits lie in one partition a day, so that a day is forgotten by dropping it. SQLite keeps one table.

Partitions are made by the loader (`stats.partitions`). The sequence is older than identity columns, which partitioned
tables only have from PostgreSQL 17 on.
"""

from django.db import migrations

COLUMNS = """
    id bigint NOT NULL DEFAULT nextval('stats_event_id_seq'), at bigint NOT NULL, kind smallint NOT NULL,
    channel smallint NOT NULL, agent smallint NOT NULL, visitor bytea, term varchar(100) NOT NULL,
    target_id integer NOT NULL, organization_id integer
"""
PARTITIONED = [
    "DROP TABLE stats_event",
    "CREATE SEQUENCE stats_event_id_seq",
    f"CREATE TABLE stats_event ({COLUMNS}, PRIMARY KEY (at, id)) PARTITION BY RANGE (at)",
    "ALTER SEQUENCE stats_event_id_seq OWNED BY stats_event.id",
    "CREATE INDEX stats_event_id ON stats_event (id)",
]
PLAIN = [
    "DROP TABLE stats_event",
    "CREATE SEQUENCE stats_event_id_seq",
    f"CREATE TABLE stats_event ({COLUMNS}, PRIMARY KEY (id))",
    "ALTER SEQUENCE stats_event_id_seq OWNED BY stats_event.id",
    "CREATE INDEX stats_event_at ON stats_event (at)",
]


def run(schema_editor, statements):
    if schema_editor.connection.vendor == "postgresql":
        for statement in statements:
            schema_editor.execute(statement, params=None)


def partition(apps, schema_editor):
    run(schema_editor, PARTITIONED)


def join(apps, schema_editor):
    run(schema_editor, PLAIN)


class Migration(migrations.Migration):
    dependencies = [("stats", "0001_initial")]

    operations = [migrations.RunPython(partition, join)]
