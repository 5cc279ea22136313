"""Slugs for a whole batch of new objects."""

from collections import Counter
from collections.abc import Sequence

from django.db import models

from portal.lib.slugs import MAX_LENGTH, base_slug, next_free

ROUND = 8  # numbers that are tried at once, doubled each time


def free_slugs(model: type[models.Model], titles: Sequence[str]) -> list[str]:
    """Return a free slug for each title, all different: `x`, `x-1`, `x-2`…

    One query, and some more where slugs are taken: as many as the logarithm of the largest family, not one a title.
    """
    bases = [base_slug(title, fallback=model._meta.model_name or "object") for title in titles]
    used = _taken(model, bases)
    numbers = Counter(bases)
    wanted = {base: number for base, number in numbers.items() if number > 1 or base in used}
    first, size = 1, ROUND
    while wanted:
        numbers = range(first, first + size)
        candidates = {base: [_numbered(base, number) for number in numbers] for base in wanted}
        found = _taken(model, [one for several in candidates.values() for one in several])
        used |= found
        wanted = {base: n for base, n in wanted.items() if len(set(candidates[base]) - found) < n}
        first, size = first + size, size * 2
    slugs = []
    for base in bases:
        slug = next_free(base, used)
        used.add(slug)
        slugs.append(slug)
    return slugs


def _taken(model: type[models.Model], slugs: list[str]) -> set[str]:
    return set(model._base_manager.filter(slug__in=slugs).values_list("slug", flat=True)) if slugs else set()


def _numbered(base: str, number: int) -> str:
    suffix = f"-{number}"
    return base[: MAX_LENGTH - len(suffix)] + suffix
