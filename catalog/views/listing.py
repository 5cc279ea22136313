"""The pages that list objects: filters and sorts named as the API's, so that one address becomes the other."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from catalog.filters.base import FilterSet
from catalog.models import GeoZone
from catalog.views.labels import FILTERS
from portal.lib.errors import LoginRequired
from portal.lib.paging import RowPage, page_of

type_of_text = str | Promise
NOT_FILTERS = frozenset(["q", "sort"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """A filter offered as a menu. `choices()` gives its values with their labels."""

    name: str
    choices: Callable[[], list[tuple[str, type_of_text]]]


class Menu(NamedTuple):
    """A facet as the page shows it."""

    name: str
    label: type_of_text
    choices: list[tuple[str, type_of_text]]
    value: str


class Chip(NamedTuple):
    """A filter in use, with the address of the same list without it."""

    label: type_of_text
    value: type_of_text
    address: str


class ListPage(TemplateView):
    """A list in pages of 20. A filter that makes no sense is a message on the page (400), never a crash."""

    model: type[Model]
    filterset_class: type[FilterSet]
    api_url: str
    csv_url: str = ""
    facets: tuple[Facet, ...] = ()
    sorts: tuple[tuple[str, type_of_text], ...] = ()

    def rows(self) -> QuerySet:
        """Return the queryset that reads the rows of one page, whatever their order."""
        raise NotImplementedError

    def decorate(self, page: RowPage) -> None:
        """Add to the rows of a page what one query can't bring."""

    def get(self, request: HttpRequest) -> HttpResponse:
        listed = self.model._default_manager.listed_to(request.user)
        filterset = self.filterset_class(request.GET, queryset=listed, request=request)
        try:
            if filterset.is_valid():
                page = page_of(request, filterset.qs, self.rows())
                self.decorate(page)
                return self.render_to_response(self._context(filterset, page=page))
            problems, status = self._problems(filterset), 400
        except LoginRequired as error:
            problems, status = [error.message], 403
        return self.render_to_response(self._context(filterset, problems=problems), status=status)

    def _context(self, filterset: FilterSet, **context: Any) -> dict[str, Any]:
        query = self.request.GET
        menus = [Menu(one.name, FILTERS[one.name], one.choices(), query.get(one.name, "")) for one in self.facets]
        labels = {menu.name: dict(menu.choices) for menu in menus}
        chips = self._chips(filterset, labels)
        shown = {"page", "lang", *NOT_FILTERS, *(menu.name for menu in menus)}
        number = context["page"].number if "page" in context else 1
        path = f"{settings.SITE_URL}{self.request.path}"
        return self.get_context_data(
            menus=menus,
            chips=chips,
            hidden=[(name, value) for name in query for value in query.getlist(name) if name not in shown],
            sorts=self.sorts,
            sort=query.get("sort", ""),
            q=query.get("q", ""),
            api_url=with_query(self.api_url, query, leave_out=["page", "lang"]),
            csv_url=self.csv_url and with_query(self.csv_url, query, leave_out=["page", "lang"]),
            noindex=bool(chips or query.get("q") or query.get("sort")),
            canonical_url=f"{path}?page={number}" if number > 1 else path,
            **context,
        )

    def _chips(self, filterset: FilterSet, labels: dict[str, dict[str, type_of_text]]) -> list[Chip]:
        query = self.request.GET
        names = [name for name in query if name in filterset.base_filters and name not in NOT_FILTERS]
        return [
            Chip(FILTERS.get(name, name), self._value(filterset, name, value, labels), without(query, name, value))
            for name in names
            for value in query.getlist(name)
            if value
        ]

    def _value(
        self, filterset: FilterSet, name: str, value: str, labels: dict[str, dict[str, type_of_text]]
    ) -> type_of_text:
        """Return how to name a filter's value; an object by its title, if the reader may see it."""
        field = filterset.form.fields[name]
        if name == "geozone":
            rows = GeoZone.objects.filter(pk=GeoZone.canonical_id(value))
        elif hasattr(field, "model") and hasattr(field.model._default_manager, "visible_to"):
            pk = filterset.form.cleaned_data.get(name)
            rows = field.model._default_manager.visible_to(self.request.user).filter(pk=pk)
        else:
            return labels.get(name, {}).get(value) or dict(getattr(field, "choices", [])).get(value) or value
        return str(rows.first() or value)

    def _problems(self, filterset: FilterSet) -> list[str]:
        return [
            _("%(filter)s: %(problem)s") % {"filter": FILTERS.get(name, name), "problem": problem}
            for name, problems in filterset.form.errors.items()
            for problem in problems
        ]


def with_query(address: str, query: QueryDict, *, leave_out: list[str]) -> str:
    """Return `address` with the arguments of `query` but those of these names."""
    kept = query.copy()
    for name in leave_out:
        kept.pop(name, None)
    return f"{address}?{kept.urlencode()}" if kept else address


def without(query: QueryDict, name: str, value: str) -> str:
    """Return the query string without that value of that argument, from the first page."""
    kept = query.copy()
    kept.setlist(name, [one for one in query.getlist(name) if one != value])
    kept.pop("page", None)
    return f"?{kept.urlencode()}"
