"""Documents of a catalogue of any size, drawn from the laws of `generate_catalog` at the level of index terms.

To make rows and texts, to write and read and analyse them, would take hours for 1.5 million datasets; the engine sees
terms only. Every law (words, places, tags, publishers, formats, badges, figures, dates) is the generator's own.
"""

import random
from collections.abc import Iterator
from copy import copy
from typing import Any

from catalog.search import weights
from catalog.search.analysis import analyze
from catalog.search.document import Document
from catalog.search.readers import facts
from catalog.search.schema import FAMILY_OF
from catalog.services.synthetic import shapes, vocabulary
from catalog.services.synthetic.ids import Series
from catalog.services.synthetic.world import later

ORGANIZATIONS, TAGS, ZONES = 60_000, 60_000, 40_000
LEVELS = ("country", "fr:region", "fr:departement", "fr:epci", "fr:commune", "fr:commune", "poi", "other")
LETTERS = 6  # of a word of a description with its space, as `vocabulary.paragraph` reckons
RESOURCES = 2.7  # of a dataset


class Catalogue:
    """The documents of `total` datasets; the same seed gives the same ones."""

    def __init__(self, total: int, *, seed: int = 1) -> None:
        self.total, self.rng = total, random.Random(f"{seed} europe")
        self.ids = Series("datasets", seed=seed, total=total)
        self.words, self.places = _terms(vocabulary.words()), _terms(vocabulary.places())
        self.subjects = [terms for terms in (analyze(subject) for subject in vocabulary.SUBJECTS) if terms]
        self.tags = vocabulary.tags(TAGS)
        self.tag_terms = {tag: facts.tag_terms([tag]) for tag in self.tags.items}
        self.zones = vocabulary.Zipf([f"fr:zone:{number}" for number in range(ZONES)], exponent=0.5)
        self.licenses = shapes.Weighted(shapes.LICENSES)
        organizations = Series("organizations", seed=seed, total=ORGANIZATIONS)
        self.publishers = vocabulary.Zipf(
            [(organizations.id(number), self._publisher()) for number in range(ORGANIZATIONS)], exponent=0.9
        )
        size = shapes.Size(
            datasets=total, resources=int(total * RESOURCES), organizations=0, reuses=0, users=0, seed=seed
        )
        self.resources = shapes.resources_by_dataset(self.rng, size)

    def _publisher(self) -> facts.Publisher:
        name = shapes.ORGANIZATION_NAMES.draw(self.rng).format(vocabulary.places().one(self.rng))
        return facts.Publisher(name, "", shapes.ORGANIZATION_BADGES.draw(self.rng).split())

    def documents(self) -> Iterator[Document]:
        for number in range(self.total):
            yield self._document(number)

    def _document(self, number: int) -> Document:
        rng = self.rng
        organization, publisher = self.publishers.one(rng)
        tags = list(dict.fromkeys(self.tags.many(rng, min(12, int(rng.triangular(0, 13, 3))))))
        title, pk = self._title(), self.ids.id(number)
        created = self.ids.created(number)
        updated = facts.seconds(later(rng, created))
        views, followers = shapes.long_tail(rng, scale=60), shapes.long_tail(rng, scale=0.6)
        return Document(
            kind="dataset",
            id=pk,
            texts={
                "title": [title],
                "organization_words": facts.publisher_terms(publisher),
                "tag_words": [terms for tag in tags for terms in self.tag_terms[tag]],
                "rest": [self._description(), *self._resource_titles(min(500, self.resources[number]))],
            },
            keywords={
                **facts.ownership(publisher, organization, None),
                "slug": [f"{title[:60].replace(' ', '-')}-{number}"],
                "name": [title[:100]],
                "tag": tags,
                **self._attributes(),
                **self._forms(self.resources[number]),
            },
            numbers={
                "created": facts.seconds(created),
                "last_update": updated,
                "covers_from": facts.day_seconds(None),
                "covers_until": facts.day_seconds(None),
                "views": views,
                "followers": followers,
                "reuses": 0,
            },
            weight=weights.weight(
                badges=publisher.badges,
                popular=weights.popularity(views=views, followers=followers),
                modified=updated,
                quality=rng.random(),
            ),
        )

    def _title(self) -> str:
        rng = self.rng
        parts = [rng.choice(self.subjects), *self.words.many(rng, rng.randint(2, 6))]
        if rng.random() < 0.6:
            parts.append(self.places.one(rng))
        if rng.random() < 0.3:
            parts.append(str(rng.randint(2012, 2026)))
        return " ".join(filter(None, parts))

    def _description(self) -> str:
        length = min(3_000, max(100, int(self.rng.lognormvariate(6.2, 0.8))))
        return " ".join(filter(None, self.words.many(self.rng, length // LETTERS)))

    def _resource_titles(self, number: int) -> list[str]:
        rng = self.rng
        return [" ".join(filter(None, (*self.words.many(rng, 3), str(rng.randint(2014, 2026))))) for _ in range(number)]

    def _attributes(self) -> dict[str, Any]:
        rng = self.rng
        zones = self.zones.many(rng, rng.choice((1, 1, 1, 2))) if rng.random() < 0.55 else []
        restricted = rng.random() < 0.02
        return {
            "badge": facts.some(shapes.DATASET_BADGES.draw(rng)),
            "license": [] if restricted or rng.random() > 0.9 else facts.some(self.licenses.draw(rng)),
            "geozone": sorted(set(zones)),
            "granularity": [rng.choice(LEVELS)] if zones else [],
            "schema": [],
            "topic": [],
            "access_type": [rng.choice(("open_with_account", "restricted")) if restricted else "open"],
            "featured": facts.flag(rng.random() < 0.002),
        }

    def _forms(self, resources: int) -> dict[str, list[str]]:
        formats = {shapes.FORMATS.draw(self.rng) for _ in range(min(resources, 40))}
        return {
            "format": sorted(formats - {""}),
            "format_family": sorted({FAMILY_OF.get(form, "other") for form in formats}),
        }


def _terms(drawn: vocabulary.Zipf[str]) -> vocabulary.Zipf[str]:
    """Return the same law over the terms of the words: empty ones for words that are not indexed."""
    law = copy(drawn)
    law.items = [analyze(word) for word in drawn.items]
    return law
