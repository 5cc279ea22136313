"""The pages of dataservices."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from catalog.filters.dataservice import DataserviceSearchFilter
from catalog.models import Dataservice
from catalog.models.vocabulary import AccessType
from catalog.views.cards import add_formats, dataservice_cards, dataset_cards, reuse_cards
from catalog.views.labels import PRODUCER_TYPES, UPDATE_RANGES
from catalog.views.listing import Facet, ListPage
from catalog.views.objects import ObjectPage, threads_of

RELATED = 20  # datasets and reuses shown, each


class DataserviceList(ListPage):
    template_name = "catalog/dataservice_list.html"
    model = Dataservice
    filterset_class = DataserviceSearchFilter
    api_url = "/api/1/dataservices/"
    csv_url = reverse_lazy("csv-dataservices")
    facets = (
        Facet(name="access_type", choices=lambda: AccessType.choices),
        Facet(name="producer_type", choices=lambda: PRODUCER_TYPES),
        Facet(name="last_update_range", choices=lambda: UPDATE_RANGES),
    )
    sorts = (
        ("", _("Newest first")),
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

    def rows(self) -> QuerySet[Dataservice]:
        rows = Dataservice.objects.select_related("organization", "owner", "license")
        return rows.prefetch_related("badges", "tags", "contact_points", "organization__badges")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        dataservice, user = context["dataservice"], self.request.user
        datasets = list(dataset_cards().filter(dataservices=dataservice).listed_to(user)[:RELATED])
        add_formats(datasets)
        return super().get_context_data(
            datasets=datasets,
            reuses=list(reuse_cards().filter(dataservices=dataservice).listed_to(user)[:RELATED]),
            discussions=list(threads_of(dataservice.discussions)),
            **context,
        )
