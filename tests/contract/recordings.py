"""Loading the recordings of a running udata 17 (`CONTRACT_DIR`, else `../shared/contract`; its README explains)."""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

FOLDER = Path(os.environ.get("CONTRACT_DIR") or settings.BASE_DIR.parent / "shared" / "contract")

# What was sent beside the JSON: headers by number (the README's table).
HEADERS = {
    14: {"X-Get-Datasets-Full-Objects": "True"},
    15: {"X-Fields": "*"},
    16: {"X-Fields": "id,organization{name},resources{url}"},
    17: {"X-Fields": "{id,organization{name"},
    128: {"Accept": "text/turtle"},
    155: {"X-API-KEY": "nope"},
}


@dataclass(frozen=True, slots=True)
class Recording:
    """One request and its answer. `user` is `admin`, `user`, `out`, or None for an anonymous caller."""

    number: int
    name: str
    method: str
    url: str
    user: str | None
    request: Any
    status: int
    headers: dict[str, str]
    json: Any = None
    text: str | None = None

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def sent_headers(self) -> dict[str, str]:
        return {"Accept": "application/json", **HEADERS.get(self.number, {})}

    @property
    def is_write(self) -> bool:
        """Whether it changed something."""
        return self.method != "GET" and 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Answer:
    """What our portal says to a recorded request."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


def load(path: Path) -> Recording:
    """Return the recording in one file."""
    content = json.loads(path.read_text(encoding="utf-8"))
    return Recording(
        number=int(path.name[:3]),
        name=path.stem,
        method=content["method"],
        url=content["url"],
        user=content["as"],
        request=content.get("request"),
        status=content["status"],
        headers=content["headers"],
        json=content.get("json"),
        text=content.get("text"),
    )


def load_all(folder: Path = FOLDER) -> list[Recording]:
    """Return the recordings in the order of their numbers; none where the folder is absent."""
    return [load(path) for path in sorted(folder.glob("[0-9][0-9][0-9]-*.json"))]
