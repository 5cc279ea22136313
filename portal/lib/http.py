"""Fetching from the web: the one door. Nothing else in the project opens an address.

`call` is for what a visitor, a publisher or a harvest source asks for: the public Internet alone, checked on the very
address that is connected to, at each redirect, within limits of time and size that hold whatever the other side does.
`fetch` is for an operator's command, who may well reach her company's own network.
"""

import base64
import http.client
import re
import socket
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as LookupTimeout
from dataclasses import dataclass, field
from time import monotonic
from typing import BinaryIO
from urllib.parse import quote, unquote, urlencode, urljoin, urlsplit

from django.conf import settings

from portal.lib.decoding import Decoder, EncodingRefused
from portal.lib.errors import ServiceError
from portal.lib.networks import may_call
from portal.lib.timed import TimedSocket

TIMEOUT = 30  # seconds without a byte
CHUNK = 1 << 20  # bytes
BLOCK = 1 << 16  # bytes
MIB = 1 << 20
PORTS = frozenset([80, 443, 8080, 8443])
DEFAULT_PORTS = {"http": 80, "https": 443}
MAX_URL = 8000  # characters
REDIRECTS = frozenset([301, 302, 303, 307, 308])
KEPT_ELSEWHERE = frozenset(["accept", "accept-language", "user-agent"])  # headers that another host may see
RESERVED = "/?#[]%:@!$&'()*+,;=~-._"  # characters of addresses that stay as they are
UNSAFE = re.compile(r"[\x00-\x20\x7f\\\ud800-\udfff]")
NUMERIC = re.compile(r"(0x[0-9a-f]*|[0-9]+)\.?", re.IGNORECASE)  # the last label of what is no name
DECIMAL = re.compile(r"(0|[1-9][0-9]{0,2})(\.(0|[1-9][0-9]{0,2})){3}")


class FetchError(ServiceError):
    """The document could not be fetched; the message says why."""


class Refused(FetchError):
    """The portal does not call that address."""


class TooLarge(FetchError):
    """The answer has more bytes than the caller wants."""


class TooSlow(FetchError):
    """The answer did not come in time."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a call may go. `private` allows a company's own network; None leaves that to URLS_ALLOW_PRIVATE."""

    size: int = 10 * MIB  # bytes of the body, once decoded
    seconds: float = 30  # in all, redirects included
    redirects: int = 5
    ports: frozenset[int] = frozenset()  # beside PORTS
    private: bool | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, from the last address of the redirects."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Target:
    """One address, taken apart and found fit to be called."""

    scheme: str
    host: str
    port: int
    path: str
    credentials: str = field(default="", repr=False)

    @property
    def origin(self) -> tuple[str, str, int]:
        return self.scheme, self.host, self.port

    @property
    def name(self) -> str:
        """The host as the `Host` header has it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


LIMITS = Limits()


def call(
    url: str,
    limits: Limits = LIMITS,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
    body: bytes | None = None,
) -> Answer:
    """Call `url`, and return the answer whatever its status. Raises FetchError (Refused, TooLarge, TooSlow).

    A `form` or a `body` is posted. Proxies, `.netrc` and cookies are not read. A name and password in the address are
    sent to its host. A host that a redirect leads to gets none of the caller's headers that say who calls, and what is
    posted is sent nowhere else.
    """
    sent = dict(headers or {})
    if form is not None:
        body, sent["Content-Type"] = urlencode(form).encode(), "application/x-www-form-urlencoded"
    return _follow(url, limits, "POST" if body is not None else method, sent, body)


def download(url: str, into: BinaryIO, limits: Limits = LIMITS, *, headers: Mapping[str, str] | None = None) -> Answer:
    """Write what is at `url` into a file, in constant memory; the answer has no body. Raises FetchError as `call`."""

    def store(exchange: "_Exchange", response: http.client.HTTPResponse) -> bytes:
        for part in exchange.parts(response, limits.size):
            into.write(part)
        return b""

    return _follow(url, limits, "GET", dict(headers or {}), None, store)


def peek(
    url: str, limits: Limits = LIMITS, *, method: str = "HEAD", headers: Mapping[str, str] | None = None
) -> Answer:
    """Ask `url` whether it answers: the answer's body is not read, however long. Raises FetchError as `call`."""
    return _follow(url, limits, method, dict(headers or {}), None, lambda exchange, response: b"")


def _read_whole(exchange: "_Exchange", response: http.client.HTTPResponse) -> bytes:
    return b"".join(exchange.parts(response, exchange.limits.size))


