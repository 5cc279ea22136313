"""data.json: the catalogue in one file of Project Open Data (1.0, 1.1) and of DCAT-US 3; DKAN 2 gives it, too."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO
from urllib.parse import urlsplit

import ijson
from django.utils.translation import gettext as _

from harvest.backends.base import Backend, Json, Page
from harvest.backends.data_json_datasets import dataset_draft, identifier_of, is_public
from harvest.backends.streams import pages_of
from harvest.client import join
from harvest.drafts import DatasetDraft
from harvest.errors import ItemInvalid, ItemSkipped, ListingFailed, RemoteError
from harvest.parsing import SPACES, Shallow, stream_json

PLACES = ("data.json", "api/1/metastore/schemas/dataset/items")  # below the home page of a portal
FILE = re.compile(r"(\.json|/items/?|/data)\Z", re.IGNORECASE)
NOT_THERE = frozenset([400, 401, 403, 404, 405, 406, 410])
LISTS = ("dataset", "datasets", "@graph")  # keys that hold the datasets, in what is no bare list
BEGINNING = 64 * 1024  # bytes that are looked at to tell what a file is


class DataJsonBackend(Backend):
    """A data.json file, or the portal that has one at its usual address."""

    name = "data-json"
    label = "data.json (Project Open Data, DCAT-US, DKAN 2)"
    version = 1

    # --- Listing -------------------------------------------------------------------------------------------------

    def pages(self, cursor: Json = None) -> Iterator[Page]:
        """Give the datasets of the file as they are read; the cursor tells how many were given."""
        given = int((cursor or {}).get("given", 0))
        with self._file() as file:
            yield from pages_of(stream_json(file, _prefix(file)), given)

    @contextmanager
    def _file(self) -> Iterator[BinaryIO]:
        """Give the file, from the first address that has one. Raises RemoteError, ListingFailed."""
        addresses = self.addresses()
        for number, address in enumerate(addresses, 1):
            last = number == len(addresses)
            try:
                with self.client.download(address, accept="application/json, */*;q=0.5") as file:
                    if last or _begins_as_json(file):
                        self.memory["address"] = address
                        yield file
                        return
            except RemoteError as error:
                if last or error.status not in NOT_THERE:
                    raise

    def addresses(self) -> list[str]:
        """Return where the file may be, likeliest first."""
        if FILE.search(urlsplit(self.url).path) or urlsplit(self.url).query:
            return [self.url]
        found = [join(self.url, place) for place in PLACES]
        usual = [found[0], self.url, *found[1:]]
        return sorted(usual, key=lambda one: one != self.memory.get("address"))

    # --- Mapping -------------------------------------------------------------------------------------------------

    def identify(self, raw: Json) -> str:
        """Return the identifier of a dataset. One made up from what it says would change with it."""
        if not isinstance(raw, dict):
            raise ItemInvalid(_("This entry of the catalogue is no dataset."))
        found = identifier_of(raw)
        if not found:
            raise ItemInvalid(_("The dataset has no identifier."))
        return found

    def map(self, raw: Json) -> DatasetDraft:
        """Return the draft of a dataset; what its publisher keeps to itself is skipped."""
        if not is_public(raw):
            raise ItemSkipped(_("The dataset is not public."))
        return dataset_draft(raw)


def _begins_as_json(file: BinaryIO) -> bool:
    beginning = _beginning(file)
    return beginning[:1] in (b"{", b"[")


def _beginning(file: BinaryIO) -> bytes:
    found = file.read(BEGINNING).removeprefix(b"\xef\xbb\xbf").lstrip(SPACES)
    file.seek(0)
    return found


def _prefix(file: BinaryIO) -> str:
    """Return where in the file the datasets are, as ijson says it, and leave the file at its beginning.

    Raises ListingFailed for a file that is no such catalogue.
    """
    beginning = _beginning(file)
    _pass_mark(file)
    if beginning.startswith(b"["):
        return "item"
    if not beginning.startswith(b"{"):
        page = beginning[:200].lower().startswith((b"<!doctype html", b"<html"))
        raise ListingFailed(
            _("The server answers a web page where data.json is expected.")
            if page
            else _("The file is not valid JSON.")
        )
    key = _first_list(file)
    _pass_mark(file)
    return f"{key}.item"


def _pass_mark(file: BinaryIO) -> None:
    """Put the file at its beginning, behind a byte order mark."""
    file.seek(0)
    if file.read(3) != b"\xef\xbb\xbf":
        file.seek(0)


def _first_list(file: BinaryIO) -> str:
    """Return the first key of the outermost object that holds a list of datasets. Raises ListingFailed."""
    try:
        for prefix, event, _value in ijson.parse(Shallow(file), use_float=True):
            if event == "start_array" and prefix in LISTS:
                return prefix
    except (ijson.JSONError, UnicodeDecodeError) as error:
        raise ListingFailed(_("The file is not valid JSON: %(reason)s") % {"reason": str(error)[:200]}) from error
    raise ListingFailed(_("The file has no list of datasets: it is no data.json."))
