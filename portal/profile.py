"""The portal's profile as the pages show it: its names, menus and notice, in the reader's language."""

from typing import Any, NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalog.models import Site
from catalog.models.site import LANGUAGES, Place, is_noticed


class Entry(NamedTuple):
    """One link of a menu; `current` is the value of `aria-current`, or an empty text."""

    label: str
    address: str
    current: str = ""
    new_window: bool = False


class Notice(NamedTuple):
    """What stands above every page for a while: Markdown, and one of the kinds of alerts."""

    text: str
    kind: str


class Profile(NamedTuple):
    """The portal. `logo` and `logo_dark` are addresses or empty; without a dark one the other stands for both.

    `pages` are the published editorial pages, `foot_pages` those of them that the footer shows.
    """

    title: str
    tagline: str
    logo: str
    logo_dark: str
    notice: Notice | None
    footer: list[Entry]
    pages: list[Entry]
    foot_pages: list[Entry]


def profile() -> Profile:
    """Return the portal's profile in the current language; the database is asked once in a while."""
    facts = Site.objects.facts()
    pages = [(_page(row), row["in_footer"]) for row in facts["pages"]]
    return Profile(
        title=facts["title"],
        tagline=said(facts, "tagline") or _("Find, download and reuse open data."),
        logo=facts["logo"] or facts["logo_dark"],
        logo_dark=facts["logo_dark"] if facts["logo"] else "",
        notice=Notice(said(facts, "notice"), facts["notice_kind"]) if is_noticed(facts) else None,
        footer=_links(facts, Place.FOOTER) or _usual_footer(),
        pages=[entry for entry, _in_footer in pages],
        foot_pages=[entry for entry, in_footer in pages if in_footer],
    )


def navigation(path: str) -> list[Entry]:
    """Return the main navigation as seen from `path`."""
    chosen = _links(Site.objects.facts(), Place.MENU) or usual_menu()
    return [entry._replace(current=_current(path, entry.address)) for entry in chosen]


def usual_menu() -> list[Entry]:
    """Return the main navigation of a portal that has chosen none."""
    return [
        Entry(_("Datasets"), reverse("dataset-list")),
        Entry(_("Dataservices"), reverse("dataservice-list")),
        Entry(_("Reuses"), reverse("reuse-list")),
        Entry(_("Organizations"), reverse("organization-list")),
        Entry(_("Topics"), reverse("topic-list")),
        Entry(_("News"), reverse("post-list")),
        Entry(_("Developers"), reverse("developers")),
    ]


def said(texts: dict[str, Any], name: str) -> str:
    """Return the text of that name in the current language, else in the portal's, else in whichever there is."""
    order = dict.fromkeys([(get_language() or "")[:2], settings.LANGUAGE_CODE[:2], *LANGUAGES])
    return next((text for language in order if (text := texts.get(f"{name}_{language}"))), "")


def _usual_footer() -> list[Entry]:
    return [
        Entry(_("Tags"), reverse("tag-list")),
        Entry(_("Territories"), reverse("territory-list")),
        Entry(_("Harvested catalogues"), reverse("source-list")),
        Entry(_("Discussions"), reverse("discussion-list")),
        Entry(_("API and dumps"), reverse("developers")),
        Entry(_("Statistics"), reverse("stats-site")),
        Entry(_("Publish data"), reverse("publish")),
    ]


def _links(facts: dict[str, Any], place: Place) -> list[Entry]:
    return [
        Entry(said(row, "label"), row["address"], new_window=row["new_window"])
        for row in facts["links"]
        if row["place"] == place
    ]


def _page(row: dict[str, Any]) -> Entry:
    return Entry(said(row, "title"), reverse("page", args=[row["path"]]))


def _current(path: str, address: str) -> str:
    if path == address:
        return "page"
    return "true" if address != "/" and path.startswith(address) else ""
