"""The client that backends are given: one source's way to one remote, within bounds that hold whatever it answers.

Everything goes through `portal.lib.http`, the one door. On top of it: the source's own headers and key (which never
leave its host), politeness, tries again with growing pauses, conditional requests, limits in bytes and seconds.
"""

import random
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO
from urllib.parse import urlencode, urljoin, urlsplit

from django.conf import settings
from django.utils import timezone
from lxml import etree

from harvest.errors import ConfigInvalid, ListingFailed, RemoteError
from harvest.parsing import parse_json, parse_xml
from portal.lib.http import MIB, Answer, FetchError, Limits, Refused, TooLarge, TooSlow, call, download
from portal.lib.retry_after import seconds_of

PORTS = frozenset(range(8000, 9001))  # beside those that are always called
TEMPORARY = frozenset([429, 500, 502, 503, 504])
RETRIED = frozenset([429, 502, 503, 504])
NOT_MODIFIED = 304
LONGEST_WAIT = 600  # seconds; what `Retry-After` may ask for
LONGEST_PAUSE = 60  # seconds between two tries
SECOND_LEVELS = frozenset(["ac", "co", "com", "edu", "go", "gob", "gouv", "gov", "net", "or", "org"])

Params = Mapping[str, Any] | list[tuple[str, Any]]


