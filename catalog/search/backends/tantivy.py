"""Tantivy: an index in a directory of this host, read by every process in its own memory map."""

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import orjson
import tantivy
from django.conf import settings
from tantivy import Order

from catalog.search.backends import base
from catalog.search.backends import tantivy_schema as schema
from catalog.search.backends.base import Buckets, IndexMissing
from catalog.search.backends.generations import Generations
from catalog.search.backends.kept import Kept
from catalog.search.document import Document
from catalog.search.query import FacetQuery, Request, Result
from catalog.search.schema import MAX_TERMS
from portal.lib.locks import lock

HEAP = 64_000_000  # bytes the writer may keep before it writes a segment
BUILD_HEAP = 4_000_000_000  # the same while a whole index is built (what the engine allows): one segment is fastest
FORM = "1"  # of the index; another number asks for a rebuild
FORM_FILE = "portal-form"
ALL_TERMS = 1_000_000  # per segment: what makes the counts of the commonest terms exact
LARGE = 200_000  # documents of an index in which broad facets are bounded
BROAD = 20_000  # hits from which on adding all terms up takes longer than counting them
BROAD_TERMS = 1_000  # per segment, then: 20 times as many as are shown
KEPT_HITS = 100  # of one answer, at most, that it is remembered
SWAPS = 10  # of the index, at most, while a reader looks for the live one
LOOK_AGAIN = 0.05  # seconds for which the files are not looked at


class TantivyWriter(base.Writer):
    """The one writer of a directory (the engine's own lock sees to it, and dies with its holder)."""

    def __init__(self, directory: Path, stack: ExitStack, *, heap: int = HEAP) -> None:
        self.directory, self.stack = directory, stack
        index = open_index(directory)
        try:
            self.writer = index.writer(heap, 1)
        except ValueError as error:
            raise BlockingIOError(str(error)) from error

    def write(self, documents: Iterable[Document], deleted: Iterable[str] = ()) -> None:
        for uid in deleted:
            self.writer.delete_documents_by_term("uid", uid)
        for document in documents:
            self.writer.delete_documents_by_term("uid", document.uid)
            self.writer.add_document(schema.to_tantivy(document))

    def commit(self, position: str) -> None:
        self.writer.delete_documents_by_term("uid", schema.MARK)
        self.writer.add_document(schema.marker(position))
        self.writer.commit()

    def close(self) -> None:
        writer, self.writer = self.writer, None
        if writer is not None:
            writer.rollback()
            writer.wait_merging_threads()
        self.stack.close()


