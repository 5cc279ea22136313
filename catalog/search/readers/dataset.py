"""Datasets, with the titles, formats and schemas of their resources."""

from collections import defaultdict
from typing import Any

from catalog.models import Dataset, DatasetBadge, Resource, quality
from catalog.search import weights
from catalog.search.document import Document, terms_of
from catalog.search.readers import facts
from catalog.search.schema import FAMILY_OF

MAX_RESOURCES = 500  # whose titles are indexed; their formats all are
OTHER = "other"
COLUMNS = (
    "pk", "slug", "title", "acronym", "description", "organization_id", "owner_id", "license_id", "access_type",
    "spatial_granularity", "temporal_start", "temporal_end", "schema_name", "featured", "created_at", "last_update",
    "quality_flags", "metric_views", "metric_followers", "metric_reuses",
)  # fmt: skip


def build(ids: list[str]) -> list[Document]:
    """Return the documents of those of these datasets that anybody finds; eight queries."""
    rows = Dataset.objects.listed().filter(pk__in=ids).order_by().values(*COLUMNS)
    around = _around(ids)
    return [_document(row, around) for row in rows]


def _around(ids: list[str]) -> dict[str, dict]:
    organizations = Dataset.objects.filter(pk__in=ids).order_by().values_list("organization_id", flat=True)
    resources: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    columns = ("dataset_id", "title", "format", "schema_name")
    for pk, *rest in (
        Resource.objects.filter(dataset__in=ids).order_by("dataset", "position", "id").values_list(*columns)
    ):
        resources[pk].append(tuple(rest))
    badges = DatasetBadge.objects.filter(dataset__in=ids).order_by().values_list("dataset_id", "kind")
    return {
        "publishers": facts.publishers(organizations.distinct()),
        "resources": resources,
        "tags": facts.linked(Dataset, "tags", ids, "tag__name"),
        "zones": facts.linked(Dataset, "spatial_zones", ids, "geozone_id"),
        "badges": facts.grouped(badges),
        "topics": facts.topics("Dataset", ids),
    }


def _document(row: dict[str, Any], around: dict[str, dict]) -> Document:
    pk, organization = row["pk"], row["organization_id"]
    publisher = around["publishers"].get(organization)
    resources, tags = around["resources"].get(pk, []), around["tags"].get(pk, [])
    updated = facts.seconds(row["last_update"])
    return Document(
        kind="dataset",
        id=pk,
        texts={
            "title": terms_of([row["title"], row["acronym"]]),
            "organization_words": facts.publisher_terms(publisher),
            "tag_words": facts.tag_terms(tags),
            "rest": terms_of([row["description"], *(title for title, _f, _s in resources[:MAX_RESOURCES])]),
        },
        keywords={
            **facts.ownership(publisher, organization, row["owner_id"]),
            "slug": [row["slug"]],
            "name": facts.name_key(row["title"]),
            "tag": tags,
            "badge": around["badges"].get(pk, []),
            "license": facts.some(row["license_id"]),
            "geozone": around["zones"].get(pk, []),
            "granularity": facts.some(row["spatial_granularity"]),
            **_forms(row["schema_name"], resources),
            "topic": around["topics"].get(pk, []),
            "access_type": [row["access_type"]],
            "featured": facts.flag(row["featured"]),
        },
        numbers={
            "created": facts.seconds(row["created_at"]),
            "last_update": updated,
            "covers_from": facts.day_seconds(row["temporal_start"]),
            "covers_until": facts.day_seconds(row["temporal_end"]),
            "views": row["metric_views"],
            "followers": row["metric_followers"],
            "reuses": row["metric_reuses"],
        },
        weight=weights.weight(
            badges=publisher.badges if publisher else [],
            popular=weights.popularity(
                views=row["metric_views"], followers=row["metric_followers"], reuses=row["metric_reuses"]
            ),
            modified=updated,
            featured=row["featured"],
            quality=quality.score(row["quality_flags"], late=False),
        ),
    )


def _forms(own_schema: str, resources: list[tuple[str, str, str]]) -> dict[str, list[str]]:
    """Return the formats and schemas of a dataset's resources, and the schema of the dataset itself."""
    formats = {form.lower() for _title, form, _schema in resources}
    schemas = {own_schema, *(schema for _title, _form, schema in resources)}
    return {
        "format": sorted(formats - {""}),
        "format_family": sorted({FAMILY_OF.get(form, OTHER) for form in formats}),
        "schema": sorted(schemas - {""}),
    }
