"""Making, changing and deleting reuses."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import Dataset, Reuse
from catalog.models.activity import ActivityKey
from catalog.models.notification import NotificationKind
from catalog.models.reuse import url_hash
from catalog.permissions import Actor
from catalog.services import activity, announcements, metrics, ownership, relations, reports, review_gate, spam
from catalog.services.proposing import gate
from portal.lib.errors import ServiceError
from portal.models import User

COLUMNS = ("title", "description", "type", "topic", "url", "extras", "private", "archived", "deleted")
LISTS = ("tags", "datasets", "dataservices")
TAKEN = "This URL is already registered"  # udata's words


@transaction.atomic
def create(values: dict[str, Any], *, by: User, actor: Actor) -> Reuse:
    """Make a reuse; the publishers of its datasets are told. Raises ServiceError (field `url` for a known address)."""
    reuse = Reuse(**ownership.owner_of_new(actor, values, by))
    asked, values = values, review_gate.held(reuse, values, by=by, is_new=True)
    relations.assign(reuse, [name for name in COLUMNS if name != "deleted"], values)
    _save(reuse, force_insert=True)
    relations.relate(reuse, LISTS, values)
    _count(reuse)
    with spam.screened(reuse, spam.texts(reuse), by=by):
        activity.record(by, ActivityKey.REUSE_CREATED, reuse)
        _announce(reuse, by)
    review_gate.submit_new(reuse, asked, values, by=by)
    return reuse


@gate.held()
@transaction.atomic
def update(reuse: Reuse, values: dict[str, Any], *, by: User, actor: Actor) -> list[str]:
    """Change what `values` names; return the keys that changed. `deleted` of None restores. Raises ServiceError."""
    before, used, was_draft = reuse.organization_id, _used(reuse), reuse.private
    changes = relations.change_owner(reuse, ownership.changed_owner(actor, reuse, values))
    asked, values = values, review_gate.held(reuse, values, by=by)
    changes += relations.assign(reuse, COLUMNS, values)
    changes += relations.relate(reuse, LISTS, values, by=by)
    if changes:
        reuse.touch()
        _save(reuse)
        _count(reuse, organizations=[before], used=used)
        if "deleted" in changes:
            reports.subject_restored(reuse)
        with spam.screened(reuse, spam.texts(reuse, changes), by=by):
            activity.record(by, ActivityKey.REUSE_UPDATED, reuse, changes=changes)
            if "private" in changes:
                _announce(reuse, by)
    review_gate.follow(reuse, asked, was_draft=was_draft, by=by, is_alone=not changes)
    return changes


@gate.held(answer=lambda reuse, _new: False)
@transaction.atomic
def add(reuse: Reuse, name: str, item: Any, *, by: User) -> bool:
    """Add a dataset or a dataservice (`name` is the list); tell whether it is new."""
    relation = getattr(reuse, name)
    if relation.filter(pk=item.pk).exists():
        return False
    relation.add(item)
    reuse.touch()
    reuse.save()
    _count(reuse)
    activity.record(by, ActivityKey.REUSE_UPDATED, reuse, changes=[name])
    return True


@transaction.atomic
def delete(reuse: Reuse, *, by: User) -> None:
    """Mark a reuse as deleted; its owner may restore it."""
    reuse.deleted = timezone.now()
    reuse.touch()
    reuse.save()
    _count(reuse)
    activity.record(by, ActivityKey.REUSE_DELETED, reuse)
    reports.subject_deleted(reuse, by=by)


def _save(reuse: Reuse, **options: bool) -> None:
    """Save, unless another reuse has the address; the constraint catches who came in between."""
    others = Reuse.objects.exclude(pk=reuse.pk).filter(urlhash=url_hash(reuse.url))
    if others.exists():
        raise ServiceError(_(TAKEN), field="url")
    try:
        with transaction.atomic():
            reuse.save(**options)
    except IntegrityError:
        if not others.exists():
            raise
        raise ServiceError(_(TAKEN), field="url") from None


def _used(reuse: Reuse) -> tuple[set[str], set[str]]:
    """Return the ids of the datasets and dataservices that the reuse names."""
    return tuple(set(getattr(reuse, name).values_list("pk", flat=True)) for name in ("datasets", "dataservices"))


def _count(
    reuse: Reuse, organizations: list = (), used: tuple[set[str], set[str]] = (frozenset(), frozenset())
) -> None:
    """Bring all counters that follow from the reuse up to date."""
    datasets, dataservices = _used(reuse)
    reuse.metric_datasets = len(datasets)
    Reuse.objects.filter(pk=reuse.pk).update(metric_datasets=len(datasets))
    relations.refresh_uses(datasets | used[0], dataservices | used[1])
    owners = Dataset.objects.filter(pk__in=datasets | used[0]).order_by().values_list("organization_id", flat=True)
    metrics.refresh_organization_metrics(filter(None, {reuse.organization_id, *organizations, *owners}))


def _announce(reuse: Reuse, by: User) -> None:
    announcements.tell_publishers(reuse, NotificationKind.REUSE_CREATED, by=by, template="new_reuse")
