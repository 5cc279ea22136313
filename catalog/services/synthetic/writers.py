"""Writing rows by the thousand: COPY on PostgreSQL, `bulk_create` elsewhere."""

from collections.abc import Callable
from functools import cache
from operator import itemgetter
from typing import Any

import orjson
from django.db import connection, models, transaction
from psycopg import sql

from catalog.services.synthetic.world import Rows


@cache
def _copy_plan(model: type[models.Model]) -> tuple[sql.Composed, Callable[[dict], tuple], list[int]]:
    """Return the COPY statement of the model, what takes a row's values from its `__dict__`, where JSON stands.

    Numbers that the database gives (an AutoField) are left to it.
    """
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table), sql.SQL(", ").join(sql.Identifier(field.column) for field in fields)
    )
    json_places = [place for place, field in enumerate(fields) if isinstance(field, models.JSONField)]
    return statement, itemgetter(*(field.attname for field in fields)), json_places


def _copy(model: type[models.Model], rows: list[Any]) -> None:
    statement, take, json_places = _copy_plan(model)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            values = take(row.__dict__)
            if json_places:
                values = list(values)
                for place in json_places:
                    if values[place] is not None:
                        values[place] = orjson.dumps(values[place]).decode()
            copy.write_row(values)


def _bulk_create(model: type[models.Model], rows: list[Any]) -> None:
    model._default_manager.bulk_create(rows)


@transaction.atomic
def write(rows: Rows) -> None:
    """Write all rows, model after model, in one transaction; each must have its key, derived columns and slug."""
    write_model = _copy if connection.vendor == "postgresql" else _bulk_create
    for model, instances in rows.items():
        if instances:
            write_model(model, instances)


def analyze(tables: set[str]) -> None:
    """Let PostgreSQL count what was written, without which it plans as if the tables were empty.

    It also marks the pages that all may see, without which a deep page of a list reads rows in place of its index;
    not inside a transaction, where that is forbidden.
    """
    if connection.vendor != "postgresql":
        return
    verb = "ANALYZE" if connection.in_atomic_block else "VACUUM (ANALYZE)"
    with connection.cursor() as cursor:
        for table in sorted(tables):
            cursor.execute(sql.SQL(verb + " {}").format(sql.Identifier(table)))
