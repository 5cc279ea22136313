"""The table of the process: its columns and their types, and filters and order as SQL.

Cells of a CSV file or a sheet are read as text. A column gets a type if all its values among the first SAMPLE rows
have its form; a later value of another form stays text in what is shown, and counts as empty where it is compared.
"""

from pathlib import Path

import duckdb
from reading import BadFile, connect, encoding_of, literal, quoted, type_of, write_sheet

SAMPLE = 20_000  # rows
MAX_COLUMNS = 2_000
# For each type, the form of its texts, and how one is converted. A number with a leading zero is a code: text.
FORMS = {
    "bool": (r"(?i)true|false|vrai|faux", "CASE lower({0}) WHEN 'true' THEN true WHEN 'vrai' THEN true "
             "WHEN 'false' THEN false WHEN 'faux' THEN false END"),
    "int": (r"-?(0|[1-9][0-9]{0,17})", "TRY_CAST({0} AS BIGINT)"),
    "float": (r"-?(0|[1-9][0-9]*)([.,][0-9]+)?([eE][+-]?[0-9]+)?", "TRY_CAST(replace({0}, ',', '.') AS DOUBLE)"),
    "date": (r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{2}/[0-9]{2}/[0-9]{4}",
             "coalesce(TRY_CAST({0} AS DATE), CAST(try_strptime({0}, '%d/%m/%Y') AS DATE))"),
    "datetime": (r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}:?[0-9]{2})?",
                 "CAST(TRY_CAST({0} AS TIMESTAMPTZ) AS TIMESTAMP)"),
}  # fmt: skip
COMPARED = {
    "exact": "{0} = {1}",
    "differs": "{0} IS DISTINCT FROM {1}",
    "less": "{0} <= {1}",
    "greater": "{0} >= {1}",
    "strictly_less": "{0} < {1}",
    "strictly_greater": "{0} > {1}",
}


class BadQuery(Exception):
    """The query asks for what the table does not have."""


