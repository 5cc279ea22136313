"""The gate before publication: whether an object needs a review, and what becomes of a draft that does.

Every way to publish passes here (the services of datasets, reuses and dataservices, curation, reverting), so that no
way in is a side door. Harvests write by themselves: their sources are validated by administrators.
"""

import hashlib
from datetime import datetime
from typing import Any

import orjson
from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog import permissions
from catalog.models import Review, TrustedOrganization
from catalog.models.audit import AuditAction
from catalog.models.review import ReviewStatus
from catalog.services import notifications, submissions
from catalog.services.audit import log as audit
from catalog.services.extras import MACHINE
from catalog.services.history import states
from portal.lib.errors import ServiceError
from portal.models import User


def needed(obj: Any, by: User) -> bool:
    """Tell whether `by` may publish `obj` only after a review: not curators, not editors of trusted organizations."""
    if not settings.PUBLICATION_REVIEW or permissions.reviews(by) or permissions.curates(by, type(obj)):
        return False
    return not (obj.organization_id and TrustedOrganization.objects.filter(organization=obj.organization_id).exists())


def refusal(row: Any, by: User) -> str:
    """Return why `by` may not publish that row at once, or an empty text."""
    return _("a curator has to agree; submit it for review.") if row.private and needed(row, by) else ""


def held(obj: Any, values: dict[str, Any], *, by: User, is_new: bool = False) -> dict[str, Any]:
    """Return the values with which `obj`, whose owner is set, may be written: what would publish it is held back."""
    is_published = not obj.private and not is_new
    would_be = values.get("private", obj.private)
    return values if is_published or would_be or not needed(obj, by) else {**values, "private": True}


def submit_new(obj: Any, asked: dict[str, Any], written: dict[str, Any], *, by: User) -> None:
    """Submit a new object that was to be public and is held back (`held` gave what is `written`)."""
    if asked is not written:
        ask(obj, by=by, is_named=False)


def follow(obj: Any, asked: dict[str, Any], *, was_draft: bool, by: User, is_alone: bool = False) -> None:
    """Submit what was asked to be published and is held back; end the review of what has been published.

    `is_alone` tells that nothing else was changed: the audit log then names the submission.
    """
    if obj.private and asked.get("private", True) is False:
        ask(obj, by=by, is_named=is_alone)
    elif was_draft and not obj.private:
        settle(obj, by=by)


def ask(obj: Any, *, by: User, comment: str = "", publish_at: datetime | None = None, is_named: bool = True) -> Review:
    """Submit a draft, or say anew what is asked of a submission that waits. Raises ServiceError for a race."""
    review = Review.objects.select_for_update().about(obj).open().first() or Review(subject=obj)
    if not review._state.adding and review.status == ReviewStatus.PENDING and not comment and publish_at is None:
        return review
    review.status, review.submitted_by, review.submitted_at = ReviewStatus.PENDING, by, timezone.now()
    review.comment, review.publish_at = comment, publish_at
    review.decided_by, review.decided_at, review.answer, review.seen = None, None, "", ""
    save(review)
    submissions.tell_curators(review)
    if is_named:
        audit.name(AuditAction.SUBMIT, review)
    return review


def save(review: Review) -> None:
    """Save; the constraint catches who opened another review of the same object in between. Raises ServiceError."""
    try:
        with transaction.atomic():
            review.save()
    except IntegrityError as error:
        raise ServiceError(_("It has been submitted already.")) from error


def settle(*published: models.Model, by: User) -> None:
    """Close the open reviews of objects of one kind, which have just been published."""
    rows = list(Review.objects.select_for_update().about(*published).open())
    for review in rows:
        review.status, review.decided_at = ReviewStatus.PUBLISHED, timezone.now()
        review.decided_by = review.decided_by or by
        review.save()
        notifications.mark_handled(review)


def mark_of(obj: models.Model) -> str:
    """Return what changes with anything that the object says, its files included: a digest of its state."""
    state = states.take(type(obj).__name__, [obj.pk])[str(obj.pk)]
    for file in state["parts"].get("resources", []):
        file["extras"] = {name: value for name, value in file["extras"].items() if not name.startswith(MACHINE)}
    return hashlib.sha256(orjson.dumps(state, option=orjson.OPT_SORT_KEYS)).hexdigest()[:40]
