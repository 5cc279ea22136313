"""The quality of a dataset's description: nine criteria, one of which depends on the clock.

What depends on the data alone is kept in one integer (`Dataset.quality_flags`) when the dataset is written; what
depends on the time is asked at each reading. The rules and the order of the keys are udata 17's.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

LICENSE = 1
TEMPORAL_COVERAGE = 2
SPATIAL = 4
UPDATE_FREQUENCY = 8
DESCRIPTION = 16
HAS_RESOURCES = 32
OPEN_FORMAT = 64
ALL_AVAILABLE = 128
DOCUMENTATION = 256

ALWAYS = {
    "license": LICENSE,
    "temporal_coverage": TEMPORAL_COVERAGE,
    "spatial": SPATIAL,
    "update_frequency": UPDATE_FREQUENCY,
    "dataset_description_quality": DESCRIPTION,
}
WITH_RESOURCES = {
    "has_resources": HAS_RESOURCES,
    "has_open_format": OPEN_FORMAT,
    "all_resources_available": ALL_AVAILABLE,
    "resources_documentation": DOCUMENTATION,
}
CRITERIA = 9  # `has_resources` says something but scores nothing; "updated in time" is the ninth
LOW = 0.5  # a score below it is low
MOST_FLAGS = 2 * DOCUMENTATION  # flags are below it
CLOSED_FORMATS = frozenset(["", "pdf", "doc", "docx", "word", "xls", "excel", "xlsx"])
GRACE = timedelta(days=1)


class ResourceFacts(Protocol):
    """What quality asks of a resource."""

    format: str
    description: str
    type: str
    filetype: str
    extras: dict


def resource_flags(resources: Iterable[ResourceFacts]) -> int:
    """Return the flags that depend on a dataset's resources; 0 without any."""
    found, open_format, available, documented = False, False, True, False
    for resource in resources:
        found = True
        open_format = open_format or resource.format.lower() not in CLOSED_FORMATS
        documented = documented or resource.type == "documentation" or bool(resource.description)
        remote_down = resource.filetype == "remote" and resource.extras.get("check:available", True) is False
        available = available and not remote_down
    if not found:
        return 0
    return (
        HAS_RESOURCES
        | (OPEN_FORMAT if open_format else 0)
        | (ALL_AVAILABLE if available else 0)
        | (DOCUMENTATION if documented else 0)
    )


def is_late(due_at: datetime | None, now: datetime) -> bool:
    """Tell whether the promised update is overdue. `due_at` is None where the frequency promises none."""
    return due_at is not None and due_at < now


def score(flags: int, *, late: bool) -> float:
    """Return the share of criteria met, 0 to 1."""
    met = (flags & ~HAS_RESOURCES).bit_count()
    in_time = bool(flags & UPDATE_FREQUENCY) and not late
    return (met + in_time) / CRITERIA


def low_flags(*, late: bool) -> list[int]:
    """Return all the flags whose score is low, so that a database may look for them."""
    return [flags for flags in range(MOST_FLAGS) if score(flags, late=late) < LOW]


def describe(flags: int, *, late: bool) -> dict[str, bool | float]:
    """Return the `quality` object of the API, keys in udata's order."""
    quality: dict[str, bool | float] = {name: bool(flags & bit) for name, bit in ALWAYS.items()}
    if flags & HAS_RESOURCES:
        quality |= {name: bool(flags & bit) for name, bit in WITH_RESOURCES.items()}
    if flags & UPDATE_FREQUENCY:
        quality["update_fulfilled_in_time"] = not late
    quality["score"] = score(flags, late=late)
    return quality
