"""Topics: what an organization or a person has gathered, with a word about some of it."""

from datetime import timedelta
from typing import Any

from catalog.models import Tag, Topic, TopicElement
from catalog.services.demo.datasets import dataset_id
from catalog.services.demo.names import file_id, object_id, read
from catalog.services.demo.organizations import organization_id, person_id
from catalog.services.demo.writer import Writer


def add_topics(writer: Writer) -> None:
    for raw in read("topics"):
        pk = object_id("topic", raw["key"])
        if not writer.lacks(Topic, pk):
            continue
        made = writer.now - timedelta(days=raw["days"])
        topic = Topic(
            id=pk,
            name=raw["name"],
            description=raw["text"],
            featured=raw["featured"],
            private=False,
            organization_id=organization_id(raw["organization"]) if "organization" in raw else None,
            owner_id=person_id(raw["person"]) if "person" in raw else None,
            created_at=made,
            last_modified=made,
        )
        writer.add(topic, tags=Tag.objects.named(raw["tags"]))
        for number, element in enumerate(raw["elements"]):
            row = TopicElement(
                id=file_id(f"element {pk} {number}"), topic=topic, position=number, **subject_of(element)
            )
            row.title, row.description = element.get("title", ""), element.get("text", "")
            row.save(force_insert=True)


def subject_of(raw: dict[str, Any]) -> dict[str, str]:
    """Return the columns that name the object of an element; none for a title alone."""
    if "dataset" in raw:
        return {"subject_class": "Dataset", "subject_id": dataset_id(raw["dataset"])}
    for kind, name in (("reuse", "Reuse"), ("dataservice", "Dataservice")):
        if kind in raw:
            return {"subject_class": name, "subject_id": object_id(kind, raw[kind])}
    return {}
