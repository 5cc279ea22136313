"""Another portal of this kind: udata (data.gouv.fr, data.public.lu…) or this software itself, by its own API.

Version 1 of the API gives whole datasets page by page; version 2, which gives resources apart, is asked where that is
closed. The pages are asked by number, in the order of creation, for the addresses of `next_page` name the host as the
portal sees itself: behind a proxy, that may be another one.
"""

import re
from collections.abc import Iterator
from itertools import islice, product
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from harvest.backends.base import Backend, Json, Option, Page
from harvest.backends.udata_records import dataservice_draft, dataset_draft, harvested_from, is_dataservice, meaning_of
from harvest.client import join, next_address, with_query
from harvest.drafts import DataserviceDraft, DatasetDraft
from harvest.errors import ItemSkipped, ListingFailed, RemoteError
from harvest.mapping.text import text
from harvest.parsing import parse_json

SIZE, SMALLEST_SIZE = 100, 5  # objects of a page
RESOURCES = 500  # of a page of version 2
MOST_RESOURCES = 5_000  # of one dataset
MOST_PAGES = 20_000
MOST_QUERIES = 100  # where filters have several values
CLOSED = frozenset([401, 403, 404, 405, 410])
ORGANIZATION = re.compile(r"/organizations/([\w-]{1,255})/?\Z")
API = re.compile(r"(.*?)/api/[12]/(?:[a-z/]*)\Z")


