"""The outbox of the index: triggers write what changed, in the transaction that changes it (ADR 0009)."""

import uuid

import django.utils.timezone
from django.db import migrations, models

# Columns that the index shows: table of a kind -> (kind, columns). Views count to three digits (`VIEWS`), so that
# each visit does not index the object anew; other counters and dates of the table do not count at all.
VIEWS = "metric_views"
OWN = {
    "catalog_dataset": (
        "dataset",
        "slug title acronym description organization_id owner_id license_id access_type spatial_granularity "
        "temporal_start temporal_end schema_name featured private archived deleted created_at last_update "
        "quality_flags metric_followers metric_reuses",
    ),
    "catalog_reuse": (
        "reuse",
        "slug title description type topic organization_id owner_id featured private archived deleted created_at "
        "last_modified metric_datasets metric_followers",
    ),
    "catalog_dataservice": (
        "dataservice",
        "slug title acronym description access_type organization_id owner_id featured private archived_at deleted_at "
        "created_at metadata_modified_at metric_followers metric_reuses",
    ),
    "catalog_organization": (
        "organization",
        "slug name acronym description deleted created_at last_modified metric_datasets metric_reuses "
        "metric_followers",
    ),
    "catalog_topic": (
        "topic",
        "slug name description organization_id owner_id featured private spatial_granularity created_at last_modified",
    ),
    "catalog_post": ("post", "slug name headline content kind created_at last_modified published"),
    "catalog_discussion": (
        "discussion",
        "title user_id dataset_id reuse_id dataservice_id post_id topic_id created closed",
    ),
}
COUNTED = {"catalog_dataset", "catalog_reuse", "catalog_dataservice", "catalog_organization"}

# What hangs on an object: table -> (kind, column of the object, columns that count on update, or "" for all).
HANGING = {
    "catalog_resource": ("dataset", "dataset_id", "dataset_id title format schema_name position"),
    "catalog_dataset_tags": ("dataset", "dataset_id", ""),
    "catalog_dataset_spatial_zones": ("dataset", "dataset_id", ""),
    "catalog_datasetbadge": ("dataset", "dataset_id", "dataset_id kind"),
    "catalog_reuse_tags": ("reuse", "reuse_id", ""),
    "catalog_reuse_datasets": ("reuse", "reuse_id", ""),
    "catalog_dataservice_tags": ("dataservice", "dataservice_id", ""),
    "catalog_dataservice_datasets": ("dataservice", "dataservice_id", ""),
    "catalog_dataservicebadge": ("dataservice", "dataservice_id", "dataservice_id kind"),
    "catalog_organizationbadge": ("organization of-organization", "organization_id", "organization_id kind"),
    "catalog_topic_tags": ("topic", "topic_id", ""),
    "catalog_topic_spatial_zones": ("topic", "topic_id", ""),
    "catalog_post_tags": ("post", "post_id", ""),
    "catalog_message": ("discussion", "discussion_id", "discussion_id content posted_on"),
}

# Changes that show in other objects: one row for all of them, which the indexer resolves.
WIDE = {
    "catalog_organization": ("of-organization", "name acronym"),
    "catalog_topic": ("of-topic", "private"),
    "catalog_tag": ("of-tag", "name"),
}
# The element of a topic names its object by class and id: "Dataset" is the kind "dataset".
ELEMENTS = "catalog_topicelement"
ELEMENT_KIND = "lower({row}.subject_class)"


def changed(old, new, columns, views=False):
    """Return the SQL condition that a column differs (null-safe on both databases)."""
    differs = {"postgresql": "IS DISTINCT FROM", "sqlite": "IS NOT"}
    conditions = [f"{new}.{column} {{differs}} {old}.{column}" for column in columns.split()]
    if views:
        for side in ["length({})", "substr({}, 1, 3)"]:
            was, now = (side.format(f"CAST({row}.{VIEWS} AS text)") for row in (old, new))
            conditions.append(f"{now} <> {was}")
    return {vendor: " OR ".join(conditions).format(differs=word) for vendor, word in differs.items()}


def rules():
    """Yield (name, table, event, SQL of the kind, column of the id, columns compared on update, views compared).

    `{row}` in the SQL of the kind stands for the row; `False` as columns: any update.
    """
    for table, (kind, columns) in OWN.items():
        for event in ["INSERT", "UPDATE", "DELETE"]:
            yield "index", table, event, [f"'{kind}'"], "id", columns, table in COUNTED
    for table, (kinds, column, columns) in HANGING.items():
        for event in ["INSERT", "UPDATE", "DELETE"]:
            yield "index", table, event, [f"'{kind}'" for kind in kinds.split()], column, columns, False
    for table, (kind, columns) in WIDE.items():
        yield "index_wide", table, "UPDATE", [f"'{kind}'"], "id", columns, False
    for event in ["INSERT", "UPDATE", "DELETE"]:
        yield "index", ELEMENTS, event, [ELEMENT_KIND], "subject_id", "subject_class subject_id topic_id", False


