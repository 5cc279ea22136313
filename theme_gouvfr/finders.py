"""Static files of the design system that the theme uses: about 100 of the 1,600 that django-dsfr holds."""

import re
from collections.abc import Iterator
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.files.storage import FileSystemStorage

STYLE = "dsfr/dist/dsfr.main.min.css"
WHOLE = ("dsfr/dist/dsfr.module.min.js", "dsfr/dist/favicon/", "dsfr/dist/artwork/dark.svg",
         "dsfr/dist/artwork/light.svg", "dsfr/dist/artwork/system.svg")  # fmt: skip
REFERENCE = re.compile(r"""url\((?!["']?data:)["']?([^"')#?]+)""")


class DsfrFinder(BaseFinder):
    """Finds the style sheet, what it refers to, the script, the favicons. Nothing where django-dsfr is not installed:
    the system checks say so.
    """

    @cached_property
    def storage(self) -> FileSystemStorage | None:
        """The folder of the package."""
        spec = find_spec("dsfr")
        if spec is None or spec.origin is None:
            return None
        return FileSystemStorage(location=Path(spec.origin).parent / "static")

    @cached_property
    def names(self) -> list[str]:
        """The paths of the files, sorted."""
        if self.storage is None:
            return []
        root = Path(self.storage.location)
        style = (root / STYLE).read_text(encoding="utf-8")
        folder = Path(STYLE).parent
        found = {STYLE, *((folder / name).as_posix() for name in REFERENCE.findall(style))}
        for name in WHOLE:
            path = root / name
            files = path.rglob("*") if path.is_dir() else [path]
            found |= {file.relative_to(root).as_posix() for file in files if file.is_file()}
        return sorted(name for name in found if (root / name).is_file())

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """Return the file of that path, or a list of such (empty: there is none)."""
        if self.storage is None or path not in self.names:
            return []
        found = self.storage.path(path)
        return [found] if find_all else found

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        """Give the files for `collectstatic`."""
        for name in self.names:
            if not matches_patterns(name, ignore_patterns or []):
                yield name, self.storage
