"""Columns of `organizations.csv`."""

from django.db.models import Func, IntegerField, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from catalog.exports import cells
from catalog.exports.base import Columns, Export
from catalog.filters.organization import OrganizationSearchFilter
from catalog.models import Dataset, Member, Organization, OrganizationBadge


def downloads() -> Func:
    """The downloads of the organization's listed datasets, summed along its index."""
    datasets = Dataset.objects.listed().filter(organization=OuterRef("pk")).order_by().values("organization")
    total = datasets.annotate(total=Sum("metric_resources_downloads")).values("total")
    return Coalesce(Subquery(total, output_field=IntegerField()), 0)


def columns() -> Columns:
    badges = OrganizationBadge.objects.filter(organization=OuterRef("pk")).order_by("created", "pk")
    members = cells.count_of(Member.objects.filter(organization=OuterRef("pk")))
    return [
        ("id", cells.Text("id")),
        ("name", cells.text("name")),
        ("acronym", cells.text("acronym")),
        ("slug", cells.Text("slug")),
        ("url", cells.page("organizations")),
        ("description", cells.text("description")),
        ("logo", cells.media("logo", "logo_url")),
        ("badges", cells.Text(cells.Joined(badges, "kind"))),
        ("created_at", cells.DateTime("created_at")),
        ("last_modified", cells.DateTime("last_modified")),
        ("business_number_id", cells.Text("business_number_id")),
        ("members_count", cells.Number(members)),
        ("downloads", cells.Number(downloads())),
        ("metric.dataservices", cells.Number("metric_dataservices")),
        ("metric.dataservices_by_months", cells.Months("dataservices_by_months")),
        ("metric.datasets", cells.Number("metric_datasets")),
        ("metric.datasets_by_months", cells.Months("datasets_by_months")),
        ("metric.datasets_followers_by_months", cells.Months("datasets_followers_by_months")),
        ("metric.datasets_reuses_by_months", cells.Months("datasets_reuses_by_months")),
        ("metric.members", cells.Number("metric_members")),
        ("metric.reuses", cells.Number("metric_reuses")),
        ("metric.reuses_by_months", cells.Months("reuses_by_months")),
        ("metric.reuses_followers_by_months", cells.Months("reuses_followers_by_months")),
        ("metric.dataservices", cells.Number("metric_dataservices")),  # twice in udata's file: kept for its readers
        ("metric.followers", cells.Number("metric_followers")),
        ("metric.views", cells.Number("metric_views")),
    ]


ORGANIZATIONS = Export(
    name="organizations",
    columns=columns,
    objects=lambda: Organization.objects.filter(deleted__isnull=True).order_by(),
    filterset=OrganizationSearchFilter,
    kinds=("organization", "dataset"),
)
