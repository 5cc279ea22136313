"""The pages of dataservices."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from catalog.filters.dataservice import DataserviceSearchFilter
from catalog.models import Dataservice
from catalog.models.vocabulary import AccessType
from catalog.views import citations, structured
from catalog.views.cards import add_formats, dataservice_cards, dataset_cards, reuse_cards
from catalog.views.facets import LAST_UPDATE, ORGANIZATION, PRODUCER_TYPE, TAG, Facet
from catalog.views.listing import ListPage
from catalog.views.objects import ObjectPage
from catalog.views.threads import threads_about

RELATED = 20  # datasets and reuses shown, each


class DataserviceList(ListPage):
    template_name = "catalog/dataservice_list.html"
    model = Dataservice
    filterset_class = DataserviceSearchFilter
    api_url = "/api/1/dataservices/"
    csv_url = reverse_lazy("csv-dataservices")
    facets = (
        Facet(name="access_type", choices=lambda: AccessType.choices),
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
        ("title", _("Title, A to Z")),
    )

    def rows(self) -> QuerySet[Dataservice]:
        return dataservice_cards()


class DataserviceDetail(ObjectPage):
    template_name = "catalog/dataservice.html"
    model = Dataservice
    context_name = "dataservice"
    api_name = "dataservices"
    list_label = _("Dataservices")
    may_be_shared = True
    in_rdf = True

    def rows(self) -> QuerySet[Dataservice]:
        rows = Dataservice.objects.select_related("organization", "owner", "license")
        return rows.prefetch_related("badges", "tags", "contact_points", "organization__badges")

    def described(self, context: dict[str, Any]) -> structured.Fields:
        return structured.dataservice(context["dataservice"])

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        dataservice, user = context["dataservice"], self.request.user
        datasets = list(dataset_cards().filter(dataservices=dataservice).listed_to(user)[:RELATED])
        add_formats(datasets)
        return super().get_context_data(
            citation=citations.sentence(dataservice),
            datasets=datasets,
            reuses=list(reuse_cards().filter(dataservices=dataservice).listed_to(user)[:RELATED]),
            discussions=threads_about(dataservice),
            **context,
        )