class UdataBackend(Backend):
    """A portal with the API of udata."""

    name = "udata"
    label = "udata"
    filters = (
        Option("organization", gettext_lazy("Organization"), gettext_lazy("The id or slug of an organization")),
        Option("tag", gettext_lazy("Tag"), gettext_lazy("A tag")),
        Option("license", gettext_lazy("License"), gettext_lazy("The id of a license")),
        Option("badge", gettext_lazy("Badge"), gettext_lazy("A kind of badge, such as hvd or spd")),
        Option("geozone", gettext_lazy("Territory"), gettext_lazy("The id of a territory")),
        Option("topic", gettext_lazy("Topic"), gettext_lazy("The id of a topic")),
        Option("format", gettext_lazy("Format"), gettext_lazy("A format that one of the files has")),
        Option("schema", gettext_lazy("Schema"), gettext_lazy("The name of a schema that one of the files follows")),
    )
    features = (
        Option(
            "harvested",
            gettext_lazy("What is harvested there"),
            gettext_lazy("Take the datasets, too, that the portal itself harvests from elsewhere"),
            default=False,
        ),
        Option(
            "dataservices",
            gettext_lazy("Dataservices"),
            gettext_lazy("Harvest the dataservices of the portal, too"),
            default=True,
        ),
    )
    version = 1
    key_header = "X-API-KEY"

    # --- Listing -------------------------------------------------------------------------------------------------

    def pages(self, cursor: Json = None) -> Iterator[Page]:
        """Give datasets, then dataservices; the cursor tells which of the two, which query, and which page of it."""
        steps = [(kind, query) for kind in self._kinds() for query in self._queries(kind)]
        cursor = cursor or {}
        first = int(cursor.get("step", 0))
        for step in range(first, len(steps)):
            kind, query = steps[step]
            place = cursor if step == first else {}
            number, size = int(place.get("page", 1)), int(place.get("size", SIZE))
            ended = False
            while not ended:
                if number > MOST_PAGES:
                    raise ListingFailed(_("The catalogue has more than %(number)d pages.") % {"number": MOST_PAGES})
                found, number, size = self._page(kind, query, number, size)
                records = [self._whole(one) for one in found["data"] if isinstance(one, dict)]
                ended = not records or not found.get("next_page")
                number += 1
                after: Json = {"step": step, "page": number, "size": size}
                if ended:
                    after = {"step": step + 1} if step + 1 < len(steps) else None
                total = found.get("total") if len(steps) == len(self._kinds()) and kind == "datasets" else None
                yield Page(records, after, total if isinstance(total, int) else None)

    def _kinds(self) -> list[str]:
        return ["datasets", *(["dataservices"] if self.feature("dataservices") else [])]

    def _queries(self, kind: str) -> list[dict[str, Any]]:
        """Return the arguments of the lists to read: one list for each combination of what the filters ask for."""
        path, given = urlsplit(self.url).path, dict(parse_qsl(urlsplit(self.url).query))
        organization = ORGANIZATION.search(path)
        base = {key: value for key, value in given.items() if key not in ("page", "page_size", "sort")}
        if organization:
            base["organization"] = organization[1]
        keys = [one.key for one in self.filters if self.config.only(one.key)]
        if kind == "dataservices" and set(keys) - {"organization", "tag"}:
            return []  # their list has no such filters
        values = [[text(value) for value in self.config.only(key)] for key in keys]
        return [{**base, **dict(zip(keys, one, strict=True))} for one in islice(product(*values), MOST_QUERIES)]

    def _page(self, kind: str, query: dict[str, Any], number: int, size: int) -> tuple[dict[str, Any], int, int]:
        """Return one page, asked for with fewer objects if it is too much at once; its number and its size."""
        while True:
            version = 2 if kind == "datasets" and self.memory.get("api") == 2 else 1
            address = join(self._portal(), f"api/{version}/{kind}/")
            arguments = {**query, "sort": "created", "page": number, "page_size": size}
            try:
                found = parse_json(self.client.get(with_query(address, arguments), accept="application/json").body)
            except RemoteError as error:
                if (error.too_large or error.too_slow) and size > SMALLEST_SIZE:
                    number, size = 2 * number - 1, size // 2
                    continue
                if version == 1 and number == 1 and kind == "datasets" and error.status in CLOSED:
                    self.memory["api"] = 2
                    continue
                if kind == "dataservices" and number == 1 and error.status in CLOSED:
                    return {"data": []}, number, size  # a portal of before dataservices
                raise
            if not isinstance(found, dict) or not isinstance(found.get("data"), list):
                raise ListingFailed(_("The server does not answer as the API of udata does."))
            return found, number, size

    def _portal(self) -> str:
        """Return the address of the portal: the source's, without the path of its API or of a page."""
        parts = urlsplit(self.url)
        path = API.sub(r"\1", parts.path)
        if ORGANIZATION.search(path):
            path = ""
        return parts._replace(path=path, query="", fragment="").geturl()

    def _whole(self, raw: dict[str, Any]) -> dict[str, Any]:
        """Return an object with what the API only links to: the resources of a dataset, the datasets of a service."""
        field = "datasets" if is_dataservice(raw) else "resources"
        link = raw.get(field)
        if not isinstance(link, dict):
            return raw
        found: list[Any] = []
        if link.get("total") != 0 and text(link.get("href")):
            found = list(islice(self._linked(text(link["href"])), MOST_RESOURCES))
        if field == "datasets":
            found = [text(one.get("id")) for one in found if isinstance(one, dict)]
        return {**raw, field: found}

    def _linked(self, href: str) -> Iterator[Any]:
        """Give what stands behind a link, page by page, from the source's own host whatever the link names."""
        parts, own = urlsplit(href), urlsplit(self.url)
        query = dict(parse_qsl(parts.query))
        base = parts._replace(scheme=own.scheme, netloc=own.netloc, query="", fragment="").geturl()
        for number in range(1, MOST_RESOURCES):
            arguments = {**query, "page": number, "page_size": min(RESOURCES, SIZE)}
            found = self.client.json(next_address(self.url, with_query(base, arguments)))
            data = found.get("data") if isinstance(found, dict) else None
            if not isinstance(data, list):
                raise ListingFailed(_("The server does not answer as the API of udata does."))
            yield from data
            if not data or not found.get("next_page"):
                return

    # --- Mapping -------------------------------------------------------------------------------------------------

    def identify(self, raw: Json) -> str:
        """Return the id, which stays when the object is renamed."""
        found = text(raw.get("id")) if isinstance(raw, dict) else ""
        if not found:
            raise ItemSkipped(_("The object has no identifier."))
        return found

    def meaning(self, raw: Json) -> Json:
        """Return what tells whether an object changed: not its metrics, nor what crawlers found."""
        return meaning_of(raw)

    def map(self, raw: Json) -> DatasetDraft | DataserviceDraft:
        """Return the draft of an object. What is private, gone, excluded by a filter or itself harvested is skipped."""
        for key in ("deleted", "deleted_at", "archived", "archived_at"):
            if raw.get(key):
                raise ItemSkipped(_("It is deleted or archived there."))
        if raw.get("private") is True:
            raise ItemSkipped(_("It is private there."))
        origin = harvested_from(raw)
        if origin and not self.feature("harvested"):
            raise ItemSkipped(_("It is itself harvested there, from %(source)s.") % {"source": origin[:200]})
        self._check_excluded(raw)
        portal = self._portal()
        return dataservice_draft(raw, portal) if is_dataservice(raw) else dataset_draft(raw, portal)

    def _check_excluded(self, raw: dict[str, Any]) -> None:
        """Raise ItemSkipped for what a filter excludes: the API itself cannot leave it out."""
        organization, place = _dict(raw.get("organization")), _dict(raw.get("spatial"))
        resources = [_dict(one) for one in _list(raw.get("resources"))]
        has = {
            "organization": [organization.get(key) for key in ("id", "slug", "name")],
            "tag": _list(raw.get("tags")),
            "license": [raw.get("license")],
            "badge": [_dict(one).get("kind") for one in _list(raw.get("badges"))],
            "geozone": _list(place.get("zones")),
            "format": [one.get("format") for one in resources],
            "schema": [_dict(one.get("schema")).get("name") for one in resources],
        }
        for key, values in has.items():
            for excluded in self.config.without(key):
                if excluded in values:
                    reason = _("A filter of the source excludes it: %(filter)s.")
                    raise ItemSkipped(reason % {"filter": f"{key} {excluded}"[:200]})


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
