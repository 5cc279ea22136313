"""What a file tells of itself before anybody has described it: a title, its columns, the period and places in it.

A guess is a proposal that the publisher sees and may change; what cannot be read gives less of it, never an error.
"""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from catalog.models import GeoZone
from catalog.models.resource import FileModel
from catalog.previews.copies import Copy, local_copy
from portal.lib.errors import ServiceError
from portal.lib.slugs import normalize
from portal.lib.tabular import engine

PROFILED = 64 << 20  # bytes of a file whose every row is read; of a larger one, only the columns are told
MOST_COLUMNS = 60  # named in a description
MOST_ZONES = 20  # beyond, the territory is the country
YEARS = range(1500, 2200)
YEAR_NAMES = frozenset(["annee", "an", "year", "millesime", "exercice"])
COUNTRY = "country:fr"  # of which regions, departments and towns are
TOWN = re.compile(r"(97[1-8]|2[AB]|[0-9]{2})[0-9]{2,3}")  # a code of Insee begins with its department's
# Names of columns that hold territories, and the levels of those.
PLACES = {
    "country": frozenset(["pays", "country", "code-pays", "nom-pays", "country-code", "country-name"]),
    "fr:region": frozenset(["region", "reg", "code-region", "nom-region", "libelle-region", "reg-code", "reg-nom"]),
    "fr:departement": frozenset(
        ["departement", "dep", "dept", "code-departement", "nom-departement", "code-dep", "code-dept", "dep-code"]
    ),
    "fr:epci": frozenset(["epci", "code-epci", "siren-epci"]),
    "fr:commune": frozenset(
        ["commune", "code-commune", "code-insee", "insee", "codgeo", "nom-commune", "code-commune-insee", "insee-com"]
    ),
}
TYPE_NAMES = {
    "bool": gettext_lazy("yes or no"),
    "int": gettext_lazy("whole number"),
    "float": gettext_lazy("number"),
    "date": gettext_lazy("date"),
    "datetime": gettext_lazy("date and time"),
    "string": gettext_lazy("text"),
    "json": gettext_lazy("structure"),
}


class Guess(NamedTuple):
    """`title` is of the dataset, `description` of the file (Markdown); `problem` says why the rest is missing."""

    title: str
    description: str = ""
    start: date | None = None
    end: date | None = None
    zones: tuple[GeoZone, ...] = ()
    problem: str = ""


def guess(found: FileModel, name: str = "") -> Guess:
    """Return what is known of a file by its name (else its address) and by what is in it. Fetches a remote one."""
    title = title_of(name or found.url)
    kind = engine.kind_of(found.format)
    if kind is None:
        return Guess(title)
    try:
        copy = local_copy(found)
        told = _told(copy, kind)
    except ServiceError as error:
        return Guess(title, problem=str(error.message))
    start, end = _period(told["columns"])
    return Guess(title, _described(told), start, end, tuple(_zones(told["columns"])))


def title_of(name: str) -> str:
    """Return a title made of a file's name or address, or an empty text: no ending, no dashes, one capital."""
    last = unquote(urlsplit(name).path if "://" in name else name).replace("\x00", "").rstrip("/").rsplit("/", 1)[-1]
    stem = re.sub(r"(\.[A-Za-z0-9]{1,8}){1,2}$", "", last)
    words = " ".join(re.sub(r"[-_+.\s]+", " ", stem).split())[:350].strip()
    return words[:1].upper() + words[1:]


def _told(copy: Copy, kind: str) -> dict[str, Any]:
    """Return the profile of a table; of a large one its columns, without what is in them."""
    if copy.path.stat().st_size <= PROFILED:
        return engine.profile(copy.path, kind)
    page = engine.page(copy.path, kind, engine.Query(limit=1))
    empty = {"min": None, "max": None, "distinct": None, "top": []}
    names = [one for one in page["columns"] if one != "__id"]
    return {
        "total": page["total"],
        "columns": [{"name": one, "type": page["types"].get(one, ""), **empty} for one in names],
    }


def _described(told: dict[str, Any]) -> str:
    rows = ngettext("%(number)d row.", "%(number)d rows.", told["total"]) % {"number": told["total"]}
    lines = [f"- `{_plain(one['name'])}` ({_type(one['type'])})" for one in told["columns"][:MOST_COLUMNS]]
    if len(told["columns"]) > MOST_COLUMNS:
        lines.append("- …")
    return "\n".join([f"{rows} {_('Columns:')}", "", *lines])


def _plain(name: str) -> str:
    return " ".join(str(name).replace("`", "'").split())[:100]


def _type(name: str) -> str:
    return str(TYPE_NAMES.get(name, TYPE_NAMES["string"]))


def _period(columns: Iterable[dict[str, Any]]) -> tuple[date | None, date | None]:
    """Return the first and last day found in a column of dates, else in one of years."""
    columns = list(columns)
    for column in columns:
        if column["type"] in ("date", "datetime"):
            days = [_day(column[name]) for name in ("min", "max")]
            if all(days):
                return days[0], days[1]
    for column in columns:
        least, most = column["min"], column["max"]
        if normalize(column["name"]) in YEAR_NAMES and column["type"] == "int" and least in YEARS and most in YEARS:
            return date(least, 1, 1), date(most, 12, 31)
    return None, None


def _day(value: Any) -> date | None:
    try:
        found = date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
    return found if found.year in YEARS else None


def _zones(columns: Iterable[dict[str, Any]]) -> list[GeoZone]:
    """Return the territories that the columns name: of several answers the shortest; the country of too many."""
    answers = []
    for column in columns:
        level = next((level for level, names in PLACES.items() if normalize(column["name"]) in names), None)
        if level is not None and column["top"]:
            answers.append(sorted(_ids(level, column)))
    named = sorted((ids for ids in answers if ids and ids != [COUNTRY]), key=len)
    chosen = named[0] if named else next((ids for ids in answers if ids), [])
    return list(GeoZone.objects.filter(pk__in=chosen[:MOST_ZONES]).defer("geometry"))


def _ids(level: str, column: dict[str, Any]) -> set[str]:
    """Return the ids of the territories in a column; a town stands for its department, which the portal knows."""
    all_seen = (column["distinct"] or 0) <= len(column["top"])
    values = [str(value).strip() for value, _count in column["top"]] if all_seen else []
    if level == "fr:commune":
        ends = [str(column["min"]), str(column["max"])]
        found = {match[1] if match else None for match in map(TOWN.fullmatch, values or ends)}
        if None not in found and (values or len(found) == 1):
            return {f"fr:departement:{code}" for code in found}
    rows = GeoZone.objects.filter(level=level)
    codes = {form for one in values for form in (one.zfill(2), one.zfill(2).lower(), one.zfill(2).upper())}
    ids = set(rows.filter(code__in=codes).values_list("pk", flat=True))
    ids |= set(rows.filter(slug__in=[normalize(one) for one in values]).values_list("pk", flat=True))
    return ids if ids or not level.startswith("fr:") else {COUNTRY}