class Table:
    """The one table of the process. `types` tells each column's: bool, int, float, date, datetime, string, json."""

    def __init__(self, job: dict) -> None:
        self.job, self.scratch = job, Path(job["scratch"])
        self.as_text = job["kind"] in ("csv", "xlsx")
        self.path = self.scratch / "source"
        if job["kind"] == "xlsx":
            write_sheet(Path(job["path"]), self.path, job["max_sheet"])
        else:
            self.path.symlink_to(job["path"])
        if not self.path.stat().st_size:
            raise BadFile("The file is empty.")
        self.connection = connect(job, self.path)
        self._open()
        self.types = self._guess() if self.as_text else self._declared()

    def _open(self) -> None:
        """Make the view `source` over the file, by the first reading that works on its head."""
        problem: Exception | None = None
        for reading in self._readings():
            try:
                self.connection.execute(f"CREATE OR REPLACE VIEW source AS SELECT * FROM {reading}")  # noqa: S608 - names are quoted
                self.connection.execute("SELECT * FROM source LIMIT 1000").fetchall()
                return
            except duckdb.Error as error:
                problem = error
        raise BadFile("The file cannot be read as a table.") from problem

    def _readings(self) -> list[str]:
        place, kind = literal(str(self.path)), self.job["kind"]
        if kind == "parquet":
            return [f"read_parquet({place})"]
        if kind == "json":
            return [f"read_json({place}, maximum_object_size = 16777216, sample_size = {SAMPLE})"]
        encoding = "utf-8" if kind == "xlsx" else encoding_of(self.path)
        options = "all_varchar = true, null_padding = true, strict_mode = false, parallel = false"
        quotes = "quote = '\"', escape = '\"'"
        return [
            f"read_csv({place}, encoding = {literal(one)}, {options}, {quotes})"
            for one in dict.fromkeys([encoding, "latin-1"])
        ]

    def _columns(self) -> list[tuple[str, str]]:
        found = [(row[0], row[1]) for row in self.connection.execute("DESCRIBE source").fetchall()]
        if len(found) > MAX_COLUMNS:
            raise BadFile(f"The table has more than {MAX_COLUMNS} columns.")
        return found

    def _declared(self) -> dict[str, str]:
        return {name: type_of(declared) for name, declared in self._columns()}

    def _guess(self) -> dict[str, str]:
        """Return the type of each column by the form of its first values."""
        names = [name for name, _declared in self._columns()]
        counts, forms = [], list(FORMS)
        for name in map(quoted, names):
            counts.append(f"count(nullif(trim({name}), ''))")
            counts += [f"count(*) FILTER (regexp_full_match(trim({name}), {literal(FORMS[f][0])}))" for f in forms]
        sample = f"(SELECT * FROM source LIMIT {SAMPLE})"  # noqa: S608 - names are quoted
        row = self.connection.execute(f"SELECT {', '.join(counts)} FROM {sample}").fetchone()  # noqa: S608 - names are quoted
        width, types = len(forms) + 1, {}
        for index, name in enumerate(names):
            filled, *matches = row[index * width : (index + 1) * width]
            types[name] = next(
                (f for f, count in zip(forms, matches, strict=True) if filled and count == filled), "string"
            )
        return types

    def value(self, name: str) -> str:
        """Return the expression of a column's value in its type. Raises BadQuery for a column that is not there."""
        if name not in self.types:
            raise BadQuery(f"There is no column {name!r}.")
        if self.as_text and self.types[name] in FORMS:
            return FORMS[self.types[name]][1].format(f"trim({quoted(name)})")
        return quoted(name)

    def condition(self, name: str, operator: str, wanted: str, values: list) -> str:
        """Return the SQL of one filter; append its parameters to `values`."""
        value = self.value(name)
        if operator in ("isnull", "isnotnull"):
            return f"{quoted(name)} IS {'NOT ' if operator == 'isnotnull' else ''}NULL"
        if operator in ("contains", "notcontains"):
            values.append(wanted.lower())
            negated = "NOT " if operator == "notcontains" else ""
            return f"{negated}coalesce(contains(lower(CAST({quoted(name)} AS VARCHAR)), ?), false)"
        if operator in ("in", "notin"):
            parts = wanted.split(",")
            marks = ", ".join(self._wanted(name, part, values) for part in parts)
            return f"{value} {'NOT ' if operator == 'notin' else ''}IN ({marks})"
        if operator not in COMPARED:
            raise BadQuery(f"There is no operator {operator!r}.")
        return COMPARED[operator].format(value, self._wanted(name, wanted, values))

    def _wanted(self, name: str, text: str, values: list) -> str:
        """Return the mark of a parameter in the column's type. Raises BadQuery if the text has not its form."""
        kind = self.types[name]
        convert = FORMS[kind][1].format("CAST(? AS VARCHAR)") if kind in FORMS else "?"
        marks = [text.strip()] * convert.count("?")
        if kind in FORMS and self.connection.execute(f"SELECT {convert}", marks).fetchone()[0] is None:
            raise BadQuery(f"{text!r} is no value of the column {name!r} ({kind}).")
        values += marks if kind in FORMS else [text]
        return convert

    def filtered(self, values: list) -> str:
        """Return `FROM ... WHERE ...`, over the rows numbered from 1 in the order of the file."""
        tests = [self.condition(*one, values) for one in self.job["filters"]]
        where = f" WHERE {' AND '.join(tests)}" if tests else ""
        return f"FROM (SELECT row_number() OVER () AS __row, * FROM source){where}"  # noqa: S608 - names are quoted

    def order(self, known: dict[str, str]) -> str:
        """Return the ORDER BY of the job; `known` gives the expression of each name that may be sorted by."""
        parts = []
        for name, way in self.job["sorts"]:
            if name not in known or way not in ("asc", "desc"):
                raise BadQuery(f"The rows cannot be sorted by {name!r} ({way!r}).")
            parts.append(f"{known[name]} {way.upper()} NULLS LAST")
        return f" ORDER BY {', '.join(parts)}" if parts else ""
