"""How many requests a caller may make: counted on Redis for all processes, or in memory without it.

Counting is one atomic step (a script on Redis, a lock in memory), so that no crowd of parallel requests slips
through between reading and writing the counter; DRF's own throttles let it.
"""

import logging
from functools import cache
from math import ceil, floor
from threading import Lock
from time import monotonic
from typing import Any, NamedTuple

from django.conf import settings
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, RedisStorage
from redis.exceptions import NoScriptError, RedisError
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from portal.lib.api.errors import Unavailable
from portal.lib.clients import network_of

logger = logging.getLogger(__name__)

KEY_PREFIX = "portal:throttle"
TIMEOUT = 1  # seconds: a lost Redis must not hang the API
PAUSE = 5  # seconds without asking a Redis that did not answer
FAIL_CLOSED = {"login", "contact"}  # guessing passwords and sending mails: refused while nothing can be counted


class Verdict(NamedTuple):
    """What the counter says: numbers are requests, `reset` and `wait` are seconds."""

    allowed: bool
    limit: int
    remaining: int
    reset: int
    wait: float


class Window(NamedTuple):
    """The two windows that a sliding count is weighed from: the hits of each, and the seconds it lives on."""

    previous: int
    previous_ttl: float
    current: int
    current_ttl: float


class Counter:
    """Counts in memory: one process, the embedded mode."""

    def __init__(self) -> None:
        self.storage = MemoryStorage()
        self.lock = Lock()

    def acquire(self, key: str, limit: int, period: int) -> tuple[bool, Window]:
        """Count one hit if there is room; return whether there was, and the windows as they are now."""
        with self.lock:
            allowed = self.storage.acquire_sliding_window_entry(key, limit, period)
            return allowed, Window(*self.storage.get_sliding_window(key, period))


class RedisCounter:
    """Counts on Redis with the scripts of `limits`, both sent at once: one round trip a request."""

    def __init__(self, url: str, prefix: str = KEY_PREFIX) -> None:
        options = {"socket_connect_timeout": TIMEOUT, "socket_timeout": TIMEOUT}
        self.storage = RedisStorage(url, key_prefix=prefix, **options)
        self.closed_until = 0.0

    def acquire(self, key: str, limit: int, period: int) -> tuple[bool, Window]:
        """As `Counter.acquire`. Raises RedisError if Redis does not answer."""
        if monotonic() < self.closed_until:
            raise RedisError("Redis did not answer a moment ago.")
        try:
            try:
                return self._send(key, limit, period)
            except NoScriptError:  # first use, or Redis was started anew
                for script in (self.storage.lua_acquire_sliding_window, self.storage.lua_sliding_window):
                    self.storage.get_connection().script_load(script.script)
                return self._send(key, limit, period)
        except RedisError:
            self.closed_until = monotonic() + PAUSE
            logger.exception("Requests can't be counted: Redis does not answer.")
            raise

    def _send(self, key: str, limit: int, period: int) -> tuple[bool, Window]:
        storage = self.storage
        keys = [storage.prefixed_key(f"{{{key}}}{suffix}") for suffix in ("/-1", "")]
        pipeline = storage.get_connection().pipeline(transaction=False)
        pipeline.evalsha(storage.lua_acquire_sliding_window.sha, 2, *keys, limit, period, 1)
        pipeline.evalsha(storage.lua_sliding_window.sha, 2, *keys, period)
        allowed, (previous, previous_ttl, current, current_ttl) = pipeline.execute()
        before, now = max(0, previous_ttl or 0) / 1000, max(0, current_ttl or 0) / 1000
        return bool(allowed), Window(int(previous or 0), before, int(current or 0), now)


_counters: dict[tuple[str, str], Counter | RedisCounter] = {}
_making = Lock()


def counter_at(url: str, prefix: str = KEY_PREFIX) -> Counter | RedisCounter:
    """Return the one counter of this process for that Redis (empty: memory), made at the first call."""
    found = _counters.get((url, prefix))
    if found is None:
        with _making:  # the first requests of a process come in parallel, and must not count apart
            found = _counters.get((url, prefix)) or (RedisCounter(url, prefix) if url else Counter())
            _counters[url, prefix] = found
    return found


@cache
def read_rate(text: str) -> RateLimitItem | None:
    """Return the rate that `3000/minute` names, or None for none: empty or 0."""
    return None if text.strip() in ("", "0") else parse(text)


def count(scope: str, caller: str) -> Verdict | None:
    """Count one request of `caller` in `scope`; None where no rate is set. Raises RedisError."""
    rate = read_rate(settings.API_RATES.get(scope, ""))
    if rate is None:
        return None
    limit, period = rate.amount, rate.get_expiry()
    counter = counter_at(settings.REDIS_URL, settings.API_RATES_PREFIX)
    allowed, window = counter.acquire(f"{scope}:{caller}", limit, period)
    used = floor(window.previous * window.previous_ttl / period) + window.current
    reset = max(0.0, window.current_ttl - period)  # the current window lives twice its length: it becomes the previous
    fades = window.previous and window.current < limit
    return Verdict(allowed, limit, max(0, limit - used), ceil(reset), period / window.previous if fades else reset)


def caller_of(request: Request) -> str:
    """Return what stands for the caller: her account, whichever token she uses; else the network she comes from."""
    if request.user and request.user.is_authenticated:
        return f"user:{request.user.pk}"
    return f"net:{network_of(request._request)}"


def scope_of(request: Request, view: Any) -> str:
    """Return the scope of a request: for a POST the view's `throttle_scope`, if any; else reads and writes apart."""
    scope = getattr(view, "throttle_scope", "")
    if scope and request.method == "POST":
        return scope
    if request.method not in SAFE_METHODS:
        return "writes"
    return "authenticated" if request.user and request.user.is_authenticated else "anonymous"


class CallerThrottle(BaseThrottle):
    """Counts each request of the API; the rates are API_RATES.

    While Redis does not answer, requests pass uncounted, but for those in FAIL_CLOSED, which are told 503.
    """

    verdict: Verdict | None = None

    def allow_request(self, request: Request, view: Any) -> bool:
        scope = scope_of(request, view)
        try:
            self.verdict = count(scope, caller_of(request))
        except RedisError as error:
            if scope in FAIL_CLOSED:
                raise Unavailable(wait=PAUSE) from error
            return True
        request._request.rate_limit = self.verdict
        return self.verdict is None or self.verdict.allowed

    def wait(self) -> float | None:
        return max(1.0, self.verdict.wait) if self.verdict else None
