"""From the arguments of a list (names and values of udata's API) to conditions, sorts and facets of the index."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models.vocabulary import AccessType
from catalog.search.query import Condition, FacetQuery, Keyword, Range, Sort
from catalog.search.readers.facts import day_seconds
from catalog.search.schema import DAY, KINDS, UPDATE_RANGES, Facet, Filter
from portal.lib.errors import ServiceError

LOWERED = frozenset(["organization_name", "format"])  # keywords kept in lower case
NONE_MATCH = "\x00"  # a keyword that nothing has


def conditions(kind: str, filters: Mapping[str, Any]) -> tuple[Condition, ...]:
    """Return the conditions of these arguments; those that the kind does not know, and empty ones, are left out."""
    known = KINDS[kind]
    given: list[Condition] = []
    for name, rule in known.filters.items():
        value = filters.get(name)
        if value is None or value in ("", []):
            implied = known.implied.get(name)
            if implied is not None:
                given.append(Keyword(name, rule.field, (implied,)))
            continue
        given += _FORMS[rule.form](name, rule, value)
    if kind == "post":  # planned ones come by themselves
        given.append(Range("published", "published", high=int(timezone.now().timestamp())))
    return tuple(given)


def _values(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple | set) else [value]


def _terms(name: str, rule: Filter, value: Any) -> Iterable[Condition]:
    texts = [str(one) for one in _values(value)]
    lowered = [text.lower() for text in texts] if name in LOWERED else texts
    yield Keyword(name, rule.field, tuple(lowered), every=rule.every)


def _flag(name: str, rule: Filter, value: Any) -> Iterable[Condition]:
    yield Keyword(name, rule.field, ("true" if value else "false",))


def _restricted(name: str, rule: Filter, value: Any) -> Iterable[Condition]:
    yield Keyword(name, rule.field, (AccessType.RESTRICTED.value,), negated=not value)


def _age(name: str, rule: Filter, value: Any) -> Iterable[Condition]:
    if value not in UPDATE_RANGES:
        yield Keyword(name, "slug", (NONE_MATCH,))
        return
    yield Range(name, rule.field, low=_earliest(UPDATE_RANGES[value]))


def _period(name: str, rule: Filter, value: Any) -> Iterable[Condition]:
    """Those whose period overlaps the given one: two dates, or their text `YYYY-MM-DD-YYYY-MM-DD`."""
    try:
        start, end = (
            (date.fromisoformat(value[:10]), date.fromisoformat(value[11:])) if isinstance(value, str) else value
        )
    except ValueError:  # udata: a malformed period lists nothing
        yield Keyword(name, "slug", (NONE_MATCH,))
        return
    yield Range(name, "covers_from", high=day_seconds(end))
    yield Range(name, "covers_until", low=day_seconds(start))


_FORMS = {"terms": _terms, "flag": _flag, "restricted": _restricted, "age": _age, "period": _period}


def _earliest(days: int) -> int:
    """Return the second `days` days before the beginning of this day (UTC): one answer a day can be remembered."""
    now = int(timezone.now().timestamp())
    return now - now % DAY - days * DAY


def sort_of(kind: str, sort: str) -> Sort | None:
    """Return the order of `name` or `-name`; by relevance (None) if it is empty. Raises ServiceError."""
    if not sort:
        return None
    column = KINDS[kind].sorts.get(sort.removeprefix("-"))
    if column is None:
        raise ServiceError(_("The value '%(value)s' is not a valid choice for 'sort'.") % {"value": sort})
    return Sort(column, sort.startswith("-"))


def facet_query(name: str, facet: Facet) -> FacetQuery:
    if facet.form == "terms":
        return FacetQuery(name, facet.field)
    edges = tuple((label, _earliest(days)) for label, days in UPDATE_RANGES.items())
    return FacetQuery(name, facet.field, "age", edges)
