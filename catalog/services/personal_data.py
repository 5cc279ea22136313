"""Everything in the catalogue that is keyed to a person, for the archive that she may ask for."""

from typing import Any

from django.db import models
from django.db.models import Q

from catalog.models import (
    Activity,
    Assignment,
    AuditEntry,
    CommunityResource,
    ContactPoint,
    Dataservice,
    Dataset,
    Discussion,
    EditorNote,
    Follow,
    MailChoice,
    Member,
    MembershipRequest,
    Message,
    Notification,
    PendingChange,
    Post,
    Report,
    Reuse,
    Review,
    Topic,
    Transfer,
    Visualization,
    WaitingMail,
)
from catalog.models.subject import load_subjects
from portal.models import User

# What she owns: the name in the archive, the model, and the columns that are hers to read.
OWNED: dict[str, tuple[type[models.Model], tuple[str, ...]]] = {
    "datasets": (Dataset, ("id", "title", "slug", "description", "created_at", "private", "archived", "deleted")),
    "community_resources": (CommunityResource, ("id", "title", "url", "description", "created_at", "dataset_id")),
    "reuses": (Reuse, ("id", "title", "slug", "description", "url", "created_at", "private", "archived", "deleted")),
    "dataservices": (
        Dataservice,
        ("id", "title", "slug", "description", "base_api_url", "created_at", "private", "archived_at", "deleted_at"),
    ),
    "visualizations": (
        Visualization,
        ("id", "title", "slug", "description", "created_at", "private", "deleted_at"),
    ),
    "topics": (Topic, ("id", "name", "slug", "description", "created_at", "private")),
    "posts": (Post, ("id", "name", "slug", "headline", "published")),
    "contact_points": (ContactPoint, ("id", "name", "email", "contact_form", "role")),
}


def of(user: User) -> dict[str, Any]:
    """Return her data by the name of the file: plain values, which JSON can say."""
    owned = {
        name: list(model._default_manager.filter(owner=user).order_by("pk").values(*columns))
        for name, (model, columns) in OWNED.items()
    }
    return owned | _social(user) | _organizations(user) | _asked(user)


def _social(user: User) -> dict[str, Any]:
    started = Discussion.objects.filter(user=user).order_by("created", "pk")
    written = Message.objects.filter(posted_by=user)
    follows = list(Follow.objects.filter(follower=user).order_by("since", "pk"))
    activity = Activity.objects.filter(actor=user).order_by("created_at", "pk")
    told = Notification.objects.filter(user=user).order_by("created_at", "pk")
    return {
        "discussions": list(started.values("id", "title", "created", "closed", "organization_id", "extras")),
        "messages": list(
            written.values("id", "discussion_id", "discussion__title", "content", "posted_on", "last_modified_at")
        ),
        "follows": _named(follows, ("since", "until")),
        "activity": list(
            activity.values("key", "subject_class", "subject_id", "created_at", "organization_id", "changes", "extras")
        ),
        "audit": list(
            AuditEntry.objects.filter(actor_id=user.pk)
            .order_by("pk")
            .values("at", "origin", "credential", "action", "kind", "object_id", "changes", "comment", "request_id")
        ),
        "notifications": list(told.values("id", "kind", "details", "created_at", "handled_at")),
        "mail_choices": list(MailChoice.objects.filter(user=user).order_by("kind").values("kind", "pace")),
        "waiting_mails": list(WaitingMail.objects.filter(user=user).values("kind", "pace", "created_at")),
    }


def _organizations(user: User) -> dict[str, Any]:
    members = Member.objects.filter(user=user).order_by("since", "pk")
    # The lower case of her address: invitations that came before the account.
    requests = MembershipRequest.objects.filter(Q(user=user) | (Q(email=user.email or "") & ~Q(email="")))
    return {
        "memberships": list(members.values("organization_id", "organization__name", "role", "since")),
        "assignments": _named(list(Assignment.objects.filter(user=user)), ("organization_id", "created_at")),
        "membership_requests": list(
            requests.order_by("created", "pk").values(
                "id", "organization_id", "organization__name", "kind", "status", "role", "comment",
                "refusal_comment", "created", "handled_on",
            )
        ),
    }  # fmt: skip


def _asked(user: User) -> dict[str, Any]:
    made = Report.objects.filter(by=user).order_by("reported_at", "pk")
    transfers = Transfer.objects.filter(Q(user=user) | Q(recipient_user=user) | Q(owner_user=user))
    return {
        "reports": list(
            made.values("id", "subject_class", "subject_id", "reason", "message", "reported_at", "dismissed_at")
        ),
        "reviews": list(
            Review.objects.filter(submitted_by=user)
            .order_by("submitted_at", "pk")
            .values("id", "subject_class", "subject_id", "comment", "status", "submitted_at", "publish_at")
        ),
        "pending_changes": list(
            PendingChange.objects.filter(author=user)
            .order_by("submitted_at", "pk")
            .values("id", "subject_class", "subject_id", "comment", "status", "submitted_at", "values", "answer")
        ),
        "editor_notes": list(
            EditorNote.objects.filter(author=user)
            .order_by("created_at", "pk")
            .values("id", "subject_class", "subject_id", "text", "created_at")
        ),
        "transfers": list(
            transfers.order_by("created", "pk").values(
                "id", "subject_class", "subject_id", "comment", "status", "response_comment", "created", "responded"
            )
        ),
    }


def _named(rows: list[Any], columns: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return rows about objects with the names of these."""
    subjects = load_subjects(rows)
    return [
        {
            "subject_class": row.subject_class,
            "subject_id": row.subject_id,
            "subject": str(subjects.get((row.subject_class, row.subject_id), "")),
            **{name: getattr(row, name) for name in columns},
        }
        for row in rows
    ]
