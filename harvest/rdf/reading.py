"""Documents to graphs: pyoxigraph reads; what it finds wrong and is small, rdflib may read after all.

Neither fetches anything: remote contexts were replaced or refused before, and no address in the data is opened.
"""

import io
import os
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, BinaryIO

import pyoxigraph as oxi
import rdflib
from django.utils.translation import gettext as _

from harvest.errors import ListingFailed
from harvest.rdf.formats import JSON, SNIFFED, XML, candidates
from harvest.rdf.graph import Fact, Graph
from harvest.rdf.guards import check_xml, in_utf8, with_contexts

FORMATS = {
    XML: oxi.RdfFormat.RDF_XML, JSON: oxi.RdfFormat.JSON_LD, "turtle": oxi.RdfFormat.TURTLE, "n3": oxi.RdfFormat.N3,
    "nt": oxi.RdfFormat.N_TRIPLES, "nquads": oxi.RdfFormat.N_QUADS, "trig": oxi.RdfFormat.TRIG,
}  # fmt: skip
ONCE = (JSON, "nquads")  # rdflib opens the contexts of JSON-LD that hide from us
SECOND_CHANCE = 4 << 20  # bytes that rdflib may read: it takes a hundred times the memory
MOST_OF_SECOND = 200_000  # statements, and some 20 seconds


def read(source: bytes | BinaryIO, *, url: str = "", media_type: str = "") -> Graph:
    """Return the graph of a document in any form of RDF. Close it after use.

    `url` is where it came from, which relative addresses in it are relative to. Raises ListingFailed.
    """
    with ExitStack() as opened:
        file = in_utf8(io.BytesIO(source) if isinstance(source, bytes) else source)
        if file is not source:
            opened.callback(file.close)
        begin = file.tell()
        names = candidates(file.read(SNIFFED), url, media_type)
        file.seek(begin)
        if names == [XML]:
            check_xml(file)
        if names == [JSON]:
            whole = with_contexts(file)
            if whole is not file:
                opened.callback(whole.close)
            file = whole
        return _read(file, names, url)


def _read(file: BinaryIO, names: list[str], url: str) -> Graph:
    """Return the graph in the first of these forms that the document has."""
    begin = file.tell()
    errors = []
    for name in names:
        file.seek(begin)
        try:
            return _filled(_facts(file, name, url))
        except (SyntaxError, ValueError, MemoryError) as error:
            errors.append((name, error))
    file.seek(begin)
    return _second_chance(file, url, *errors[0])


def _filled(facts: Iterator[Fact]) -> Graph:
    graph = Graph()
    try:
        graph.fill(facts)
    except BaseException:
        graph.close()
        raise
    return graph


def _facts(file: BinaryIO, name: str, base: str) -> Iterator[Fact]:
    """Give the facts of a document. Named graphs count as one, but what N3 puts in braces is not said, only quoted."""
    named, blank, literal = oxi.NamedNode, oxi.BlankNode, oxi.Literal
    quoting = name == "n3"
    for quad in oxi.parse(file, format=FORMATS[name], base_iri=base or None, lenient=True):
        subject, predicate, item, graph = quad
        if quoting and not isinstance(graph, oxi.DefaultGraph):
            continue
        who, kind = type(subject), type(item)
        value: Any
        if kind is literal:
            value = {"@value": item.value, "@language": item.language} if item.language else item.value
        elif kind is named:
            value = {"@id": item.value}
        elif kind is blank:
            value = {"@id": f"_:{item.value}"}
        else:
            continue  # a statement about a statement
        if who is named:
            yield subject.value, predicate.value, value
        elif who is blank:
            yield f"_:{subject.value}", predicate.value, value


def _second_chance(file: BinaryIO, base: str, name: str, error: Exception) -> Graph:
    """Return the graph as rdflib reads it, which is less strict. Raises ListingFailed with the first error."""
    refused = ListingFailed(
        _("The document is no valid RDF (%(format)s): %(reason)s") % {"format": name, "reason": str(error)[:300]}
    )
    begin = file.tell()
    size = file.seek(0, os.SEEK_END) - begin
    if size > SECOND_CHANCE or name in ONCE or not isinstance(error, SyntaxError):
        raise refused from error
    file.seek(begin)
    graph = _Bounded(bind_namespaces="none")
    try:
        graph.parse(data=file.read(), format=name, publicID=base or None)
    except ListingFailed:
        raise
    except Exception as second:  # rdflib raises whatever its parsers stumble over
        raise refused from second
    return _filled(_converted(graph))


def _converted(graph: rdflib.Graph) -> Iterator[Fact]:
    for subject, predicate, item in graph:
        if isinstance(item, rdflib.Literal):
            value: Any = {"@value": str(item), "@language": item.language} if item.language else str(item)
        else:
            value = {"@id": f"_:{item}" if isinstance(item, rdflib.BNode) else str(item)}
        yield f"_:{subject}" if isinstance(subject, rdflib.BNode) else str(subject), str(predicate), value


class _Bounded(rdflib.Graph):
    """A graph that takes so many statements, and no more."""

    taken = 0

    def add(self, triple: Any) -> "_Bounded":
        self.taken += 1
        if self.taken > MOST_OF_SECOND:
            raise ListingFailed(_("The document has an error, and is too long to be read in spite of it."))
        return super().add(triple)
