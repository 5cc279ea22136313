"""What several kinds of objects read alike: their organizations, tags, badges, topics; and how dates are kept."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Model, QuerySet

from catalog.models import Organization, OrganizationBadge, TopicElement
from catalog.search.analysis import fold
from catalog.search.document import terms_of
from catalog.search.schema import DAY, FOREVER, PRODUCER_TYPES

EPOCH_DAY = date(1970, 1, 1)
MAX_NAME = 300  # characters of an organization's name in the facet


@dataclass(frozen=True, slots=True)
class Publisher:
    """An organization as its objects show it."""

    name: str
    acronym: str
    badges: list[str] = field(default_factory=list)


def seconds(value: datetime | None, default: int = 0) -> int:
    return int(value.timestamp()) if value else default


def day_seconds(value: date | None, default: int = FOREVER) -> int:
    """Return the second at which a day begins, without regard to time zones."""
    return (value - EPOCH_DAY).days * DAY if value else default


def flag(value: Any) -> list[str]:
    return ["true" if value else "false"]


def some(*values: str | None) -> list[str]:
    """Return those of `values` that are there."""
    return [value for value in values if value]


def grouped(rows: Iterable[tuple[str, Any]]) -> dict[str, list[Any]]:
    """Return `{key: [values]}`, values sorted and once each: the order of a table must not change a version."""
    found: dict[str, set[Any]] = defaultdict(set)
    for key, value in rows:
        found[key].add(value)
    return {key: sorted(values) for key, values in found.items()}


def publishers(ids: Iterable[str | None]) -> dict[str | None, Publisher]:
    """Return the organizations of these ids; two queries."""
    wanted = {pk for pk in ids if pk}
    if not wanted:
        return {}
    badges = grouped(
        OrganizationBadge.objects.filter(organization__in=wanted).order_by().values_list("organization_id", "kind")
    )
    rows = Organization.objects.filter(pk__in=wanted).order_by().values_list("pk", "name", "acronym")
    return {pk: Publisher(name, acronym, badges.get(pk, [])) for pk, name, acronym in rows}


def linked(model: type[Model], name: str, ids: list[str], value: str) -> dict[str, list[Any]]:
    """Return the values of a many-to-many of these objects; one query."""
    through = getattr(model, name).through
    source = getattr(model, name).field.m2m_field_name()
    rows: QuerySet = through.objects.filter(**{f"{source}__in": ids}).order_by()
    return grouped(rows.values_list(f"{source}_id", value))


def topics(subject_class: str, ids: list[str]) -> dict[str, list[str]]:
    """Return the topics, drafts left out, that list these objects; one query."""
    rows = TopicElement.objects.filter(subject_class=subject_class, subject_id__in=ids).exclude(topic__private=True)
    return grouped(rows.order_by().values_list("subject_id", "topic_id"))


def producer_types(publisher: Publisher | None, owner: str | None) -> list[str]:
    if owner:
        return ["user"]
    if publisher is None:
        return []
    return [badge for badge in publisher.badges if badge in PRODUCER_TYPES] or ["not-specified"]


def ownership(publisher: Publisher | None, organization: str | None, owner: str | None) -> dict[str, list[str]]:
    """Return the keywords that say whose an object is."""
    if publisher is None:
        return {"owner": some(owner), "producer_type": producer_types(None, owner)}
    return {
        "organization": some(organization),
        "organization_badge": publisher.badges,
        "organization_name": [publisher.name.lower()],
        "organization_id_with_name": [f"{organization}|{publisher.name[:MAX_NAME]}"],
        "producer_type": producer_types(publisher, None),
    }


def publisher_terms(publisher: Publisher | None) -> list[str]:
    return terms_of([publisher.name, publisher.acronym]) if publisher else []


def tag_terms(tags: list[str]) -> list[str]:
    return terms_of(tag.replace("-", " ") for tag in tags)


def name_key(text: str) -> list[str]:
    """Return the text as lists sort it by name."""
    return [fold(text.strip())[:100]]
