"""Triggers: the database itself raises `dataset.version` and notes each change (ADR 0004).

Whatever writes (the ORM, the admin, a bulk update, COPY, psql), no stored API document and no ETag outlives it.
They also keep the id of a resource unique across resources and community resources.
"""

from django.db import migrations

# Tables whose changes the dumps and lists may show: table -> (kind, columns that count on update, or None for all).
LOGGED = {
    "catalog_dataset": ("dataset", None),
    "catalog_dataset_tags": ("dataset", None),
    "catalog_dataset_spatial_zones": ("dataset", None),
    "catalog_dataset_contact_points": ("dataset", None),
    "catalog_datasetbadge": ("dataset", None),
    "catalog_resource": ("resource", None),
    "catalog_communityresource": ("communityresource", None),
    "catalog_organization": ("organization", None),
    "catalog_organizationbadge": ("organization", None),
    "catalog_member": ("organization", None),
    "catalog_reuse": ("reuse", None),
    "catalog_reuse_tags": ("reuse", None),
    "catalog_reuse_datasets": ("reuse", None),
    "catalog_reuse_dataservices": ("reuse", None),
    "catalog_dataservice": ("dataservice", None),
    "catalog_dataservice_tags": ("dataservice", None),
    "catalog_dataservice_datasets": ("dataservice", None),
    "catalog_dataservicebadge": ("dataservice", None),
    "catalog_discussion": ("discussion", None),
    "catalog_message": ("discussion", None),
    "catalog_post": ("post", None),
    "catalog_tag": ("tag", None),
    "catalog_license": ("license", None),
    "catalog_geozone": ("geozone", None),
    "catalog_contactpoint": ("contactpoint", None),
    "catalog_site": ("site", None),
    "portal_user": ("user", "slug, first_name, last_name, avatar, avatar_url, is_active, deleted"),
}

# Tables with a `dataset_id`: what hangs on a dataset and shows in its document.
HANGING = [
    "catalog_resource",
    "catalog_communityresource",
    "catalog_datasetbadge",
    "catalog_dataset_tags",
    "catalog_dataset_spatial_zones",
    "catalog_dataset_contact_points",
]

# Tables shown in documents through a link table: table -> (link table, its column, columns that show).
LINKED = {
    "catalog_contactpoint": ("catalog_dataset_contact_points", "contactpoint_id", "name, email, contact_form, role"),
    "catalog_tag": ("catalog_dataset_tags", "tag_id", "name"),
}

TWINS = {"catalog_resource": "catalog_communityresource", "catalog_communityresource": "catalog_resource"}

POSTGRESQL_FUNCTIONS = """
CREATE FUNCTION catalog_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO catalog_change (kind, at) VALUES (TG_ARGV[0], clock_timestamp());
    RETURN NULL;
END $$;

CREATE FUNCTION catalog_raise_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.version := OLD.version + 1;
    RETURN NEW;
END $$;

CREATE FUNCTION catalog_touch_datasets() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        UPDATE catalog_dataset SET version = version WHERE id IN (SELECT dataset_id FROM old_rows);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        UPDATE catalog_dataset SET version = version WHERE id IN (SELECT dataset_id FROM new_rows);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION catalog_touch_linked_datasets() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'UPDATE catalog_dataset SET version = version WHERE id IN (SELECT dataset_id FROM %I WHERE %I = $1)',
        TG_ARGV[0], TG_ARGV[1]
    ) USING NEW.id;
    RETURN NULL;
END $$;

"""


# One function a table: a static query is planned once, and bulk loads run it for each row.
POSTGRESQL_TWIN = """
CREATE FUNCTION {table}_refuse_twin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM {twin} WHERE id = NEW.id) THEN
        RAISE unique_violation USING MESSAGE = format('resource id %s is already used', NEW.id);
    END IF;
    RETURN NEW;
END $$;
"""


def postgresql():
    """Yield the statements that make the triggers on PostgreSQL."""
    yield POSTGRESQL_FUNCTIONS
    yield (
        "CREATE TRIGGER raise_version BEFORE UPDATE ON catalog_dataset "
        "FOR EACH ROW EXECUTE FUNCTION catalog_raise_version()"
    )
    for table, (kind, columns) in LOGGED.items():
        update = f"UPDATE OF {columns}" if columns else "UPDATE"
        yield (
            f"CREATE TRIGGER note_change AFTER INSERT OR {update} OR DELETE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_change('{kind}')"
        )
    for table in HANGING:
        for event, rows in {
            "INSERT": "NEW TABLE AS new_rows",
            "UPDATE": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
            "DELETE": "OLD TABLE AS old_rows",
        }.items():
            yield (
                f"CREATE TRIGGER touch_datasets_{event.lower()} AFTER {event} ON {table} REFERENCING {rows} "
                "FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch_datasets()"
            )
    for table, (link, column, columns) in LINKED.items():
        yield (
            f"CREATE TRIGGER touch_datasets AFTER UPDATE OF {columns} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION catalog_touch_linked_datasets('{link}', '{column}')"
        )
    for table, twin in TWINS.items():
        yield POSTGRESQL_TWIN.format(table=table, twin=twin)
        yield (
            f"CREATE TRIGGER refuse_twin BEFORE INSERT OR UPDATE OF id ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_refuse_twin()"
        )


