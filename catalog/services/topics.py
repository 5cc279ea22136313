"""Topics and their elements."""

from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q, QuerySet

from catalog.models import Dataservice, Dataset, Follow, Reuse, SlugHistory, Tag, Topic, TopicElement
from catalog.models.activity import ActivityKey
from catalog.models.subject import class_of
from catalog.permissions import Actor
from catalog.services import activity, ownership, relations
from portal.lib.ids import is_object_id
from portal.models import User

COLUMNS = ("name", "description", "color", "private", "extras", "spatial_geom", "spatial_granularity")
LISTS = ("tags", "spatial_zones")
PLACES = {"datasets": Dataset, "reuses": Reuse, "dataservices": Dataservice}  # of the pages of what a topic gathers


@transaction.atomic
def create(values: dict[str, Any], *, by: User, actor: Actor) -> Topic:
    """Make a topic with its elements. Raises ServiceError."""
    values = {**values, **values.get("spatial", {})}
    topic = Topic(**ownership.owner_of_new(actor, values, by))
    relations.assign(topic, COLUMNS, values)
    topic.save(force_insert=True)
    relations.relate(topic, LISTS, values)
    activity.record(by, ActivityKey.TOPIC_CREATED, topic)
    add_elements(topic, values.get("elements", []), by=by)
    return topic


@transaction.atomic
def update(topic: Topic, values: dict[str, Any], *, by: User, actor: Actor) -> list[str]:
    """Change what `values` names; return the keys that changed. `elements` replaces them all. Raises ServiceError."""
    values = {**values, **values.get("spatial", {})}
    owner = ownership.changed_owner(actor, topic, values)
    changes = relations.change_owner(topic, owner) + relations.assign(topic, COLUMNS, values)
    changes += relations.relate(topic, LISTS, values)
    if "elements" in values:
        delete_elements(topic, topic.elements.all(), by=by)
        add_elements(topic, values["elements"], by=by)
        changes.append("elements")
    if changes:
        _touch(topic)
        changes = list(dict.fromkeys("spatial" if name.startswith("spatial_") else name for name in changes))
        activity.record(by, ActivityKey.TOPIC_UPDATED, topic, changes=changes)
    return changes


@transaction.atomic
def set_featured(topic: Topic, featured: bool) -> None:
    """Put a topic forward, or no more."""
    topic.featured = featured
    topic.save(update_fields=["featured"])


@transaction.atomic
def delete(topic: Topic) -> None:
    """Delete a topic for good, as udata does, with its elements, discussions and followers."""
    Follow.objects.about(topic).delete()
    topic.delete()


@transaction.atomic
def add_elements(topic: Topic, entries: list[dict[str, Any]], *, by: User) -> list[TopicElement]:
    """Add elements after those that are there."""
    last = topic.elements.aggregate(last=Max("position"))["last"]
    first = 0 if last is None else last + 1
    rows = [_assigned(TopicElement(topic=topic, position=first + rank), one) for rank, one in enumerate(entries)]
    TopicElement.objects.bulk_create(rows)
    tags = Tag.objects.by_name({tag for one in entries for tag in one.get("tags", [])})
    links = TopicElement.tags.through
    links.objects.bulk_create(
        links(topicelement=row, tag=tag)
        for row, one in zip(rows, entries, strict=True)
        for tag in dict.fromkeys(tags[name] for name in one.get("tags", []))
    )
    if rows:
        _touch(topic)
        _record(by, ActivityKey.TOPIC_ELEMENT_CREATED, topic, rows)
    return rows


@transaction.atomic
def update_element(element: TopicElement, values: dict[str, Any], *, by: User) -> None:
    """Change what `values` names."""
    _assigned(element, values).save()
    relations.relate(element, ["tags"], values)
    _touch(element.topic)
    _record(by, ActivityKey.TOPIC_ELEMENT_UPDATED, element.topic, [element])


@transaction.atomic
def delete_elements(topic: Topic, elements: QuerySet[TopicElement], *, by: User) -> None:
    """Remove these elements of a topic."""
    rows = list(elements)
    if rows:
        elements.delete()
        _touch(topic)
        _record(by, ActivityKey.TOPIC_ELEMENT_DELETED, topic, rows)


def element_at(named: str, reader: Any) -> Any:
    """Return the object that `named` (its page's address, with or without the host and a language, or its id) means,
    as far as `reader` may read it; None if there is none.
    """
    try:
        path = unquote(urlsplit(named.strip()).path).strip("/")
    except ValueError:
        return None
    if is_object_id(path):
        rows = (model._default_manager.visible_to(reader).filter(pk=path) for model in PLACES.values())
        return next(filter(None, (found.first() for found in rows)), None)
    parts = path.split("/")
    if parts[0] in dict(settings.LANGUAGES):
        parts = parts[1:]
    place, slug = parts if len(parts) == 2 else ("", "")
    model = PLACES.get(place)
    if model is None or not slug or "\x00" in slug:
        return None
    found = Q(slug=slug) | Q(pk__in=[slug, SlugHistory.objects.find(model, slug) or ""])
    return model._default_manager.visible_to(reader).filter(found).order_by("pk").first()


def _touch(topic: Topic) -> None:
    """Save the topic as modified now: what it lists is a part of it."""
    topic.touch()
    topic.save()


def _record(by: User, key: str, topic: Topic, rows: list[TopicElement]) -> None:
    """Note what happened to these elements, in one insert."""
    activity.record_all(by, key, topic, [{"element_id": str(row.pk)} for row in rows])


def _assigned(row: TopicElement, values: dict[str, Any]) -> TopicElement:
    relations.assign(row, ("title", "description", "extras"), values)
    if "element" in values:
        subject = values["element"]
        row.subject_class, row.subject_id = (class_of(subject), subject.pk) if subject else ("", "")
    return row
