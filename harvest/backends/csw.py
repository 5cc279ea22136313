"""Geographic catalogues by CSW 2.0.2: GeoNetwork, pycsw, deegree and others, which agree on little.

Records are read by what they are, not by what was asked for: servers give another schema than that, or several at once.
"""

import re
from collections.abc import Iterator
from contextlib import closing
from typing import ClassVar
from urllib.parse import quote

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from harvest.backends.base import Backend, Json, Option, Page
from harvest.csw.answers import Results
from harvest.csw.asking import Asker
from harvest.csw.paging import Place, Seen
from harvest.csw.requests import DCAT, GEODCAT, GMD, MDB, RECORD
from harvest.dcat import drafts as dcat
from harvest.drafts import Draft
from harvest.errors import HarvestError, ListingFailed
from harvest.iso import record as iso
from harvest.mapping.text import text
from harvest.mapping.urls import web_address
from harvest.parsing import xml_text
from harvest.rdf.reading import read as read_rdf

GEONETWORK = re.compile(r"(https?://[^?#]+/srv)/(?:[a-z]{3}/)?csw", re.IGNORECASE)
MOST_NAMESPACES = 1000  # declared in one record
SAFE = "/:@!$&'()*+,;=~-._"  # characters of an identifier that stay as they are in an address
RDF = re.compile(r"<(?:\w+:)?(?:RDF|Dataset|DatasetSeries|DataService|Catalog|CatalogRecord)\b")
IDENTIFIER = re.compile(r"<(?:\w+:)?identifier\b[^>]*>\s*([^<>]{1,500}?)\s*</")

Failures = list[tuple[str, str]]


class _Csw(Backend):
    """What all CSW have in common. A subclass says which schemas it asks for, best first."""

    settings = (
        Option(
            "remote_url_prefix",
            gettext_lazy("Remote URL prefix"),
            gettext_lazy("A prefix used to build the remote URL of the harvested items."),
        ),
    )
    schemas: ClassVar[tuple[str, ...]] = ()

    def pages(self, cursor: Json = None) -> Iterator[Page]:
        """Give the records page by page, as XML."""
        asker = Asker(self.client, self.url, self.wanted(), self.memory)
        if cursor is None:
            place, results = asker.begin()
        else:
            place = Place.of(cursor)
            results = asker.ask(place)
        seen = Seen()
        while True:
            page = self._broken(place) if results is None else self._page(place, results, seen)
            self.memory["size"] = place.most
            yield page
            if page.next_cursor is None:
                return
            results = asker.ask(place)

    def wanted(self) -> tuple[str, ...]:
        """Return the schemas to ask for, best first."""
        return self.schemas

    def read(self, texts: list[str]) -> tuple[list[Json], Failures]:
        """Return the records that a page has as XML, in the form that `identify` and `map` want; and the unreadable."""
        return list(texts), []

    def _page(self, place: Place, results: Results, seen: Seen) -> Page:
        """Return one page, and move on."""
        place.note(results)
        fresh = seen.fresh([xml_text(record) for record in results.records])
        records, failures = self.read(fresh)
        ended = place.is_end(results) or not fresh
        place.advance(len(results.records))
        is_complete = all(name for name, _message in failures) and (not ended or place.is_nearly_all)
        follow = None if ended else place.as_json()
        return Page(records, follow, place.matched, complete=is_complete, failures=failures)

    def _broken(self, place: Place) -> Page:
        """Return a page for one record that the server cannot give, and go past it."""
        message = _("The server cannot give record number %d.") % place.start
        place.advance(1, broken=True)
        is_last = place.matched is not None and place.start > place.matched
        return Page([], None if is_last else place.as_json(), place.matched, complete=False, failures=[("", message)])

    def identify(self, raw: Json) -> str:
        """Return the identifier of the metadata."""
        return iso.identify(raw)

    def map(self, raw: Json) -> Draft:
        """Return the draft of a record: a dataset, or a dataservice for a service."""
        draft = iso.draft_of(raw)
        draft.remote_url = self.page_of(draft.remote_id) or draft.remote_url
        return draft

    def page_of(self, name: str) -> str:
        """Return the page of a record: behind the source's prefix, or in the GeoNetwork that is asked; else ""."""
        prefix = text(self.config.settings.get("remote_url_prefix"))
        geonetwork = GEONETWORK.match(self.url)
        if not prefix and geonetwork:
            prefix = f"{geonetwork[1]}/fre/catalog.search#/metadata/"
        return web_address(f"{prefix}{quote(name, safe=SAFE)}") if prefix and name else ""


class CswIso19139Backend(_Csw):
    """A CSW that gives ISO 19139."""

    name = "csw-iso-19139"
    label = "CSW-ISO-19139"
    schemas = (GMD, MDB, RECORD)


class CswIso191153Backend(_Csw):
    """A CSW that gives ISO 19115-3, which GeoNetwork 3.12 and later prefer."""

    name = "csw-iso-19115-3"
    label = "CSW-ISO-19115-3"
    schemas = (MDB, GMD, RECORD)


class CswDcatBackend(_Csw):
    """A CSW that gives DCAT (GeoNetwork), or ISO 19139 where it has none."""

    name = "csw-dcat"
    label = "CSW-DCAT"
    features = (
        Option(
            "geodcatap",
            "GeoDCAT-AP",
            gettext_lazy("Request GeoDCAT-AP to the CSW server (must be supported by the server)."),
            default=False,
        ),
    )
    schemas = (DCAT, GMD, RECORD)

    def wanted(self) -> tuple[str, ...]:
        """Return the schemas to ask for: GeoDCAT-AP first, if the source wants it."""
        return (GEODCAT, *self.schemas) if self.feature("geodcatap") else self.schemas

    def read(self, texts: list[str]) -> tuple[list[Json], Failures]:
        """Return what the RDF of a page describes, cut as the backend of DCAT does; records of ISO stay as they are."""
        records: list[Json] = []
        failures: Failures = []
        for xml in texts:
            if not RDF.match(xml):
                records.append(xml)
                continue
            try:
                records += self._described(xml)
            except HarvestError as error:
                name = IDENTIFIER.search(xml)
                failures.append((name[1] if name else "", str(error.message)))
        return records, failures

    def _described(self, xml: str) -> list[Json]:
        """Return the datasets and services that one RDF document describes. Raises ListingFailed, ItemError."""
        if xml.count("xmlns:") > MOST_NAMESPACES:  # parsers of RDF take minutes over many
            raise ListingFailed(_("The record has too many namespaces."))
        with closing(read_rdf(xml.encode(), url=self.url, media_type="application/rdf+xml")) as graph:
            found = [graph.record(subject) for subject in (*graph.datasets(), *graph.services())]
        if not found:
            raise ListingFailed(_("The record describes no dataset."))
        return found

    def identify(self, raw: Json) -> str:
        """Return dct:identifier, else the address of the dataset; of ISO, the identifier of the metadata."""
        return iso.identify(raw) if isinstance(raw, str) else dcat.identifier_of(raw)

    def map(self, raw: Json) -> Draft:
        """Return the draft of a record, in DCAT or in ISO."""
        if isinstance(raw, str):
            return super().map(raw)
        return dcat.draft_of(raw, prefix=text(self.config.settings.get("remote_url_prefix")))
