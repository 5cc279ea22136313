"""`/pages/site-map/`: every page of the portal that is not about one object, in one list."""

from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from portal.profile import Entry, navigation, profile


class Section(NamedTuple):
    label: str
    entries: list[Entry]


class SiteMap(TemplateView):
    template_name = "portal/site_map.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(sections=sections(), **context)


def sections() -> list[Section]:
    """Return the parts of the portal; what the staff put into its menus stands first."""
    shown = profile()
    catalogue = [
        Entry(_("Datasets"), reverse("dataset-list")),
        Entry(_("Dataservices"), reverse("dataservice-list")),
        Entry(_("Reuses"), reverse("reuse-list")),
        Entry(_("Organizations"), reverse("organization-list")),
        Entry(_("Topics"), reverse("topic-list")),
        Entry(_("Tags"), reverse("tag-list")),
        Entry(_("Territories"), reverse("territory-list")),
        Entry(_("Harvested catalogues"), reverse("source-list")),
        Entry(_("News"), reverse("post-list")),
        Entry(_("Search"), reverse("search")),
        Entry(_("Statistics"), reverse("stats-site")),
    ]
    account = [
        Entry(_("Sign in"), reverse("account_login")),
        Entry(_("Create an account"), reverse("account_signup")),
        Entry(_("Your account"), reverse("account-profile")),
        Entry(_("Publish data"), reverse("publish")),
    ]
    programs = [
        Entry(_("API and dumps"), reverse("developers")),
        Entry(_("Sitemap for search engines"), reverse("sitemap")),
    ]
    contact = Entry(_("Contact"), reverse("contact"))
    home = Entry(_("Home"), reverse("home"))
    found = [
        Section(_("Menu"), _distinct([home, *navigation("")])),
        Section(_("Catalogue"), catalogue),
        Section(_("Account"), account),
        Section(_("For programs"), programs),
        Section(_("The portal"), _distinct([*shown.pages, contact, *shown.footer])),
    ]
    return [section for section in found if section.entries]


def _distinct(entries: list[Entry]) -> list[Entry]:
    """Return the entries, each address once."""
    return list({entry.address: entry for entry in reversed(entries)}.values())[::-1]
