"""The transitions of a publication: submit, withdraw, publish, send back, schedule; and what is due at its date.

    draft ── submit ──> to review ── publish ──> published, or scheduled until its date
      ^                     │
      └── send back, withdraw ┘

Each locks the review's row and looks at its state there: of two curators who decide at once, the second is told so.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from catalog import permissions
from catalog.models import Dataservice, Dataset, Reuse, Review
from catalog.models.audit import AuditAction, AuditOrigin
from catalog.models.review import MAX_COMMENT, ReviewStatus
from catalog.models.subject import model_of
from catalog.permissions import Actor
from catalog.services import curation, dataservices, datasets, notifications, reuses, review_gate, submissions
from catalog.services.audit import log as audit
from portal.lib.errors import ServiceError
from portal.lib.writes.scope import scope
from portal.models import User

SERVICES = {Dataset: datasets, Reuse: reuses, Dataservice: dataservices}
FARTHEST = timedelta(days=731)  # how far ahead a publication is scheduled
BATCH = 100  # publications that one run of the job does


@transaction.atomic
def submit(obj: Any, *, by: User, actor: Actor, comment: str = "", publish_at: datetime | None = None) -> Review:
    """Ask curators to publish a draft, its row locked. Raises ServiceError."""
    _check_draft(obj, by, actor)
    return review_gate.ask(obj, by=by, comment=_short(comment), publish_at=_checked(publish_at))


@transaction.atomic
def schedule(obj: Any, publish_at: datetime, *, by: User, actor: Actor, comment: str = "") -> Review:
    """Have a draft, its row locked, published at that moment; where a review is needed, submit it with that date.

    Raises ServiceError (field `publish_at`) for a moment that is past or too far ahead.
    """
    if review_gate.needed(obj, by):
        return submit(obj, by=by, actor=actor, comment=comment, publish_at=publish_at)
    _check_draft(obj, by, actor)
    review = Review.objects.select_for_update().about(obj).open().first() or Review(subject=obj, submitted_by=by)
    review.status, review.publish_at, review.seen = ReviewStatus.SCHEDULED, _checked(publish_at), ""
    review.decided_by, review.decided_at = by, timezone.now()
    review_gate.save(review)
    audit.name(AuditAction.SCHEDULE, review)
    return review


@transaction.atomic
def withdraw(obj: Any, *, by: User, actor: Actor) -> None:
    """Take back a submission or a date: the object is a mere draft again. Raises ServiceError where there is none."""
    _check_editor(obj, by, actor)
    review = Review.objects.select_for_update().about(obj).open().first()
    if review is None:
        raise ServiceError(_("It waits for nothing any more."))
    review.status = ReviewStatus.WITHDRAWN
    review.save()
    notifications.mark_handled(review)
    audit.name(AuditAction.WITHDRAW, review)


@transaction.atomic
def publish(pk: UUID, *, by: User, seen: str, comment: str = "", publish_at: datetime | None = None) -> Review:
    """Agree to a submission: publish the draft, or have it published at its date (or at `publish_at`).

    Raises ServiceError.

    `seen` is the mark of the draft that the curator read (`review_gate.mark_of`): one that changed since is refused.
    """
    review = submissions.to_decide(Review, pk, by)
    obj = _locked(review)
    if review_gate.mark_of(obj) != seen:
        raise ServiceError(_("It has been changed since you opened this page. Look at it again."))
    review.decided_by, review.decided_at, review.answer = by, timezone.now(), _short(comment)
    review.publish_at = _checked(publish_at) or review.publish_at
    if review.publish_at and review.publish_at > timezone.now():
        review.status, review.seen = ReviewStatus.SCHEDULED, seen
        review.save()
        audit.name(AuditAction.SCHEDULE, review)
    else:
        review.save()
        _make_public(obj, by)
        review.refresh_from_db()
    _tell(review, obj, by=by)
    return review


@transaction.atomic
def send_back(pk: UUID, *, by: User, comment: str) -> Review:
    """Give a submission back to its author, who is told why. Raises ServiceError (field `comment` without one)."""
    review = submissions.to_decide(Review, pk, by)
    if not comment.strip():
        raise ServiceError(_("Say what has to be changed."), field="comment")
    review.status, review.decided_by, review.decided_at = ReviewStatus.RETURNED, by, timezone.now()
    review.answer = _short(comment)
    review.save()
    audit.name(AuditAction.SEND_BACK, review)
    _tell(review, review.subject, by=by)
    return review


@transaction.atomic
def submit_all(chosen: models.QuerySet, *, by: User) -> int:
    """Submit the drafts of a selection; return how many. Raises ServiceError, and none is submitted."""
    actor = Actor.of(by)
    rows = list(chosen.model.objects.select_for_update(of=("self",)).filter(pk__in=chosen.order_by().values("pk")))
    for row in rows:
        submit(row, by=by, actor=actor)
    return len(rows)


def publish_due(now: datetime | None = None) -> int:
    """Publish what is scheduled for `now` or before; return how many were published. One transaction for each."""
    due = Review.objects.due(now or timezone.now()).values_list("pk", flat=True)[:BATCH]
    return sum(_publish_scheduled(pk) for pk in list(due))


def _publish_scheduled(pk: UUID) -> bool:
    """Publish one draft at its date; tell whether it was.

    What was deleted is withdrawn; what was changed since the curator agreed, or whose curator left, is to review again.
    """
    with transaction.atomic():
        skip = {"skip_locked": True} if connection.features.has_select_for_update_skip_locked else {}
        found = Review.objects.select_for_update(of=("self",), **skip).select_related("decided_by")
        review = found.filter(pk=pk, status=ReviewStatus.SCHEDULED).first()
        if review is None:
            return False
        by = review.decided_by
        with scope(AuditOrigin.COMMAND, actor_id=str(by.pk) if by else ""):
            return _publish_or_return(review, by)


def _publish_or_return(review: Review, by: User | None) -> bool:
    model = model_of(review.subject_class)
    obj = model.objects.select_for_update(of=("self",)).filter(pk=review.subject_id).first()
    if obj is None or getattr(obj, curation.deleted_column(model)):
        review.status = ReviewStatus.WITHDRAWN
    elif by is None or not by.is_active or (review.seen and review_gate.mark_of(obj) != review.seen):
        review.status, review.decided_by, review.decided_at, review.seen = ReviewStatus.PENDING, None, None, ""
    else:
        _make_public(obj, by)
        review.refresh_from_db()
        if not obj.private:
            _tell(review, obj, by=by)
        return not obj.private
    review.save()
    return False


def _make_public(obj: Any, by: User) -> None:
    """Publish, and end the review, even of what somebody published in another way meanwhile."""
    SERVICES[type(obj)].update(obj, {"private": False}, by=by, actor=Actor.of(by))
    if not obj.private:
        review_gate.settle(obj, by=by)


def _locked(review: Review) -> Any:
    """Return the draft that the review is about, its row locked. Raises ServiceError if it is gone."""
    model = model_of(review.subject_class)
    obj = model.objects.select_for_update(of=("self",)).filter(pk=review.subject_id).first()
    if obj is None or getattr(obj, curation.deleted_column(model)):
        raise ServiceError(_("It has been deleted."))
    return obj


def _check_editor(obj: Any, by: User, actor: Actor) -> None:
    if not (permissions.can_edit(actor, obj) or permissions.curates(by, type(obj))):
        raise ServiceError(_("%(object)s: you may not change it.") % {"object": obj})


def _check_draft(obj: Any, by: User, actor: Actor) -> None:
    _check_editor(obj, by, actor)
    if getattr(obj, curation.deleted_column(type(obj))):
        raise ServiceError(_("%(object)s: it is deleted; restore it first.") % {"object": obj})
    if not obj.private:
        raise ServiceError(_("%(object)s: it is published already.") % {"object": obj})


def moment_of(text: str) -> datetime:
    """Return the moment that a field of date and time sends, in the portal's time zone. Raises ServiceError."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise ServiceError(_("Give a date and a time."), field="publish_at")
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def _checked(moment: datetime | None) -> datetime | None:
    if moment is not None and not timezone.now() < moment < timezone.now() + FARTHEST:
        raise ServiceError(_("The date of publication must be in the two years to come."), field="publish_at")
    return moment


def _short(comment: str) -> str:
    return comment.strip()[:MAX_COMMENT]


def _tell(review: Review, obj: Any, *, by: User) -> None:
    place = {"path": obj.get_absolute_url()} if obj is not None else {}
    template = f"review_{review.status}"
    submissions.tell_author(review, review.submitted_by, obj, by=by, template=template, status=review.status, **place)