class Client:
    """Asks one remote. `url` is the source's; `key` is sent in `key_header`, to its host and nowhere else.

    `validators` is a JSON object kept from run to run: what conditional requests need. `tick` is called before each
    request and while waiting; it may raise to stop (a run that is cancelled or was taken over).
    """

    def __init__(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        key: str = "",
        key_header: str = "Authorization",
        validators: dict[str, Any] | None = None,
        tick: Callable[[], None] = lambda: None,
    ) -> None:
        self.url, self.host = url, _origin(url)
        self.headers = {"User-Agent": user_agent(), "Accept-Language": "fr, en;q=0.8, *;q=0.5", **(headers or {})}
        self.key, self.key_header = key, key_header
        self.validators = validators if validators is not None else {}
        self.seen: dict[str, dict[str, str]] = {}  # validators of this run
        self.tick = tick
        self.requests = 0
        self._next: dict[str, float] = {}  # host -> when it may be asked again

    # --- What backends call ----------------------------------------------------------------------------------

    def get(self, url: str, params: Params | None = None, *, accept: str = "*/*", conditional: bool = False) -> Answer:
        """Return the answer of status 200 (or 304, if `conditional` and unchanged). Raises RemoteError."""
        address = with_query(url, params)
        asked = self.validators.get(address, {}) if conditional else {}
        answer = self._ask(address, {"Accept": accept, **asked})
        if answer.status == NOT_MODIFIED and asked:
            self.seen[address] = asked
            return answer
        self._check(answer)
        if conditional:
            self._remember(address, answer)
        return answer

    def json(self, url: str, params: Params | None = None) -> Any:
        """Return what JSON the address answers. Raises RemoteError, ListingFailed."""
        return parse_json(self.get(url, params, accept="application/json, */*;q=0.5").body)

    def xml(self, url: str, params: Params | None = None) -> etree._Element:
        """Return the root of the XML that the address answers. Raises RemoteError, ListingFailed."""
        return parse_xml(self.get(url, params, accept="application/xml, text/xml, */*;q=0.5").body)

    def post(self, url: str, body: bytes, *, content_type: str, accept: str = "*/*") -> Answer:
        """Post a body, as CSW wants it; return the answer of status 200. Raises RemoteError."""
        answer = self._ask(url, {"Accept": accept, "Content-Type": content_type}, body=body)
        self._check(answer)
        return answer

    def attempt(self, url: str, params: Params | None = None, *, accept: str = "*/*") -> Answer:
        """Return the answer whatever its status. Raises RemoteError if there is none."""
        return self._ask(with_query(url, params), {"Accept": accept}, patient=False)

    @contextmanager
    def download(self, url: str, params: Params | None = None, *, accept: str = "*/*") -> Iterator[BinaryIO]:
        """Give a file with what is at the address, however large: it is on the disk. Raises RemoteError."""
        with tempfile.TemporaryFile() as file:
            answer = self._ask(with_query(url, params), {"Accept": accept}, into=file)
            self._check(answer)
            file.seek(0)
            yield file

    # --- How ---------------------------------------------------------------------------------------------------

    def _ask(
        self,
        url: str,
        headers: dict[str, str],
        *,
        body: bytes | None = None,
        into: BinaryIO | None = None,
        patient: bool = True,
    ) -> Answer:
        """Send one request, again after a pause where that may help. Raises RemoteError."""
        tries = settings.HARVEST_RETRIES if patient else 0
        for number in range(tries + 1):
            self._wait_for(url)
            last = number == tries
            try:
                answer = self._send(url, {**self.headers, **self._key_for(url), **headers}, body, into)
            except FetchError as error:
                found = _remote_error(error)
                if last or not found.temporary or found.too_slow:
                    raise found from error
                self._pause(number, "")
                continue
            if answer.status not in RETRIED or last:
                return answer
            self._pause(number, answer.headers.get("Retry-After", ""))
        raise AssertionError("unreachable")

    def _send(self, url: str, headers: dict[str, str], body: bytes | None, into: BinaryIO | None) -> Answer:
        self.requests += 1
        size = settings.HARVEST_PAGE_MIB if into is None else settings.HARVEST_EXPORT_MIB
        limits = Limits(size=size * MIB, seconds=settings.HARVEST_TIMEOUT, ports=PORTS)
        if into is None:
            answer = call(url, limits, headers=headers, body=body)
        else:
            into.seek(0)
            into.truncate()
            answer = download(url, into, limits, headers=headers)
        if site_of(answer.url) != site_of(url):
            raise Refused(f"{urlsplit(url).hostname} redirects to another site: {_short(answer.url)}.")
        return answer

    def _key_for(self, url: str) -> dict[str, str]:
        """Return the header with the source's key, for its own host alone."""
        return {self.key_header: self.key} if self.key and _origin(url) == self.host else {}

    def _wait_for(self, url: str) -> None:
        """Leave time between two requests to one host."""
        self.tick()
        host = urlsplit(url).hostname or ""
        delay = 0.0 if host in _allowed_hosts() else settings.HARVEST_HOST_DELAY
        now = time.monotonic()
        self._sleep(self._next.get(host, now) - now)
        self._next[host] = time.monotonic() + delay

    def _pause(self, number: int, retry_after: str) -> None:
        """Wait before another try: what the remote asks for, else 1, 2, 4… seconds, more or less."""
        asked = seconds_of(retry_after, timezone.now())
        usual = min(LONGEST_PAUSE, 2**number) * random.uniform(0.75, 1.25)  # noqa: S311 - spreads load
        self._sleep(min(LONGEST_WAIT, asked) if asked is not None else usual)

    def _sleep(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            time.sleep(min(left, 5))
            self.tick()

    def _check(self, answer: Answer) -> None:
        if answer.status != 200:
            host = urlsplit(answer.url).hostname
            raise RemoteError(
                f"{host} answers {answer.status}: {_short(answer.url)}",
                status=answer.status,
                temporary=answer.status in TEMPORARY,
            )

    def _remember(self, address: str, answer: Answer) -> None:
        found = {
            ours: answer.headers[theirs]
            for ours, theirs in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified"))
            if answer.headers.get(theirs) and len(answer.headers[theirs]) <= 1000
        }
        if found:
            self.seen[address] = found


def user_agent() -> str:
    """Return how the harvester names itself, with an address where its operator is found."""
    return f"udata-portal/{settings.VERSION} (harvester; +{settings.SITE_URL})"


def with_query(url: str, params: Params | None) -> str:
    """Return the address with these parameters added; those of value None are left out."""
    pairs = list(params.items() if isinstance(params, Mapping) else params or [])
    query = urlencode([(name, value) for name, value in pairs if value is not None], doseq=True)
    if not query:
        return url
    base, _mark, fragment = url.partition("#")
    return f"{base}{'&' if '?' in base else '?'}{query}{f'#{fragment}' if fragment else ''}"


def join(base: str, path: str) -> str:
    """Return `path` under `base`, whether or not `base` ends with a slash (its query and fragment are dropped)."""
    parts = urlsplit(base)
    return urljoin(parts._replace(path=parts.path.rstrip("/") + "/", query="", fragment="").geturl(), path)


def next_address(current: str, link: str) -> str:
    """Return where a `next` link leads, on the same host. Raises ListingFailed for another one."""
    address = urljoin(current, link.strip())
    if urlsplit(address).hostname != urlsplit(current).hostname:
        raise ListingFailed(f"The next page is on another host: {_short(address)}")
    return address


def site_of(url: str) -> str:
    """Return the registrable domain of an address: its last two labels, or three as in `x.gov.uk`."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    labels = host.split(".")
    if labels[-1].isdigit() or ":" in host:
        return host
    count = 3 if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in SECOND_LEVELS else 2
    return ".".join(labels[-count:])


def _origin(url: str) -> tuple[str, str, int | None]:
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname or "", parts.port
    except ValueError:
        raise ConfigInvalid("That is no address of the web.", field="url") from None


def _allowed_hosts() -> set[str]:
    return {name.partition(":")[0] for name in settings.OUTBOUND_ALLOWED_HOSTS}


def _remote_error(error: FetchError) -> RemoteError:
    too_large, too_slow = isinstance(error, TooLarge), isinstance(error, TooSlow)
    temporary = not isinstance(error, Refused) and not too_large
    return RemoteError(str(error.message), temporary=temporary, too_large=too_large, too_slow=too_slow)


def _short(url: str) -> str:
    """Return an address that may be shown: without user name and query, which may hold secrets."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()[:200]
