"""The answers: a page of rows, a profile of the columns, an export."""

import csv
import json
import shutil
import sys
from collections.abc import Iterator

import duckdb
from reading import literal, quoted
from table import BadQuery, Table

BATCH = 2_000  # rows
BLOCK = 1 << 20  # bytes
TOP = 10  # most frequent values in a profile
AGGREGATES = {"count": "count", "sum": "sum", "avg": "avg", "min": "min", "max": "max"}
SUMMED = frozenset(["sum", "avg"])
NUMBERS = frozenset(["int", "float"])


def plan(table: Table) -> tuple[str, list, list[str]]:
    """Return the SQL of the rows that are asked for, its parameters, and the names of its columns."""
    job, values = table.job, []
    if job["groups"] or job["aggregates"]:
        return plan_groups(table)
    names = job["columns"] or list(table.types)
    order = table.order({name: table.value(name) for name in table.types})
    shown = ['"__row"']
    for name in names:
        value = table.value(name)
        shown += [value, quoted(name)]
    return f"SELECT {', '.join(shown)} {table.filtered(values)}{order}", values, ["__id", *names]


def plan_groups(table: Table) -> tuple[str, list, list[str]]:
    """Return the SQL of the aggregates, as `plan` does for rows."""
    job, values, named = table.job, [], {}
    for name in job["groups"]:
        named[name] = table.value(name)
    keys = ", ".join(named.values())
    for name, function in job["aggregates"]:
        if function not in AGGREGATES:
            raise BadQuery(f"There is no aggregate {function!r}.")
        if function in SUMMED and table.types.get(name) not in NUMBERS:
            raise BadQuery(f"The column {name!r} has no numbers.")
        named[f"{name}__{function}"] = f"{AGGREGATES[function]}({table.value(name)})"
    group = f" GROUP BY {keys}" if keys else ""
    shown = ", ".join(named.values())
    return f"SELECT {shown} {table.filtered(values)}{group}{table.order(named)}", values, list(named)


def records(table: Table, names: list[str], rows: Iterator[tuple]) -> Iterator[list]:
    """Give rows as lists of values for JSON. A text that has not its column's form stays as it is."""
    for row in rows:
        if names[0] != "__id":
            yield [plain(value) for value in row]
            continue
        pairs = zip(row[1::2], row[2::2], strict=True)
        yield [row[0], *(plain(raw if value is None else value) for value, raw in pairs)]


def plain(value: object) -> object:
    """Return a value as JSON has it."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else None
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def fetched(cursor: duckdb.DuckDBPyConnection) -> Iterator[tuple]:
    while batch := cursor.fetchmany(BATCH):
        yield from batch


def page(table: Table) -> dict:
    """Return one page of rows: columns, types, rows, and how many rows there are in all."""
    sql, values, names = plan(table)
    total = table.connection.execute(f"SELECT count(*) FROM ({sql}) AS counted", values).fetchone()[0]  # noqa: S608 - names are quoted
    limits = f" LIMIT {int(table.job['limit'])} OFFSET {int(table.job['offset'])}"
    rows = table.connection.execute(sql + limits, values).fetchall()
    return {"columns": names, "types": table.types, "total": total, "rows": list(records(table, names, iter(rows)))}


def profile(table: Table) -> dict:
    """Return what each column holds: its type, how many values, how many different ones, extremes, most frequent.

    All but the most frequent values are found in one reading of the file.
    """
    facts = ["count(*)"]
    for name, kind in table.types.items():
        value, raw = table.value(name), quoted(name)
        rest = ["NULL"] * 3 if kind == "json" else [f"approx_count_distinct({raw})", f"min({value})", f"max({value})"]
        facts += [f"count({raw})", *rest]
    total, *found = table.connection.execute(f"SELECT {', '.join(facts)} FROM source").fetchone()  # noqa: S608 - names are quoted
    columns = []
    for index, (name, kind) in enumerate(table.types.items()):
        filled, distinct, least, most = found[index * 4 : index * 4 + 4]
        columns.append({
            "name": name, "type": kind, "filled": filled, "distinct": distinct, "min": plain(least),
            "max": plain(most), "top": [] if kind == "json" else most_frequent(table, name),
        })  # fmt: skip
    return {"total": total, "columns": columns}


def most_frequent(table: Table, name: str) -> list[list]:
    """Return the most frequent values of a column with their counts, as the file has them."""
    raw = quoted(name)
    sql = f"SELECT {raw}, count(*) FROM source WHERE {raw} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {TOP}"  # noqa: S608 - names are quoted
    return [[plain(value), count] for value, count in table.connection.execute(sql).fetchall()]


def export(table: Table) -> None:
    """Write all rows that are asked for to stdout, in the format of the job."""
    sql, values, names = plan(table)
    if table.job["format"] == "parquet":
        export_parquet(table, sql, values, names)
        return
    rows = records(table, names, fetched(table.connection.execute(sql, values)))
    if names[0] == "__id":
        names, rows = names[1:], (row[1:] for row in rows)
    if table.job["format"] == "csv":
        writer = csv.writer(sys.stdout)
        writer.writerow([guarded(name) for name in names] if table.job["guard"] else names)
        writer.writerows([guarded(cell) for cell in row] if table.job["guard"] else row for row in rows)
        return
    before = "["
    for row in rows:
        sys.stdout.write(before + json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False))
        before = ",\n"
    sys.stdout.write("]" if before != "[" else "[]")


def export_parquet(table: Table, sql: str, values: list, names: list[str]) -> None:
    place, sources = table.scratch / "out.parquet", names
    if names[0] == "__id":  # typed values alone, without the number of the row and the texts beside them
        sources = [None, *(one for name in names[1:] for one in (name, None))]
    marks = [f"c{index}" for index in range(len(sources))]
    shown = ", ".join(f"{mark} AS {quoted(name)}" for mark, name in zip(marks, sources, strict=True) if name)
    copied = f"COPY (SELECT {shown} FROM ({sql}) AS rows({', '.join(marks)})) TO {literal(str(place))} (FORMAT parquet)"  # noqa: S608 - names are quoted
    table.connection.execute(copied, values)
    with place.open("rb") as file:
        shutil.copyfileobj(file, sys.stdout.buffer, BLOCK)


def guarded(cell: object) -> object:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
