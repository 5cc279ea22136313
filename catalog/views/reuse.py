"""The pages of reuses."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from catalog.filters.reuse import ReuseSearchFilter
from catalog.models import Reuse
from catalog.models.vocabulary import ReuseTopic, ReuseType
from catalog.views import citations, structured
from catalog.views.cards import add_formats, dataservice_cards, dataset_cards, reuse_cards
from catalog.views.facets import LAST_UPDATE, ORGANIZATION, PRODUCER_TYPE, TAG, Facet, topic_names
from catalog.views.listing import ListPage
from catalog.views.objects import ObjectPage
from catalog.views.threads import threads_about

RELATED = 20  # datasets and dataservices shown, each


class ReuseList(ListPage):
    template_name = "catalog/reuse_list.html"
    model = Reuse
    filterset_class = ReuseSearchFilter
    api_url = "/api/1/reuses/"
    csv_url = reverse_lazy("csv-reuses")
    facets = (
        Facet(name="type", choices=lambda: ReuseType.choices),
        Facet(name="topic", choices=lambda: ReuseTopic.choices, labels=topic_names),
        ORGANIZATION,
        TAG,
        LAST_UPDATE,
        PRODUCER_TYPE,
    )
    sorts = (
        ("-created", _("Newest first")),
        ("-last_modified", _("Last updated")),
        ("-views", _("Most viewed")),
        ("-followers", _("Most followed")),
        ("-datasets", _("Most datasets")),
        ("title", _("Title, A to Z")),
    )

    def rows(self) -> QuerySet[Reuse]:
        return reuse_cards()


class ReuseDetail(ObjectPage):
    template_name = "catalog/reuse.html"
    model = Reuse
    context_name = "reuse"
    api_name = "reuses"
    list_label = _("Reuses")
    may_be_shared = True

    def rows(self) -> QuerySet[Reuse]:
        return Reuse.objects.select_related("organization", "owner").prefetch_related("tags", "organization__badges")

    def described(self, context: dict[str, Any]) -> structured.Fields:
        return structured.reuse(context["reuse"], context["datasets"])

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        reuse, user = context["reuse"], self.request.user
        datasets = list(dataset_cards().filter(reuses=reuse).listed_to(user)[:RELATED])
        add_formats(datasets)
        return super().get_context_data(
            citation=citations.sentence(reuse),
            datasets=datasets,
            dataservices=list(dataservice_cards().filter(reuses=reuse).listed_to(user)[:RELATED]),
            discussions=threads_about(reuse),
            **context,
        )
