"""Files that publishers upload: checked, named harmlessly, hashed as they stream, whole or in chunks.

Nothing is read whole into memory. A file is kept under its final name only once it is complete; whatever fails after
that removes it again, and chunks that nobody joined are swept after a day.
"""

import hashlib
import mimetypes
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import Dataset, Resource
from catalog.models.activity import ActivityKey
from catalog.models.formats import EXTENSIONS
from catalog.models.resource import FileModel
from catalog.models.vocabulary import ChecksumType, FileType, ResourceType
from catalog.services import files, resources
from catalog.services.proposing import gate
from portal.lib.errors import ServiceError
from portal.lib.slugs import normalize
from portal.models import User

BLOCK = 1 << 20  # bytes read at once
HEAD = 1024  # bytes looked at to know a page in disguise
# What may stand before the first element: a byte order mark, spaces, an XML declaration, comments.
HTML = re.compile(
    rb"^(\xef\xbb\xbf)?\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype\s+html|html|script|body|head|iframe)\b",
    re.IGNORECASE | re.DOTALL,
)
MAX_PARTS = 100_000
DOUBLE = ("tar.gz", "tar.bz2", "tar.xz", "csv.gz", "json.gz", "geojson.gz", "xml.gz", "ndjson.gz")


class NotAllowed(ServiceError):
    """A kind of file that the portal does not host."""


class HtmlRefused(NotAllowed):
    """A web page: a browser would run it."""


class Stored(NamedTuple):
    """A file as it was kept. `name` is its place in the storage."""

    name: str
    title: str
    extension: str
    mime: str
    size: int
    sha1: str


def neutral_name(name: str) -> tuple[str, str]:
    """Return a harmless name for a file and its extension. Raises NotAllowed for an extension that is not hosted."""
    last = re.split(r"[/\\]", name.replace("\x00", ""))[-1].strip()
    stem, _dot, extension = last.rpartition(".")
    extension = extension.lower() if stem else ""
    double = next((one for one in DOUBLE if last.lower().endswith(f".{one}")), None)
    if double:
        stem, extension = last[: -len(double) - 1], double
    if extension.rpartition(".")[2] not in EXTENSIONS:
        raise NotAllowed(_("File format not allowed"))
    return f"{normalize(stem)[:150] or 'file'}.{extension}", extension


def store(blocks: Iterable[bytes], name: str, *, folder: str) -> Stored:
    """Keep a file, which the caller forgets if its write fails. Raises NotAllowed, HtmlRefused, ServiceError."""
    title, extension = neutral_name(name)
    temporary = _chunks_folder() / f"upload-{uuid4().hex}"
    digest, size, head = hashlib.sha1(usedforsecurity=False), 0, b""
    temporary.parent.mkdir(parents=True, exist_ok=True)
    try:
        with temporary.open("xb") as file:
            for block in blocks:
                if len(head) < HEAD:  # the first parts may be of a few bytes each
                    head += block[: HEAD - len(head)]
                    _refuse_html(head, extension)
                size += len(block)
                if size > settings.UPLOAD_MAX_SIZE:
                    raise ServiceError(_("The file is larger than what this portal hosts"))
                digest.update(block)
                file.write(block)
        place = f"resources/{folder}/{timezone.now():%Y%m%d-%H%M%S}/{title}"
        with temporary.open("rb") as file:
            kept = default_storage.save(place, File(file))
    finally:
        temporary.unlink(missing_ok=True)
    mime = mimetypes.guess_type(title)[0] or "application/octet-stream"
    return Stored(kept, title, extension, mime, size, digest.hexdigest())


def _refuse_html(head: bytes, extension: str) -> None:
    """A page is not hosted, whatever its name says: a browser that guesses would run it."""
    text = head.replace(b"\x00", b"").lstrip(b"\xff\xfe")  # of UTF-16, too
    if extension not in ("txt", "xml", "rdf", "owl") and HTML.match(text):
        raise HtmlRefused(_("Incorrect file content type: HTML"))


def fill(item: FileModel, stored: Stored) -> dict[str, Any]:
    """Put what is known of a kept file in the columns of `item` (not saved)."""
    item.filetype, item.file = FileType.FILE, stored.name
    item.url = f"{settings.SITE_URL}{item.file.url}" if item.file.url.startswith("/") else item.file.url
    item.format, item.mime, item.filesize = stored.extension.rpartition(".")[2], stored.mime, stored.size
    item.checksum_type, item.checksum_value = ChecksumType.SHA1, stored.sha1
    item.last_modified_internal = timezone.now()
    return {"format": item.format, "mime": item.mime, "filesize": item.filesize}


