"""Differences as people read them: words left out and put in, members of lists, whole values for the rest."""

import re
from difflib import SequenceMatcher
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from catalog.models import Dataset

TOKENS = re.compile(r"\s+|\w+|[^\w\s]")
SAME, LESS, MORE = "same", "less", "more"
Part = tuple[str, str]  # one of the three, and the text


def shown(difference: dict[str, Any]) -> dict[str, Any]:
    """Return `label` and `parts` of a difference, and whether the field is `new` (it had no value)."""
    before, after = difference.get("before"), difference.get("after")
    return {
        "label": label_of(str(difference.get("name", ""))),
        "parts": parts_of(before, after),
        "new": before in (None, "", [], {}),
    }


def label_of(name: str) -> str:
    """Return the name of a field of datasets for people."""
    if name == "resources":
        return _("Resources")
    try:
        return capfirst(str(Dataset._meta.get_field(name).verbose_name))
    except FieldDoesNotExist:
        return capfirst(name.replace("_", " "))


def parts_of(before: Any, after: Any) -> list[Part]:
    """Return what goes, what comes and what stays, in the order of reading."""
    if isinstance(before, list) and isinstance(after, list):
        gone = [(LESS, plain(one)) for one in before if one not in after]
        return _spaced(gone + [(MORE if one not in before else SAME, plain(one)) for one in after])
    if isinstance(before, str) and isinstance(after, str) and before and after:
        return words(before, after)
    less, more = plain(before), plain(after)
    return [part for part in ((LESS, less), (MORE, more)) if part[1]]


def words(before: str, after: str) -> list[Part]:
    """Return the difference of two texts word by word; of two that share little, each as a whole."""
    old, new = TOKENS.findall(before), TOKENS.findall(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < 0.3:
        return [(LESS, before), (MORE, after)]
    parts: list[Part] = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            parts.append((SAME, "".join(old[a:b])))
            continue
        parts += [part for part in ((LESS, "".join(old[a:b])), (MORE, "".join(new[c:d]))) if part[1]]
    return parts


def plain(value: Any) -> str:
    """Return a value as a text: lists by commas, objects by their members, truths as yes and no."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(plain(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{name}: {plain(one)}" for name, one in value.items() if one not in (None, "", [], {}))
    return str(value)


def _spaced(parts: list[Part]) -> list[Part]:
    """Put commas between the members of a list."""
    spaced: list[Part] = []
    for kind, text in parts:
        if spaced:
            spaced.append((SAME, ", "))
        spaced.append((kind, text))
    return spaced
