"""Uploads to a real server process: `python -m bench.upload [--megabytes 1024]`.

The same number of bytes once in chunks and once whole, the memory of the server's processes watched all along: it may
grow by 64 MB at most. Then uploads are cut in the middle: nothing may stay behind. The portal runs on SQLite in a
folder of its own, which is removed.
"""

import argparse
import json
import os
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha1
from http.client import HTTPConnection
from pathlib import Path
from uuid import uuid4

from bench.server import SITE, serving, verdict

MEGABYTE = 1 << 20
CHUNK = 4 * MEGABYTE  # of an upload in parts
LIMIT = 64  # MB of growth
BLOCK = secrets.token_bytes(MEGABYTE)
PASSWORD = secrets.token_urlsafe(20) + "aA1"


def manage(*arguments: str, environment: dict[str, str]) -> str:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


class Memory:
    """The resident memory (MB) of a process with its children, sampled in a thread."""

    def __init__(self, pid: int) -> None:
        self.pid, self.highest, self.over = pid, 0.0, threading.Event()

    def now(self) -> float:
        return sum(self._of(pid) for pid in (self.pid, *self._children())) / 1024

    def _children(self) -> list[int]:
        text = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        return [int(pid) for pid in text.split()]

    @staticmethod
    def _of(pid: int) -> int:
        found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
        return int(found[1]) if found else 0

    @contextmanager
    def watched(self) -> Iterator[None]:
        self.highest = self.now()
        self.over.clear()
        thread = threading.Thread(target=self._sample)
        thread.start()
        try:
            yield
        finally:
            self.over.set()
            thread.join()

    def _sample(self) -> None:
        while not self.over.wait(0.02):
            self.highest = max(self.highest, self.now())


class Client:
    """Posts forms to one address of the portal, streaming them."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self.headers = port, {"X-API-KEY": token, "Accept": "application/json"}
        self.boundary = uuid4().hex

    def call(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, dict]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=600)
        connection.request(method, path, body, {**self.headers, **headers})
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, json.loads(text) if text else {}

    def frame(self, fields: dict[str, object], filename: str | None) -> tuple[bytes, bytes]:
        """Return what stands before and after the bytes of the file in a multipart body."""
        lines = [f'--{self.boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
                 for name, value in fields.items()]  # fmt: skip
        if filename:
            lines.append(f'--{self.boundary}\r\nContent-Disposition: form-data; name="file"; filename="{filename}"'
                         "\r\nContent-Type: application/octet-stream\r\n\r\n")  # fmt: skip
        return "".join(lines).encode(), f"\r\n--{self.boundary}--\r\n".encode()

    def post(self, path: str, fields: dict, filename: str | None = None, size: int = 0) -> tuple[int, dict]:
        """Send a form with a file of `size` bytes."""
        before, after = self.frame(fields, filename)
        kind = f"multipart/form-data; boundary={self.boundary}"
        length = str(len(before) + size + len(after))
        return self.call("POST", path, parts(before, size, after), **{"Content-Type": kind, "Content-Length": length})

    def cut(self, path: str, fields: dict[str, object], size: int) -> None:
        """Begin to send a file of `size` bytes, and hang up in the middle."""
        before, after = self.frame(fields, "cut.csv")
        length = len(before) + size + len(after)
        head = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {length}",
                f"Content-Type: multipart/form-data; boundary={self.boundary}",
                *(f"{name}: {value}" for name, value in self.headers.items())]  # fmt: skip
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            connection.sendall("\r\n".join(head).encode() + b"\r\n\r\n" + before)
            for _number in range(size // MEGABYTE // 2):
                connection.sendall(BLOCK)


def parts(before: bytes, size: int, after: bytes) -> Iterator[bytes]:
    yield before
    for start in range(0, size, MEGABYTE):
        yield BLOCK[: size - start]
    yield after


def in_chunks(client: Client, path: str, size: int) -> dict:
    """Upload a file in chunks; return the resource."""
    upload, total = str(uuid4()), -(-size // CHUNK)
    fields = {"uuid": upload, "filename": "big.csv", "totalparts": total, "chunksize": CHUNK}
    for index in range(total):
        length = min(CHUNK, size - index * CHUNK)
        more = {"partindex": index, "partbyteoffset": index * CHUNK}
        status, answer = client.post(path, {**fields, **more}, "blob", length)
        if status != 200:
            raise RuntimeError(f"part {index}: {status} {answer}")
    return checked(*client.post(path, fields), size)


def whole(client: Client, path: str, size: int) -> dict:
    return checked(*client.post(path, {}, "whole.csv", size), size)


def checked(status: int, answer: dict, size: int) -> dict:
    """Return the resource if it was made with the right size and hash. Raises RuntimeError."""
    digest = sha1(usedforsecurity=False)
    for start in range(0, size, MEGABYTE):
        digest.update(BLOCK[: size - start])
    if status != 201 or (answer["filesize"], answer["checksum"]["value"]) != (size, digest.hexdigest()):
        raise RuntimeError(f"{status} {answer}")
    return answer


def left(folder: Path) -> list[str]:
    """Return the files of uploads under the portal's folder."""
    kept = [folder / name for name in ("media", "chunks", "tmp")]
    return [str(file.relative_to(folder)) for one in kept for file in one.rglob("*") if file.is_file()]


