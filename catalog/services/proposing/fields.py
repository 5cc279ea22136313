"""What differs between two states, as a flat dictionary: what a pending change keeps, compares and applies.

    {"title": …, "tags": […], "resources/<id>/url": …, "resources/<id>": {…} (a file that is added) or None (removed)}

The keys are those of the states (`history.states`). What only curators set (badges) and what follows from the title
(the address) is no part of a change.
"""

from copy import deepcopy
from typing import Any

from catalog.services.extras import MACHINE
from catalog.services.history.states import type_of_state

FILES = "resources"
FOLLOWING = frozenset(["slug", "featured"])
STATES = frozenset(["private", "archived", "archived_at", "deleted", "deleted_at"])

type_of_fields = dict[str, Any]


def difference(before: type_of_state, after: type_of_state) -> tuple[type_of_fields, type_of_fields]:
    """Return what `before` had and what `after` has, by the keys that differ."""
    old, new = (_flat(state) for state in (before, after))
    base: type_of_fields = {}
    values: type_of_fields = {}
    for key in dict.fromkeys((*old, *new)):
        if key.startswith(f"{FILES}/"):
            _compare_files(key, old.get(key), new.get(key), base, values)
        elif old.get(key) != new.get(key):
            base[key], values[key] = old.get(key), new.get(key)
    return base, values


def _flat(state: type_of_state) -> type_of_fields:
    found = {name: value for name, value in state["columns"].items() if name not in FOLLOWING}
    found |= state["lists"]
    return found | {f"{FILES}/{row['id']}": _without_machine(row) for row in state["parts"].get(FILES, [])}


def _without_machine(row: dict[str, Any]) -> dict[str, Any]:
    """Return a file without what crawlers write on it, which is nobody's edit."""
    return {**row, "extras": {name: value for name, value in row["extras"].items() if not name.startswith(MACHINE)}}


def _compare_files(key: str, old: Any, new: Any, base: type_of_fields, values: type_of_fields) -> None:
    if old is None or new is None:
        base[key], values[key] = old, new
        return
    for name in new:
        if old.get(name) != new[name]:
            base[f"{key}/{name}"], values[f"{key}/{name}"] = old.get(name), new[name]


def read(state: type_of_state, key: str) -> Any:
    """Return what a state has under a key; None for what is not there."""
    if not key.startswith(f"{FILES}/"):
        return state["columns"].get(key) if key in state["columns"] else state["lists"].get(key)
    _files, pk, *name = key.split("/")
    row = next((_without_machine(row) for row in state["parts"].get(FILES, []) if row["id"] == pk), None)
    return row if row is None or not name else row.get(name[0])


def overtaken(base: type_of_fields, values: type_of_fields, now: type_of_state) -> list[str]:
    """Return the keys that somebody else has changed since, to something else than what is proposed."""
    found = []
    for key, value in values.items():
        present = read(now, key)
        old, new, current = (_comparable(key, one) for one in (base.get(key), value, present))
        if current not in (old, new):
            found.append(key)
    return found


def _comparable(key: str, value: Any) -> Any:
    """A file that only has another place among the others is the same."""
    if key.startswith(f"{FILES}/") and isinstance(value, dict) and "position" in value:
        return {name: part for name, part in value.items() if name != "position"}
    return value


def laid_over(state: type_of_state, values: type_of_fields) -> type_of_state:
    """Return the state with these values; what they say of a file that is gone is left out."""
    found = deepcopy(state)
    files = {row["id"]: row for row in found["parts"].get(FILES, [])}
    for key, value in values.items():
        if not key.startswith(f"{FILES}/"):
            found["columns" if key in found["columns"] else "lists"][key] = deepcopy(value)
            continue
        _files, pk, *name = key.split("/")
        if name and pk in files:
            files[pk][name[0]] = _with_machine(files[pk], deepcopy(value)) if name[0] == "extras" else deepcopy(value)
        elif not name and value is None:
            files.pop(pk, None)
        elif not name:
            files[pk] = deepcopy(value)
    if FILES in found["parts"]:
        found["parts"][FILES] = sorted(files.values(), key=lambda row: (row["position"], row["id"]))
    return found


def _with_machine(row: dict[str, Any], extras: dict[str, Any]) -> dict[str, Any]:
    return extras | {name: value for name, value in row["extras"].items() if name.startswith(MACHINE)}