def _follow(
    url: str,
    limits: Limits,
    method: str,
    headers: Mapping[str, str],
    body: bytes | None,
    read: "Callable[[_Exchange, http.client.HTTPResponse], bytes]" = _read_whole,
) -> Answer:
    """Send a request, go where redirects lead, and give the last answer to `read`."""
    deadline = monotonic() + limits.seconds
    sent = {"User-Agent": f"udata-portal/{settings.VERSION}", **headers}
    target = _target(url, limits)
    for _step in range(limits.redirects + 1):
        with _Exchange(target, limits, deadline) as exchange:
            response = exchange.send(method, sent, body)
            location = response.headers.get("Location", "")
            if response.status not in REDIRECTS or not location:
                return Answer(url, response.status, response.headers, read(exchange, response))
        if body is not None:
            raise FetchError(f"{target.host} answers a form with a redirect.")
        url = urljoin(url, quote(location.strip().encode("latin-1"), safe=RESERVED))
        target, previous = _target(url, limits), target
        if target.origin != previous.origin:
            sent = {name: value for name, value in sent.items() if name.lower() in KEPT_ELSEWHERE}
    raise FetchError(f"{target.host} redirects more than {limits.redirects} times.")


def _target(url: str, limits: Limits) -> Target:
    """Take `url` apart. Raises Refused for what is not to be called, by its form alone."""
    try:
        if len(url) > MAX_URL or UNSAFE.search(url):
            raise ValueError
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        if not host.isascii():
            host = host.encode("idna").decode("ascii")
    except ValueError:
        raise Refused("That is no address of the web.") from None
    if parts.scheme not in DEFAULT_PORTS or not host or "%" in host:
        raise Refused("Only addresses of the web (http, https) are called.")
    if NUMERIC.fullmatch(host.rstrip(".").rpartition(".")[2]) and not DECIMAL.fullmatch(host):
        raise Refused(f"{host} is a number in a form that hides it.")
    port = port if port is not None else DEFAULT_PORTS[parts.scheme]
    if port not in PORTS | limits.ports and not _is_allowed(host, port):
        raise Refused(f"Port {port} is not called.")
    path, query = quote(parts.path or "/", safe=RESERVED), quote(parts.query, safe=RESERVED)
    credentials = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}" if parts.username else ""
    return Target(parts.scheme, host, port, f"{path}?{query}" if query else path, credentials)


def _is_allowed(host: str, port: int) -> bool:
    """Tell whether the operator lets the portal call that host, whatever its network and port."""
    return not {host, f"{host}:{port}"}.isdisjoint(settings.OUTBOUND_ALLOWED_HOSTS)


def addresses_of(target: Target, limits: Limits, deadline: float) -> Iterator[tuple[int, str]]:
    """Give the IP addresses of a host that may be called, with their family. Raises Refused if there is none."""
    lookup = ThreadPoolExecutor(1, thread_name_prefix="lookup")  # the system's own has no time limit that we may set
    try:
        job = lookup.submit(socket.getaddrinfo, target.host, target.port, type=socket.SOCK_STREAM)
        found = job.result(timeout=max(0.0, deadline - monotonic()))
    except LookupTimeout:
        raise TooSlow(f"The name {target.host} is not found in time.") from None
    except (OSError, UnicodeError) as error:
        raise FetchError(f"The name {target.host} is unknown.") from error
    finally:
        lookup.shutdown(wait=False)
    private = settings.URLS_ALLOW_PRIVATE if limits.private is None else limits.private
    private = private or _is_allowed(target.host, target.port)
    allowed = [(family, place[0]) for family, *_rest, place in found if may_call(str(place[0]), private=private)]
    if not allowed:
        raise Refused(f"{target.host} is not on the public Internet.")
    yield from dict.fromkeys(allowed)


