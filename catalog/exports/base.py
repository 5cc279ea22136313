"""What a dump is: a name, columns, rows."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.db.models import QuerySet

from catalog.exports.cells import Cell, Line
from catalog.filters.base import FilterSet

Columns = list[tuple[str, Cell]]
EVERY_ROW = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A dump.

    `columns()` is called for each dump, since cells hold settings. `rows(objects)` turns the filtered objects of
    the list into the queryset whose rows are dumped (the same one, but for resources). `kinds` are those of the log
    of changes that the dump shows: its ETag follows them. `timely`: it changes with the clock alone.
    """

    name: str
    columns: Callable[[], Columns]
    objects: Callable[[], QuerySet]
    filterset: type[FilterSet] | None = None
    rows: Callable[[QuerySet], QuerySet] = field(default=lambda objects: objects)
    kinds: tuple[str, ...] = ()
    timely: bool = False

    def header(self) -> str:
        return ";".join(f'"{name}"' for name, _cell in self.columns()) + "\r\n"

    def lines(self, objects: QuerySet) -> QuerySet:
        """Return the one-column queryset of the rows, as text without the line feed."""
        cells = [cell for _name, cell in self.columns()]
        lines = self.rows(objects).values_list(Line(*cells), flat=True)
        # Below a limit PostgreSQL sorts first and makes the cells afterwards, so that the first row does not wait.
        return lines[:EVERY_ROW] if lines.ordered else lines
