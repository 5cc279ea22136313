"""`manage.py checktheme [SLUG]`: what is wrong with a theme, and what it changes."""

from argparse import ArgumentParser
from typing import Any

from django.core.checks import ERROR
from django.core.management.base import BaseCommand, CommandError

from portal.themes import checks
from portal.themes.gallery import broken
from portal.themes.registry import NEUTRAL, chosen, stylesheets, themes


class Command(BaseCommand):
    help = "Check a theme: its files, its templates, its contrasts, each component of the gallery."
    requires_system_checks = ()  # it says itself what is wrong, and goes on

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", nargs="?", help="default: the portal's own theme")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError for an unknown theme, and if there is an error."""
        slug = options["slug"] or chosen().slug
        theme = themes().get(slug) or next((one for one in themes().values() if one.app == slug), None)
        if theme is None:
            raise CommandError(f"There is no theme “{slug}”. Installed: {', '.join(themes())}.")
        names = checks.names_of(theme) if theme.slug != NEUTRAL else []
        self.stdout.write(f"{theme.label}: {len(names)} templates, style sheets {', '.join(stylesheets(theme))}")
        found = list(checks.problems(theme))
        for message in found:
            self.stdout.write(f"  {'error' if message.level >= ERROR else 'warning'} {message.id}: {message.msg}")
        failures = broken(theme)
        for component, reason in failures.items():
            self.stdout.write(f"  error: {component}: {reason}")
        if failures or any(message.level >= ERROR for message in found):
            raise CommandError("The theme has errors.")
        self.stdout.write("  no error")
