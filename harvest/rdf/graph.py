"""The statements of one document, kept by subject on the disk, and cut into records.

A document of 500 MB must not take gigabytes of memory: what is said of a subject is kept as JSON in a temporary SQLite
file, of which only a cache is in memory. A record is the tree of what is said of one dataset, in the form of JSON-LD,
with the same text however the document orders its statements and names its blank nodes.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import orjson
from django.utils.translation import gettext as _

from harvest.errors import ItemInvalid, ListingFailed
from harvest.rdf.names import RDF_TYPE, full, short

MOST_FACTS = 2_000_000  # statements of one document
MOST_OF_ONE = 1_000  # facts of a subject kept in one row
MAX_RECORD = 2_000_000  # characters of one record, as the pipeline's bytes
MAX_DEPTH = 7  # from a dataset to distribution, service, contact, address…
REPEATED = 20  # how often a fact may be said in records, on average: publishers are repeated, bombs are, too
KINDS = {
    full(f"dcat:{name}"): name for name in ("Dataset", "DatasetSeries", "DataService", "Catalog", "CatalogRecord")
} | {f"http://schema.org/{name}": kind for name, kind in (("Dataset", "Dataset"), ("DataCatalog", "Catalog"))}
LISTING = frozenset([full("dcat:dataset"), full("schema:dataset")])
MENTIONS = frozenset(full(one) for one in (
    "dcat:servesDataset", "dct:hasPart", "dct:isPartOf", "dcat:inSeries", "dcat:seriesMember", "dct:relation",
    "dct:source", "dct:isVersionOf", "dct:hasVersion", "dcat:prev", "dcat:next", "foaf:primaryTopic", "prov:used",
))  # fmt: skip
ACCESS = full("dcat:accessService")
TITLES = frozenset(full(one) for one in ("dct:title", "dc:title", "rdfs:label", "schema:name"))
NEXT = {full("hydra:next"), full("hydra:nextPage")}
TOTAL = full("hydra:totalItems")

Fact = tuple[str, str, Any]  # subject, predicate, object: a text, `{"@value", "@language"}`, or `{"@id": …}`


class Graph:
    """The facts of a document. Subjects are addresses, or `_:label` for blank nodes."""

    def __init__(self) -> None:
        self.count = 0
        self.kinds: dict[str, set[str]] = {}  # subject -> what it is; in the order of the document
        self.listed: dict[str, None] = {}  # objects of dcat:dataset
        self.mentioned: set[str] = set()
        self.access: set[str] = set()  # services that are but the way to one distribution
        self.titled: set[str] = set()
        self.next: list[str] = []
        self.total: int | None = None
        self.last_size = 0  # characters of the record that was cut last
        self._work = 0
        self._db = sqlite3.connect("", isolation_level=None)  # a file of its own, removed by itself
        for setting in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-16000", "temp_store=FILE"):
            self._db.execute(f"PRAGMA {setting}")
        self._db.execute("CREATE TABLE node (subject TEXT, facts BLOB)")

    def close(self) -> None:
        """Give back the file."""
        self._db.close()

    def fill(self, facts: Iterable[Fact]) -> None:
        """Keep these facts. Raises ListingFailed if they are too many, and what their parser raises."""
        self._db.execute("BEGIN")
        self._db.executemany("INSERT INTO node VALUES (?, ?)", self._rows(facts))
        self._db.execute("CREATE INDEX node_subject ON node (subject)")
        self._db.execute("COMMIT")

    def _rows(self, facts: Iterable[Fact]) -> Iterator[tuple[str, bytes]]:
        """Give the facts, those of one subject that stand together in one row."""
        current = ""
        pairs: list[tuple[str, Any]] = []
        for subject, predicate, value in facts:
            self.count += 1
            if self.count > MOST_FACTS:
                reason = _("The document has more than %(number)d statements; offer it in pages.")
                raise ListingFailed(reason % {"number": MOST_FACTS})
            if subject != current or len(pairs) >= MOST_OF_ONE:
                if pairs:
                    yield current, orjson.dumps(pairs)
                current, pairs = subject, []
            self._note(subject, predicate, value)
            if predicate == RDF_TYPE:
                pairs.append(("@type", short(value["@id"]) if isinstance(value, dict) and "@id" in value else value))
            else:
                pairs.append((short(predicate), value))
        if pairs:
            yield current, orjson.dumps(pairs)

    def _note(self, subject: str, predicate: str, value: Any) -> None:
        """Keep in mind what decides which subjects are records."""
        note = NOTED.get(predicate)
        if note is not None:
            note(self, subject, value)

    def _note_kind(self, subject: str, value: Any) -> None:
        kind = KINDS.get(_target(value).replace("https://", "http://", 1))
        if kind:
            self.kinds.setdefault(subject, set()).add(kind)

    def _note_total(self, subject: str, value: Any) -> None:
        found = _text(value)
        self.total = int(found) if found.isascii() and found.isdigit() and len(found) < 10 else self.total

    def _note_listed(self, subject: str, value: Any) -> None:
        if _target(value):
            self.listed[_target(value)] = None

    # --- Records -------------------------------------------------------------------------------------------------

    def datasets(self) -> list[str]:
        """Return the datasets and series, each once, in the order of the document.

        One without a title that others only mention is described elsewhere; one that the catalogue lists is a dataset
        even where nothing says so.
        """
        found = dict.fromkeys(one for one, kinds in self.kinds.items() if kinds & {"Dataset", "DatasetSeries"})
        found |= {one: None for one in self.listed if one in self.titled}
        stubs = self.mentioned - self.titled - self.listed.keys()
        return [one for one in found if one not in stubs]

    def services(self) -> list[str]:
        """Return the data services, but those that are only the way to one distribution."""
        stubs = self.access | (self.mentioned - self.titled)
        return [
            one
            for one, kinds in self.kinds.items()
            if "DataService" in kinds and not kinds & {"Dataset", "DatasetSeries"} and one not in stubs
        ]

    def is_catalogue(self) -> bool:
        """Tell whether the document describes a catalogue, even an empty one."""
        return bool(self.listed or self.next) or any("Catalog" in kinds for kinds in self.kinds.values())

    def record(self, subject: str) -> dict[str, Any]:
        """Return what is said of a subject and of what it refers to, as a tree. Raises ItemInvalid, ListingFailed.

        Other datasets, services and catalogues are only named. Lists and keys are sorted, blank nodes have no names.
        """
        cut = _Cut(self)
        try:
            return cut.tree(subject, ())
        finally:
            self.last_size = cut.size

    def identifiers(self, subject: str) -> list[Any]:
        """Return the dct:identifiers of a subject."""
        return [value for predicate, value in self.facts(subject) if predicate == "dct:identifier"][:10]

    def facts(self, subject: str) -> Iterator[tuple[str, Any]]:
        """Give what is said of a subject. Raises ListingFailed where that was asked for too often."""
        rows = self._db.execute("SELECT facts FROM node WHERE subject = ?", (subject,))
        for (row,) in rows:
            pairs = orjson.loads(row)
            self._work += len(pairs)
            if self._work > REPEATED * self.count + 100_000:
                raise ListingFailed(_("The descriptions of the document refer to each other without end."))
            yield from pairs


class _Cut:
    """One record being cut out of a graph."""

    def __init__(self, graph: Graph) -> None:
        self.graph, self.size = graph, 0

    def tree(self, subject: str, path: tuple[str, ...]) -> dict[str, Any]:
        found: dict[str, list[Any]] = {}
        for predicate, value in self.graph.facts(subject):
            self._grow(len(predicate) + 6)
            if isinstance(value, dict) and "@id" in value:
                value = self._object(predicate, value["@id"], (*path, subject))
            else:
                self._grow(len(_text(value)))
            if value != {}:
                found.setdefault(predicate, []).append(value)
        result: dict[str, Any] = {} if subject.startswith("_:") else {"@id": subject}
        self._grow(len(subject))
        for predicate in sorted(found):
            result[predicate] = _sorted(found[predicate])
        return result

    def _object(self, predicate: str, target: str, path: tuple[str, ...]) -> dict[str, Any]:
        """Return what a fact refers to: described here, or only named."""
        kinds = self.graph.kinds.get(target, set())
        is_own = target in self.graph.access
        if predicate == "foaf:isPrimaryTopicOf" or (kinds & {"Dataset", "DatasetSeries", "DataService"} and not is_own):
            return self._named(target, _sorted(self.graph.identifiers(target)))
        is_apart = bool(kinds) and not (is_own and "DataService" in kinds)
        if is_apart or target in path or len(path) >= MAX_DEPTH:
            return self._named(target, [])
        return self.tree(target, path)

    def _named(self, target: str, identifiers: list[Any]) -> dict[str, Any]:
        found: dict[str, Any] = {} if target.startswith("_:") else {"@id": target}
        self._grow(len(target) + 50)
        return {**found, "dct:identifier": identifiers} if identifiers else found

    def _grow(self, size: int) -> None:
        self.size += size
        if self.size > MAX_RECORD:
            raise ItemInvalid(_("The description is longer than %(number)d characters.") % {"number": MAX_RECORD})


def _sorted(values: list[Any]) -> list[Any]:
    """Return values in the one order that does not depend on the document, each once."""
    if len(values) == 1:
        return values
    return [orjson.loads(one) for one in sorted({orjson.dumps(value) for value in values})]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else value.get("@value", "") if isinstance(value, dict) else ""


def _target(value: Any) -> str:
    return value.get("@id", "") if isinstance(value, dict) else ""


# What is noted of the facts that pass by, by predicate.
NOTED: dict[str, Callable[[Graph, str, Any], object]] = {
    RDF_TYPE: Graph._note_kind,
    TOTAL: Graph._note_total,
    ACCESS: lambda graph, _subject, value: graph.access.add(_target(value)),
    **dict.fromkeys(LISTING, Graph._note_listed),
    **dict.fromkeys(TITLES, lambda graph, subject, _value: graph.titled.add(subject)),
    **dict.fromkeys(NEXT, lambda graph, _subject, value: graph.next.append(_target(value) or _text(value))),
    **dict.fromkeys(MENTIONS, lambda graph, _subject, value: graph.mentioned.add(_target(value))),
}
