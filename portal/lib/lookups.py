"""Lookups that Django lacks."""

from typing import Any

import orjson
from django.db.models import Field, Lookup


@Field.register_lookup
class Listed(Lookup):
    """`pk__listed=[…]`: as `in`, with the whole list as one parameter, so that it may have any length."""

    lookup_name = "listed"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """Return an array (PostgreSQL) or a JSON list (SQLite) as the set to look into."""
        column, parameters = self.process_lhs(compiler, connection)
        values = [self.lhs.output_field.get_db_prep_value(value, connection) for value in self.rhs]
        if connection.vendor == "postgresql":
            return f"{column} = ANY(%s)", [*parameters, values]
        rows = f"{column} IN (SELECT value FROM json_each(%s))"  # noqa: S608 - a column and a parameter
        return rows, [*parameters, orjson.dumps(values).decode()]
