"""Asking an Opendatasoft portal for a page, in the words of each of its versions, within the quota that it grants."""

import time
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from harvest.backends.base import Config, Json
from harvest.client import join, with_query
from harvest.errors import HarvestError, ListingFailed, RemoteError
from harvest.mapping.dates import moment
from harvest.mapping.text import text, texts
from harvest.parsing import parse_json

EXPLORE = {"v2.1": "api/explore/v2.1/catalog", "v2.0": "api/v2/catalog"}  # paths, by version
SEARCH = "api/datasets/1.0"  # of v1
FEWEST_ROWS = 5
DEEPEST = 10_000  # datasets that a search can be asked for
FIELDS = {"tags": "keyword", "publisher": "publisher"}  # of the remote, by filter
NOT_SPOKEN = frozenset([400, 401, 403, 404, 405, 406, 501])  # this interface is not for us: another may be
BAD_REQUEST, GONE, SPENT = 400, 410, 429
LONGEST_WAIT = 600  # seconds for a quota to be renewed within a run


class NotSpoken(HarvestError):
    """The server does not speak this version."""


class Asking:
    """Puts questions to the portal at `root`. `memory` is the backend's."""

    def __init__(self, root: str, config: Config, client: Any, memory: dict[str, Any]) -> None:
        self.root, self.config, self.client, self.memory = root, config, client, memory
        self.quota = ""  # what the last answer said of it: when more may be asked

    def page(self, version: str, start: int, rows: int) -> tuple[list[Any], int, int]:
        """Return the records of a page, how many there are in all, and how many rows were asked for in the end.

        Raises NotSpoken if the server does not know this version (at the first page only), RemoteError, ListingFailed.
        """
        while True:
            rows = min(rows, max(1, DEEPEST - start))
            try:
                records, total = _listed(self._ask(version, start, rows))
                return records, total, rows
            except RemoteError as error:
                if (error.too_large or error.too_slow) and rows > FEWEST_ROWS:
                    rows = max(FEWEST_ROWS, rows // 2)
                    continue
                self._explain(error, start)
                raise
            except ListingFailed as error:
                if start == 0:
                    raise NotSpoken(str(error)) from error
                raise

    def _ask(self, version: str, start: int, rows: int) -> Json:
        if version == "v1":
            return self._get(f"{SEARCH}/search/", [("start", start), ("rows", rows), *self.query(version)])
        address, page = f"{EXPLORE[version]}/datasets", [("limit", rows), ("offset", start)]
        page.append(("include_app_metas", "false"))
        try:
            return self._get(address, [*page, *self.query(version)])
        except RemoteError as error:
            if error.status != BAD_REQUEST or self.memory.get("unordered"):
                raise
        # Older servers know the field that orders them by another name.
        found = self._get(address, [*page, *self.query(version, ordered=False)])
        self.memory["unordered"] = True
        return found

    def _get(self, path: str, query: list[tuple[str, Any]]) -> Json:
        self._keep_to_quota()
        answer = self.client.get(with_query(join(self.root, path), query), accept="application/json")
        if answer.headers.get("X-RateLimit-Remaining", "").strip() == "0":
            self.quota = answer.headers.get("X-RateLimit-Reset", "")
        return parse_json(answer.body)

    def query(self, version: str, *, ordered: bool = True) -> list[tuple[str, Any]]:
        """Return what is asked beside the page: the filters, and an order that lasts."""
        if version == "v1":
            return [("interopmetas", "true"), *self.refinements()]
        order = "dataset_id" if ordered and not self.memory.get("unordered") else None
        return [("order_by", order), ("where", self.condition() or None)]

    def condition(self) -> str:
        """Return the filters in the language of Explore: `keyword="x" AND NOT publisher="y"`."""
        parts = []
        for key, field in FIELDS.items():
            wanted = [f"{field}={_quoted(value)}" for value in texts(self.config.only(key))]
            if wanted:
                parts.append(wanted[0] if len(wanted) == 1 else f"({' OR '.join(wanted)})")
            parts += [f"NOT {field}={_quoted(value)}" for value in texts(self.config.without(key))]
        return " AND ".join(parts)

    def refinements(self) -> list[tuple[str, str]]:
        """Return the filters as parameters of the first version; several values of a field are alternatives."""
        found = []
        for key, field in FIELDS.items():
            wanted = texts(self.config.only(key))
            if len(wanted) > 1:
                found.append((f"disjunctive.{field}", "true"))
            found += [(f"refine.{field}", value) for value in wanted]
            found += [(f"exclude.{field}", value) for value in texts(self.config.without(key))]
        return found

    def _keep_to_quota(self) -> None:
        """Wait for a quota that is spent, or end the run if that takes too long. Raises RemoteError."""
        until, self.quota = moment(self.quota), ""
        left = (until - timezone.now()).total_seconds() if until else 0
        if left > LONGEST_WAIT:
            raise RemoteError(_spent(until.isoformat()), status=SPENT, temporary=True)
        while left > 0:
            self.client.tick()
            time.sleep(min(left, 5))
            left = (until - timezone.now()).total_seconds()

    def _explain(self, error: RemoteError, start: int) -> None:
        """Raise what an error of the remote means here, if that is more than it says."""
        if error.status == GONE:
            raise ListingFailed(_("This portal has left Opendatasoft (%(reason)s).") % {"reason": error}) from error
        if error.status == SPENT:
            raise RemoteError(_spent(""), status=SPENT, temporary=True) from error
        if error.status in NOT_SPOKEN and start == 0:
            raise NotSpoken(str(error)) from error


def _listed(found: Any) -> tuple[list[Any], int]:
    """Return the datasets of an answer of any version, and how many there are in all. Raises ListingFailed."""
    records = total = None
    if isinstance(found, dict):
        records = found.get("results", found.get("datasets"))
        total = found.get("total_count", found.get("nhits"))
    if not isinstance(records, list) or not isinstance(total, int):
        raise ListingFailed(_("The answer is no list of datasets."))
    return records, total


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _spent(until: str) -> str:
    reason = _("The portal gives no more answers: the number that it grants is spent.")
    return f"{reason} ({text(until)})" if until else reason