@contextmanager
def portal(folder: Path) -> Iterator[tuple[Client, str, Memory]]:
    """Run a portal on SQLite in `folder`; give a client, the address of uploads of a dataset, and its memory."""
    (folder / "tmp").mkdir()
    keep = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
    ours = {**SITE, "DATA_DIR": str(folder), "TMPDIR": str(folder / "tmp"), "DEBUG": "on", "LOG_LEVEL": "CRITICAL",
            "API_RATE_UPLOADS": "100000/minute"}  # fmt: skip
    environment = keep | ours
    manage("migrate", "--verbosity", "0", environment=environment)
    told = manage("user", "create", "bench@example.org", "--first-name", "B", "--last-name", "Ench",
                  "--password", PASSWORD, "--token", environment=environment)  # fmt: skip
    with serving("portal.wsgi:application", **ours, DATABASE_URL=f"sqlite:///{folder / 'portal.sqlite3'}") as (
        port,
        pid,
    ):
        client = Client(port, told.split()[-1])
        body = json.dumps({"title": "Big", "description": "d"})
        _status, dataset = client.call("POST", "/api/1/datasets/", body, **{"Content-Type": "application/json"})
        path = f"/api/1/datasets/{dataset['id']}/upload/"
        checked(*client.post(path, {}, "warm.csv", CHUNK), CHUNK)  # what the first request loads is not growth
        yield client, path, Memory(pid)


def measure(folder: Path, size: int) -> tuple[dict[str, float], list[str]]:
    """Return the growth of the server (MB) for each kind of upload, and the files that cut ones left behind."""
    growth = {}
    with portal(folder) as (client, path, memory):
        for kind in (in_chunks, whole):
            before = memory.now()
            with memory.watched():
                kind(client, path, size)
            growth[kind.__name__] = memory.highest - before
        before = set(left(folder))
        client.cut(path, {}, 32 * MEGABYTE)
        client.cut(path, {"uuid": uuid4(), "filename": "c.csv", "partindex": 0, "totalparts": 2}, 32 * MEGABYTE)
        deadline = time.monotonic() + 10
        while set(left(folder)) - before and time.monotonic() < deadline:
            time.sleep(0.1)
        status, _answer = client.call("GET", path.removesuffix("upload/"))
        if status != 200:
            raise RuntimeError(f"the server answers {status} after a cut upload")
        return growth, sorted(set(left(folder)) - before)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.upload", description=__doc__)
    parser.add_argument("--megabytes", type=int, default=1024)
    megabytes = parser.parse_args().megabytes
    with tempfile.TemporaryDirectory() as name:
        growth, behind = measure(Path(name), megabytes * MEGABYTE)
    passed = [
        verdict(f"memory while {megabytes} MB arrive, {kind} (at most {LIMIT} MB more)", f"{more:.1f} MB", more < LIMIT)
        for kind, more in growth.items()
    ]
    passed.append(verdict("cut uploads leave nothing behind", str(behind or "nothing"), not behind))
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
