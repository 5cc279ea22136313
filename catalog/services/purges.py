"""Removing for good what was deleted: the rows, what hangs on them, what is about them, and their files.

In batches, each in one transaction with its rows locked: who restores an object meanwhile keeps it whole.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from catalog.models import (
    Activity,
    Assignment,
    Dataservice,
    Dataset,
    Discussion,
    EditorNote,
    Follow,
    MembershipRequest,
    Notification,
    Organization,
    PendingChange,
    Report,
    Resource,
    Reuse,
    Review,
    SlugHistory,
    TopicElement,
    Transfer,
)
from catalog.models.base import OwnedModel
from catalog.models.discussion import SUBJECTS
from catalog.models.subject import model_of
from catalog.models.topic import ELEMENT_CLASSES
from catalog.services import relations
from catalog.services.batches import batches
from catalog.services.files import forget_file
from catalog.services.proposing import proposed_files
from portal.models import User

BATCH = 100
DELETED = {Dataset: "deleted", Reuse: "deleted", Organization: "deleted", Dataservice: "deleted_at"}  # the columns
FILES = {Reuse: "image", Organization: "logo"}


def purge(model: type[models.Model], *, days: int = 0) -> int:
    """Remove the objects of a kind that were deleted at least so many days ago; return how many there were."""
    condition = {f"{DELETED[model]}__lte": timezone.now() - timedelta(days=days)}
    ids = list(model._base_manager.filter(**condition).order_by().values_list("pk", flat=True))
    return sum(_purge_batch(model, batch, condition) for batch in batches(ids, BATCH))


@transaction.atomic
def _purge_batch(model: type[models.Model], ids: list[str], condition: dict[str, Any]) -> int:
    locked = model._base_manager.select_for_update(of=("self",)).filter(pk__in=ids, **condition)
    rows = list(locked.order_by("pk"))
    ids = [row.pk for row in rows]
    _forget_subjects(rows, model.__name__)
    if model is Organization:
        _forget_organizations(ids)
    files = [getattr(row, FILES[model]) for row in rows] if model in FILES else []
    if model is Dataset:
        files = [one.file for one in Resource.objects.filter(dataset__in=ids).exclude(file="").only("file")]
    users = _reuses_of(ids) if model is Dataset else []
    SlugHistory.objects.filter(kind=model._meta.model_name, object_id__in=ids).delete()
    model._base_manager.filter(pk__in=ids).delete()
    relations.count_datasets(users)
    for file in files:
        forget_file(file)
    return len(rows)


def _forget_subjects(rows: list[models.Model], name: str) -> None:
    """Remove what is about these objects, which are all of one class; reports stay, and say that they are gone."""
    if not rows:
        return
    followers = list(Follow.objects.current().about(*rows).values_list("follower_id", flat=True))
    transfers = list(Transfer.objects.about(*rows).values_list("pk", flat=True))
    for model in (Review, PendingChange, EditorNote):
        _forget_notifications(model.__name__, model.objects.about(*rows).values_list("pk", flat=True))
    proposed_files.forget_all(PendingChange.objects.about(*rows).undecided())
    for model in (Follow, Activity, Transfer, TopicElement, Assignment, Review, PendingChange, EditorNote):
        model.objects.about(*rows).delete()
    ids = [row.pk for row in rows]
    discussions = _discussions_of(name, ids)
    _forget_notifications("Transfer", transfers)
    _forget_notifications("Discussion", discussions)
    _forget_notifications(name, ids)
    about = Q(subject_class=name, subject_id__in=ids) | Q(subject_class="Discussion", subject_id__in=discussions)
    Report.objects.filter(about, subject_deleted_at=None).update(subject_deleted_at=timezone.now())
    _count_following(followers)


def _discussions_of(name: str, ids: list[str]) -> list[str]:
    if name not in SUBJECTS:
        return []
    rows = Discussion.objects.filter(**{f"{SUBJECTS[name]}__in": ids}).order_by()
    return list(rows.values_list("pk", flat=True))


def _forget_notifications(name: str, ids: Iterable[Any]) -> None:
    Notification.objects.filter(cause__in=[f"{name}:{pk}" for pk in ids]).delete()


def _forget_organizations(ids: list[str]) -> None:
    """Leave what these organizations owned to nobody, and forget who was told of them."""
    for model in apps.get_models():
        if issubclass(model, OwnedModel):
            model._base_manager.filter(organization__in=ids).update(organization=None)
    requests = MembershipRequest.objects.filter(organization__in=ids)
    _forget_notifications("MembershipRequest", requests.values_list("pk", flat=True))
    transfers = Transfer.objects.filter(recipient_organization__in=ids)
    _forget_notifications("Transfer", transfers.values_list("pk", flat=True))
    Notification.objects.filter(details__organization__in=ids).delete()


def _reuses_of(ids: list[str]) -> list[str]:
    return list(Reuse.objects.filter(datasets__in=ids).order_by().distinct().values_list("pk", flat=True))


def _count_following(users: list[str]) -> None:
    """Count anew what these users follow."""
    theirs = Follow.objects.current().filter(follower=OuterRef("pk")).order_by().values("follower")
    number = Coalesce(Subquery(theirs.annotate(n=Count("pk")).values("n")), 0)
    User.objects.filter(pk__in=users).update(metric_following=number)


@transaction.atomic
def purge_elements() -> int:
    """Remove the elements of topics whose object is deleted or gone; return how many there were."""
    gone = 0
    for name in ELEMENT_CLASSES:
        model = model_of(name)
        living = model._base_manager.filter(**{f"{DELETED[model]}__isnull": True}).values("pk")
        rows = TopicElement.objects.filter(subject_class=name).exclude(subject_id__in=living)
        gone += rows.count()
        rows.delete()
    return gone
