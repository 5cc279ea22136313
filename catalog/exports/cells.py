"""One cell of a dump, as an SQL expression in udata's CSV dialect: the same on PostgreSQL and on SQLite.

Texts and dates are quoted (`""` when empty), numbers and booleans are bare. The database formats, so that rows go
from it to the client without passing through Python objects.
"""

from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import BooleanField, Case, F, Func, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce, Concat, Replace

Expression = Any  # what Django takes as one: an expression, or the name of a column


def _quoted(sql: str) -> str:
    return f"""'"' || {sql} || '"'"""


class Cell(Func):
    """An expression whose value is the text of one cell, never null (quoted or not)."""

    output_field = TextField()
    arity = 1

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Compile; a template may name its expression more than once, and its parameters go along."""
        sql, parameters = super().as_sql(compiler, connection, **context)
        return sql, tuple(parameters) * (context.get("template") or self.template).count("%(expressions)s")

    def get_group_by_cols(self) -> list[Any]:
        """Group by what the cell is made of: the cell itself would be computed for each row of the group."""
        return [column for source in self.get_source_expressions() for column in source.get_group_by_cols()]


class Text(Cell):
    """A quoted text, its own quotes doubled."""

    template = _quoted("""REPLACE(COALESCE(%(expressions)s, ''), '"', '""')""")


class Guarded(Cell):
    """A text which no spreadsheet takes for a formula: one that looks like it gets a `'` (CSV_ESCAPE_FORMULAS)."""

    template = (
        "CASE WHEN SUBSTR(COALESCE(%(expressions)s, ''), 1, 1) IN ('=', '+', '-', '@', '\t', '\r') "
        "THEN '''' || %(expressions)s ELSE %(expressions)s END"
    )


def text(expression: Expression) -> Text:
    """Return the cell of a text written by people."""
    return Text(Guarded(expression) if settings.CSV_ESCAPE_FORMULAS else expression)


class Number(Cell):
    """A bare number, or an empty quoted text without one."""

    template = """COALESCE(CAST(%(expressions)s AS TEXT), '""')"""


class Float(Cell):
    """A bare number that always shows its decimals, as Python's `str` does."""

    template = (
        """COALESCE(CASE WHEN %(expressions)s = ROUND(%(expressions)s) """
        """THEN CAST(CAST(%(expressions)s AS BIGINT) AS TEXT) || '.0' """
        """ELSE CAST(%(expressions)s AS TEXT) END, '""')"""
    )


class Boolean(Cell):
    """`True` or `False`, bare; null is False."""

    template = "CASE WHEN %(expressions)s THEN 'True' ELSE 'False' END"


class DateTime(Cell):
    """A quoted naive UTC time in ISO 8601, always with six decimals (Python leaves out six zeros)."""

    empty = '""'
    template = (
        """COALESCE('"' || TO_CHAR(%(expressions)s AT TIME ZONE 'UTC', """
        """'YYYY-MM-DD"T"HH24:MI:SS.US') || '"', '%(empty)s')"""
    )

    def __init__(self, expression: Expression) -> None:
        super().__init__(expression, empty=self.empty)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        seconds = "REPLACE(SUBSTR(%(expressions)s, 1, 19), ' ', 'T')"
        fraction = "SUBSTR(SUBSTR(%(expressions)s, 20) || '.000000', 1, 7)"
        template = f"""COALESCE('"' || {seconds} || {fraction} || '"', '%(empty)s')"""
        return self.as_sql(compiler, connection, template=template, **context)


class DateTimeOrFalse(DateTime):
    """The moment something happened, or a bare `False`."""

    empty = "False"


class Date(Cell):
    """A quoted day."""

    template = """COALESCE('"' || CAST(%(expressions)s AS TEXT) || '"', '""')"""


