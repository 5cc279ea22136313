"""Opendatasoft, by whichever of its interfaces answers: Explore 2.1, 2.0, or the search of the first version.

The search gives at most 10,000 datasets: larger catalogues are read from their export, which is one long file.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from harvest.backends.base import Backend, Config, Json, Option, Page, Ref
from harvest.backends.ods_asking import DEEPEST, EXPLORE, SEARCH, Asking, NotSpoken
from harvest.backends.ods_datasets import Portal, dataset_draft, record_of
from harvest.backends.streams import pages_of
from harvest.client import Client, join
from harvest.drafts import DatasetDraft
from harvest.errors import ItemSkipped, ListingFailed
from harvest.mapping.tags import tags
from harvest.mapping.text import texts
from harvest.parsing import stream_json

VERSIONS = (*EXPLORE, "v1")
ROWS = 100  # datasets of a page: the most that Explore gives


class OdsBackend(Backend):
    """An Opendatasoft portal; its address is that of its home page."""

    name = "ods"
    label = "Opendatasoft"
    filters = (
        Option("tags", gettext_lazy("Tag"), gettext_lazy("A tag name")),
        Option("publisher", gettext_lazy("Publisher"), gettext_lazy("A publisher name")),
    )
    features = (
        Option(
            "inspire",
            gettext_lazy("Harvest Inspire datasets"),
            gettext_lazy("Take the datasets that came from a geographic catalogue, too."),
            default=False,
            type="bool",
        ),
        Option(
            "federated",
            gettext_lazy("Harvest federated datasets"),
            gettext_lazy("Take the datasets that this portal shows from other portals, too."),
            default=False,
            type="bool",
        ),
    )

    def __init__(self, url: str, config: Config, client: Any = None, memory: dict[str, Any] | None = None) -> None:
        super().__init__(url, config, client, memory)
        self.root = _root(url)
        self.asking = Asking(self.root, config, client, self.memory)
        if isinstance(client, Client) and client.key and " " not in client.key:
            client.key = f"Apikey {client.key}"

    # --- Listing -------------------------------------------------------------------------------------------------

    def pages(self, cursor: Json = None) -> Iterator[Page]:
        """Give the datasets; the cursor tells by which version, and how far."""
        if cursor is not None:
            yield from self._read(cursor)
            return
        known = self.memory.get("version")
        reasons = []
        for version in sorted(VERSIONS, key=lambda one: one != known):
            listing = self._read({"version": version, "start": 0})
            try:
                first = next(listing)
            except NotSpoken as error:
                reasons.append(f"{version}: {error}")
                continue
            self.memory["version"] = version
            yield first
            yield from listing
            return
        raise ListingFailed(
            _("No interface of Opendatasoft answers at %(url)s (%(reasons)s).")
            % {"url": self.root, "reasons": "; ".join(reasons)}
        )

    def _read(self, cursor: dict[str, Any]) -> Iterator[Page]:
        version = cursor["version"]
        if "given" in cursor:
            return self._export(version, int(cursor["given"]))
        start, rows = int(cursor["start"]), int(cursor.get("rows", ROWS))
        return self._search(start, rows) if version == "v1" else self._explore(version, start, rows)

    def _explore(self, version: str, start: int, rows: int) -> Iterator[Page]:
        while True:
            records, total, rows = self.asking.page(version, start, rows)
            if total > DEEPEST:
                yield from self._export(version, 0)
                return
            start += len(records)
            ended = not records or start >= total
            follow = None if ended else {"version": version, "start": start, "rows": rows}
            yield Page(records, follow, total, complete=not ended or start >= total)
            if ended:
                return

    def _search(self, start: int, rows: int) -> Iterator[Page]:
        """Give the datasets of the first version, whose search ends at the 10,000th."""
        seen: set[str] = set()  # it can't be asked in an order that lasts
        while True:
            records, total, rows = self.asking.page("v1", start, rows)
            start += len(records)
            ended = not records or start >= min(total, DEEPEST)
            follow = None if ended else {"version": "v1", "start": start, "rows": rows}
            found = [_whole(one) for one in _new(records, seen)]
            yield Page(found, follow, total, complete=not ended or start >= total)
            if ended:
                return

    def _export(self, version: str, given: int) -> Iterator[Page]:
        """Give the datasets from the export of the whole catalogue."""
        address = join(self.root, f"{EXPLORE[version]}/exports/json")
        with self.client.download(address, self.asking.query(version), accept="application/json") as file:
            yield from pages_of(stream_json(file, "item"), given, version=version)

    def fetch(self, ref: Ref) -> Json:
        """Return a dataset that the search of the first version only names."""
        return self.client.json(join(self.root, f"{SEARCH}/{quote(ref.id, safe='@')}/"), {"interopmetas": "true"})

    # --- Mapping -------------------------------------------------------------------------------------------------

    def identify(self, raw: Json) -> str:
        """Return the id of a dataset: a slug, which the remote may change."""
        found = record_of(raw).id
        if not found:
            raise ItemSkipped(_("The dataset has no identifier."))
        return found

    def map(self, raw: Json) -> DatasetDraft:
        """Return the draft of a dataset; what comes from elsewhere, or holds nothing, is skipped."""
        record = record_of(raw)
        if record.inspire and not self.feature("inspire"):
            raise ItemSkipped(_("The dataset comes from an INSPIRE catalogue."))
        if record.source and not self.feature("federated"):
            raise ItemSkipped(_("The dataset comes from another portal (%(portal)s).") % {"portal": record.source})
        self._check_filters({"tags": record.default.get("keyword"), "publisher": record.default.get("publisher")})
        draft = dataset_draft(record, Portal(self.root))
        if not draft.resources:
            raise ItemSkipped(_("The dataset has no records and no files."))
        return draft

    def _check_filters(self, values: dict[str, Any]) -> None:
        """Hold a record against the filters, for a server may not heed them. Raises ItemSkipped."""
        for key, value in values.items():
            found = {word.casefold() for word in texts(value)} | set(tags(texts(value)))
            wanted, unwanted = _words(self.config.only(key)), _words(self.config.without(key))
            if (wanted and not found & wanted) or found & unwanted:
                raise ItemSkipped(_("The filters of the source leave this dataset out."))

    def meaning(self, raw: Json) -> Json:
        """Return a dataset without its links and the dates at which the portal last worked on it."""
        return record_of(raw).meaning() if isinstance(raw, dict) else raw


def _root(url: str) -> str:
    """Return the address of the portal, whichever of its pages or interfaces was given."""
    parts = urlsplit(url)
    path = parts.path
    for mark in ("/api/", "/explore", "/pages/"):
        path = path.partition(mark)[0] if mark in path else path
    return parts._replace(path=path.rstrip("/"), query="", fragment="").geturl()


def _new(records: list[Any], seen: set[str]) -> Iterator[Any]:
    for one in records:
        name = record_of(one).id
        if not name or name not in seen:
            seen.add(name)
            yield one


def _whole(raw: Any) -> Any:
    """Return a result of a search, or a reference to it where it does not tell all."""
    name = record_of(raw).id
    return Ref(name) if name and not {"metas", "has_records"} <= raw.keys() else raw


def _words(values: list[Any]) -> set[str]:
    return {word.casefold() for word in texts(values)}
