"""Extras: free keys of an object; those named `custom:…` are declared by the organization that owns it."""

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from catalog.models import Organization
from portal.lib.errors import ServiceError

CUSTOM = "custom:"
MACHINE = ("check:", "analysis:")  # beginnings of the extras of files that crawlers write
TYPES = ("str", "int", "float", "bool", "datetime", "date", "choice")  # of what organizations declare
NOT_DECLARED = "Dataset's organization did not define the requested custom metadata."


def merged(extras: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Return `extras` with `changes` put in; a key given null goes."""
    whole = {**extras, **changes}
    return {key: value for key, value in whole.items() if value is not None}


def check_declarations(extras: dict[str, Any]) -> None:
    """Raise ServiceError (field `extras`) unless the `custom` of an organization's extras declares metadata:
    `[{"title": …, "type": …, "description": …, "choices": […]}]`.
    """
    declared = extras.get("custom")
    if declared is not None and not (isinstance(declared, list) and all(map(_is_declaration, declared))):
        text = _("Custom metadata are a list of objects with a title and a type (%(types)s); a choice has its choices.")
        raise ServiceError(text % {"types": ", ".join(TYPES)}, field="extras")


def _is_declaration(one: Any) -> bool:
    if not (isinstance(one, dict) and isinstance(one.get("title"), str) and one.get("type") in TYPES):
        return False
    return isinstance(one.get("choices"), list if one["type"] == "choice" else list | None)


def check_custom(extras: dict[str, Any], organization: Organization | None) -> None:
    """Raise ServiceError (field `extras`) unless the organization declares each `custom:` key, and its type."""
    wanted = {key.removeprefix(CUSTOM): value for key, value in extras.items() if key.startswith(CUSTOM)}
    if not wanted:
        return
    declared = organization.extras.get("custom") if organization else None
    known = {one["title"]: one for one in declared if _is_declaration(one)} if isinstance(declared, list) else {}
    for name, value in wanted.items():
        if name not in known:
            raise ServiceError(_(NOT_DECLARED), field="extras")
        if not _has_type(value, known[name]):
            raise ServiceError(
                _("Custom metadata %(name)s is not of the type %(type)s.")
                % {"name": name, "type": known[name]["type"]},
                field="extras",
            )


def _has_type(value: Any, declaration: dict[str, Any]) -> bool:
    kind = declaration["type"]
    if kind == "choice":
        return value in declaration["choices"]
    if kind in ("date", "datetime"):
        return _is_moment(value, date if kind == "date" else datetime)
    if kind in ("int", "float"):
        accepted = int if kind == "int" else (int, float)
        return isinstance(value, accepted) and not isinstance(value, bool)
    return isinstance(value, {"bool": bool, "str": str}[kind])


def _is_moment(value: Any, kind: type[date]) -> bool:
    try:
        kind.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return True