class _Exchange:
    """One request and its answer, over a connection of its own."""

    def __init__(self, target: Target, limits: Limits, deadline: float) -> None:
        self.target, self.limits, self.deadline = target, limits, deadline
        self.socket: TimedSocket | None = None

    def __enter__(self) -> "_Exchange":
        self.socket = self._connect()
        return self

    def __exit__(self, *details: object) -> None:
        if self.socket is not None:
            self.socket.end()

    def _connect(self) -> TimedSocket:
        """Connect to the first address that answers. The address checked is the one connected to."""
        problem: Exception | None = None
        for family, address in addresses_of(self.target, self.limits, self.deadline):
            plain = socket.socket(family, socket.SOCK_STREAM)
            try:
                plain.settimeout(self._left())
                plain.connect((address, self.target.port))
                return TimedSocket(self._secure(plain), self.deadline)
            except (OSError, ValueError) as error:  # ssl raises ValueError for a name that no certificate can have
                plain.close()
                problem = error
        if monotonic() >= self.deadline:
            raise TooSlow(f"{self.target.host} does not answer in time.") from problem
        raise FetchError(f"{self.target.host} cannot be reached: {_reason(problem)}.") from problem

    def _secure(self, plain: socket.socket) -> socket.socket:
        if self.target.scheme == "http":
            return plain
        return ssl.create_default_context().wrap_socket(plain, server_hostname=self.target.host)

    def _left(self) -> float:
        left = self.deadline - monotonic()
        if left <= 0:
            raise TooSlow(f"{self.target.host} does not answer in time.")
        return left

    def send(self, method: str, headers: Mapping[str, str], body: bytes | None) -> http.client.HTTPResponse:
        """Send the request, and return the answer once its headers are there."""
        connection = http.client.HTTPConnection(self.target.host, self.target.port)
        connection.sock = self.socket  # type: ignore[assignment] # it has what http.client asks for
        own = {"Host": self.target.name, "Accept-Encoding": "gzip, deflate", "Connection": "close"}
        if self.target.credentials:
            word = base64.b64encode(self.target.credentials.encode()).decode()
            own["Authorization"] = f"Basic {word}"
        if body is not None:
            own["Content-Length"] = str(len(body))
        try:
            connection.putrequest(method, self.target.path, skip_host=True, skip_accept_encoding=True)
            for name, value in {**headers, **own}.items():
                connection.putheader(name, value)
            connection.endheaders(body)
            return connection.getresponse()
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise self._problem(error) from error

    def parts(self, response: http.client.HTTPResponse, limit: int) -> Iterator[bytes]:
        """Give the decoded body as it comes. Raises TooLarge, TooSlow, FetchError."""
        size = 0
        try:
            decoder = Decoder(response.headers.get("Content-Encoding", ""))
            while block := response.read1(BLOCK):
                for part in decoder.decode(block):
                    size += len(part)
                    if size > limit:
                        raise TooLarge(f"{self.target.host} sends more than {limit} bytes.")
                    yield part
            if response.length:
                raise FetchError(f"{self.target.host} stopped before the end.")
            decoder.finish()
        except EncodingRefused as error:
            raise FetchError(f"{self.target.host} sends a body that cannot be decoded.") from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise self._problem(error) from error

    def _problem(self, error: Exception) -> FetchError:
        if isinstance(error, TimeoutError) or monotonic() >= self.deadline:
            return TooSlow(f"{self.target.host} does not answer in time.")
        return FetchError(f"{self.target.host} cannot be read: {_reason(error)}.")


def _reason(error: Exception | None) -> str:
    """Return what went wrong in a few words, without what the other side wrote."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not valid ({error.verify_message})"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__


# --- For operators -----------------------------------------------------------------------------------------

# Only these two protocols, redirects included: urllib's default opener would also read files and FTP.
_opener = urllib.request.OpenerDirector()
for _handler in (
    urllib.request.ProxyHandler,
    urllib.request.UnknownHandler,
    urllib.request.HTTPHandler,
    urllib.request.HTTPSHandler,
    urllib.request.HTTPDefaultErrorHandler,
    urllib.request.HTTPRedirectHandler,
    urllib.request.HTTPErrorProcessor,
):
    _opener.add_handler(_handler())


def fetch(url: str, *, limit: int, timeout: float = TIMEOUT) -> bytes:
    """Return the body at `url`, of at most `limit` bytes. Raises FetchError."""
    try:
        with _opener.open(url, timeout=timeout) as response:
            return _read(response, limit)
    except urllib.error.HTTPError as error:
        with error:
            raise FetchError(f"{url} answers {error.code}.") from error
    except urllib.error.URLError as error:
        raise FetchError(f"{url} cannot be reached: {error.reason}.") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise FetchError(f"{url} cannot be read: {error}.") from error


def _read(response: http.client.HTTPResponse, limit: int) -> bytes:
    parts, size = [], 0
    while part := response.read(CHUNK):
        size += len(part)
        if size > limit:
            raise FetchError(f"The document has more than {limit} bytes.")
        parts.append(part)
    return b"".join(parts)
