"""Catalogues that are folders on a web server (an Apache index, a "web accessible folder"): which files they list."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote, urljoin, urlsplit

from django.utils.translation import gettext as _

from harvest.backends.base import Json, Page, Ref
from harvest.client import Client
from harvest.errors import ListingFailed, RemoteError
from harvest.mapping.urls import web_address

MOST_FOLDERS = 5000
MOST_FILES = 100_000  # of one folder
LARGEST = 16 << 20  # bytes of an index that are looked at
DEEPEST = 12  # folders below the first
# Links are picked out of the text: parsers of HTML take minutes over a tag that is made for it.
LINK = re.compile(
    r"""<a\b[^<>]{0,1000}?\bhref\s{0,9}=\s{0,9}("[^"<>]{0,2000}"|'[^'<>]{0,2000}'|[^\s"'<>]{1,2000})""", re.I
)
MOST_FAILED = 3  # folders in a row, after which the server is taken as broken


@dataclass(slots=True)
class Folder:
    """What the index of a folder lists: the addresses of the folders and files below it."""

    folders: list[str]
    files: list[str]


def read_index(body: bytes, url: str) -> Folder:
    """Return what an index page lists. Raises ListingFailed if it is no web page.

    Only what lies right below the folder counts: not its parent, wherever the index shows it, nor what sorts it.
    """
    links = LINK.findall(body[:LARGEST].decode("utf-8", "replace"))
    if not links:
        raise ListingFailed(_("The index of the folder cannot be read."))
    found = Folder([], [])
    for link in links[:MOST_FILES]:
        address = _below(url, unescape(link.strip("\"'")))
        if address:
            (found.folders if address.endswith("/") else found.files).append(address)
    return Folder(list(dict.fromkeys(found.folders)), list(dict.fromkeys(found.files)))


def walk(client: Client, url: str, cursor: Json, refs: Callable[[Folder], list[Ref]]) -> Iterator[Page]:
    """Give a page for each folder, from `url` down: what `refs` makes of it. The cursor has the folders still to read.

    A folder below the first one that cannot be read leaves the listing incomplete. Raises RemoteError, ListingFailed.
    """
    first = url if urlsplit(url).path.endswith("/") else f"{url}/"
    todo, count, failed = _start(cursor, first)
    while todo:
        folder = todo.pop(0)
        failures: list[tuple[str, str]] = []
        found = Folder([], [])
        try:
            found = read_index(client.get(folder, accept="text/html, */*;q=0.5").body, folder)
            failed = 0
        except (RemoteError, ListingFailed) as error:
            failed += 1
            if folder == first or failed >= MOST_FAILED:
                raise
            failures.append((folder, str(error.message)))
        is_deep = _depth(folder) - _depth(first) >= DEEPEST
        followed = [] if is_deep else found.folders[: MOST_FOLDERS - count]
        todo, count = todo + followed, count + len(followed)
        follow = {"todo": todo[:], "count": count, "failed": failed} if todo else None
        is_whole = not failures and len(followed) == len(found.folders)
        yield Page(refs(found), follow, None, complete=is_whole, failures=failures)


def _start(cursor: Json, first: str) -> tuple[list[str], int, int]:
    """Return the folders to read, how many were ever found, and how many failed last.

    A cursor cannot lead out of the catalogue.
    """
    if not isinstance(cursor, dict):
        return [first], 1, 0
    todo = [one for one in cursor.get("todo") or [] if isinstance(one, str) and one.startswith(first)]
    return todo, int(cursor.get("count") or 1), int(cursor.get("failed") or 0)


def _below(url: str, link: str) -> str:
    """Return the address of a link, if it is right below the folder `url`, else ""."""
    try:
        address = web_address(urljoin(url, link.strip()))
    except ValueError:
        return ""
    address = address.partition("#")[0]
    name = unquote(address[len(url) :]) if address.startswith(url) else ""
    is_below = bool(name) and "?" not in address and name not in ("./", "../", ".", "..")
    return address if is_below and "/" not in name.removesuffix("/") and "\\" not in name else ""


def _depth(address: str) -> int:
    return urlsplit(address).path.count("/")
