"""The catalogue of data schemas (`SCHEMA_CATALOG_URL`, as schema.data.gouv.fr publishes it)."""

import json
import logging
from typing import Any

from django.conf import settings
from django.core.cache import cache

from portal.lib.http import FetchError, fetch

logger = logging.getLogger(__name__)

TIMEOUT = 10  # seconds
MAX_SIZE = 20_000_000  # bytes
FRESH = 3600  # seconds during which the remote is not asked again
KEPT = 30 * 24 * 3600  # seconds during which the last good copy stands in for a failing remote
GOOD, ASKED = "schema-catalog", "schema-catalog-asked"


def schemas() -> list[dict[str, Any]]:
    """Return the schemas of the catalogue: at most an hour old, or the last good copy, or an empty list.

    The remote is asked once an hour whether it answers or not, so that its failure never slows down each reader.
    """
    address = settings.SCHEMA_CATALOG_URL
    if not address:
        return []
    if cache.add(f"{ASKED}:{address}", True, FRESH):
        found = _fetch(address)
        if found is not None:
            cache.set(f"{GOOD}:{address}", found, KEPT)
    return cache.get(f"{GOOD}:{address}", [])


def _fetch(address: str) -> list[dict[str, Any]] | None:
    """Return the schemas that the remote lists, or None if it fails to."""
    try:
        content = json.loads(fetch(address, limit=MAX_SIZE, timeout=TIMEOUT))
        return [schema for schema in content["schemas"] if isinstance(schema, dict)]
    except (FetchError, ValueError, KeyError, TypeError) as error:
        logger.warning("The catalogue of schemas at %s can't be read: %s", address, error)
        return None
