"""Talking to Matomo: its bulk tracking and its reporting API. The token goes in the body, never in an address."""

import re
from typing import Any
from urllib.parse import urlsplit

import orjson
from django.conf import settings

from portal.lib import http
from portal.lib.errors import ServiceError

SECONDS = 30  # for one answer
SIZE = 64 * 1024**2  # bytes of one report
OTHERS = re.compile(r"^(others|autres)$", re.IGNORECASE)  # the row in which Matomo folds what it cuts off


class MatomoError(ServiceError):
    """Matomo can't be reached, or answers something else than what was asked."""


class TruncatedReport(MatomoError):
    """A report was cut off: its numbers would be too small. Raise `datatable_archiving_maximum_rows_actions`."""


class NotRecorded(MatomoError):
    """Matomo said that it did not record the hits."""


def track(requests: list[str]) -> int:
    """Send hits, and return how many Matomo recorded.

    Raises NotRecorded if it surely recorded none (it refused, or was never reached), MatomoError if nobody knows.
    """
    body: dict[str, Any] = {"requests": requests}
    if settings.STATS_MATOMO_TOKEN:
        body["token_auth"] = settings.STATS_MATOMO_TOKEN
    try:
        answer = http.call(
            f"{settings.STATS_MATOMO_URL}/matomo.php", limits(), method="POST", body=orjson.dumps(body),
            headers={"Content-Type": "application/json"},
        )  # fmt: skip
    except http.Refused as error:
        raise NotRecorded(str(error.message)) from error
    except http.FetchError as error:
        raise MatomoError(str(error.message)) from error
    found = as_json(answer)
    if answer.status >= 400 or not isinstance(found, dict) or found.get("status") != "success":
        refused = answer.status in (400, 401, 403) or (isinstance(found, dict) and found.get("status") == "error")
        raise (NotRecorded if refused else MatomoError)(f"Matomo answered {answer.status} to the hits.")
    return int(found.get("tracked", 0))


def report(method: str, **arguments: str | int) -> Any:
    """Return a report. Raises MatomoError, also for the errors that Matomo sends with status 200."""
    form = {"module": "API", "method": method, "format": "JSON", "idSite": str(settings.STATS_MATOMO_SITE),
            "filter_limit": "-1", "format_metrics": "0", "token_auth": settings.STATS_MATOMO_TOKEN,
            **{name: str(value) for name, value in arguments.items()}}  # fmt: skip
    try:
        answer = http.call(f"{settings.STATS_MATOMO_URL}/index.php", limits(), method="POST", form=form)
    except http.FetchError as error:
        raise MatomoError(f"{method}: {error.message}") from error
    found = as_json(answer)
    if answer.status != 200 or found is None:
        raise MatomoError(f"{method}: Matomo answered {answer.status}, and no report.")
    if isinstance(found, dict) and found.get("result") == "error":
        raise MatomoError(f"{method}: {str(found.get('message'))[:200]}")
    return found


def rows_of(method: str, **arguments: str | int) -> list[dict[str, Any]]:
    """Return the rows of a report. Raises TruncatedReport if Matomo cut it off, MatomoError if it is no list."""
    found = report(method, **arguments)
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise MatomoError(f"{method}: a list of rows was expected.")
    if any(OTHERS.match(str(row.get("label", ""))) and not row.get("url") for row in found):
        raise TruncatedReport(f"{method}: the report is cut off.")
    return found


def limits() -> http.Limits:
    """Matomo is set by the operator, and may well stand in her own network, on any port."""
    port = urlsplit(settings.STATS_MATOMO_URL).port
    return http.Limits(size=SIZE, seconds=SECONDS, redirects=0, private=True, ports=frozenset([port] if port else []))


def as_json(answer: http.Answer) -> Any:
    try:
        return orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return None
