"""Columns of `reuses.csv` and of `dataservices.csv`."""

from django.db.models import OuterRef

from catalog.exports import cells
from catalog.exports.base import Columns, Export
from catalog.exports.datasets import harvest_columns, joined_tags, license_title, owner_columns
from catalog.filters.dataservice import DataserviceSearchFilter
from catalog.filters.reuse import ReuseSearchFilter
from catalog.models import Dataservice, Dataset, Reuse


def joined_datasets(related: str) -> cells.Text:
    """The ids of the public datasets that the object is linked to."""
    datasets = Dataset.objects.public().filter(**{related: OuterRef("pk")}).order_by("pk")
    return cells.Text(cells.Joined(datasets, "id"))


def reuse_columns() -> Columns:
    return [
        ("id", cells.Text("id")),
        ("title", cells.text("title")),
        ("slug", cells.Text("slug")),
        ("url", cells.page("reuses")),
        ("type", cells.Text("type")),
        ("description", cells.text("description")),
        ("remote_url", cells.text("url")),
        *owner_columns(),
        ("image", cells.media("image", "image_url")),
        ("featured", cells.Boolean("featured")),
        ("created_at", cells.DateTime("created_at")),
        ("last_modified", cells.DateTime("last_modified")),
        ("archived", cells.DateTimeOrFalse("archived")),
        ("topic", cells.Text("topic")),
        ("tags", joined_tags("reuses")),
        ("datasets", joined_datasets("reuses")),
        ("metric.discussions", cells.Number("metric_discussions")),
        ("metric.discussions_open", cells.Number("metric_discussions_open")),
        ("metric.datasets", cells.Number("metric_datasets")),
        ("metric.followers", cells.Number("metric_followers")),
        ("metric.followers_by_months", cells.Months("followers_by_months")),
        ("metric.views", cells.Number("metric_views")),
    ]


def dataservice_columns() -> Columns:
    return [
        ("id", cells.Text("id")),
        ("title", cells.text("title")),
        ("slug", cells.Text("slug")),
        ("acronym", cells.text("acronym")),
        ("url", cells.page("dataservices")),
        ("description", cells.text("description")),
        ("base_api_url", cells.text("base_api_url")),
        ("machine_documentation_url", cells.text("machine_documentation_url")),
        ("technical_documentation_url", cells.text("technical_documentation_url")),
        ("business_documentation_url", cells.text("business_documentation_url")),
        ("authorization_request_url", cells.text("authorization_request_url")),
        ("availability", cells.Float("availability")),
        ("rate_limiting", cells.text("rate_limiting")),
        ("access_type", cells.Text("access_type")),
        ("license", license_title()),
        *owner_columns(),
        ("featured", cells.Boolean("featured")),
        ("created_at", cells.DateTime("created_at")),
        ("metadata_modified_at", cells.DateTime("metadata_modified_at")),
        ("archived", cells.DateTimeOrFalse("archived_at")),
        ("tags", joined_tags("dataservices")),
        ("datasets", joined_datasets("dataservices")),
        *harvest_columns(),
        ("metric.discussions", cells.Number("metric_discussions")),
        ("metric.discussions_open", cells.Number("metric_discussions_open")),
        ("metric.followers", cells.Number("metric_followers")),
        ("metric.followers_by_months", cells.Months("followers_by_months")),
        ("metric.reuses", cells.Number("metric_reuses")),
        ("metric.views", cells.Number("metric_views")),
    ]


REUSES = Export(
    name="reuses",
    columns=reuse_columns,
    objects=lambda: Reuse.objects.public().order_by(),
    filterset=ReuseSearchFilter,
    kinds=("reuse", "organization", "dataset", "tag", "user"),
)
DATASERVICES = Export(
    name="dataservices",
    columns=dataservice_columns,
    objects=lambda: Dataservice.objects.public().order_by(),
    filterset=DataserviceSearchFilter,
    kinds=("dataservice", "organization", "dataset", "license", "tag", "user"),
)
