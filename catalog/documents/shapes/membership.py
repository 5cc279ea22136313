"""The shapes of membership requests, invitations and assignments."""

from typing import Any

from catalog.documents.marks import organization_hole, user_hole
from catalog.documents.shapes.common import user_reference
from catalog.models import Assignment, MembershipRequest


def membership_request(item: MembershipRequest) -> dict[str, Any]:
    """The shape of a request for those it concerns: administrators, and whoever asks. Needs its user joined."""
    user = None
    if item.user:
        user = {**user_reference(item.user), "email": item.user.email, "last_login_at": item.user.last_login}
    return {
        "id": str(item.pk),
        "kind": item.kind,
        "status": item.status,
        "user": user,
        "email": item.email or None,
        "role": item.role,
        "comment": item.comment or None,
        "assignments": item.assignments,
        "created": item.created,
    }


def invitation(item: MembershipRequest) -> dict[str, Any]:
    """The shape of an invitation for whoever is invited."""
    return {
        "id": str(item.pk),
        "organization": organization_hole(item.organization_id),
        "role": item.role,
        "comment": item.comment or None,
        "assignments": item.assignments,
        "created": item.created,
    }


def assignment(item: Assignment) -> dict[str, Any]:
    return {
        "id": item.pk,
        "user": user_hole(item.user_id),
        "organization": organization_hole(item.organization_id),
        "subject": {"class": item.subject_class, "id": item.subject_id},
        "created_at": item.created_at,
    }
