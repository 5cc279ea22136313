"""The rows of one dataset of a CSV manifest, as one record: what they say of it, and its files. Pure."""

from typing import Any

from django.utils.translation import gettext as _

from harvest.backends.csv_columns import Header
from harvest.backends.csv_tables import MOST_ROWS, Row, cell

MOST_NOTES = 20


def record_of(rows: list[Row], header: Header) -> tuple[dict[str, Any], str]:
    """Return the record of a dataset; and why it cannot be taken, if it cannot.

    A record is `{"id", "dataset": {column: text}, "extras": {header: text}, "resources": [{column: text}],
    "lines": [those of the resources], "notes": [what a person should know]}`. What rows say of the dataset is taken
    from the first one that says it; rows that say otherwise are noted.
    """
    gathered = _Gathered(cell(rows[0], header))
    broken = ""
    for row in rows[: MOST_ROWS - 1]:
        if any(row[1][header.width :]):
            broken = _("Line %(line)d has more cells than the header: is a text with the delimiter not quoted?")
            broken %= {"line": row[0]}
            gathered.note(broken)
        else:
            gathered.add(row, header)
    if len(rows) == MOST_ROWS:
        gathered.note(_("Only the first %(number)d rows of this dataset are taken.") % {"number": MOST_ROWS - 1})
    return gathered.record, "" if gathered.record["dataset"] else broken


class _Gathered:
    """What was read of one dataset so far. `told` is the line at which each of its columns was first filled in."""

    def __init__(self, name: str) -> None:
        self.record: dict[str, Any] = {"id": name, "dataset": {}, "extras": {}, "resources": [], "lines": []}
        self.record["notes"] = []
        self.told: dict[str, int] = {}

    def add(self, row: Row, header: Header) -> None:
        line, cells = row
        own = {}
        for column in header.cells:
            value = cell(row, header, column)
            if value and column.startswith("dataset."):
                self._tell(column, value, line)
            elif value:
                own[column] = value
        for name, position in header.extras.items():
            if position < len(cells) and cells[position]:
                self.record["extras"].setdefault(name, cells[position])
        if "url" in own:
            self.record["resources"].append(own)
            self.record["lines"].append(line)
        elif own.keys() & {"id", "title"}:
            self.note(_("Line %(line)d: the file has no address.") % {"line": line})

    def _tell(self, column: str, value: str, line: int) -> None:
        known = self.record["dataset"].setdefault(column, value)
        first = self.told.setdefault(column, line)
        if known != value:
            text = _("Line %(line)d says otherwise than line %(first)d (%(column)s).")
            self.note(text % {"line": line, "first": first, "column": column})

    def note(self, note: str) -> None:
        if len(self.record["notes"]) < MOST_NOTES:
            self.record["notes"].append(note)
