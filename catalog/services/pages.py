"""Editorial pages as they are shown: places still to be filled stand out for their editors, and are left out for all
others.
"""

from typing import NamedTuple

from catalog.models import Page
from portal.lib.places import open_places, with_marks, without_places


class Shown(NamedTuple):
    """A page in one language, which is not always the one asked for; `body` is Markdown, `places` what it lacks."""

    title: str
    body: str
    language: str
    places: list[str]


def shown(page: Page, language: str, *, to_editor: bool) -> Shown:
    """Return what a reader sees of `page`, who prefers `language`."""
    title, body, language = page.text(language)
    if not to_editor:
        return Shown(title, without_places(body), language, [])
    return Shown(title, with_marks(body), language, open_places(body))
