"""The static score of an object: what makes one answer better than another whatever the words.

It multiplies the score of the words by log2(2 + weight), 1 for an object without any merit. It does not depend on the
clock (recency counts from a fixed day), so that a document stays right however long it stays in the index.
"""

from math import log10
from typing import Self

from catalog.models.vocabulary import OrganizationBadgeKind
from catalog.search.schema import DAY

EPOCH = 1_262_304_000  # 2010-01-01
YEAR = 365 * DAY
BY_BADGE = {
    OrganizationBadgeKind.PUBLIC_SERVICE.value: 0.6,
    OrganizationBadgeKind.CERTIFIED.value: 0.6,
    OrganizationBadgeKind.LOCAL_AUTHORITY.value: 0.2,
}
RECENCY = 0.03  # a year: ten years are worth half a badge, and do not drown what else tells objects apart
FEATURED = 1.5
QUALITY = 0.8  # for a perfect description


class Weight(float):
    """A weight that remembers what it is the sum of: `parts`, name -> merit."""

    parts: dict[str, float]

    @classmethod
    def of(cls, parts: dict[str, float]) -> Self:
        made = cls(round(sum(parts.values()), 4))
        made.parts = {name: merit for name, merit in parts.items() if merit}
        return made


def popularity(*, views: int = 0, followers: int = 0, reuses: int = 0) -> Weight:
    """Ten times as many is worth as much again: a merit of 1 needs 100 followers, or 10,000 views, or 100 reuses."""
    return Weight.of(
        {"views": log10(1 + views) / 4, "followers": log10(1 + followers) / 2, "reuses": log10(1 + reuses) / 2}
    )


def weight(*, badges: list[str], popular: float, modified: int, featured: bool = False, quality: float = 0.0) -> Weight:
    """Return the weight of an object of an organization with these badges, modified at that second."""
    known = popular.parts if isinstance(popular, Weight) else {"popularity": popular}
    return Weight.of(
        {
            **{badge: BY_BADGE[badge] for badge in badges if badge in BY_BADGE},
            **known,
            "quality": QUALITY * quality,
            "recency": RECENCY * max(0.0, (modified - EPOCH) / YEAR),
            "featured": FEATURED if featured else 0.0,
        }
    )
