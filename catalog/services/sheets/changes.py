"""What a line of an imported spreadsheet changes, compared with what its dataset has now."""

from catalog.models import SheetLine
from catalog.services.sheets import columns
from catalog.services.sheets.columns import type_of_row


def conflicts(row: SheetLine, now: type_of_row) -> set[str]:
    """Return the columns that a line wants to change and that somebody else has changed since the export, otherwise."""
    return {
        name for name, value in row.wanted.items()
        if columns.digest(now[name]) != row.seen[name] and now[name] != value
    }  # fmt: skip


def effective(row: SheetLine, now: type_of_row, *, overwrite: bool) -> type_of_row:
    """Return what a line really changes now: conflicts only where they are to be overwritten."""
    kept = set() if overwrite else conflicts(row, now)
    return {name: value for name, value in row.wanted.items() if name not in kept and now[name] != value}
