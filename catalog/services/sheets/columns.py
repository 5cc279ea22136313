"""The columns that may be edited in a spreadsheet: how each is written, read and compared.

A value has one form, which JSON keeps: text, a list of tags, the id of a licence, an ISO date; nothing is the empty
text. The mark of a row holds a short digest of each column as it was exported: what somebody changed meanwhile is
found column by column.
"""

from collections.abc import Iterable
from datetime import date, datetime
from hashlib import sha256
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Dataset, License, TagAlias
from catalog.models.dataset import MAX_DESCRIPTION
from catalog.models.tag import normalize_tags
from catalog.models.vocabulary import Frequency

LABELS: dict[str, Any] = {
    "title": gettext_lazy("title"),
    "acronym": gettext_lazy("acronym"),
    "description": gettext_lazy("description"),
    "description_short": gettext_lazy("summary"),
    "tags": gettext_lazy("tags"),
    "license": gettext_lazy("licence"),
    "frequency": gettext_lazy("frequency"),
    "temporal_start": gettext_lazy("covers from"),
    "temporal_end": gettext_lazy("covers until"),
}
NAMES = tuple(LABELS)
LENGTHS = {"title": 350, "acronym": 128, "description": MAX_DESCRIPTION, "description_short": 200}
DATES = ("temporal_start", "temporal_end")
FORMS = ("%Y-%m-%d", "%d/%m/%Y", "%Y/%m/%d", "%d.%m.%Y", "%d-%m-%Y")  # spreadsheets rewrite dates as they please
ID, MARK = "id", "mark"
DIGEST = 8  # hexadecimal digits
type_of_row = dict[str, Any]


class BadCell(ValueError):
    """A cell that can't be read; the message is for people."""


def current(dataset: Dataset) -> type_of_row:
    """Return the values of a dataset; its tags are prefetched."""
    found: type_of_row = {name: _tidy(getattr(dataset, name)) for name in LENGTHS}
    found["tags"] = sorted(tag.name for tag in dataset.tags.all())
    found["license"], found["frequency"] = dataset.license_id or "", dataset.frequency
    found |= {name: value.isoformat() if (value := getattr(dataset, name)) else "" for name in DATES}
    return found


def read(name: str, cell: str, licenses: dict[str, str], tags: frozenset[str] = frozenset()) -> Any:
    """Return the value that a cell says. `licenses` leads from ids and titles in lower case to ids; `tags` are those
    that the dataset has, which stay as they are spelled. Raises BadCell.
    """
    text = _tidy(cell)
    if name == "tags":
        return _tags(text, tags)
    if name == "license":
        if text and text.lower() not in licenses:
            raise BadCell(_("“%(text)s” is no licence of the portal.") % {"text": text[:80]})
        return licenses[text.lower()] if text else ""
    if name == "frequency":
        return _frequency(text)
    if name in DATES:
        return _date(text)
    if name in ("title", "description") and not text:
        raise BadCell(_("It can't be empty."))
    if len(text) > LENGTHS[name]:
        raise BadCell(_("It has more than %(number)s characters.") % {"number": LENGTHS[name]})
    return text


def without_aliases(tags: list[str]) -> list[str]:
    """Return tags with those that were merged into another replaced by that one."""
    known = dict(TagAlias.objects.filter(name__in=tags).values_list("name", "tag__name"))
    return sorted({known.get(name, name) for name in tags})


def known_licenses() -> dict[str, str]:
    rows = list(License.objects.values_list("pk", "title"))
    return {title.lower(): pk for pk, title in rows} | {pk.lower(): pk for pk, _title in rows}


def check_period(values: type_of_row) -> None:
    """Raise BadCell for a period that ends before it begins, or that has no beginning."""
    start, end = values["temporal_start"], values["temporal_end"]
    if end and not start:
        raise BadCell(_("A period covered needs a beginning."))
    if start and end and start > end:
        raise BadCell(_("The period covered ends before it begins."))


def shown(value: Any) -> str:
    """Return a value as a cell and the page of differences write it."""
    return ", ".join(value) if isinstance(value, list) else str(value)


def digest(value: Any) -> str:
    return sha256(orjson.dumps(value)).hexdigest()[:DIGEST]


def mark(values: type_of_row, names: Iterable[str]) -> str:
    """Return the mark of a row: `column:digest` for each exported column."""
    return " ".join(f"{name}:{digest(values[name])}" for name in names)


def read_mark(text: str) -> dict[str, str]:
    """Return the digests of a mark by column. Raises BadCell for what is none."""
    pairs = [part.split(":") for part in text.split()]
    if not pairs or not all(len(pair) == 2 and pair[0] in NAMES and len(pair[1]) == DIGEST for pair in pairs):
        raise BadCell(_("The mark of the line is not the one that was exported."))
    return dict(pairs)


def to_service(dataset: Dataset, values: type_of_row) -> type_of_row:
    """Return values as `services.datasets.update` takes them."""
    found = {name: value for name, value in values.items() if name not in DATES}
    if "license" in found:
        found["license"] = License.objects.filter(pk=found["license"]).first() if found["license"] else None
    if set(values) & set(DATES):
        period = {name: getattr(dataset, name) for name in DATES}
        period |= {name: date.fromisoformat(values[name]) if values[name] else None for name in DATES if name in values}
        found["temporal_coverage"] = period
    return found


def _tidy(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip()


def _tags(text: str, known: frozenset[str]) -> list[str]:
    words = {word.strip() for word in text.replace(";", ",").split(",") if word.strip()}
    try:
        return sorted((words & known) | set(normalize_tags(words - known)))
    except ValidationError as error:
        raise BadCell(error.messages[0]) from error


def _frequency(text: str) -> str:
    known = {value.lower(): value for value in Frequency.values}
    known |= {str(label).lower(): value for value, label in Frequency.choices}
    if text and text.lower() not in known:
        raise BadCell(_("“%(text)s” is no frequency.") % {"text": text[:80]})
    return known[text.lower()] if text else Frequency.UNKNOWN.value


def _date(text: str) -> str:
    if not text:
        return ""
    for form in FORMS:
        try:
            return datetime.strptime(text[:10], form).date().isoformat()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise BadCell(_("“%(text)s” is no date: write 2026-12-31.") % {"text": text[:40]})
