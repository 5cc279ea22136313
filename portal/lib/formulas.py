"""Cells that a spreadsheet would take for formulas: a quote before them keeps them texts."""

BEGINNINGS = ("=", "+", "-", "@", "\t", "\r")


def guarded(text: str) -> str:
    """Return the text of a cell, with a quote before it where it looks like a formula."""
    return f"'{text}" if text.startswith(BEGINNINGS) else text


def unguarded(cell: str) -> str:
    """Return the text that `guarded` was given."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(BEGINNINGS) else cell
