"""The pages that list objects: filters and sorts named as the API's, so that one address becomes the other."""

from collections.abc import Collection
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.filters.base import FilterSet
from catalog.filters.fields import RepeatedFilter
from catalog.filters.found import find
from catalog.models import GeoZone
from catalog.search.service import DEEPEST, Hits, Options, Page
from catalog.views import guard, links
from catalog.views.facets import Facet, Group, groups_of
from catalog.views.guard import GuardedPage
from catalog.views.kinds import counts_elsewhere
from catalog.views.labels import FILTERS
from portal.lib.errors import LoginRequired, ServiceError
from portal.lib.paging import PAGE_SIZE, FoundPaginator, RowPage

type_of_text = str | Promise
NOT_FILTERS = frozenset(["q", "sort"])
OWN = 5  # objects of the reader's own that are not public, shown before the results
BEST_FIRST = ("", gettext_lazy("Most relevant first"))
TOO_MUCH = gettext_lazy("These are too many filters, or too long ones: remove some.")


class Chip(NamedTuple):
    """A filter in use, with the address of the same list without it."""

    label: type_of_text
    value: type_of_text
    address: str


class ListPage(GuardedPage):
    """A list in pages of 20. A filter that makes no sense is a message on the page (400), never a crash.

    What is for everybody comes from the search index, with its counts; what the reader alone may see stands apart.
    """

    model: type[Model]
    filterset_class: type[FilterSet]
    api_url: str
    csv_url: str = ""
    facets: tuple[Facet, ...] = ()
    sorts: tuple[tuple[str, type_of_text], ...] = ()  # the first one holds where neither a text nor a sort is given
    fixed: dict[str, str] = {}

    def shown_facets(self) -> tuple[Facet, ...]:
        """Return the facets that stand beside the list, in their order."""
        return self.facets

    def rows(self) -> QuerySet:
        """Return the queryset that reads the rows of one page, whatever their order."""
        raise NotImplementedError

    def decorate(self, rows: list[Any]) -> None:
        """Add to the rows of a page what one query can't bring."""

    def names(self) -> Collection[str]:
        return self.filterset_class.base_filters

    def repeated(self) -> Collection[str]:
        filters = self.filterset_class.base_filters.items()
        return [name for name, rule in filters if isinstance(rule, RepeatedFilter)]

    def answer(self, arguments: QueryDict, number: int) -> HttpResponse:
        filterset, public = self._filterset(arguments)
        status = 200
        context: dict[str, Any] = {"problems": []}
        try:
            if guard.too_much(arguments):
                context["problems"], status = [TOO_MUCH], 400
            elif filterset.is_valid():
                context |= self._results(filterset, arguments, number, public=public)
            else:
                context["problems"], status = problems_of(filterset), 400
        except LoginRequired as error:
            context["problems"], status = [error.message], 403
        except ServiceError:
            text = _("Pages reach the first %(deepest)s results: refine the search by a filter or by other words.")
            context["problems"], status = [text % {"deepest": DEEPEST}], 404
        context = self._context(filterset, arguments, number, context)
        response = self.render_to_response(context, status=status)
        return guard.unindexed(response) if context["noindex"] else response

    def _filterset(self, arguments: QueryDict) -> tuple[FilterSet, bool]:
        """Return the filters over what is to be listed, and whether that is for everybody."""
        data = arguments.copy()
        for name, value in self.fixed.items():
            data[name] = value
        if not data.get("q") and not data.get("sort") and self.sorts:
            data["sort"] = self.sorts[0][0]
        manager = self.model._default_manager
        asks_states = any(name in data for name in self.filterset_class.login_required)
        listed = manager.listed_to(self.request.user if asks_states else AnonymousUser())
        return self.filterset_class(data, queryset=listed, request=self.request), not asks_states

    def _results(self, filterset: FilterSet, arguments: QueryDict, number: int, *, public: bool) -> dict[str, Any]:
        facets = self.shown_facets()
        options = Options(facets=[facet.key for facet in facets], highlights=True)
        found = find(filterset, Page(number, PAGE_SIZE), options)
        paginator = FoundPaginator(found.total, DEEPEST)
        if number > paginator.num_pages:
            raise Http404
        rows = self.rows().visible_to(AnonymousUser() if public else self.request.user)
        return {
            "page": RowPage(self._read(rows, found), number, paginator, guard.links_of(self.request, arguments)),
            "found": found,
            "groups": groups_of(facets, filterset, found),
            "own": self._own(filterset) if public and number == 1 else None,
            "elsewhere": [] if found.total else counts_elsewhere(filterset.search_kind, arguments.get("q", "")),
        }

    def _read(self, rows: QuerySet, found: Hits) -> list[Any]:
        """Return the rows found, in order, with what is to be marked in them; the index may be a moment behind."""
        by_id = rows.in_bulk(found.ids)
        listed = [by_id[pk] for pk in found.ids if pk in by_id]
        for row in listed:
            row.highlight = found.highlights.get(row.pk, {})
        self.decorate(listed)
        return listed

    def _own(self, filterset: FilterSet) -> dict[str, Any] | None:
        """Return what matches among the objects that the reader sees in lists and nobody else does."""
        user = self.request.user
        if not user.is_authenticated or not hasattr(self.model._default_manager.all(), "LISTED"):
            return None
        rows = self.model._default_manager.listed_to(user).exclude(self.model._default_manager.all().LISTED)
        matching = self.filterset_class(filterset.data, queryset=rows, request=self.request).qs
        ids = list(matching.values_list("pk", flat=True)[: OWN + 1])
        if not ids:
            return None
        shown = self._read(self.rows(), Hits(ids[:OWN], len(ids)))
        return {"rows": shown, "number": len(ids) if len(ids) <= OWN else matching.count()}

    def _context(
        self, filterset: FilterSet, arguments: QueryDict, number: int, results: dict[str, Any]
    ) -> dict[str, Any]:
        groups: list[Group] = results.get("groups", [])
        chips = self._chips(filterset, arguments, groups)
        kept = guard.links_of(self.request, arguments)
        in_groups = {group.name for group in groups}
        q, sort = arguments.get("q", ""), arguments.get("sort", "")
        hidden = [(name, value) for name in kept for value in kept.getlist(name)]
        bare = not arguments or (len(chips) == 1 and set(arguments) <= in_groups and number == 1)
        page = {"page": str(number)} if number > 1 else {}
        canonical = arguments.copy()
        canonical.update(page)
        return self.get_context_data(
            **results,
            chips=chips,
            hidden=[pair for pair in hidden if pair[0] not in NOT_FILTERS | in_groups],
            sorts=self._sorts(q),
            sort="" if sort == self._sorts(q)[0][0] else sort,
            q=q,
            links=kept,
            kind=self.filterset_class.search_kind,
            api_url=with_query(self.api_url, arguments),
            csv_url=self.csv_url and with_query(self.csv_url, arguments),
            alternates=[links.feed(self.filterset_class.search_kind, arguments)],
            noindex=not bare or (bool(chips) and not results.get("page")),
            canonical_url=f"{settings.SITE_URL}{guard.address(self.request, canonical if bare else QueryDict())}",
            without_text=without(kept, "q", q),
            without_filters=guard.address(self.request, only(kept, NOT_FILTERS | {"lang"})),
            layout="portal/fragment.html" if guard.is_fragment(self.request) else "portal/base.html",
        )

    def _sorts(self, q: str) -> list[tuple[str, type_of_text]]:
        """Return the orders to choose from; the one that holds by itself has an empty name, and comes first."""
        if q:
            return [BEST_FIRST, *self.sorts]
        return [("", label) if place == 0 else (name, label) for place, (name, label) in enumerate(self.sorts)]

    def _chips(self, filterset: FilterSet, arguments: QueryDict, groups: list[Group]) -> list[Chip]:
        labels = {
            group.name: {option.value: option.label for option in [*group.options, *group.more]} for group in groups
        }
        return [
            Chip(FILTERS.get(name, name), self._value(filterset, name, value, labels), without(arguments, name, value))
            for name in arguments
            if name not in NOT_FILTERS
            for value in arguments.getlist(name)
        ]

    def _value(
        self, filterset: FilterSet, name: str, value: str, labels: dict[str, dict[str, type_of_text]]
    ) -> type_of_text:
        """Return how to name a filter's value; an object by its title, if the reader may see it."""
        known = labels.get(name, {})
        clean = filterset.form.cleaned_data.get(name) if filterset.is_valid() else None
        if value in known or (isinstance(clean, str) and clean in known):
            return known[value if value in known else clean]
        field = filterset.form.fields[name]
        if name == "geozone":
            rows = GeoZone.objects.filter(pk=GeoZone.canonical_id(value))
        elif hasattr(field, "model") and hasattr(field.model._default_manager, "visible_to"):
            rows = field.model._default_manager.visible_to(self.request.user).filter(pk=clean)
        else:
            return dict(getattr(field, "choices", [])).get(value) or value
        return str(rows.first() or value)


def problems_of(filterset: FilterSet) -> list[str]:
    """Return what is wrong with the arguments, a line for each, for people."""
    return [
        _("%(filter)s: %(problem)s") % {"filter": FILTERS.get(name, name), "problem": problem}
        for name, problems in filterset.form.errors.items()
        for problem in problems
    ]


def with_query(address: str, arguments: QueryDict) -> str:
    """Return `address` with these arguments."""
    return f"{address}?{arguments.urlencode()}" if arguments else address


def only(arguments: QueryDict, names: frozenset[str]) -> QueryDict:
    kept = QueryDict(mutable=True)
    for name, values in arguments.lists():
        if name in names:
            kept.setlist(name, values)
    return kept


def without(arguments: QueryDict, name: str, value: str) -> str:
    """Return the query string without that value of that argument, from the first page."""
    kept = arguments.copy()
    kept.setlist(name, [one for one in arguments.getlist(name) if one != value])
    return f"?{kept.urlencode()}"
