"""Every address of the portal, as the URL resolver knows it: the methods of each, and how to build its path."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

METHODS = ("get", "post", "put", "patch", "delete")
PART = re.compile(r"<(?:\w+:)?(\w+)>")
GROUP = re.compile(r"\(\?P<(\w+)>[^()]*\)")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method of one route."""

    method: str
    route: str
    pattern: URLPattern

    def __str__(self) -> str:
        return f"{self.method} {self.route}"

    @property
    def is_api(self) -> bool:
        """Whether tokens open it, too."""
        return self.route.startswith("api/")


def endpoints() -> Iterator[Endpoint]:
    """Give every method of every route that the URL resolver knows."""
    for route, pattern in _walk(get_resolver(), ""):
        for method in methods_of(pattern.callback):
            yield Endpoint(method.upper(), route, pattern)


def methods_of(view: Any) -> list[str]:
    """Return the methods that a view answers: its actions or handlers; a function may read any and is asked two."""
    if actions := getattr(view, "actions", None):
        return sorted(set(actions) & set(METHODS))
    if kind := getattr(view, "view_class", None):
        return [name for name in METHODS if name in kind.http_method_names and hasattr(kind, name)]
    return ["get", "post"]


def _walk(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern, route)
        else:
            yield route, pattern


def names(route: str) -> list[str]:
    """Return the names of the variable parts of a route, in their order."""
    return [part[1] or part[2] for part in re.finditer(rf"{GROUP.pattern}|{PART.pattern}", route)]


def fill(route: str, values: dict[str, Any]) -> str:
    """Return the path of `route` with its parts in place. Raises KeyError for a part that has no value."""
    plain = re.sub(r"\^|\$|/\?\$", "", GROUP.sub(r"<\1>", route))
    return "/" + PART.sub(lambda part: str(values[part[1]]), plain)
