"""Sizes and checksums of files."""

import re
from typing import Any

from harvest.mapping.text import text

UNITS = {"": 0, "b": 0, "o": 0, "octet": 0, "octets": 0, "byte": 0, "bytes": 0, "k": 1, "m": 2, "g": 3, "t": 4}
SIZE = re.compile(r"(\d[\d\s\u00a0\u202f]*(?:[.,]\d+)?)\s*([a-z]*)", re.IGNORECASE)
LENGTHS = {32: "md5", 40: "sha1", 64: "sha256"}
NAMES = {"md5": "md5", "sha1": "sha1", "sha256": "sha256", "sha2": "sha2", "crc": "crc", "crc32": "crc"}
LARGEST = 2**63 - 1  # bytes, of the column


def size(value: Any) -> int | None:
    """Return a number of bytes: `1234`, `"1.2 Mo"`, `"42 octets"`, `"3,5 KiB"`; None for what is none."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return int(value) if 0 <= value <= LARGEST else None
    match = SIZE.fullmatch(text(value, 100))
    if not match:
        return None
    unit = match[2].lower()
    power = UNITS.get(unit, UNITS.get(unit[:1]) if re.fullmatch(r"[kmgt]i?[bo]", unit) else None)
    if power is None:
        return None
    number = float(re.sub(r"[\s\u00a0\u202f]", "", match[1]).replace(",", "."))
    found = int(number * (1024 if "i" in unit else 1000) ** power)
    return found if found <= LARGEST else None


def checksum(value: Any, algorithm: Any = "") -> tuple[str, str]:
    """Return the type and the value of a checksum, both "" if its type cannot be told.

    `md5:9e10…` and `{algorithm}` words or addresses (`…checksumAlgorithm_sha1`) are understood; else the length tells.
    """
    found, named = text(value, 500), text(algorithm, 500)
    prefix, colon, rest = found.partition(":")
    if colon and _name(prefix):
        found, named = rest.strip(), prefix
    if not re.fullmatch(r"[0-9a-fA-F]{8,128}", found):
        return "", ""
    kind = _name(named) or LENGTHS.get(len(found), "")
    return (kind, found.lower()) if kind else ("", "")


def _name(word: str) -> str:
    return NAMES.get(re.sub(r"[^a-z0-9]", "", word.lower().rpartition("_")[2].rpartition("#")[2]), "")
