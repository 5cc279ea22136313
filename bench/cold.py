"""The portal with a search that remembers nothing: the worst case for `bench.search_http`."""

from collections.abc import Iterable
from typing import Any

from portal.wsgi import application as portal  # isort: skip - sets Django up

from catalog.search.engine import engine


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answer as the portal does, after forgetting what the search remembers."""
    engine().reader().kept.clear()
    return portal(environ, start_response)
