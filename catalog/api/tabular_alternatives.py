"""The `or=(…)` of the tabular and the metrics API: `or=(a__exact.1,and(b__less.2,c__contains."x, y"))`.

Inside, an operator and its value stand apart by a full stop; a column or a value that holds a comma, a full stop or a
bracket stands in double quotes. `and(…)` and `or(…)` may stand inside one another.
"""

import re
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from catalog.api.tabular_arguments import EMPTINESS, FILTERS, BadQuery

DEEPEST, MOST, LONGEST = 8, 100, 8000  # levels, conditions, characters
PART = re.compile(
    r'(?:"(?P<quoted>[^"]+)"|(?P<bare>[^",.()]+))__(?P<operator>[a-z_]+)(?:\.(?P<value>"[^"]*"|[^",()]*))?$'
)


@dataclass(frozen=True, slots=True)
class Condition:
    """One filter: column, operator, text."""

    column: str
    operator: str
    value: str


@dataclass(frozen=True, slots=True)
class Group:
    """Several conditions: all of them (`and`) or one at least (`or`)."""

    word: str
    parts: tuple["Condition | Group", ...]


def read_alternatives(text: str) -> Group:
    """Return what stands after `or=`. Raises BadQuery for what can't be read, or is too large."""
    if len(text) > LONGEST or text.count("__") > MOST:
        raise BadQuery(_("There are too many conditions."))
    return _group("or", text, 1)


def _group(word: str, text: str, depth: int) -> Group:
    if depth > DEEPEST:
        raise BadQuery(_("There are too many conditions."))
    if not (text.startswith("(") and text.endswith(")")):
        raise _unreadable(text)
    return Group(word, tuple(_part(part, depth) for part in _split(text[1:-1])))


def _part(text: str, depth: int) -> Condition | Group:
    for word in ("and", "or"):
        if text.startswith(f"{word}("):
            return _group(word, text.removeprefix(word), depth + 1)
    found = PART.match(text)
    if found is None or found["operator"] not in FILTERS:
        raise _unreadable(text)
    if (found["value"] is None) != (found["operator"] in EMPTINESS):
        raise _unreadable(text)
    return Condition(found["quoted"] or found["bare"], found["operator"], (found["value"] or "").strip('"'))


def _split(text: str) -> list[str]:
    """Return the parts between commas that stand in no brackets and no quotes. Raises BadQuery."""
    parts, depth, quoted = [""], 0, False
    for letter in text:
        quoted ^= letter == '"'
        depth += 0 if quoted else (letter == "(") - (letter == ")")
        if depth < 0:
            raise _unreadable(text)
        if letter == "," and depth == 0 and not quoted:
            parts.append("")
        else:
            parts[-1] += letter
    if quoted or depth:
        raise _unreadable(text)
    return parts


def _unreadable(text: str) -> BadQuery:
    return BadQuery(_("“%(text)s” is no condition: write or=(column__operator.value,…).") % {"text": text[:200]})