class Reader:
    """One opened generation, and what was worked out since its last commit."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.index = open_index(directory)
        self.index.config_reader("manual")
        self.stamp = (0, 0, 0)
        self.kept = Kept()
        self.refresh()

    def refresh(self) -> None:
        """Show the last commit, if it is not the one shown."""
        state = (self.directory / "meta.json").stat()
        stamp = state.st_mtime_ns, state.st_ino, state.st_size  # each commit writes another file
        if stamp != self.stamp:
            self.index.reload()
            self.searcher = self.index.searcher()
            self.stamp, self.kept = stamp, Kept()  # last: no answer of the old state may get among the new ones


class TantivyBackend(base.Backend):
    """Threads share one reader; it looks for commits and new generations before it answers."""

    def __init__(self, directory: Path | None = None) -> None:
        self.generations = Generations(Path(directory or settings.SEARCH_DIR))
        self.mutex = threading.Lock()
        self.kept: Reader | None = None
        self.looked = 0.0

    def reader(self, *, fresh: bool = False) -> Reader:
        """Return the live index with its last commit. Raises IndexMissing."""
        now = time.monotonic()
        kept = self.kept
        if kept is not None and not fresh and now - self.looked < LOOK_AGAIN:
            return kept
        with self.mutex:
            for _attempt in range(SWAPS):
                current = self.generations.current()
                try:
                    self.kept = self._opened(current)
                    self.looked = now
                    return self.kept
                except (FileNotFoundError, ValueError, IndexMissing) as error:
                    # Files of a generation go when the next one takes its place: look where that one is.
                    if self.generations.current() == current:
                        raise IndexMissing(f"the index in {current} cannot be read: {error}") from error
            raise IndexMissing(f"the index in {self.generations.directory} is replaced without end")

    def _opened(self, current: Path | None) -> Reader:
        if current is None:
            raise IndexMissing(f"no index in {self.generations.directory}")
        if self.kept is None or self.kept.directory != current:
            return Reader(current)
        self.kept.refresh()
        return self.kept

    def writer(self) -> TantivyWriter:
        current = self.generations.current()
        if current is None:
            raise IndexMissing(f"no index in {self.generations.directory}")
        return TantivyWriter(current, ExitStack())

    def new_index(self) -> TantivyWriter:
        with ExitStack() as stack:
            stack.enter_context(lock(self.generations.directory / "build.lock"))
            directory = self.generations.begin()
            tantivy.Index(schema.SCHEMA, path=str(directory))
            (directory / FORM_FILE).write_text(FORM, encoding="ascii")
            return TantivyWriter(directory, stack.pop_all(), heap=BUILD_HEAP)
        raise AssertionError("unreachable")

    def publish(self, writer: base.Writer) -> None:
        assert isinstance(writer, TantivyWriter)  # noqa: S101 - it comes from new_index
        engine, writer.writer = writer.writer, None
        engine.wait_merging_threads()
        self.generations.publish(writer.directory)
        self.looked = 0.0  # who publishes sees it at once
        writer.close()

    def generation(self) -> str:
        current = self.generations.current()
        return current.name if current else ""

    def position(self) -> str:
        searcher = self.reader(fresh=True).searcher
        hits = searcher.search(schema.exactly("uid", [schema.MARK]), 1).hits
        return searcher.doc(hits[0][1])["position"][0] if hits else ""

    def search(self, request: Request) -> Result:
        reader = self.reader()
        if request.limit > KEPT_HITS:
            return _search(reader.searcher, request)
        kept = reader.kept
        return kept.get(("hits", request), lambda: _search(reader.searcher, request))

    def count(self, request: Request) -> int:
        searcher = self.reader().searcher
        return searcher.search(schema.Builder(searcher).selection(request), 1).count

    def facets(self, request: Request, facets: Sequence[FacetQuery]) -> dict[str, Buckets]:
        reader = self.reader()
        kept = reader.kept
        key = (request.kinds, request.text, request.conditions, request.within, tuple(facets))
        return kept.get(key, lambda: _aggregate(reader.searcher, request, facets))

    def frequency(self, term: str) -> int:
        return self.reader().searcher.doc_freq(schema.WHOLE, term)

    def beginnings(self, field: str, start: str, kinds: Sequence[str], limit: int) -> Buckets:
        # The condition is what leaves deleted documents out of the counts.
        living = schema.exactly("kind", kinds)
        return self.reader().searcher.terms_with_prefix(field, start, filter_query=living, limit=limit)

    def versions(self) -> Iterator[tuple[str, int]]:
        searcher = self.reader(fresh=True).searcher
        every = tantivy.Query.all_query()
        for _score, address in searcher.search(every, max(searcher.num_docs, 1), count=False).hits:
            found = searcher.doc(address)
            if found["uid"][0] != schema.MARK:
                yield found["uid"][0], found["version"][0]

    def explain(self, request: Request, uid: str) -> dict:
        searcher = self.reader().searcher
        builder = schema.Builder(searcher)
        hits = searcher.search(schema.exactly("uid", [uid]), 1).hits
        if not hits:
            return {}
        address = hits[0][1]
        parts = [
            (field, words, explained(query, searcher, address)) for field, words, query in builder.score_parts(request)
        ]
        return {
            "words": explained(builder.ranking(request), searcher, address),
            "parts": [(field, words, raw["value"]) for field, words, raw in parts if raw],
            "weight": searcher.fast_field_values("weight", [address])[0],
        }


def explained(query: tantivy.Query, searcher: tantivy.Searcher, address: tantivy.DocAddress) -> dict[str, Any]:
    """Return the engine's own words about a score; nothing if the document does not match."""
    try:
        return orjson.loads(query.explain(searcher, address).to_json())
    except ValueError:
        return {}


