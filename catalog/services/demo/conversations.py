"""News of the portal, and discussions between publishers and readers."""

from datetime import timedelta
from typing import Any

from catalog.models import Discussion, Message, Post, Tag
from catalog.services.demo import files, pictures
from catalog.services.demo.datasets import dataset_id
from catalog.services.demo.names import chance, file_id, object_id, read
from catalog.services.demo.organizations import person_id
from catalog.services.demo.writer import Writer


def add_posts(writer: Writer) -> None:
    for raw in read("posts"):
        pk = object_id("post", raw["key"])
        if not writer.lacks(Post, pk):
            continue
        published = None if raw["days"] is None else writer.now - timedelta(days=raw["days"])
        image = files.store(f"posts/demo-{raw['key']}.png", pictures.banner(f"post {raw['key']}"))
        post = Post(
            id=pk,
            name=raw["name"],
            headline=raw["headline"],
            kind=raw.get("kind", "news"),
            content=raw["content"],
            image=image.name,
            owner_id=person_id(raw["author"]),
            published=published,
            created_at=published or writer.now,
            last_modified=published or writer.now,
        )
        datasets = [dataset_id(key) for key in raw.get("datasets", [])]
        reuses = [object_id("reuse", key) for key in raw.get("reuses", [])]
        writer.add(post, tags=Tag.objects.named(raw["tags"]), datasets=datasets, reuses=reuses)


def subject_of(raw: dict[str, Any]) -> dict[str, str]:
    """Return the column of the subject and its id."""
    kind = next(kind for kind in ("dataset", "reuse", "dataservice", "post") if kind in raw)
    return {f"{kind}_id": object_id(kind, raw[kind])}


def add_discussions(writer: Writer) -> None:
    for raw in read("discussions"):
        subject = subject_of(raw)
        pk = object_id("discussion", f"{raw['title']} {subject}")
        if not writer.lacks(Discussion, pk):
            continue
        created = writer.now - timedelta(days=chance(raw["title"]).randint(4, 60))
        replies = [created + timedelta(hours=5 * number) for number in range(len(raw["messages"]))]
        first, last = raw["messages"][0][0], raw["messages"][-1][0]
        closing = {"closed": replies[-1], "closed_by_id": person_id(last)} if raw.get("closed") else {}
        discussion = Discussion(
            id=pk, title=raw["title"], user_id=person_id(first), created=created, **subject, **closing
        )
        writer.add(discussion)
        for number, (author, content) in enumerate(raw["messages"]):
            message = Message(id=file_id(f"message {pk} {number}"), discussion=discussion, content=content)
            message.posted_on, message.posted_by_id = replies[number], person_id(author)
            writer.add(message)
