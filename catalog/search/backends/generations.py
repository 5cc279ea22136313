"""Directories of indexes: `g000007` and the like, one of which the file `current` names.

A new index is built under another name and put in place by one `os.replace`: readers see the old one or the new one,
never half of it, whenever the power fails.
"""

import os
import shutil
from pathlib import Path

CURRENT = "current"
BUILDING = ".building"


class Generations:
    """The generations of the index under one directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def current(self) -> Path | None:
        """Return the directory of the live index, or None."""
        try:
            name = (self.directory / CURRENT).read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None
        path = self.directory / name
        return path if name and path.is_dir() else None

    def begin(self) -> Path:
        """Make an empty directory for a new index; what a killed build left is removed."""
        self.directory.mkdir(parents=True, exist_ok=True)
        for left in self.directory.glob(f"g*{BUILDING}"):
            shutil.rmtree(left)
        numbers = [int(path.name[1:]) for path in self.directory.glob("g[0-9]*") if path.name[1:].isdigit()]
        path = self.directory / f"g{max(numbers, default=0) + 1:06}{BUILDING}"
        path.mkdir()
        return path

    def publish(self, building: Path) -> Path:
        """Make the directory from `begin` the live one, and remove older ones (readers keep their open files)."""
        final = building.with_name(building.name.removesuffix(BUILDING))
        building.rename(final)
        _sync(self.directory)
        temporary = self.directory / f"{CURRENT}.new"
        with temporary.open("w", encoding="ascii") as file:
            file.write(final.name)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self.directory / CURRENT)
        _sync(self.directory)
        for path in self.directory.glob("g[0-9]*"):
            if path not in (final, building) and BUILDING not in path.name:
                shutil.rmtree(path, ignore_errors=True)
        return final


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
