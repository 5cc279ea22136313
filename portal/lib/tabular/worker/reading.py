"""What a file is made of: its encoding, the cells of a sheet, and the guarded connection that reads it."""

import codecs
import csv
import zipfile
from pathlib import Path

import duckdb
import python_calamine

HEAD = 1 << 24  # bytes looked at for the encoding


class BadFile(Exception):
    """The file is no table that can be read."""


def quoted(name: str) -> str:
    """Return a name as SQL has it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as SQL has it, where no parameter may stand."""
    return "'" + text.replace("'", "''") + "'"


def connect(job: dict, source: Path) -> duckdb.DuckDBPyConnection:
    """Return a connection that can read `source`, write into the scratch folder, and nothing else."""
    connection = duckdb.connect(":memory:")
    for setting in (
        f"threads = {int(job['threads'])}",
        f"memory_limit = '{int(job['memory'])}MiB'",
        f"max_temp_directory_size = '{int(job['disk'])}MiB'",
        f"temp_directory = {literal(str(source.parent / 'sort'))}",
        "TimeZone = 'UTC'",
        "autoinstall_known_extensions = false",
        "autoload_known_extensions = false",
        "allow_community_extensions = false",
        "python_enable_replacements = false",
        f"allowed_paths = [{literal(str(source))}]",
        f"allowed_directories = [{literal(str(source.parent) + '/')}]",
        "enable_external_access = false",
        "lock_configuration = true",
    ):
        connection.execute(f"SET {setting}")
    return connection


def encoding_of(path: Path) -> str:
    """Return the encoding of a text by its head: utf-8, utf-16 or latin-1."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"


def write_sheet(source: Path, target: Path, limit: int) -> None:
    """Write the first sheet of a workbook as CSV; formulas give the value that was last computed for them."""
    try:
        with zipfile.ZipFile(source) as archive:
            if sum(member.file_size for member in archive.infolist()) > limit:
                raise BadFile(f"The spreadsheet has more than {limit} bytes once unpacked.")
        with python_calamine.CalamineWorkbook.from_path(str(source)) as workbook:
            rows = workbook.get_sheet_by_index(0).iter_rows()
            with target.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows([cell_text(cell) for cell in row] for row in rows)
    except (zipfile.BadZipFile, python_calamine.CalamineError, OSError, IndexError) as error:
        raise BadFile("The file is no spreadsheet that can be read.") from error


def cell_text(cell: object) -> str:
    """Return a cell as text: whole numbers without a decimal point, dates as ISO 8601."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return cell.isoformat() if hasattr(cell, "isoformat") else str(cell)


def type_of(declared: str) -> str:
    """Return our name of one of DuckDB's types."""
    name = declared.partition("(")[0]
    if declared.endswith("[]") or name in ("STRUCT", "MAP", "JSON", "UNION", "LIST", "VARIANT"):
        return "json"
    if name in ("DOUBLE", "FLOAT", "DECIMAL"):
        return "float"
    if "INT" in name and name != "INTERVAL":
        return "int"
    known = {"BOOLEAN": "bool", "DATE": "date"}
    return "datetime" if name.startswith("TIMESTAMP") else known.get(name, "string")