def drop_postgresql():
    for table in LOGGED:
        yield f"DROP TRIGGER note_change ON {table}"
    for table in HANGING:
        for event in ["insert", "update", "delete"]:
            yield f"DROP TRIGGER touch_datasets_{event} ON {table}"
    for table in LINKED:
        yield f"DROP TRIGGER touch_datasets ON {table}"
    for table in TWINS:
        yield f"DROP TRIGGER refuse_twin ON {table}"
        yield f"DROP FUNCTION {table}_refuse_twin()"
    yield "DROP TRIGGER raise_version ON catalog_dataset"
    for function in ["note_change", "raise_version", "touch_datasets", "touch_linked_datasets"]:
        yield f"DROP FUNCTION catalog_{function}()"


def sqlite():
    """Yield the statements that make the triggers on SQLite, which only knows triggers for each row.

    There one writer works at a time, so the log keeps one row a kind: its number alone tells a change.
    """
    yield (
        "CREATE TRIGGER raise_version AFTER UPDATE ON catalog_dataset WHEN NEW.version <= OLD.version BEGIN "
        "UPDATE catalog_dataset SET version = OLD.version + 1 WHERE id = NEW.id; END"
    )
    for table, (kind, columns) in LOGGED.items():
        for event in ["INSERT", f"UPDATE OF {columns}" if columns else "UPDATE", "DELETE"]:
            yield (
                f"CREATE TRIGGER {table}_note_{event.split()[0].lower()} AFTER {event} ON {table} BEGIN "
                f"DELETE FROM catalog_change WHERE kind = '{kind}'; "
                "INSERT INTO catalog_change (kind, at) "
                f"VALUES ('{kind}', strftime('%Y-%m-%d %H:%M:%f000', 'now')); END"
            )
    for table in HANGING:
        for event, sides in {"INSERT": ["NEW"], "UPDATE": ["OLD", "NEW"], "DELETE": ["OLD"]}.items():
            touches = " ".join(
                f"UPDATE catalog_dataset SET version = version + 1 WHERE id = {side}.dataset_id;" for side in sides
            )
            yield f"CREATE TRIGGER {table}_touch_{event.lower()} AFTER {event} ON {table} BEGIN {touches} END"
    for table, (link, column, columns) in LINKED.items():
        yield (
            f"CREATE TRIGGER {table}_touch AFTER UPDATE OF {columns} ON {table} BEGIN "
            f"UPDATE catalog_dataset SET version = version + 1 "
            f"WHERE id IN (SELECT dataset_id FROM {link} WHERE {column} = NEW.id); END"
        )
    for table, twin in TWINS.items():
        for event in ["INSERT", "UPDATE OF id"]:
            yield (
                f"CREATE TRIGGER {table}_twin_{event.split()[0].lower()} BEFORE {event} ON {table} "
                f"WHEN EXISTS (SELECT 1 FROM {twin} WHERE id = NEW.id) "
                "BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: resource id is already used'); END"
            )


def drop_sqlite():
    yield "DROP TRIGGER raise_version"
    for table in LOGGED:
        for event in ["insert", "update", "delete"]:
            yield f"DROP TRIGGER IF EXISTS {table}_note_{event}"
    for table in HANGING:
        for event in ["insert", "update", "delete"]:
            yield f"DROP TRIGGER IF EXISTS {table}_touch_{event}"
    for table in LINKED:
        yield f"DROP TRIGGER IF EXISTS {table}_touch"
    for table in TWINS:
        for event in ["insert", "update"]:
            yield f"DROP TRIGGER IF EXISTS {table}_twin_{event}"


def run(schema_editor, statements):
    for statement in statements:
        schema_editor.execute(statement, params=None)


def create(apps, schema_editor):
    run(schema_editor, {"postgresql": postgresql, "sqlite": sqlite}[schema_editor.connection.vendor]())


def drop(apps, schema_editor):
    run(schema_editor, {"postgresql": drop_postgresql, "sqlite": drop_sqlite}[schema_editor.connection.vendor]())


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial"), ("portal", "0001_initial")]

    operations = [migrations.RunPython(create, drop)]
