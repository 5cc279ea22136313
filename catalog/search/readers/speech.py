"""Posts and discussions."""

from collections import defaultdict

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from catalog.models import Discussion, Message, Post
from catalog.models.discussion import SUBJECTS
from catalog.search import weights
from catalog.search.document import Document, terms_of
from catalog.search.readers import facts

MAX_MESSAGES = 100  # of one discussion


def posts(ids: list[str]) -> list[Document]:
    """Return the documents of these posts; one planned for later is found from its date on (`service`)."""
    rows = Post.objects.filter(pk__in=ids, published__isnull=False).order_by().values()
    tags = facts.linked(Post, "tags", ids, "tag__name")
    return [
        Document(
            kind="post",
            id=row["id"],
            texts={
                "title": terms_of([row["name"]]),
                "tag_words": facts.tag_terms(tags.get(row["id"], [])),
                "rest": terms_of([row["headline"], row["content"]]),
            },
            keywords={
                "slug": [row["slug"]],
                "name": facts.name_key(row["name"]),
                "category": [row["kind"]],
                "tag": tags.get(row["id"], []),
            },
            numbers={
                "created": facts.seconds(row["created_at"]),
                "last_modified": facts.seconds(row["last_modified"]),
                "published": facts.seconds(row["published"]),
            },
            weight=weights.weight(badges=[], popular=0, modified=facts.seconds(row["published"])),
        )
        for row in rows
    ]


def discussions(ids: list[str]) -> list[Document]:
    """Return the documents of those of these discussions whose subject anybody may read."""
    found = Discussion.objects.visible_to(AnonymousUser()).filter(pk__in=ids).order_by()
    owners = {f"{name}__organization_id" for name in ("dataset", "reuse", "dataservice")}
    rows = found.values(
        "pk", "title", "user_id", "created", "closed", *(f"{name}_id" for name in SUBJECTS.values()), *owners
    )
    messages: dict[str, list[str]] = defaultdict(list)
    last: dict[str, int] = {}
    columns = ("discussion_id", "content", "posted_on")
    for pk, content, posted_on in (
        Message.objects.filter(discussion__in=ids).order_by("posted_on", "id").values_list(*columns)
    ):
        messages[pk].append(content)
        last[pk] = facts.seconds(posted_on)
    return [_discussion(row, messages[row["pk"]], last.get(row["pk"], 0), owners) for row in rows]


def _discussion(row: dict, messages: list[str], last: int, owners: set[str]) -> Document:
    kind, subject = next((name, row[f"{column}_id"]) for name, column in SUBJECTS.items() if row[f"{column}_id"])
    return Document(
        kind="discussion",
        id=row["pk"],
        texts={"title": terms_of([row["title"]]), "rest": terms_of(messages[:MAX_MESSAGES])},
        keywords={
            "name": facts.name_key(row["title"]),
            "closed": facts.flag(row["closed"]),
            "object_type": [kind],
            "subject": [subject],
            "organization": facts.some(*(row[owner] for owner in owners)),
            "user": [str(row["user_id"])] if row["user_id"] else [],
        },
        numbers={
            "created": facts.seconds(row["created"]),
            "closed_at": facts.seconds(row["closed"]),
            "last_modified": last or facts.seconds(row["created"]),
        },
        weight=weights.weight(badges=[], popular=0, modified=last),
    )


def discussions_about(kind: str, ids: list[str]) -> list[str]:
    """Return the discussions about these objects: what their state shows or hides with them."""
    columns = {column for name, column in SUBJECTS.items() if column == kind}
    condition = Q()
    for column in columns:
        condition |= Q(**{f"{column}__in": ids})
    return list(Discussion.objects.filter(condition).values_list("pk", flat=True)) if columns else []
