"""Datasets side by side, as people read them: what differs, which value is proposed, what is the same in all."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import Truncator

from catalog.models import Dataset
from catalog.services.history import words
from catalog.services.history.states import take
from catalog.services.merging.fields import GROUPS, Group, differing

MAX_TEXT = 1_000  # characters of a text that are shown
MANY = 20  # territories or contact points that are named
NOTHING = "—"


class Cell(NamedTuple):
    """The value of one dataset; `pieces` tell how a long text differs from that of the first one."""

    pk: str
    text: str
    pieces: list[words.Piece]
    proposed: bool


class Row(NamedTuple):
    """A group of fields in which the datasets differ."""

    key: str
    label: str | Promise
    cells: list[Cell]


class Compared(NamedTuple):
    """`rows` differ; `same` are the names of what is the same in all."""

    rows: list[Row]
    same: list[str | Promise]


def compare(datasets: list[Dataset]) -> Compared:
    """Compare datasets, the first of which is to stay; its own value is proposed, unless it has none."""
    states = take("Dataset", [one.pk for one in datasets])
    wanted = differing(states)
    rows = [_row(key, datasets) for key in wanted]
    return Compared(rows, [group.label for key, group in GROUPS.items() if key not in wanted])


def _row(key: str, datasets: list[Dataset]) -> Row:
    group = GROUPS[key]
    texts = [_text(group, one) for one in datasets]
    proposed = next((number for number, text in enumerate(texts) if text != NOTHING), 0)
    cells = []
    for number, (dataset, text) in enumerate(zip(datasets, texts, strict=True)):
        is_long = key == "description" and number
        pieces = words.compare(texts[0], text) if is_long else []
        cells.append(Cell(dataset.pk, Truncator(text).chars(MAX_TEXT), pieces, number == proposed))
    return Row(key, group.label, cells)


def _text(group: Group, dataset: Dataset) -> str:
    """Return the values of a group, joined by a middle dot."""
    values = [_column(dataset, name) for name in group.columns]
    for name in group.lists:
        values.append(_listed(getattr(dataset, name).order_by("pk")[: MANY + 1]))
    return " · ".join(value for value in values if value) or NOTHING


def _column(dataset: Dataset, attname: str) -> str:
    column = next(one for one in dataset._meta.concrete_fields if one.attname == attname)
    value: Any = getattr(dataset, column.name)
    if value in (None, "", {}, []):
        return ""
    if column.choices:
        return str(getattr(dataset, f"get_{column.name}_display")())
    if isinstance(column, models.DateTimeField):
        return date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")
    if isinstance(column, models.DateField):
        return date_format(value, "SHORT_DATE_FORMAT")
    return str(value)


def _listed(rows: Iterable[models.Model]) -> str:
    names = [str(row) for row in rows]
    return ", ".join(names[:MANY]) + ("…" if len(names) > MANY else "")
