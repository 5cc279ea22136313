"""Following objects and users, and no more; counters are exact, for the row of the followed is locked."""

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone

from catalog.models import Follow
from catalog.models.activity import ActivityKey
from catalog.models.subject import class_of, model_of
from catalog.services import activity
from portal.models import User


@transaction.atomic
def follow(subject: models.Model, *, by: User) -> tuple[Follow, bool]:
    """Follow `subject`, whose row is locked; return the follow and whether it is new. Raises PermissionDenied for
    oneself.
    """
    if subject == by:
        raise PermissionDenied
    current = Follow.objects.current().about(subject).filter(follower=by).first()
    if current:
        return current, False
    made = Follow.objects.create(follower=by, subject=subject)
    _count(subject, by)
    key = f"{class_of(subject).lower()}:followed"
    if key in ActivityKey.values:
        activity.record(by, key, subject)
    return made, True


@transaction.atomic
def unfollow(subject: models.Model, *, by: User) -> bool:
    """Follow `subject`, whose row is locked, no more; tell whether it was followed. The follow is kept as history."""
    current = Follow.objects.current().about(subject).filter(follower=by).first()
    if current is None:
        return False
    _end(current, subject, by)
    return True


@transaction.atomic
def end(current: Follow, *, by: User) -> None:
    """End one of the follows of `by` that last, whatever became of its subject, whose row is locked here."""
    rows = model_of(current.subject_class)._default_manager.filter(pk=current.subject_id)
    _end(current, rows.select_for_update(of=("self",)).first(), by)


def is_following(user: User, subject: models.Model) -> bool:
    return Follow.objects.current().about(subject).filter(follower=user.pk).exists()


def _end(current: Follow, subject: models.Model | None, by: User) -> None:
    current.until = timezone.now()
    current.save(update_fields=["until"])
    _count(subject, by)


def number(subject: models.Model) -> int:
    """Return how many follow `subject` now."""
    return Follow.objects.current().about(subject).count()


def _count(subject: models.Model | None, by: User) -> None:
    if subject is not None and hasattr(subject, "metric_followers"):
        type(subject).objects.filter(pk=subject.pk).update(metric_followers=number(subject))
    User.objects.filter(pk=by.pk).update(metric_following=Follow.objects.current().filter(follower=by).count())
