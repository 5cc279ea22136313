"""A file that comes back: what it would change, in which columns somebody changed the same meanwhile, applying it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import BulkJob, Dataset, Sheet, SheetLine
from catalog.models.vocabulary import AccessType
from catalog.services import curation
from catalog.services.batches import batches
from catalog.services.bulk import jobs
from catalog.services.history import words
from catalog.services.sheets import changes, columns
from catalog.services.sheets.columns import ID, MARK, BadCell, type_of_row
from catalog.services.sheets.reading import Table, read
from portal.lib.errors import ServiceError
from portal.lib.ids import is_object_id
from portal.models import User

ACTION = "import_csv"
PIECE = 500
LONG = 120  # characters, from which texts are compared word by word
KEPT = timedelta(days=30)  # that a file is remembered


@dataclass(slots=True)
class Change:
    """One column of one line: what it has now, what it gets, and whether somebody changed it since the export."""

    name: str
    label: str
    old: str
    new: str
    is_conflict: bool
    pieces: list[words.Piece]  # of a long text, word by word; else none


@dataclass(slots=True)
class Line:
    """A line as the page of differences shows it."""

    row: SheetLine
    dataset: Dataset | None
    error: str = ""
    changes: list[Change] = field(default_factory=list)


def rows_with_tags(ids: Iterable[str]) -> dict[str, Dataset]:
    return {row.pk: row for row in Dataset.objects.filter(pk__in=list(ids)).prefetch_related("tags")}


@transaction.atomic
def make(body: bytes, name: str, *, by: User) -> Sheet:
    """Keep what a file wants. Raises ServiceError for one that can't be read; a bad line is kept with its error."""
    table = read(body)
    sheet = Sheet.objects.create(by=by, name=name[:200], ignored=table.ignored)
    reader = _Reader(sheet, table, by)
    for piece in batches(table.lines, PIECE):
        SheetLine.objects.bulk_create(reader.read(piece))
    if not sheet.lines:
        raise ServiceError(_("The file has no lines."))
    sheet.save(update_fields=["lines", "unchanged"])
    return sheet


class _Reader:
    """Reads the lines of one file, in pieces."""

    def __init__(self, sheet: Sheet, table: Table, by: User) -> None:
        self.sheet, self.table, self.by = sheet, table, by
        self.licenses = columns.known_licenses()
        self.met: set[str] = set()  # ids of the lines above

    def read(self, piece: list[tuple[int, list[str]]]) -> list[SheetLine]:
        """Return the lines that want something or have an error."""
        ids = [_cell(line, self.table.places[ID]) for _number, line in piece]
        datasets = rows_with_tags(pk for pk in ids if is_object_id(pk))
        refused = curation.refusals(list(datasets.values()), by=self.by, action="change", rule=curation.not_deleted)
        found = []
        for (number, line), pk in zip(piece, ids, strict=True):
            row = SheetLine(sheet=self.sheet, number=number, object_id=pk[:24])
            dataset = datasets.get(pk)
            try:
                if dataset is None or dataset in refused:
                    raise BadCell(str(refused[dataset]) if dataset else _("There is no such dataset."))
                self._read_line(row, line, dataset)
            except BadCell as error:
                row.error = str(error)[:500]
            self.met.add(pk)
            self.sheet.lines += 1
            self.sheet.unchanged += not (row.wanted or row.error)
            found += [row] if row.wanted or row.error else []
        return found

    def _read_line(self, row: SheetLine, line: list[str], dataset: Dataset) -> None:
        """Note what a line wants: a column that is as it was exported wants nothing. Raises BadCell."""
        if dataset.pk in self.met:
            raise BadCell(_("This dataset has a line above."))
        places = self.table.places
        row.seen = columns.read_mark(_cell(line, places[MARK]))
        wanted = {}
        for name in (one for one in columns.NAMES if one in places and one in row.seen):
            value = self._value(name, _cell(line, places[name]), dataset)
            if columns.digest(value) != row.seen[name]:
                wanted[name] = columns.without_aliases(value) if name == "tags" else value
        _check(dataset, wanted)
        row.wanted = wanted

    def _value(self, name: str, cell: str, dataset: Dataset) -> Any:
        tags = frozenset(tag.name for tag in dataset.tags.all()) if name == "tags" else frozenset()
        try:
            return columns.read(name, cell, self.licenses, tags)
        except BadCell as error:
            raise BadCell(f"{columns.LABELS[name]}: {error}") from error


def _check(dataset: Dataset, wanted: type_of_row) -> None:
    if wanted.get("license") and dataset.access_type != AccessType.OPEN:
        raise BadCell(_("only open data has a licence."))
    if set(wanted) & set(columns.DATES):
        columns.check_period({**columns.current(dataset), **wanted})


def _cell(line: list[str], place: int) -> str:
    return line[place].strip() if place < len(line) else ""


def lines_shown(rows: list[SheetLine]) -> list[Line]:
    """Return lines with their differences, as the datasets are now."""
    datasets = rows_with_tags(row.object_id for row in rows)
    found = []
    for row in rows:
        dataset = datasets.get(row.object_id)
        shown = Line(row, dataset, row.error)
        if dataset is not None and not row.error:
            now = columns.current(dataset)
            clash = changes.conflicts(row, now)
            shown.changes = [
                _change(name, columns.shown(now[name]), columns.shown(row.wanted[name]), is_conflict=name in clash)
                for name in columns.NAMES
                if name in row.wanted
            ]
        found.append(shown)
    return found


def _change(name: str, old: str, new: str, *, is_conflict: bool) -> Change:
    pieces = words.compare(old, new) if min(len(old), len(new)) > LONG else []
    return Change(name, str(columns.LABELS[name]), old, new, is_conflict, pieces)


def counts(sheet: Sheet) -> dict[str, int]:
    """Return how many lines change something, have an error, or conflict with what somebody did since."""
    rows = SheetLine.objects.filter(sheet=sheet).order_by("number")
    errors = rows.exclude(error="").count()
    clashing = 0
    for piece in batches(rows.filter(error="").iterator(chunk_size=PIECE), PIECE):
        datasets = rows_with_tags(row.object_id for row in piece)
        clashing += sum(
            bool(changes.conflicts(row, columns.current(datasets[row.object_id])))
            for row in piece
            if row.object_id in datasets
        )
    return {"changes": rows.count() - errors, "errors": errors, "conflicts": clashing, "unchanged": sheet.unchanged}


@transaction.atomic
def apply(sheet: Sheet, *, by: User, comment: str = "", overwrite: bool = False) -> BulkJob:
    """Ask for the changes of a file, as a bulk job. Raises ServiceError, also if it was applied already."""
    sheet = Sheet.objects.select_for_update(of=("self",)).get(pk=sheet.pk)
    if sheet.job_id is not None:
        raise ServiceError(_("This file was applied already."))
    wanted = SheetLine.objects.filter(sheet=sheet, error="").values("object_id")
    parameters = {"sheet": sheet.pk, "overwrite": overwrite}
    sheet.job = jobs.ask(Dataset.objects.filter(pk__in=wanted), ACTION, parameters, by=by, comment=comment)
    sheet.save(update_fields=["job"])
    return sheet.job


def purge() -> int:
    """Forget the files imported long ago; return how many. What they changed has its history."""
    old = Sheet.objects.filter(created__lt=timezone.now() - KEPT, job=None) | Sheet.objects.filter(
        created__lt=timezone.now() - jobs.KEPT
    )
    return jobs.forget(old, SheetLine, "sheet")
