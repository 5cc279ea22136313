"""A file of the catalogue on this host's disk: the hosted one where it is, a copy of a remote one.

Copies are bounded each (PREVIEW_MAX_SIZE, PREVIEW_TIMEOUT) and together (PREVIEW_CACHE_SIZE: the least read go
first). A copy is asked for again after PREVIEW_MAX_AGE, by its ETag or date. Who may read a file is decided before:
callers get it from `visible_to`.
"""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from time import time, time_ns

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from catalog.models.resource import FileModel
from portal.lib.addresses import WEB
from portal.lib.errors import ServiceError
from portal.lib.http import FetchError, Limits, download
from portal.lib.locks import lock

NOT_MODIFIED = 304
OK = 200
CHUNK = 1 << 20  # bytes


class NoCopy(ServiceError):
    """The file cannot be had: the message says why."""


class Fetching(ServiceError):
    """Another request is fetching the file at this moment."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A file on disk. `version` changes with its bytes."""

    path: Path
    version: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Whence a copy came; what its server calls that version; when it was last asked for (seconds of the epoch)."""

    url: str
    etag: str
    last_modified: str
    fetched_at: float


def local_copy(found: FileModel) -> Copy:
    """Return the file on this host's disk, fetched if it must be. Raises NoCopy, Fetching."""
    if found.file:
        return _hosted(found)
    if not found.url.lower().startswith(WEB):
        raise NoCopy(_("Only files of the web can be looked into."))
    body, notes = _places(found)
    origin = _origin(notes)
    if _is_fresh(origin, found.url, body):
        os.utime(body, ns=(time_ns(), body.stat().st_mtime_ns))
        return _copy_at(body)
    with _alone(body.with_suffix(".lock")):
        _fetch(found.url, body, notes, origin)
        make_room(keep=body)
    return _copy_at(body)


def copy_at_hand(found: FileModel) -> Copy | None:
    """Return the file if it is on disk already, however old, without asking anybody; else None."""
    if found.file:
        with suppress(NoCopy):
            return _hosted(found, fetch=False)
        return None
    body, notes = _places(found)
    origin = _origin(notes)
    return _copy_at(body) if origin is not None and origin.url == found.url and body.exists() else None


def make_room(*, keep: Path | None = None) -> None:
    """Delete the copies read the longest ago until all of them take at most PREVIEW_CACHE_SIZE; never `keep`."""
    seen = []
    for body in settings.PREVIEW_DIR.glob("*.body"):
        with suppress(FileNotFoundError):  # another process made room as well
            seen.append((body.stat().st_atime, body.stat().st_size, body))
    total = sum(size for _read_at, size, _body in seen)
    for _read_at, size, body in sorted(seen):
        if total <= settings.PREVIEW_CACHE_SIZE:
            return
        if body != keep:
            body.unlink(missing_ok=True)
            body.with_suffix(".json").unlink(missing_ok=True)
            total -= size


def _hosted(found: FileModel, *, fetch: bool = True) -> Copy:
    """A hosted file where it lies. One of a remote storage is copied, once for each of its names."""
    try:
        return _copy_at(Path(found.file.path))
    except FileNotFoundError as error:
        raise NoCopy(_("The file is missing.")) from error
    except NotImplementedError:
        body, _notes = _places(found)
    if not body.exists():
        if not fetch or found.file.size > settings.PREVIEW_MAX_SIZE:
            raise NoCopy(_("The file is too large to be looked into."))
        with _alone(body.with_suffix(".lock")), found.file.open("rb") as source, _written(body) as target:
            for part in source.chunks(CHUNK):
                target.write(part)
        make_room(keep=body)
    return _copy_at(body)


def _places(found: FileModel) -> tuple[Path, Path]:
    """Return where the copy of a file lies, and the notes on it. An address that changes makes another copy."""
    settings.PREVIEW_DIR.mkdir(parents=True, exist_ok=True)
    name = sha256(f"{found.pk} {found.file.name or found.url}".encode()).hexdigest()
    return settings.PREVIEW_DIR / f"{name}.body", settings.PREVIEW_DIR / f"{name}.json"


def _copy_at(path: Path) -> Copy:
    facts = path.stat()
    return Copy(path, sha256(f"{path} {facts.st_size} {facts.st_ino} {facts.st_mtime_ns}".encode()).hexdigest()[:32])


def _origin(notes: Path) -> Origin | None:
    try:
        return Origin(**json.loads(notes.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):  # none yet, or one that was cut short
        return None


def _is_fresh(origin: Origin | None, url: str, body: Path) -> bool:
    if origin is None or origin.url != url or not body.exists():
        return False
    return time() - origin.fetched_at < settings.PREVIEW_MAX_AGE


def _fetch(url: str, body: Path, notes: Path, origin: Origin | None) -> None:
    """Fetch the file, or learn that the copy is still good. An old copy stays if its server has none to give."""
    known = origin if origin is not None and body.exists() else None
    asked = {}
    if known and known.etag:
        asked["If-None-Match"] = known.etag
    if known and known.last_modified:
        asked["If-Modified-Since"] = known.last_modified
    limits = Limits(size=settings.PREVIEW_MAX_SIZE, seconds=settings.PREVIEW_TIMEOUT)
    try:
        with _written(body) as target:
            answer = download(url, target, limits, headers=asked)
            if answer.status != OK:
                raise _Unwanted(answer.status)
    except FetchError as error:
        raise NoCopy(error.message) from error
    except _Unwanted as error:
        if error.status != NOT_MODIFIED or known is None:
            raise NoCopy(_("The server of the file answers %(status)s.") % {"status": error.status}) from error
        fresh = Origin(url, known.etag, known.last_modified, time())
    else:
        fresh = Origin(url, answer.headers.get("ETag", ""), answer.headers.get("Last-Modified", ""), time())
    with _written(notes) as target:
        target.write(json.dumps(asdict(fresh)).encode())


class _Unwanted(Exception):
    """An answer whose body is not the file."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@contextmanager
def _written(path: Path) -> "Iterator[NamedTemporaryFile]":
    """Give a file to write, which takes the place of `path` at the end if nothing went wrong."""
    with NamedTemporaryFile(dir=path.parent, prefix="part-", delete=False) as target:
        part = Path(target.name)
        try:
            yield target
            target.flush()
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold the lock of a file among all processes of this host. Raises Fetching if another has it."""
    with ExitStack() as held:
        try:
            held.enter_context(lock(path))
        except BlockingIOError as error:
            raise Fetching(_("The file is being fetched. Come back in a moment.")) from error
        yield
