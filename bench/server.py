"""A real server on loopback for the benches, and a client that keeps it busy."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection

START_SECONDS = 30
# What the served portal needs in production mode, on loopback.
SITE = {"SECRET_KEY": "bench-only-key-for-loopback-0123456789-abcdefghijklmnopqrstuvwxyz", "LOG_LEVEL": "ERROR"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(application: str, **environment: str) -> Iterator[tuple[int, int]]:
    """Serve `application` (module:name) by granian with one worker; give its port and its process id."""
    port = free_port()
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1", "--blocking-threads", "1", "--no-access-log", "--log-level", "error", application,
    ]  # fmt: skip
    process = subprocess.Popen(command, env={**os.environ, "DEBUG": "off", **environment})
    try:
        _wait(port)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(f"no server on port {port} after {START_SECONDS} s")


def rate(port: int, path: str | Callable[[], str], *, seconds: float = 4.0, connections: int = 4) -> float:
    """Return the answers per second to GETs of `path` (or of what it gives each time), over kept-alive connections.

    Raises RuntimeError for any other status than 200.
    """
    deadline = time.monotonic() + seconds

    def work(_number: int) -> int:
        connection, done = HTTPConnection("127.0.0.1", port, timeout=60), 0
        while time.monotonic() < deadline:
            address = path if isinstance(path, str) else path()
            connection.request("GET", address, headers={"Accept": "application/json"})
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{address}: {answer.status}")
            done += 1
        connection.close()
        return done

    started = time.monotonic()
    with ThreadPoolExecutor(connections) as pool:
        done = sum(pool.map(work, range(connections)))
    return done / (time.monotonic() - started)


def verdict(label: str, value: str, passed: bool) -> bool:
    print(f"  {'PASS' if passed else 'FAIL'}  {label}: {value}")
    return passed
