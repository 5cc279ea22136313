"""Where hits wait for the loader: one file for each process, to which lines are only ever added.

One `write` a hit, into the kernel's memory: it survives the death of the process, needs neither Redis nor PostgreSQL,
and costs microseconds. A loss of power loses the last seconds. A full disk loses hits, which are counted, never a page.

The writer holds a shared lock on its file (`flock`), which the kernel gives back however the process dies: the loader
removes what it has read to the end as soon as it gets the lock for itself.
"""

import fcntl
import os
import socket
from pathlib import Path
from threading import Lock
from time import monotonic, time_ns

from django.conf import settings

ENDING = ".ndjson"
MAX_SIZE = 64 * 1024**2  # bytes of one file
MAX_AGE = 300  # seconds that a file is written to


class Spool:
    """The file of this process. A fork gets one of its own."""

    def __init__(self, folder: Path | None = None, *, max_size: int = MAX_SIZE, max_age: float = MAX_AGE) -> None:
        self._folder, self.max_size, self.max_age = folder, max_size, max_age
        self._file = -1
        self._owner = self._size = 0
        self._opened = 0.0
        self._lock = Lock()
        self.dropped = 0  # hits that could not be written, not yet told to the loader

    @property
    def folder(self) -> Path:
        return self._folder or settings.STATS_SPOOL_DIR

    def write(self, line: bytes) -> None:
        """Add a line (without its end). Never raises: a hit that can't be written is counted as dropped."""
        with self._lock:
            try:
                self._write(line)
            except OSError:
                self.dropped += 1
                self._close()

    def _write(self, line: bytes) -> None:
        if self._owner != os.getpid() or self._size > self.max_size or monotonic() - self._opened > self.max_age:
            self._open()
        self._append(line)
        if self.dropped:
            self._append(b'{"dropped":%d}' % self.dropped)
            self.dropped = 0

    def _append(self, line: bytes) -> None:
        written = os.write(self._file, line + b"\n")
        self._size += written
        if written <= len(line):  # the disk is full: half a line stays, and the next one goes into another file
            raise OSError

    def _open(self) -> None:
        self._close()
        self.folder.mkdir(parents=True, exist_ok=True)
        name = f"{socket.gethostname()}-{os.getpid()}-{time_ns()}{ENDING}"
        self._file = os.open(self.folder / name, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o640)
        fcntl.flock(self._file, fcntl.LOCK_SH)
        self._owner, self._size, self._opened = os.getpid(), 0, monotonic()

    def _close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
        self._file, self._owner = -1, 0

    def close(self) -> None:
        """Leave the file to the loader; the next line begins another."""
        with self._lock:
            self._close()


def files(folder: Path) -> list[Path]:
    """Return the spool files, the oldest first."""
    if not folder.is_dir():
        return []
    return sorted(folder.glob(f"*{ENDING}"), key=lambda path: path.name.rpartition("-")[2])


def remove_if_done(path: Path, position: int) -> bool:
    """Remove a file that was loaded up to `position` if nobody writes to it and nothing follows but half a line."""
    try:
        file = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.lseek(file, position, os.SEEK_SET)
        if b"\n" in os.read(file, MAX_SIZE):
            return False
        path.unlink(missing_ok=True)
    except BlockingIOError:
        return False
    finally:
        os.close(file)
    return True


spool = Spool()
