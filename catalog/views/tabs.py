"""Tabs: the few ways to look at a list, each with an address of its own."""

from collections.abc import Iterable
from typing import NamedTuple

from django.utils.functional import Promise

type_of_choices = Iterable[tuple[str, str | Promise]]


class Tab(NamedTuple):
    """One way to look at a list; `current` is the value of `aria-current`, or an empty text."""

    label: str | Promise
    address: str
    current: str


def tabs_for(path: str, name: str, chosen: str, choices: type_of_choices) -> list[Tab]:
    """Return a tab for each value of the argument `name`; the empty value is the list without it."""
    return [
        Tab(label, f"{path}?{name}={value}" if value else path, "page" if value == chosen else "")
        for value, label in choices
    ]
