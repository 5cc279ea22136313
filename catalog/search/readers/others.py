"""Reuses, dataservices, organizations and topics."""

from typing import Any

from django.db.models import QuerySet

from catalog.models import Dataservice, DataserviceBadge, Organization, OrganizationBadge, Reuse, Topic
from catalog.search import weights
from catalog.search.document import Document, terms_of
from catalog.search.readers import facts
from catalog.search.schema import PRODUCER_TYPES


def _common(row: dict[str, Any], publisher: facts.Publisher | None, tags: list[str]) -> dict[str, list[str]]:
    """Return the keywords of any owned object."""
    return {
        **facts.ownership(publisher, row["organization_id"], row["owner_id"]),
        "slug": [row["slug"]],
        "tag": tags,
        "featured": facts.flag(row["featured"]),
    }


def _texts(row: dict[str, Any], title: str, publisher: facts.Publisher | None, tags: list[str]) -> dict[str, list[str]]:
    return {
        "title": terms_of([row[title], row.get("acronym")]),
        "organization_words": facts.publisher_terms(publisher),
        "tag_words": facts.tag_terms(tags),
        "rest": terms_of([row["description"]]),
    }


def _publishers(rows: list[dict[str, Any]]) -> dict[str | None, facts.Publisher]:
    return facts.publishers(row["organization_id"] for row in rows)


def reuses(ids: list[str]) -> list[Document]:
    """Return the documents of those of these reuses that anybody may read; archived ones say so."""
    found: QuerySet = Reuse.objects.public().filter(pk__in=ids).order_by()
    rows = list(found.values())
    publishers, tags = _publishers(rows), facts.linked(Reuse, "tags", ids, "tag__name")
    topics, datasets = facts.topics("Reuse", ids), facts.linked(Reuse, "datasets", ids, "dataset_id")
    return [
        _reuse(row, publishers.get(row["organization_id"]), tags.get(row["id"], []), topics, datasets) for row in rows
    ]


def _reuse(row: dict, publisher: facts.Publisher | None, tags: list[str], topics: dict, datasets: dict) -> Document:
    modified = facts.seconds(row["last_modified"])
    return Document(
        kind="reuse",
        id=row["id"],
        texts=_texts(row, "title", publisher, tags),
        keywords={
            **_common(row, publisher, tags),
            "name": facts.name_key(row["title"]),
            "type": [row["type"]],
            "topic": [row["topic"], *topics.get(row["id"], [])],
            "archived": facts.flag(row["archived"]),
            "dataset": datasets.get(row["id"], []),
        },
        numbers={
            "created": facts.seconds(row["created_at"]),
            "last_modified": modified,
            "datasets": row["metric_datasets"],
            "views": row["metric_views"],
            "followers": row["metric_followers"],
        },
        weight=weights.weight(
            badges=publisher.badges if publisher else [],
            popular=weights.popularity(
                views=row["metric_views"], followers=row["metric_followers"], reuses=row["metric_datasets"]
            ),
            modified=modified,
            featured=bool(row["featured"]),
        ),
    )


def dataservices(ids: list[str]) -> list[Document]:
    """Return the documents of those of these dataservices that anybody may read; archived ones say so."""
    rows = list(Dataservice.objects.public().filter(pk__in=ids).order_by().values())
    publishers, tags = _publishers(rows), facts.linked(Dataservice, "tags", ids, "tag__name")
    topics, datasets = facts.topics("Dataservice", ids), facts.linked(Dataservice, "datasets", ids, "dataset_id")
    badges = facts.grouped(
        DataserviceBadge.objects.filter(dataservice__in=ids).order_by().values_list("dataservice_id", "kind")
    )
    documents = []
    for row in rows:
        pk, publisher = row["id"], publishers.get(row["organization_id"])
        document = _dataservice(row, publisher, tags.get(pk, []))
        document.keywords |= {
            "badge": badges.get(pk, []), "topic": topics.get(pk, []), "dataset": datasets.get(pk, []),
        }  # fmt: skip
        documents.append(document)
    return documents


def _dataservice(row: dict, publisher: facts.Publisher | None, tags: list[str]) -> Document:
    modified = facts.seconds(row["metadata_modified_at"])
    return Document(
        kind="dataservice",
        id=row["id"],
        texts=_texts(row, "title", publisher, tags),
        keywords={
            **_common(row, publisher, tags),
            "name": facts.name_key(row["title"]),
            "access_type": [row["access_type"]],
            "archived": facts.flag(row["archived_at"]),
        },
        numbers={
            "created": facts.seconds(row["created_at"]),
            "last_modified": modified,
            "views": row["metric_views"],
            "followers": row["metric_followers"],
            "reuses": row["metric_reuses"],
        },
        weight=weights.weight(
            badges=publisher.badges if publisher else [],
            popular=weights.popularity(
                views=row["metric_views"], followers=row["metric_followers"], reuses=row["metric_reuses"]
            ),
            modified=modified,
            featured=bool(row["featured"]),
        ),
    )


def organizations(ids: list[str]) -> list[Document]:
    """Return the documents of those of these organizations that are not deleted."""
    rows = Organization.objects.filter(pk__in=ids, deleted__isnull=True).order_by().values()
    badges = facts.grouped(
        OrganizationBadge.objects.filter(organization__in=ids).order_by().values_list("organization_id", "kind")
    )
    return [_organization(row, badges.get(row["id"], [])) for row in rows]


def _organization(row: dict[str, Any], badges: list[str]) -> Document:
    return Document(
        kind="organization",
        id=row["id"],
        texts={"title": terms_of([row["name"], row["acronym"]]), "rest": terms_of([row["description"]])},
        keywords={
            "slug": [row["slug"]],
            "name": facts.name_key(row["name"]),
            "badge": badges,
            "producer_type": [badge for badge in badges if badge in PRODUCER_TYPES] or ["not-specified"],
        },
        numbers={
            "created": facts.seconds(row["created_at"]),
            "last_modified": facts.seconds(row["last_modified"]),
            "datasets": row["metric_datasets"],
            "reuses": row["metric_reuses"],
            "views": row["metric_views"],
            "followers": row["metric_followers"],
        },
        weight=weights.weight(
            badges=badges,
            popular=weights.popularity(
                views=row["metric_views"], followers=row["metric_followers"], reuses=row["metric_datasets"]
            ),
            modified=0,
        ),
    )


def topics(ids: list[str]) -> list[Document]:
    """Return the documents of those of these topics that are no drafts."""
    rows = list(Topic.objects.public().filter(pk__in=ids).order_by().values())
    publishers, tags = _publishers(rows), facts.linked(Topic, "tags", ids, "tag__name")
    zones = facts.linked(Topic, "spatial_zones", ids, "geozone_id")
    return [
        _topic(row, publishers.get(row["organization_id"]), tags.get(row["id"], []), zones.get(row["id"], []))
        for row in rows
    ]


def _topic(row: dict, publisher: facts.Publisher | None, tags: list[str], zones: list[str]) -> Document:
    modified = facts.seconds(row["last_modified"])
    return Document(
        kind="topic",
        id=row["id"],
        texts=_texts(row, "name", publisher, tags),
        keywords={
            **_common(row, publisher, tags),
            "name": facts.name_key(row["name"]),
            "geozone": zones,
            "granularity": facts.some(row["spatial_granularity"]),
        },
        numbers={"created": facts.seconds(row["created_at"]), "last_modified": modified},
        weight=weights.weight(
            badges=publisher.badges if publisher else [], popular=0, modified=modified, featured=row["featured"]
        ),
    )
