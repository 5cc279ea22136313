"""The blocs that editorial pages are made of (posts, the portal's home pages, organizations)."""

import re
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

MAX_DEPTH = 4  # of blocs inside blocs
REQUIRED = {  # class -> the keys that it must have
    "DatasetsListBloc": ("title",), "ReusesListBloc": ("title",), "DataservicesListBloc": ("title",),
    "LinksListBloc": ("title",), "HeroBloc": ("title",), "MarkdownBloc": ("content",), "AccordionListBloc": (),
}  # fmt: skip
TEXTS = ("title", "subtitle", "description", "paragraph", "content", "main_link_url", "main_link_title")
LISTS = ("datasets", "reuses", "dataservices", "links", "items")
COLORS = (None, "primary", "green", "purple")  # of HeroBloc
SCHEME = re.compile(r"\s*([a-z][a-z0-9+.-]*):", re.IGNORECASE)
SAFE_SCHEMES = frozenset(["http", "https", "ftp", "ftps", "mailto"])
CONTROL = re.compile(r"[\x00-\x20\x7f]")


class BlocsField(serializers.JSONField):
    """A list of blocs, each with its `class`."""

    def to_internal_value(self, data: Any) -> list[dict[str, Any]]:
        return check_blocs(data)


def check_blocs(blocs: Any, *, depth: int = MAX_DEPTH) -> list[dict[str, Any]]:
    """Return the blocs if each has a known class and what that needs. Raises ValidationError."""
    if not isinstance(blocs, list) or not all(isinstance(bloc, dict) for bloc in blocs):
        raise serializers.ValidationError(_("Expected a list of blocs."))
    if not depth:
        raise serializers.ValidationError(_("Blocs are nested too deep."))
    for bloc in blocs:
        _check_bloc(bloc, depth)
    return blocs


def _check_bloc(bloc: dict[str, Any], depth: int) -> None:
    name = bloc.get("class")
    if not isinstance(name, str) or name not in REQUIRED:
        raise serializers.ValidationError(_("Unknown class of bloc: %(name)s") % {"name": str(name)[:64]})
    wrong = [key for key in REQUIRED[name] if not bloc.get(key)]
    wrong += [key for key in TEXTS if not isinstance(bloc.get(key), str | None)]
    wrong += [key for key in LISTS if not isinstance(bloc.get(key), list | None)]
    if name == "HeroBloc" and bloc.get("color") not in COLORS:
        wrong.append("color")
    if wrong:
        _refuse(name, wrong)
    if not all(_is_safe(address) for address in _addresses(bloc)):
        _refuse(name, ["url"])
    for item in bloc.get("items") or []:
        if not isinstance(item, dict) or not item.get("title") or not isinstance(item["title"], str):
            _refuse(name, ["items"])
        check_blocs(item.get("content") or [], depth=depth - 1)


def _addresses(bloc: dict[str, Any]) -> list[Any]:
    links = [link.get("url") for link in bloc.get("links") or [] if isinstance(link, dict)]
    return [bloc.get("main_link_url"), *links]


def _is_safe(address: Any) -> bool:
    """Tell whether an address leads within the portal or to the web: no `javascript:`, however it is written."""
    if address is None:
        return True
    found = SCHEME.match(CONTROL.sub("", address)) if isinstance(address, str) else None
    return isinstance(address, str) and (found is None or found[1].lower() in SAFE_SCHEMES)


def _refuse(name: str, keys: list[str]) -> None:
    text = _("%(name)s: missing or wrong: %(keys)s")
    raise serializers.ValidationError(text % {"name": name, "keys": ", ".join(dict.fromkeys(keys))})
