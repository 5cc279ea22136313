"""`manage.py startharvester NAME`: a package with a harvester of one's own, which its own test passes as it is."""

import json
import keyword
import re
import shutil
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.templates import TemplateCommand

from harvest.backends import GROUP, backends

SKELETON = Path(__file__).resolve().parents[2] / "skeleton"
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
LONGEST = 40  # characters


class Command(TemplateCommand):
    help = "Write a package with a harvester of your own, commented, with a test that passes."
    rewrite_template_suffixes = ((".py-tpl", ".py"), (".toml-tpl", ".toml"), (".md-tpl", ".md"))

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="of the package: small letters, digits and _")
        parser.add_argument("--into", default=".", metavar="FOLDER", help="where the package's folder is made")

    def handle(self, **options: Any) -> None:
        """Raises CommandError for a name that cannot be used, and where something of that name already is."""
        name, parent = options.pop("name"), Path(options.pop("into")).expanduser().resolve()
        label = name.replace("_", " ").capitalize()
        self._check(name)
        if not parent.is_dir():
            raise CommandError(f"There is no folder {parent}.")
        folder = parent / name
        if folder.exists() or folder.is_symlink():
            raise CommandError(f"{folder} already exists.")
        try:
            folder.mkdir()
        except OSError as error:
            raise CommandError(f"{folder} cannot be made: {error.strerror}.") from error
        values = {
            "backend": name.replace("_", "-"),
            "label": label,
            "group": GROUP,
            "portal": json.dumps(str(settings.BASE_DIR)),
        }
        given = {"template": str(SKELETON), "extensions": ["py", "toml", "md"], "files": []}
        try:
            super().handle("app", name, str(folder), **{**options, **given, **values})
        except (CommandError, OSError):
            shutil.rmtree(folder, ignore_errors=True)
            raise
        self.stdout.write(f"Made {folder}. Its test: python -m pytest {folder}")
        self.stdout.write(f"To use it: pip install -e {folder}")

    def _check(self, name: str) -> None:
        if not NAME.fullmatch(name) or keyword.iskeyword(name) or len(name) > LONGEST:
            raise CommandError(f"“{name}” is no name for a package: small letters, digits and _, a letter first.")
        if name.replace("_", "-") in backends():
            raise CommandError(f"There is already a harvester “{name}”.")
        self.validate_name(name)

    def validate_name(self, name: str, name_or_dir: str = "name") -> None:
        """Raise CommandError for the name of a module that is already there."""
        self.app_or_project, self.a_or_an = "app", "an"
        super().validate_name(name, name_or_dir)