class Months(Cell):
    """A map of months as Python writes a dictionary, quoted; a bare 0 before the first computation."""

    def __init__(self, name: str) -> None:
        super().__init__("metric_months", name=name)

    template = """COALESCE('"' || REPLACE(CAST(%(expressions)s -> '%(name)s' AS TEXT), '"', '''') || '"', '0')"""

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        raw = "JSON_EXTRACT(%(expressions)s, '$.%(name)s')"
        spaced = f"""REPLACE(REPLACE(REPLACE({raw}, '"', ''''), ':', ': '), ',', ', ')"""
        return self.as_sql(compiler, connection, template=f"""COALESCE('"' || {spaced} || '"', '0')""", **context)


class Json(Cell):
    """A JSON object, quoted. On PostgreSQL accents stand as they are, where udata escapes them (same value)."""

    template = _quoted("""REPLACE(COALESCE(CAST(%(expressions)s AS TEXT), ''), '"', '""')""")


class Joined(Subquery):
    """The values of a one-column queryset joined by a comma, in its order; null for none."""

    output_field = TextField()

    def __init__(self, queryset: QuerySet, name: str) -> None:
        super().__init__(queryset.annotate(joined=F(name)).values("joined"))

    template = "(SELECT STRING_AGG(CAST(list.joined AS TEXT), ',') FROM (%(subquery)s) AS list)"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "(SELECT GROUP_CONCAT(list.joined, ',') FROM (%(subquery)s) AS list)"
        return self.as_sql(compiler, connection, template=template, **context)


class Line(Func):
    """A whole row: cells between semicolons, ended by a carriage return (the stream adds the line feed)."""

    output_field = TextField()
    arg_joiner = " || ';' || "
    template = "%(expressions)s || CHR(13)"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="%(expressions)s || CHAR(13)", **context)


def page(kind: str, slug: str = "slug") -> Text:
    """Return the cell with the address of an object's page."""
    return Text(Concat(Value(f"{settings.SITE_URL}/{kind}/"), F(slug), Value("/"), output_field=TextField()))


def media(file: str, remote: str) -> Text:
    """Return the cell with the address of an uploaded file, or else of a remote one."""
    base = default_storage.url("x")[:-1]
    base = f"{settings.SITE_URL}{base}" if base.startswith("/") else base
    uploaded = Concat(Value(base), Cast(file, TextField()), output_field=TextField())
    return Text(
        Case(When(~Q(**{file: ""}), then=uploaded), default=Cast(remote, TextField()), output_field=TextField())
    )


def harvested(name: str) -> Text:
    """Return the cell with one value of the harvest origin."""
    return text(KT(f"harvest__{name}"))


def harvest_date(name: str) -> Text:
    """Return the cell with a date of the harvest origin (kept as ISO text in UTC), without its zone."""
    return text(Replace(KT(f"harvest__{name}"), Value("+00:00"), Value(""), output_field=TextField()))


def is_set(column: str) -> Case:
    """Return the truth of a nullable boolean column."""
    return Case(When(**{column: True}, then=Value(True)), default=Value(False), output_field=BooleanField())


def count_of(queryset: QuerySet) -> Coalesce:
    """Return the number of rows of `queryset` (which refers to the outer row), 0 for none."""
    counting = queryset.order_by().annotate(n=Func(template="COUNT(*)", output_field=TextField()))
    return Coalesce(Subquery(counting.values("n")), Value("0"), output_field=TextField())


class UuidText(Cell):
    """A UUID with its dashes (SQLite keeps the 32 digits alone), not quoted."""

    template = "CAST(%(expressions)s AS TEXT)"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        parts = [(1, 8), (9, 4), (13, 4), (17, 4), (21, 12)]
        template = " || '-' || ".join(f"SUBSTR(%(expressions)s, {start}, {length})" for start, length in parts)
        return self.as_sql(compiler, connection, template=template, **context)


def uuid_text(column: str) -> UuidText:
    return UuidText(column)


def preview() -> Text:
    """Return the cell with the page that explores a tabular resource, where there is one."""
    explored = Q(extras__has_key="analysis:parsing:parsing_table")
    if not settings.TABULAR_EXPLORE_URL:
        return Text(Value("", output_field=TextField()))
    address = Concat(Value(f"{settings.TABULAR_EXPLORE_URL}/resources/"), uuid_text("id"), output_field=TextField())
    return Text(Case(When(explored, then=address), default=Value(""), output_field=TextField()))
