"""DCAT catalogues in any form of RDF: one document, or pages of them linked by Hydra or by `Link` headers."""

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from harvest.backends.base import Backend, Json, Option, Page
from harvest.client import next_address
from harvest.dcat.drafts import draft_of, identifier_of, is_service
from harvest.drafts import DataserviceDraft, DatasetDraft
from harvest.errors import ItemError, ItemSkipped, ListingFailed, RemoteError
from harvest.mapping.text import text
from harvest.rdf.formats import ACCEPT
from harvest.rdf.graph import Graph
from harvest.rdf.reading import read

RECORDS = 500  # of one page of ours
PAGE_SIZE = 16 << 20  # characters, about, of one page of ours
MOST_PAGES = 20_000  # documents of one catalogue
CHUNK = 1 << 20  # bytes
LINK = re.compile(r'<([^<>]*)>((?:\s*;\s*[\w*-]+\s*=\s*(?:"[^"]*"|[^\s",;]*))*)')
NEXT = re.compile(r';\s*rel\s*=\s*("[^"]*\bnext\b[^"]*"|next\b)', re.IGNORECASE)
LONGEST_HEADER = 8_000  # characters


@dataclass(slots=True)
class _Document:
    """One document of the catalogue: what it says, a digest of it, the next one that its headers name."""

    graph: Graph
    digest: str
    next: str


class DcatBackend(Backend):
    """A catalogue in DCAT, DCAT-AP or GeoDCAT-AP."""

    name = "dcat"
    label = "DCAT"
    features = (
        Option(
            "dataservices",
            gettext_lazy("Dataservices"),
            gettext_lazy("Harvest the data services that the catalogue describes, too"),
            default=True,
        ),
    )
    settings = (
        Option(
            "remote_url_prefix",
            gettext_lazy("Address of the records"),
            gettext_lazy("What stands before the identifier of a record in the address of its page"),
            type="url",
        ),
    )
    version = 1

    # --- Listing -------------------------------------------------------------------------------------------------

    def pages(self, cursor: Json = None) -> Iterator[Page]:
        """Give what the documents describe; the cursor tells which document, and how much of it was given."""
        cursor = cursor or {}
        url, done, last = cursor.get("url") or self.url, int(cursor.get("done", 0)), cursor.get("last", "")
        visited: set[str] = set()
        while url not in visited:
            visited.add(url)
            if len(visited) > MOST_PAGES:
                raise ListingFailed(_("The catalogue has more than %(number)d pages.") % {"number": MOST_PAGES})
            with self._document(url) as document:
                if document.digest == last:  # past its end, a server gives its last page again
                    return
                follow, last = self._follow(document, url), document.digest
                subjects = self._subjects(document.graph, is_first=url == self.url)
                if follow in visited or (not subjects and url != self.url):
                    follow = None
                after = {"url": follow, "done": 0, "last": last} if follow else None
                for page, given in self._cut(document.graph, subjects, done):
                    ended = given >= len(subjects)
                    page.next_cursor = after if ended else {"url": url, "done": given, "last": cursor.get("last", "")}
                    yield page
            if follow is None:
                return
            url, done, cursor = follow, 0, after or {}

    def _subjects(self, graph: Graph, *, is_first: bool) -> list[str]:
        """Return the records of a document: its datasets, then its services. Raises ListingFailed."""
        found = [*graph.datasets(), *(graph.services() if self.feature("dataservices") else [])]
        if is_first and not found and not graph.is_catalogue():
            raise ListingFailed(_("The document is RDF, but describes no catalogue and no dataset."))
        return found

    @staticmethod
    def _cut(graph: Graph, subjects: list[str], done: int) -> Iterator[tuple[Page, int]]:
        """Give pages of records, and how many subjects were given after each; at least one page."""
        page, size = Page([], total=graph.total), 0
        for given, subject in enumerate(subjects[done:], done + 1):
            try:
                page.records.append(graph.record(subject))
            except ItemError as error:
                page.failures.append((_listing_id(graph, subject), str(error.message)))
            size += graph.last_size
            full = len(page.records) >= RECORDS or size >= PAGE_SIZE
            if full and given < len(subjects):
                yield page, given
                page, size = Page([], total=graph.total), 0
        yield page, len(subjects)

    @staticmethod
    def _follow(document: _Document, url: str) -> str | None:
        """Return the address of the next document, on the same host, or None."""
        links = [*document.graph.next, document.next]
        link = next((one for one in links if one), None)
        return next_address(url, link) if link else None

    @contextmanager
    def _document(self, url: str) -> Iterator[_Document]:
        """Give one document, from memory, or from the disk if it is too large for that. Raises RemoteError."""
        if not self.memory.get("large"):
            try:
                answer = self.client.get(url, accept=ACCEPT)
            except RemoteError as error:
                if not error.too_large:
                    raise
                self.memory["large"] = True
            else:
                graph = read(answer.body, url=answer.url, media_type=answer.media_type)
                with closing(graph):
                    digest = blake2b(answer.body, digest_size=16).hexdigest()
                    yield _Document(graph, _same(graph) or digest, _link(answer.headers))
                return
        with self.client.download(url, accept=ACCEPT) as file:
            digest = _digest(file)
            with closing(read(file, url=url)) as graph:
                yield _Document(graph, _same(graph) or digest, "")

    # --- Mapping -------------------------------------------------------------------------------------------------

    def identify(self, raw: Json) -> str:
        """Return dct:identifier, else the address of the dataset; a blank node without either is skipped."""
        return identifier_of(raw)

    def map(self, raw: Json) -> DatasetDraft | DataserviceDraft:
        """Return the draft of a dataset, a series or a data service. Raises ItemSkipped."""
        if is_service(raw) and not self.feature("dataservices"):
            raise ItemSkipped(_("Data services are not harvested from this source."))
        return draft_of(raw, prefix=text(self.config.settings.get("remote_url_prefix")))


def _listing_id(graph: Graph, subject: str) -> str:
    """Return what a record that cannot be cut is known by."""
    return text(graph.identifiers(subject)) or ("" if subject.startswith("_:") else subject)


def _same(graph: Graph) -> str:
    """Return a digest of which datasets a page has, for servers that write the time into a page given again; "" where
    nodes without addresses keep that from being told.
    """
    subjects = graph.datasets()
    if not subjects or any(one.startswith("_:") for one in subjects):
        return ""
    return blake2b("\n".join(sorted(subjects)).encode("utf-8", "replace"), digest_size=16).hexdigest()


def _digest(file: BinaryIO) -> str:
    digest = blake2b(digest_size=16)
    while piece := file.read(CHUNK):
        digest.update(piece)
    file.seek(0)
    return digest.hexdigest()


def _link(headers: Any) -> str:
    """Return what the `Link` headers of an answer name as next, or ""."""
    several = headers.get_all("Link") if hasattr(headers, "get_all") else [headers.get("Link", "")]
    for header in several or []:
        for address, parameters in LINK.findall((header or "")[:LONGEST_HEADER]):
            if NEXT.search(parameters):
                return address.strip()
    return ""
