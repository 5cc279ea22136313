"""The pages of organizations."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from catalog.filters.organization import OrganizationSearchFilter
from catalog.models import Dataservice, Dataset, Organization, Reuse
from catalog.models.vocabulary import OrganizationBadgeKind
from catalog.permissions import actor_of, can_administer
from catalog.views import structured
from catalog.views.cards import add_formats, dataservice_cards, dataset_cards, organization_cards, reuse_cards
from catalog.views.facets import Facet
from catalog.views.listing import ListPage
from catalog.views.objects import ObjectPage

DATASETS, OTHERS = 10, 6  # newest objects shown; the lists have them all


class OrganizationList(ListPage):
    template_name = "catalog/organization_list.html"
    model = Organization
    filterset_class = OrganizationSearchFilter
    api_url = "/api/1/organizations/"
    csv_url = reverse_lazy("csv-organizations")
    facets = (Facet(name="badge", choices=lambda: OrganizationBadgeKind.choices),)
    sorts = (
        ("name", _("Name, A to Z")),
        ("-datasets", _("Most datasets")),
        ("-reuses", _("Most reuses")),
        ("-followers", _("Most followed")),
        ("-views", _("Most viewed")),
        ("-created", _("Newest first")),
    )

    def rows(self) -> QuerySet[Organization]:
        return organization_cards()


class OrganizationDetail(ObjectPage):
    template_name = "catalog/organization.html"
    model = Organization
    context_name = "organization"
    api_name = "organizations"
    list_label = _("Organizations")
    may_be_shared = True

    def rows(self) -> QuerySet[Organization]:
        return Organization.objects.select_related("zone").prefetch_related("badges")

    def described(self, context: dict[str, Any]) -> structured.Fields:
        return structured.organization(context["organization"])

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        organization, user = context["organization"], self.request.user
        mine = {"organization": organization}
        datasets = list(dataset_cards().filter(**mine).listed_to(user)[:DATASETS])
        add_formats(datasets)
        return super().get_context_data(
            datasets=datasets,
            datasets_count=Dataset.objects.filter(**mine).listed_to(user).count(),
            reuses=list(reuse_cards().filter(**mine).listed_to(user)[:OTHERS]),
            reuses_count=Reuse.objects.filter(**mine).listed_to(user).count(),
            dataservices=list(dataservice_cards().filter(**mine).listed_to(user)[:OTHERS]),
            dataservices_count=Dataservice.objects.filter(**mine).listed_to(user).count(),
            manages=self._may_edit(organization),
            belongs=organization.pk in actor_of(self.request).roles,
            members=list(organization.members.select_related("user").filter(user__is_active=True)),
            **context,
        )

    def _may_edit(self, found: Organization) -> bool:
        return can_administer(actor_of(self.request), found.pk)