def postgresql():
    """Yield the statements for PostgreSQL: one small insert a writing statement, each object once a transaction."""
    yield "ALTER TABLE catalog_searchchange ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id()"
    yield "ALTER TABLE catalog_searchchange ALTER COLUMN at SET DEFAULT clock_timestamp()"
    yield "CREATE UNIQUE INDEX catalog_searchchange_once ON catalog_searchchange (xid, kind, object_id)"
    for name, table, event, kinds, column, columns, views in rules():
        condition = ""
        if event == "UPDATE" and columns:
            found = changed("o", "n", columns, views)["postgresql"]
            pairs = f"new_rows n JOIN old_rows o ON o.id = n.id WHERE {found}"
            sources = [f"SELECT {{kind}}, {row}.{column} FROM {pairs}" for row in ("n", "o")]
        else:
            sides = {"INSERT": ["n"], "DELETE": ["o"], "UPDATE": ["n", "o"]}[event]
            tables = {"n": "new_rows n", "o": "old_rows o"}
            sources = [f"SELECT {{kind}}, {row}.{column} FROM {tables[row]}{condition}" for row in sides]
        selects = " UNION ".join(
            source.format(kind=kind.format(row="n" if f"{{kind}}, n." in source else "o"))
            for source in sources
            for kind in kinds
        )
        function = f"{table}_{name}_{event.lower()}"
        yield (
            f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"INSERT INTO catalog_searchchange (kind, object_id) "
            f"SELECT * FROM ({selects}) AS found (kind, object_id) WHERE object_id::text <> '' "
            "ON CONFLICT DO NOTHING; RETURN NULL; END $$"
        )
        referencing = {
            "INSERT": "NEW TABLE AS new_rows",
            "UPDATE": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
            "DELETE": "OLD TABLE AS old_rows",
        }[event]
        yield (
            f"CREATE TRIGGER {name}_{event.lower()} AFTER {event} ON {table} REFERENCING {referencing} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
        )


def drop_postgresql():
    for name, table, event, *_rest in rules():
        yield f"DROP TRIGGER IF EXISTS {name}_{event.lower()} ON {table}"
        yield f"DROP FUNCTION {table}_{name}_{event.lower()}()"


def sqlite():
    """Yield the statements for SQLite: the newest row of an object takes the place of the one before."""
    yield "CREATE INDEX catalog_searchchange_object ON catalog_searchchange (object_id, kind)"
    for name, table, event, kinds, column, columns, views in rules():
        sides = {"INSERT": ["NEW"], "DELETE": ["OLD"], "UPDATE": ["OLD", "NEW"]}[event]
        when = ""
        if event == "UPDATE" and columns:
            when = f"WHEN {changed('OLD', 'NEW', columns, views)['sqlite']} "
        if column == "id":
            sides = sides[-1:]
        body = ""
        for side in sides:
            for kind in kinds:
                kind, pk = kind.format(row=side), f"{side}.{column}"
                body += f"DELETE FROM catalog_searchchange WHERE object_id = {pk} AND kind = {kind}; "
                body += (
                    "INSERT INTO catalog_searchchange (kind, object_id, at) "
                    f"SELECT {kind}, {pk}, strftime('%Y-%m-%d %H:%M:%f000', 'now') WHERE {pk} <> ''; "
                )
        yield (
            f"CREATE TRIGGER {table}_{name}_{event.lower()} AFTER {event} ON {table} {when}BEGIN {body}END"
        )


def drop_sqlite():
    for name, table, event, *_rest in rules():
        yield f"DROP TRIGGER IF EXISTS {table}_{name}_{event.lower()}"


def run(schema_editor, statements):
    for statement in statements:
        schema_editor.execute(statement, params=None)


def create(apps, schema_editor):
    run(schema_editor, {"postgresql": postgresql, "sqlite": sqlite}[schema_editor.connection.vendor]())
    apps.get_model("catalog", "SearchLog").objects.create(pk=1)


def drop(apps, schema_editor):
    run(schema_editor, {"postgresql": drop_postgresql, "sqlite": drop_sqlite}[schema_editor.connection.vendor]())


class Migration(migrations.Migration):
    dependencies = [("catalog", "0007_visualization")]

    operations = [
        migrations.CreateModel(
            name="SearchChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=24)),
                ("object_id", models.CharField(max_length=36)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name": "change to index",
                "verbose_name_plural": "changes to index",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="SearchLog",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.UUIDField(default=uuid.uuid4)),
                ("pruned", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="SearchSynonym",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "terms",
                    models.TextField(
                        help_text="Words or expressions that mean the same, separated by commas or new lines.",
                        verbose_name="synonyms",
                    ),
                ),
            ],
            options={
                "verbose_name": "synonyms",
                "verbose_name_plural": "synonyms",
                "ordering": ["terms"],
            },
        ),
        migrations.RunPython(create, drop),
    ]
