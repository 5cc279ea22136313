"""`manage.py starttheme NAME`: an app with a theme of one's own, which already looks different."""

import keyword
import re
import shutil
from argparse import ArgumentParser
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.themes.registry import themes

SKELETON = Path(__file__).resolve().parents[2] / "themes" / "skeleton"
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
LONGEST = 40  # characters
PREFIX = "theme_"


class Command(BaseCommand):
    help = "Write an app with a theme of your own: tokens, a template to begin with."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="of the theme: small letters, digits and _; the app is called theme_NAME")
        parser.add_argument("--into", default=".", metavar="FOLDER", help="where the app's folder is made")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError for a name that cannot be used, and where something of that name already is."""
        name = options["name"].removeprefix(PREFIX)
        app, slug, label = f"{PREFIX}{name}", name.replace("_", "-"), name.replace("_", " ").capitalize()
        parent = Path(options["into"]).expanduser().resolve()
        if not NAME.fullmatch(name) or keyword.iskeyword(name) or len(name) > LONGEST:
            raise CommandError(f"“{name}” is no name for a theme: small letters, digits and _, a letter first.")
        if slug in themes() or find_spec(app) is not None:
            raise CommandError(f"There is already a theme “{slug}”.")
        if not parent.is_dir():
            raise CommandError(f"There is no folder {parent}.")
        folder = parent / app
        try:
            shutil.copytree(SKELETON, folder)
            (folder / "static" / "app_name").rename(folder / "static" / app)
            for path in folder.rglob("*-tpl"):
                written = path.read_text(encoding="utf-8")
                for mark, value in (("app_name", app), ("slug", slug), ("label", label)):
                    written = written.replace(f"{{{{ {mark} }}}}", value)
                path.with_name(path.name.removesuffix("-tpl")).write_text(written, encoding="utf-8")
                path.unlink()
        except OSError as error:
            raise CommandError(f"{folder} cannot be made: {error.strerror}.") from error
        self.stdout.write(f"Made {folder}. Look at it: PORTAL_THEME={app} make run")
        self.stdout.write(f"What is wrong with it: PORTAL_THEME={app} python manage.py checktheme")
