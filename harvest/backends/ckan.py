"""CKAN, by its action API.

`package_search` gives whole packages by the hundred. Where it is closed, `package_list` and `package_show` do. The
pages are asked in the order of ids, so that what changes meanwhile moves none of them.
"""

import re
from collections.abc import Iterator
from typing import Any, ClassVar
from urllib.parse import quote

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from harvest.backends.base import Backend, Json, Option, Page, Ref
from harvest.backends.ckan_packages import package_draft
from harvest.client import join, with_query
from harvest.drafts import DatasetDraft
from harvest.errors import ItemSkipped, ListingFailed, RemoteError
from harvest.mapping.text import text
from harvest.parsing import parse_json

ROWS, FEWEST_ROWS = 500, 10  # packages of a page
REFS = 500  # names of a page, where packages are fetched one by one
CLOSED = frozenset([400, 401, 403, 404, 405, 409, 410, 501])  # the search is not for us: the list may be
NOT_DATASETS = frozenset(["harvest", "showcase", "application", "group", "organization"])
NAME = re.compile(r"[\w-]+\Z", re.ASCII)


class CkanBackend(Backend):
    """A CKAN catalogue, by its action API (version 3)."""

    name = "ckan"
    label = "CKAN"
    filters = (
        Option("organization", gettext_lazy("Organization"), gettext_lazy("A CKAN Organization name")),
        Option("tags", gettext_lazy("Tag"), gettext_lazy("A CKAN tag name")),
    )
    version = 1
    volatile = frozenset(
        ["metadata_modified", "revision_id", "revision_timestamp", "tracking_summary", "num_resources", "num_tags"]
    )
    fields: ClassVar[dict[str, str]] = {"organization": "organization", "tags": "tags"}  # of the search, by filter

    # --- Listing -------------------------------------------------------------------------------------------------

    def pages(self, cursor: Json = None) -> Iterator[Page]:
        """Give the packages; the cursor tells by which of the two ways, and how far."""
        if cursor is None or cursor.get("way") == "search":
            try:
                yield from self._search(cursor or {"way": "search", "start": 0, "rows": ROWS})
                return
            except _SearchClosed as closed:
                if cursor is not None or self.config.filters:
                    raise ListingFailed(closed.reason) from closed
        yield from self._list((cursor or {}).get("start", 0))

    def _search(self, cursor: dict[str, Any]) -> Iterator[Page]:
        start, rows = int(cursor["start"]), int(cursor["rows"])
        while True:
            found, rows = self._search_page(start, rows)
            total = found.get("count")
            packages = found["results"]
            if start == 0 and packages and not any("resources" in one for one in packages if isinstance(one, dict)):
                raise _SearchClosed(_("The search of this CKAN gives packages without their resources."))
            start += len(packages)
            ended = not packages or (isinstance(total, int) and start >= total)
            follow = None if ended else {"way": "search", "start": start, "rows": rows}
            total = total if isinstance(total, int) else None
            yield Page(packages, follow, total)
            if ended:
                return

    def _search_page(self, start: int, rows: int) -> tuple[dict[str, Any], int]:
        """Return one page, asked for with fewer rows if it is too much at once; and how many it was asked with."""
        while True:
            query = {"rows": rows, "start": start, "sort": "id asc", "fq": self.restriction() or None}
            try:
                result = self._call("package_search", query)
            except RemoteError as error:
                if (error.too_large or error.too_slow) and rows > FEWEST_ROWS:
                    rows = max(FEWEST_ROWS, rows // 2)
                    continue
                if error.status in CLOSED and start == 0:
                    raise _SearchClosed(str(error)) from error
                raise
            if not isinstance(result, dict) or not isinstance(result.get("results"), list):
                raise _SearchClosed(_("The search of this server does not answer as CKAN's does."))
            return result, rows

    def _list(self, start: int) -> Iterator[Page]:
        """Give the names of packages, each to be fetched."""
        names = self._call("package_list", {})
        if not isinstance(names, list):
            raise ListingFailed(_("The list of packages of this server is no list."))
        names = [name for name in names if isinstance(name, str) and name]
        for first in range(start, max(len(names), start + 1), REFS):
            follow = {"way": "list", "start": first + REFS} if first + REFS < len(names) else None
            yield Page([Ref(name) for name in names[first : first + REFS]], follow, len(names))

    def fetch(self, ref: Ref) -> Json:
        """Return one package; DKAN wraps it in a list."""
        result = self._call("package_show", {"id": ref.id})
        if isinstance(result, list):
            result = result[0] if result else None
        if not isinstance(result, dict):
            raise ItemSkipped(_("The server does not show that package."))
        return result

    def restriction(self) -> str:
        """Return the filters as a query of Solr: `organization:("a" OR "b") -tags:("c d")`."""
        parts = []
        for key, field in self.fields.items():
            for mark, values in (("", self.config.only(key)), ("-", self.config.without(key))):
                quoted = [f'"{_escaped(value)}"' for value in map(text, values) if value]
                if quoted:
                    parts.append(f"{mark}{field}:({' OR '.join(quoted)})")
        return " ".join(parts)

    def _call(self, action: str, query: dict[str, Any]) -> Json:
        """Return the result of an action. Raises RemoteError, ListingFailed."""
        address = with_query(join(self.url, f"api/3/action/{action}"), query)
        answer = self.client.get(address, accept="application/json")
        found = parse_json(answer.body)
        if not isinstance(found, dict) or "result" not in found or found.get("success") is False:
            reason = _reason(found)
            raise RemoteError(
                _("CKAN refuses %(action)s: %(reason)s") % {"action": action, "reason": reason}, status=409
            )
        return found["result"]

    # --- Mapping -------------------------------------------------------------------------------------------------

    def identify(self, raw: Json) -> str:
        """Return the id of a package, which it keeps when it is renamed."""
        found = text(raw.get("id") or raw.get("name")) if isinstance(raw, dict) else ""
        if not found:
            raise ItemSkipped(_("The package has no identifier."))
        return found

    def map(self, raw: Json) -> DatasetDraft:
        """Return the draft of a package; what is private, a draft, or no dataset is skipped."""
        state, kind = text(raw.get("state")).lower(), text(raw.get("type")).lower()
        if raw.get("private") in (True, "true", "True") and not self.takes_private:
            raise ItemSkipped(_("The package is private."))
        if state and state != "active":
            raise ItemSkipped(_("The package is not active (%(state)s).") % {"state": state[:50]})
        if kind in NOT_DATASETS:
            raise ItemSkipped(_("The package is no dataset (%(type)s).") % {"type": kind})
        name = text(raw.get("name"), 255)
        page = join(self.url, f"dataset/{quote(name or self.identify(raw), safe='')}")
        return package_draft(raw, page)

    takes_private: ClassVar[bool] = False


class _SearchClosed(Exception):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')


def _reason(found: Any) -> str:
    """Return what an error answer says: an object with a message, field errors, or a bare text."""
    if isinstance(found, dict):
        found = found.get("error", found)
    if isinstance(found, dict):
        fields = {key: value for key, value in found.items() if not key.startswith("__")}
        found = found.get("message") or "; ".join(f"{key}: {text(value)}" for key, value in fields.items())
    return text(found, 300) or "?"
