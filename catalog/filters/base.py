"""What all filter sets share: the caller, and udata's rule on hidden states."""

from functools import cached_property
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.forms import Form
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from catalog.models import GeoZone
from catalog.search import service
from catalog.search.service import SearchUnavailable
from portal.lib.errors import LoginRequired

FORMS: dict[tuple[type, str | None], type[Form]] = {}  # by filter set and language of its labels
MOST_IDS = 50_000  # found by the index that are handed to the database, about 30 ms


class FilterSet(django_filters.FilterSet):
    """Query arguments of a list, the same for the API, the pages and the dumps; unknown ones are ignored.

    `login_required` names the arguments that an anonymous caller may not use (LoginRequired is raised).
    `search_kind` is the kind of object in the search index, where there is one.
    """

    login_required: tuple[str, ...] = ()
    search_kind = ""

    def get_form_class(self) -> type[Form]:
        """Return the form of the arguments, made once: to make its fields anew took a quarter of a search."""
        key = (type(self), get_language())
        if key not in FORMS:
            FORMS[key] = super().get_form_class()
        return FORMS[key]

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        user = getattr(self.request, "user", None)
        asked = [name for name in self.login_required if self.form.cleaned_data.get(name) is not None]
        if asked and not (user and user.is_authenticated):
            raise LoginRequired(_("Sign in to filter by “%(name)s”.") % {"name": asked[0]})
        return super().filter_queryset(queryset)

    def given(self) -> dict[str, Any]:
        """Return the arguments that select something, with their cleaned values; `q` and `sort` are not among them.

        A malformed value of a period (`()`) selects, too: nothing.
        """
        values = self.form.cleaned_data.items()
        given = {name: value for name, value in values if name not in {"q", "sort"} and value not in (None, "", [])}
        if "geozone" in given:
            given["geozone"] = GeoZone.canonical_id(given["geozone"])
        return given

    @cached_property
    def matching(self) -> list[str] | None:
        """The ids that the index finds for the text, best first.

        None without a text, and where the index can't tell (none yet, no such kind, too many).
        """
        text = self.form.cleaned_data.get("q") or ""
        if not self.search_kind or not text.strip():
            return None
        try:
            return service.matching(self.search_kind, text, self.given(), most=MOST_IDS)
        except SearchUnavailable:
            return None

    def without_text(self) -> QuerySet:
        """Return the rows that the arguments but `q` select, in their order."""
        rows = self.queryset.all()
        for name, value in self.form.cleaned_data.items():
            if name != "q":
                rows = self.filters[name].filter(rows, value)
        return rows

    def bare_errors(self) -> dict[str, Any]:
        """Return `{argument: [errors]}` with the errors' codes, for the interface that renders them."""
        return self.form.errors.as_data()