def open_index(directory: Path) -> tantivy.Index:
    """Open an index of ours. Raises IndexMissing for one of another form or of another engine's version."""
    form = directory / FORM_FILE
    if not form.is_file() or form.read_text(encoding="ascii") != FORM:
        raise IndexMissing(f"the index in {directory} is of another version: rebuild it")
    try:
        index = tantivy.Index.open(str(directory))
    except ValueError as error:
        raise IndexMissing(f"the index in {directory} cannot be read: {error}") from error
    index.register_tokenizer(schema.TERMS, schema.TOKENIZER)
    return index


def _search(searcher: tantivy.Searcher, request: Request) -> Result:
    builder = schema.Builder(searcher)
    sort = request.sort
    # The engine wants room for one hit at least.
    limit = max(request.limit, 1)
    if sort is None:
        found = searcher.search(builder.ranking(request), limit, offset=request.offset, weight_by_field="weight")
    else:
        order = Order.Desc if sort.descending else Order.Asc
        found = searcher.search(
            builder.selection(request), limit, offset=request.offset, order_by_field=sort.field, order=order
        )
    hits = []
    for value, address in found.hits[: request.limit]:
        kind, _colon, pk = searcher.doc(address)["uid"][0].partition(":")
        hits.append((kind, pk, value))
    return Result(hits, found.count)


def _aggregate(searcher: tantivy.Searcher, request: Request, facets: Sequence[FacetQuery]) -> dict[str, Buckets]:
    query = schema.Builder(searcher).selection(request)
    cut = _cut(searcher, query)
    raw = searcher.aggregate(query, {facet.name: _aggregation(facet, cut) for facet in facets})
    return {facet.name: _buckets(facet, raw[facet.name]["buckets"]) for facet in facets}


def _cut(searcher: tantivy.Searcher, query: tantivy.Query) -> int:
    """Return how many of the commonest terms of a segment are added up.

    The commonest of each add up to the commonest of all only where nothing was cut off; one segment needs no adding.
    In a large catalogue a broad query would spend three quarters of its time on terms that nobody sees (measured with
    1.5 million documents in two segments: 155 ms to 52 ms for 130,000 hits). A count can then be too low by what the
    term has in a segment where 1,000 others have more.
    """
    if searcher.num_segments == 1:
        return MAX_TERMS
    if searcher.num_docs > LARGE and searcher.search(query, 1).count > BROAD:
        return BROAD_TERMS
    return ALL_TERMS


def _aggregation(facet: FacetQuery, cut: int) -> dict[str, Any]:
    if facet.form == "terms":
        return {"terms": {"field": facet.field, "size": MAX_TERMS, "segment_size": cut}}
    # Ages include one another, the engine's ranges may not overlap: cut them, and add up afterwards.
    starts = sorted({start for _name, start in facet.edges})
    ends = [*starts[1:], None]
    ranges = [
        {"key": str(start), "from": start} | ({"to": end} if end else {})
        for start, end in zip(starts, ends, strict=True)
    ]
    return {"range": {"field": facet.field, "ranges": ranges}}


def _buckets(facet: FacetQuery, buckets: list[dict[str, Any]]) -> Buckets:
    if facet.form == "terms":
        counted = [(bucket["key"], bucket["doc_count"]) for bucket in buckets]
        return sorted(counted, key=lambda pair: (-pair[1], pair[0]))
    by_start = {int(bucket["key"]): bucket["doc_count"] for bucket in buckets if bucket["key"].lstrip("-").isdigit()}
    return [(name, sum(count for other, count in by_start.items() if other >= start)) for name, start in facet.edges]
