"""Guessing which licence of the portal a remote means; never when two are as likely."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from portal.lib.slugs import normalize

URL = re.compile(r"https?://[^\s<>\"')\]]+", re.IGNORECASE)
DISTANCE = 2  # letters that may differ
LONGEST = 300  # characters of a hint that are looked at
# What remotes write that no distance finds: by slug.
ALIASES = {
    "licence-ouverte-etalab": "fr-lo",
    "licence-ouverte-open-licence-etalab": "fr-lo",
    "licence-ouverte": "fr-lo",
    "open-licence": "fr-lo",
    "lov1": "fr-lo",
    "etalab": "fr-lo",
    "licence-ouverte-version-2-0": "lov2",
    "licence-ouverte-open-licence-version-2-0": "lov2",
    "licence-ouverte-v2-0-etalab": "lov2",
    "licence-ouverte-2-0-open-licence-2-0": "lov2",
    "lov2": "lov2",
    "odbl": "odc-odbl",
    "odbl-1-0": "odc-odbl",
    "pddl": "odc-pddl",
    "cc-by-sa": "cc-by-sa",
    "cc0": "cc-zero",
    "cc-0": "cc-zero",
    "cc0-1-0": "cc-zero",
    "public-domain": "other-pd",
    "domaine-public": "other-pd",
}
NOTHING = frozenset(
    ["", "none", "null", "unknown", "notspecified", "not-specified", "non-specifie", "license-not-specified"]
)


@dataclass(frozen=True, slots=True)
class LicenseFacts:
    """What is known of one licence of the portal."""

    id: str
    title: str
    url: str = ""
    alternate_urls: tuple[str, ...] = ()
    alternate_titles: tuple[str, ...] = ()


@dataclass(slots=True)
class Licenses:
    """The licences of the portal, and the answers already given."""

    known: list[LicenseFacts]
    answers: dict[str, str] = field(default_factory=dict)

    def guess(self, hints: Iterable[str]) -> str:
        """Return the id of the first licence that a hint leads to, or "". Hints: ids, titles, addresses, texts."""
        for hint in hints:
            found = self._guess_cached(hint.strip()[:LONGEST])
            if found:
                return found
        return ""

    def _guess_cached(self, hint: str) -> str:
        if hint not in self.answers:
            if len(self.answers) > 10_000:
                self.answers.clear()
            self.answers[hint] = self._guess(hint)
        return self.answers[hint]

    def _guess(self, hint: str) -> str:
        if normalize(hint) in NOTHING:
            return ""
        address = URL.search(hint)
        rest = URL.sub(" ", hint).strip(" :;,-–()[]") if address else hint
        return (self._by_address(address[0]) if address else "") or (self._by_name(rest) if rest else "")

    def _by_address(self, address: str) -> str:
        wanted = _bare(address)
        for one in self.known:
            if wanted in {_bare(url) for url in _addresses(one)}:
                return one.id
        return _only(one.id for one in self.known if any(wanted in _bare(url) for url in _addresses(one)))

    def _by_name(self, words: str) -> str:
        slug = normalize(words)
        exact = {one.id.lower(): one.id for one in self.known} | {normalize(one.id): one.id for one in self.known}
        found = exact.get(words.lower()) or exact.get(slug) or ""
        if not found and ALIASES.get(slug) in exact.values():
            found = ALIASES[slug]
        return found or self._alike(slug)

    def _alike(self, slug: str) -> str:
        """Return the one licence that is named nearly so: by id, by title, by another title, in that order."""
        names: list[Callable[[LicenseFacts], Iterable[str]]] = [
            lambda one: [one.id],
            lambda one: [one.title],
            lambda one: one.alternate_titles,
        ]
        for of in names:
            same = _only(one.id for one in self.known if slug in {normalize(name) for name in of(one)})
            near = same or _only(one.id for one in self.known if any(_is_near(slug, normalize(n)) for n in of(one)))
            if near:
                return near
        return ""


def _addresses(one: LicenseFacts) -> list[str]:
    return [url for url in (one.url, *one.alternate_urls) if url]


def _bare(address: str) -> str:
    """Return an address without scheme, `www.` and trailing slash, in lower case."""
    return re.sub(r"^https?://(www\.)?", "", address.lower()).rstrip("/.")


def _only(found: Iterable[str]) -> str:
    unique = set(found)
    return unique.pop() if len(unique) == 1 else ""


def _is_near(one: str, other: str) -> bool:
    """Tell whether two names differ by at most 2 letters; short ones must be the same."""
    if min(len(one), len(other)) <= 3 * DISTANCE or abs(len(one) - len(other)) > DISTANCE:
        return one == other
    return distance(one, other) <= DISTANCE


def distance(one: str, other: str) -> int:
    """Return the number of letters to add, take away or change to get from one word to the other (Levenshtein)."""
    above = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        line = [row]
        for column, wanted in enumerate(other, 1):
            line.append(min(above[column] + 1, line[-1] + 1, above[column - 1] + (letter != wanted)))
        above = line
    return above[-1]
