"""The shape of discussions and of their messages."""

from typing import Any

from catalog.documents.marks import Local, organization_hole, user_hole
from catalog.models import Discussion, Message
from catalog.permissions import Actor
from catalog.services.discussions import speaks_for


def message(item: Message, actor: Actor) -> dict[str, Any]:
    own = speaks_for(actor, item.posted_by_id, item.posted_by_organization_id)
    return {
        "id": str(item.pk),
        "content": item.content,
        "posted_by": user_hole(item.posted_by_id),
        "posted_by_organization": organization_hole(item.posted_by_organization_id),
        "posted_on": item.posted_on,
        "last_modified_at": item.last_modified_at,
        "permissions": {"delete": own, "edit": own},
    }


def discussion(item: Discussion, actor: Actor) -> dict[str, Any]:
    """The shape of a discussion for `actor`. Needs its subject joined and its messages prefetched."""
    subject = item.subject
    own = speaks_for(actor, item.user_id, item.organization_id)
    owner_id, organization_id = subject.owner_id, getattr(subject, "organization_id", None)
    edits = actor.edits(owner_id, organization_id, (item.subject_class, subject.pk))
    page = f"{subject.get_absolute_url()}#discussion-{item.pk}"
    return {
        "id": item.pk,
        "subject": {"class": item.subject_class, "id": subject.pk},
        "title": item.title,
        "user": user_hole(item.user_id),
        "organization": organization_hole(item.organization_id),
        "created": item.created,
        "closed": item.closed,
        "closed_by": user_hole(item.closed_by_id),
        "closed_by_organization": organization_hole(item.closed_by_organization_id),
        "discussion": [message(one, actor) for one in item.messages.all()],
        "url": Local(f"/api/1/discussions/{item.pk}/"),
        "self_web_url": Local(page),
        "extras": item.extras,
        "permissions": {"close": own or edits, "delete": own, "edit": own},
    }
