"""Asking a CSW: in the ways that it may understand until one works, and for less where a page is too much for it."""

from typing import Any

from django.utils.translation import gettext as _

from harvest.client import Client, site_of
from harvest.csw.answers import (
    Capabilities,
    CswException,
    Results,
    looks_like_results,
    read_capabilities,
    read_results,
)
from harvest.csw.paging import MOST_BROKEN, SIZE, Place
from harvest.csw.requests import Way, endpoint, get_parameters, post_body, ways
from harvest.errors import HarvestError, ListingFailed, RemoteError

NOT_THAT_WAY = frozenset([400, 403, 404, 405, 406, 411, 415, 500, 501])  # another way of asking may do
TOO_MUCH = frozenset([500, 502, 504])  # of a page: fewer records may do


class Asker:
    """Asks one CSW. `schemas` are those wanted, best first; `memory` keeps what worked from run to run."""

    def __init__(self, client: Client, url: str, schemas: tuple[str, ...], memory: dict[str, Any]) -> None:
        self.client, self.url, self.schemas, self.memory = client, url, schemas, memory
        self._advertised: tuple[str, ...] = ()

    def begin(self) -> tuple[Place, Results]:
        """Return how this server is asked, and the first page. Raises RemoteError, ListingFailed."""
        url = self._discover()
        size = self.memory.get("size")
        most = size if isinstance(size, int) and 0 < size < SIZE else SIZE
        last: HarvestError = ListingFailed(_("The server answers no request of CSW."))
        unknown: set[str] = set()
        spare: tuple[Place, Results] | None = None
        for way in ways(self._wanted(), self.memory.get("way")):
            if way.schema in unknown:
                continue
            place = Place(url, way, size=most, most=most)
            try:
                results = self._try(place)
            except CswException as error:
                unknown |= {way.schema} if error.is_of_schema else set()
                last = error
                continue
            except RemoteError as error:
                if error.status not in NOT_THAT_WAY:
                    raise
                last = error
                continue
            if results.records or not way.filter:
                self.memory["way"] = way.as_json()
                return place, results
            spare = spare or (place, results)  # nothing of these types: perhaps they are named otherwise there
        if spare is not None:
            return spare
        raise self._explained(url, last)

    def _try(self, place: Place) -> Results:
        """Return the first page, asked for with fewer records where it is too much."""
        while True:
            try:
                return self._send(place)
            except RemoteError as error:
                if not (error.too_large or error.too_slow) or place.size == 1:
                    raise
                place.halve(for_good=True)

    def ask(self, place: Place) -> Results | None:
        """Return the page at a place, or None if not even its first record alone can be had.

        Raises RemoteError, ListingFailed.
        """
        while True:
            try:
                return self._send(place)
            except CswException as error:
                if place.matched is None:  # GeoNetwork's way to say that there are no more
                    return Results([], None, 0)
                failure: HarvestError = error
            except (RemoteError, _Unreadable) as error:
                if not _may_do_with_fewer(error):
                    raise
                failure = error
            if place.size == 1:
                if place.broken >= MOST_BROKEN:
                    raise failure
                return None
            place.halve(for_good=_is_heavy(failure))

    def _send(self, place: Place) -> Results:
        """Send one GetRecords. Raises RemoteError, CswException, ListingFailed."""
        if place.way.method == "GET":
            answer = self.client.get(place.url, get_parameters(place.way, place.start, place.size))
        else:
            body = post_body(place.way, place.start, place.size)
            answer = self.client.post(place.url, body, content_type="application/xml", accept="application/xml")
        try:
            return read_results(answer.body)
        except CswException:
            raise
        except ListingFailed as error:
            if looks_like_results(answer.body):
                raise _Unreadable(error.message) from error
            raise

    def _discover(self) -> str:
        """Return where GetRecords is sent: where the capabilities say, if that is on the same site."""
        url = endpoint(self.url)
        try:
            answer = self.client.get(url, {"service": "CSW", "version": "2.0.2", "request": "GetCapabilities"})
            found = read_capabilities(answer.body, url)
        except RemoteError as error:
            if error.status is None:
                raise
            found = Capabilities(None, ())
        except ListingFailed:
            found = Capabilities(None, ())
        self._advertised = found.schemas
        return found.post if found.post and site_of(found.post) == site_of(url) else url

    def _wanted(self) -> tuple[str, ...]:
        """Return the schemas to ask for: the best that the server says it knows comes first."""
        known = tuple(one for one in self.schemas if one in self._advertised)
        return known + tuple(one for one in self.schemas if one not in known)

    def _explained(self, url: str, error: HarvestError) -> HarvestError:
        """Return an error with what the server says: the report that comes with another status than 200."""
        if not isinstance(error, RemoteError):
            return error
        try:
            read_results(self.client.attempt(url, get_parameters(Way(self._wanted()[0]), 1, 1)).body)
        except CswException as said:
            return said
        except HarvestError:
            return error
        return error


class _Unreadable(ListingFailed):
    """A page of records that is not well-formed: one of them may be the reason."""


def _is_heavy(error: HarvestError) -> bool:
    """Tell whether a page was too much for the server, or for us."""
    return isinstance(error, RemoteError) and (error.too_large or error.too_slow)


def _may_do_with_fewer(error: HarvestError) -> bool:
    """Tell whether asking for fewer records may help: a page is too much, or one of its records breaks it."""
    return isinstance(error, _Unreadable) or _is_heavy(error) or getattr(error, "status", None) in TOO_MUCH
