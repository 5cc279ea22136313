"""The pages of tags: which there are, and all that bears one."""

from collections.abc import Collection
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from catalog.models import Tag
from catalog.views import guard, links, structured
from catalog.views.bars import bars_of
from catalog.views.cards import add_formats, dataservice_cards, dataset_cards, reuse_cards
from catalog.views.guard import GuardedPage
from catalog.views.kept import kept
from catalog.views.kinds import KINDS, Kind
from catalog.views.listing import TOO_MUCH
from portal.lib.paging import FoundPaginator, RowPage
from portal.lib.slugs import normalize

PER_PAGE = 50
DATASETS, OTHERS = 10, 6  # objects shown; the lists have them all
TAGGED = ("dataset", "dataservice", "reuse", "topic", "post")


class TagList(GuardedPage):
    """Every tag of datasets and reuses that are listed, the most used first; `q` is a part of its name."""

    template_name = "catalog/tag_list.html"

    def names(self) -> Collection[str]:
        return ("q",)

    def answer(self, arguments: QueryDict, number: int) -> HttpResponse:
        q = arguments.get("q", "")
        context: dict[str, Any] = {"q": q, "noindex": bool(q), "csv_url": "/tags.csv"}
        if guard.too_much(arguments):
            return self.render_to_response(self.get_context_data(problems=[TOO_MUCH], **context), status=400)
        text = normalize(q)
        used = kept("tags", Tag.objects.used_in_lists, "tag", "dataset", "reuse")
        found = [one for one in used if text in one[0]] if text or not q else []
        paginator = FoundPaginator(len(found), len(found), PER_PAGE)
        if number > paginator.num_pages:
            raise Http404
        shown = found[(number - 1) * PER_PAGE : number * PER_PAGE]
        page = RowPage(shown, number, paginator, guard.links_of(self.request, arguments))
        bars = bars_of((name, reverse("tag-detail", args=[name]), total) for name, total in shown)
        response = self.render_to_response(self.get_context_data(page=page, bars=bars, **context))
        return guard.unindexed(response) if q else response


class Use(NamedTuple):
    """How many listed objects of a kind bear a tag, and the list of them."""

    label: str | Promise
    number: int
    address: str


class TagDetail(TemplateView):
    """One tag. Other spellings and aliases lead to it (301); a tag that nothing listed bears is not there."""

    template_name = "catalog/tag.html"

    def get(self, request: HttpRequest, name: str) -> HttpResponse:
        wanted = normalize(name, max_length=0)
        tag = Tag.objects.filter(name=wanted).first() or Tag.objects.filter(aliases__name=wanted).first()
        uses = uses_of(tag) if tag else []
        if tag is None or not uses:
            raise Http404
        if tag.name != name:
            query = f"?{request.GET.urlencode()}" if request.GET else ""
            return HttpResponsePermanentRedirect(f"{tag.get_absolute_url()}{query}")
        return self.render_to_response(self.get_context_data(tag=tag, uses=uses))

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        tag: Tag = context["tag"]
        arguments = QueryDict(mutable=True)
        arguments["tag"] = tag.name
        datasets = list(borne(dataset_cards(), tag).order_by("-last_update", "pk")[:DATASETS])
        add_formats(datasets)
        feed = links.feed("dataset", arguments)
        companions = [(one.name, one.get_absolute_url(), one.together) for one in tag.used_with()]
        return super().get_context_data(
            datasets=datasets,
            reuses=list(borne(reuse_cards(), tag).order_by("-created_at", "pk")[:OTHERS]),
            dataservices=list(borne(dataservice_cards(), tag).order_by("-created_at", "pk")[:OTHERS]),
            lists={kind: address_of(kind, tag) for kind in TAGGED},
            companions=bars_of(companions),
            feed=feed,
            alternates=[feed],
            api_url=f"/api/1/datasets/?{arguments.urlencode()}",
            canonical_url=f"{settings.SITE_URL}{tag.get_absolute_url()}",
            structured=structured.graph(structured.trail("tag-list", _("Tags"), tag)),
            **context,
        )


def borne(rows: QuerySet, tag: Tag) -> QuerySet:
    """Return those of `rows` that everybody may list and that bear the tag."""
    return rows.listed_to(AnonymousUser()).filter(tags=tag)


def uses_of(tag: Tag) -> list[Use]:
    """Return the kinds of which something listed bears the tag; a query for each kind."""
    found = []
    for kind in TAGGED:
        known: Kind = KINDS[kind]
        number = borne(known.rows().model._default_manager.filter(**known.fixed), tag).count()
        if number:
            found.append(Use(known.plural, number, address_of(kind, tag)))
    return found


def address_of(kind: str, tag: Tag) -> str:
    """Return the address of the list of a kind, filtered by the tag."""
    return f"{reverse(f'{kind}-list')}?tag={tag.name}"
