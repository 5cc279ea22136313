"""OpenSearch, for catalogues that outgrow a host: `OPENSEARCH_URL`, and an alias for the live index."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from opensearchpy import OpenSearch, helpers
from opensearchpy.exceptions import ConnectionError as Unreachable
from opensearchpy.exceptions import NotFoundError

from catalog.search.backends import base
from catalog.search.backends import opensearch_query as bodies
from catalog.search.backends.base import Buckets, IndexMissing
from catalog.search.document import Document
from catalog.search.query import FacetQuery, Request, Result
from portal.lib.locks import lock

BULK = 500  # documents of one request
Value = TypeVar("Value")


class OpenSearchWriter(base.Writer):
    """Collects what is to be written, and sends it at the commit; the position is sent when all of it is there."""

    def __init__(self, client: OpenSearch, index: str, stack: ExitStack) -> None:
        self.client, self.index, self.stack = client, index, stack
        self.actions: dict[str, dict[str, Any]] = {}

    def write(self, documents: Iterable[Document], deleted: Iterable[str] = ()) -> None:
        for uid in deleted:
            self.actions[uid] = {"_op_type": "delete", "_index": self.index, "_id": uid}
        for document in documents:
            self.actions[document.uid] = {
                "_op_type": "index",
                "_index": self.index,
                "_id": document.uid,
                "_source": bodies.to_source(document),
            }
            if len(self.actions) >= BULK * 10:  # a whole index is too much to keep; what is sent early does no harm
                self._send()

    def _send(self) -> None:
        actions, self.actions = list(self.actions.values()), {}
        for ok, told in helpers.streaming_bulk(self.client, actions, chunk_size=BULK, raise_on_error=False):
            if not ok and next(iter(told.values())).get("status") != 404:  # what is not there is deleted
                raise OSError(f"OpenSearch refused a document: {told}")

    def commit(self, position: str) -> None:
        self._send()
        self.client.index(index=self.index, id=bodies.MARK, body={"uid": bodies.MARK, "position": position})
        self.client.indices.refresh(index=self.index)

    def close(self) -> None:
        self.actions = {}
        self.stack.close()


class OpenSearchBackend(base.Backend):
    """Writers of one host keep out of each other's way by a file; those of several hosts write the same twice."""

    def __init__(self) -> None:
        if not settings.OPENSEARCH_URL:
            raise IndexMissing("OPENSEARCH_URL is not set")
        self.client = OpenSearch(settings.OPENSEARCH_URL, timeout=10)
        self.alias = settings.OPENSEARCH_INDEX
        self.directory = Path(settings.SEARCH_DIR)

    def _ask(self, question: Callable[[], Value]) -> Value:
        try:
            return question()
        except NotFoundError as error:
            raise IndexMissing(f"no index behind the alias {self.alias}") from error
        except Unreachable as error:
            raise IndexMissing(f"OpenSearch does not answer: {error}") from error

    def _live(self) -> str:
        return self._ask(lambda: next(iter(self.client.indices.get_alias(name=self.alias))))

    def writer(self) -> OpenSearchWriter:
        live, stack = self._live(), ExitStack()
        stack.enter_context(lock(self.directory / "writer.lock"))
        return OpenSearchWriter(self.client, live, stack)

    def new_index(self) -> OpenSearchWriter:
        stack = ExitStack()
        stack.enter_context(lock(self.directory / "build.lock"))
        names = [*self.client.indices.get(index=f"{self.alias}-*", ignore_unavailable=True), f"{self.alias}-0"]
        number = max(int(name.rpartition("-")[2]) for name in names) + 1
        index = f"{self.alias}-{number}"
        self.client.indices.create(index=index, body=bodies.INDEX)
        return OpenSearchWriter(self.client, index, stack)

    def publish(self, writer: base.Writer) -> None:
        assert isinstance(writer, OpenSearchWriter)  # noqa: S101 - it comes from new_index
        others = [name for name in self.client.indices.get(index=f"{self.alias}-*") if name != writer.index]
        actions: list[dict[str, Any]] = [{"add": {"index": writer.index, "alias": self.alias}}]
        actions += [{"remove_index": {"index": name}} for name in others]
        self.client.indices.update_aliases(body={"actions": actions})
        writer.close()

    def generation(self) -> str:
        try:
            return self._live()
        except IndexMissing:
            return ""

    def position(self) -> str:
        found = self._ask(lambda: self.client.get(index=self.alias, id=bodies.MARK))
        return found["_source"]["position"]

    def _search(self, **body: Any) -> dict[str, Any]:
        return self._ask(lambda: self.client.search(index=self.alias, body=body))

    def search(self, request: Request) -> Result:
        sort = request.sort
        body: dict[str, Any] = {"query": bodies.ranking(request)}
        if sort is not None:
            order = {sort.field: {"order": "desc" if sort.descending else "asc"}}
            body = {"query": bodies.selection(request), "sort": [order, {"uid": "asc"}]}
        raw = self._search(
            **body, size=request.limit, track_total_hits=True, _source=["kind", "id"], **{"from": request.offset}
        )["hits"]
        hits = [
            (hit["_source"]["kind"], hit["_source"]["id"], hit["sort"][0] if sort else hit["_score"])
            for hit in raw["hits"]
        ]
        return Result(hits, raw["total"]["value"])

    def count(self, request: Request) -> int:
        body = {"query": bodies.selection(request)}
        return self._ask(lambda: self.client.count(index=self.alias, body=body))["count"]

    def facets(self, request: Request, facets: Sequence[FacetQuery]) -> dict[str, Buckets]:
        asked = {facet.name: bodies.aggregation(facet) for facet in facets}
        raw = self._search(query=bodies.selection(request), size=0, aggs=asked)["aggregations"] if facets else {}
        return {facet.name: bodies.buckets(facet, raw[facet.name]) for facet in facets}

    def frequency(self, term: str) -> int:
        body = {"query": {"term": {"words": term}}}
        return self._ask(lambda: self.client.count(index=self.alias, body=body))["count"]

    def beginnings(self, field: str, start: str, kinds: Sequence[str], limit: int) -> Buckets:
        asked = {"found": bodies.beginning(field, start, limit)}
        raw = self._search(query={"terms": {"kind": list(kinds)}}, size=0, aggs=asked)["aggregations"]["found"]
        return [(bucket["key"], bucket["doc_count"]) for bucket in raw["buckets"]]

    def versions(self) -> Iterator[tuple[str, int]]:
        self._live()
        query = {"query": {"match_all": {}}, "_source": ["uid", "version"]}
        for hit in helpers.scan(self.client, query=query, index=self.alias, size=2000):
            if hit["_id"] != bodies.MARK:
                yield hit["_source"]["uid"], hit["_source"]["version"]

    def explain(self, request: Request, uid: str) -> dict:
        try:
            weight = self.client.get(index=self.alias, id=uid)["_source"]["weight"]
            whole = self._explained(uid, bodies.ranking(request))
            parts = [(field, words, self._explained(uid, body)) for field, words, body in bodies.score_parts(request)]
        except NotFoundError:
            return {}
        found = [(field, words, raw["value"]) for field, words, raw in parts if raw]
        return {"words": whole, "parts": found, "weight": weight}

    def _explained(self, uid: str, body: dict[str, Any]) -> dict[str, Any]:
        """Return the engine's own words about a score; nothing if the document does not match."""
        raw = self.client.explain(index=self.alias, id=uid, body={"query": body})
        return raw.get("explanation", {}) if raw["matched"] else {}
