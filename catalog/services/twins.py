"""Datasets that have a file of another: the same checksum or the same address.

Comparing all files reads them all. It is done once in ten minutes, for everybody; what depends on the reader is asked
of the few datasets found.
"""

from django.core.cache import cache

from catalog.models import Resource

KEY = "twins"
KEPT = 600  # seconds
MOST = 10_001  # datasets


def dataset_ids() -> list[str]:
    """Return the ids of the listed datasets with a file that another listed one has; `MOST` of them at most."""
    return cache.get_or_set(KEY, _read, KEPT)


def _read() -> list[str]:
    sums, addresses = (
        Resource.objects.with_a_shared(column).values_list("dataset_id", flat=True)
        for column in ("checksum_value", "url")
    )
    return list(sums.union(addresses)[:MOST])