def forget(stored: Stored) -> None:
    """Remove a kept file that no row names, since the write failed."""
    default_storage.delete(stored.name)


@contextmanager
def written(stored: Stored) -> Iterator[None]:
    """One transaction, in which rows come to name a kept file; the file is removed if it fails."""
    try:
        with transaction.atomic():
            yield
    except BaseException:
        forget(stored)
        raise


@gate.held(answer=lambda _dataset, row: row)
@transaction.atomic
def add(dataset: Dataset, stored: Stored, *, by: User) -> Resource:
    """Make a kept file the first resource of a dataset, whose row is locked."""
    row = resources.create(dataset, {"title": stored.title, "type": ResourceType.MAIN}, by=by)
    fill(row, stored)
    row.save()
    resources.refresh(dataset)
    return row


@gate.held(lambda item: item.dataset)
@transaction.atomic
def renew(item: Resource, stored: Stored, *, by: User) -> None:
    """Put another file in the place of a resource's, and note it; the dataset's row is locked."""
    replace(item, stored)
    resources.note(item.dataset, [item], ActivityKey.RESOURCE_UPDATED, by, changes=["url"])


@transaction.atomic
def replace(item: FileModel, stored: Stored) -> None:
    """Put another file in the place of a hosted one; the old one is deleted once that is committed."""
    old = item.file
    files.forget_file(type(old)(item, old.field, old.name))
    fill(item, stored)
    item.save()


# --- Chunks ------------------------------------------------------------------------------------------------


def _chunks_folder() -> Path:
    return Path(settings.DATA_DIR) / "chunks"


def chunk_folder(owner: str, upload: str) -> Path:
    """Return where the parts of an upload wait: the id is the client's, so its owner is part of the path.

    Raises ServiceError for an id that is no UUID.
    """
    try:
        return _chunks_folder() / owner / UUID(upload).hex
    except ValueError:
        raise ServiceError(_("Invalid upload identifier")) from None


def keep_part(owner: str, upload: str, index: int, total: int, part: Iterable[bytes]) -> None:
    """Keep one part of an upload; sent again, it replaces itself. Raises ServiceError."""
    if not 0 <= index < total <= MAX_PARTS:
        raise ServiceError(_("Invalid part number"))
    folder = chunk_folder(owner, upload)
    folder.mkdir(parents=True, exist_ok=True)
    temporary, size = folder / f"{index}.part", 0
    room = settings.UPLOAD_MAX_SIZE - sum(one.stat().st_size for one in folder.iterdir() if one.suffix == "")
    try:
        with temporary.open("wb") as file:
            for block in part:
                size += len(block)
                if size > room:
                    raise ServiceError(_("The file is larger than what this portal hosts"))
                file.write(block)
        temporary.replace(folder / str(index))
    finally:
        temporary.unlink(missing_ok=True)


def joined(owner: str, upload: str, total: int) -> Iterator[bytes]:
    """Give the blocks of all parts, in order. Raises ServiceError if one is missing."""
    folder = chunk_folder(owner, upload)
    if not 0 < total <= MAX_PARTS or not all((folder / str(index)).is_file() for index in range(total)):
        raise ServiceError(_("Some parts of the file are missing"))

    def blocks() -> Iterator[bytes]:
        for index in range(total):
            with (folder / str(index)).open("rb") as file:
                while block := file.read(BLOCK):
                    yield block

    return blocks()


def drop_parts(owner: str, upload: str) -> None:
    """Remove the parts of an upload that ended, well or not."""
    _remove(chunk_folder(owner, upload))


def _remove(folder: Path) -> None:
    """Remove the parts in `folder`, and the folder of their owner if she has no others."""
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):  # another upload of hers goes on
        folder.parent.rmdir()


def purge() -> int:
    """Remove the parts of uploads that nobody went on with for `UPLOAD_MAX_RETENTION`; return how many uploads."""
    limit = (timezone.now() - timedelta(seconds=settings.UPLOAD_MAX_RETENTION)).timestamp()
    done = 0
    for folder in _chunks_folder().glob("*/*"):
        if folder.is_dir() and folder.stat().st_mtime < limit:
            _remove(folder)
            done += 1
    for file in _chunks_folder().glob("upload-*"):
        if file.stat().st_mtime < limit:
            file.unlink(missing_ok=True)
    return done
