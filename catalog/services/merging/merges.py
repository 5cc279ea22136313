"""Merging two to five datasets, and splitting them again within 30 days: each in one transaction, rows locked by id.

The merged ones are marked as deleted; their ids and addresses lead to the one that stays. What was moved is kept in the
`Merge`, by which a split puts back everything that nobody has changed since.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog import permissions
from catalog.models import Dataset, Follow, Merge, MergedDataset, Reuse
from catalog.models.activity import ActivityKey
from catalog.models.dataset import parse_date
from catalog.models.merge import SPLIT_WITHIN
from catalog.permissions import Actor
from catalog.services import activity, derivation, metrics, recount, relations, reports
from catalog.services.audit import log as audit
from catalog.services.history.states import take
from catalog.services.merging import fields, files, ties
from catalog.services.proposing import gate
from portal.lib.errors import ServiceError
from portal.models import User

FEWEST, MOST = 2, 5  # datasets


@dataclass(frozen=True, slots=True)
class Choices:
    """Which dataset stays, whose value each group of fields takes (see `fields.GROUPS`), and the ids of the files.

    Groups that are not named stay as they are; files of None are all of them, each content and address once.
    """

    kept: str
    values: fields.type_of_choices = field(default_factory=dict)
    files: Collection[str] | None = None


@transaction.atomic
def merge(ids: Iterable[str], choices: Choices, *, by: User) -> Merge:
    """Merge these datasets into the one that stays. Raises ServiceError."""
    rows = _locked(ids)
    _check(rows, choices, by=by)
    kept = rows.pop(choices.kept)
    ordered = [kept.pk, *rows]
    done = Merge(kept=kept, by=by, at=timezone.now())
    done.moved = {
        "dates": {one.pk: one.last_modified_internal.isoformat() for one in (kept, *rows.values())},
        "tags": _unite_tags(kept, list(rows)),
        "fields": fields.choose(kept, take("Dataset", ordered), choices.values),
        "files": files.gather(ordered, choices.files),
        "ties": ties.move(list(rows), kept.pk),
    }
    done.save(force_insert=True)
    MergedDataset.objects.filter(pk=kept.pk).delete()
    for one in rows.values():
        MergedDataset.objects.update_or_create(pk=one.pk, defaults={"slug": one.slug, "merge": done})
    Dataset.objects.filter(pk=kept.pk).update(last_modified_internal=done.at)
    Dataset.objects.filter(pk__in=list(rows)).update(deleted=done.at, last_modified_internal=done.at)
    reports.subject_deleted(*rows.values(), by=by)
    _count_anew([kept, *rows.values()], done.moved["ties"])
    audit.comment(_("Merged into %(dataset)s: %(ids)s") % {"dataset": kept.pk, "ids": ", ".join(rows)})
    _note(kept, rows.values(), by=by)
    return done


@transaction.atomic
def split(merge: Merge, *, by: User) -> None:
    """Undo a merge: everything that was moved goes back, but for what has been changed since. Raises ServiceError."""
    ids = [merge.kept_id, *MergedDataset.objects.filter(merge=merge).order_by("pk").values_list("pk", flat=True)]
    former = [pk for pk in merge.moved["dates"] if pk != merge.kept_id]
    rows = _locked([merge.kept_id, *former])
    merge = Merge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
    _check_split(merge, rows, ids, by=by)
    kept = rows.pop(merge.kept_id)
    moved = merge.moved
    ties.give_back(moved["ties"], kept.pk)
    files.give_back(moved["files"])
    fields.put_back(kept, take("Dataset", [kept.pk])[kept.pk], moved["fields"])
    kept.tags.remove(*moved["tags"])
    MergedDataset.objects.filter(merge=merge).delete()
    for pk, date in moved["dates"].items():
        unchanged = Dataset.objects.filter(pk=pk, last_modified_internal=merge.at)
        unchanged.update(last_modified_internal=parse_date(date))
    Dataset.objects.filter(pk__in=list(rows), deleted=merge.at).update(deleted=None)
    reports.subject_restored(*rows.values())
    _count_anew([kept, *rows.values()], moved["ties"])
    merge.split_at, merge.split_by = timezone.now(), by
    merge.save(update_fields=["split_at", "split_by"])
    audit.comment(_("Split again from %(dataset)s: %(ids)s") % {"dataset": kept.pk, "ids": ", ".join(rows)})
    activity.record(by, ActivityKey.DATASET_UPDATED, kept)


def may_merge(user: User, actor: Actor, rows: Iterable[Dataset]) -> bool:
    """Tell whether somebody may merge or split these datasets: who may edit each of them."""
    return permissions.curates(user, Dataset) or all(permissions.can_edit(actor, row) for row in rows)


def _locked(ids: Iterable[str]) -> dict[str, Dataset]:
    """Return the datasets by id, with their rows locked in the order of the ids: two merges never wait in a ring."""
    rows = Dataset.objects.select_for_update(of=("self",)).filter(pk__in=set(ids)).order_by("pk")
    return {row.pk: row for row in rows}


def _check(rows: dict[str, Dataset], choices: Choices, *, by: User) -> None:
    """Raise ServiceError if these datasets may not be merged so."""
    if not FEWEST <= len(rows) <= MOST:
        raise ServiceError(_("Choose from 2 to 5 datasets."))
    if choices.kept not in rows:
        raise ServiceError(_("Choose the dataset that stays among them."))
    if not set(choices.values) <= set(fields.GROUPS) or not set(choices.values.values()) <= set(rows):
        raise ServiceError(_("Choose each value among these datasets."))
    for row in rows.values():
        if row.deleted:
            raise ServiceError(_("%(object)s: it is deleted; restore it first.") % {"object": row})
        if reason := gate.refusal(row, by):
            raise ServiceError(f"{row}: {reason}")
    if not may_merge(by, Actor.of(by), rows.values()):
        raise ServiceError(_("You may not change all of these datasets."))


def _check_split(merge: Merge, rows: dict[str, Dataset], ids: list[str], *, by: User) -> None:
    """Raise ServiceError if this merge can't be undone; `ids` are of the datasets that still lead to the kept one."""
    if merge.split_at:
        raise ServiceError(_("This merge has been split already."))
    if timezone.now() >= merge.at + SPLIT_WITHIN:
        raise ServiceError(_("A merge can be split for 30 days."))
    if set(rows) != set(merge.moved["dates"]):
        raise ServiceError(_("One of the merged datasets is gone for good."))
    if rows[merge.kept_id].deleted or set(ids) != set(rows):
        raise ServiceError(_("These datasets have been merged or deleted again since: undo that first."))
    for row in rows.values():
        if reason := gate.refusal(row, by):
            raise ServiceError(f"{row}: {reason}")
    if not may_merge(by, Actor.of(by), rows.values()):
        raise ServiceError(_("You may not change all of these datasets."))


def _unite_tags(kept: Dataset, former: list[str]) -> list[int]:
    """Give the dataset that stays the tags of the others; return the ids of those that it had not."""
    own = set(kept.tags.values_list("pk", flat=True))
    theirs = Dataset.tags.through.objects.filter(dataset__in=former).order_by().values_list("tag", flat=True)
    added = sorted(set(theirs) - own)
    kept.tags.add(*added)
    return added


def _count_anew(rows: list[Dataset], moves: ties.type_of_moves) -> None:
    """Bring derived columns and counters up to date, of the datasets and of what names them."""
    ids = [row.pk for row in rows]
    derivation.refresh(ids)
    relations.refresh_uses(datasets=ids)
    recount.refresh_batch(Dataset, sorted(ids))
    relations.count_datasets(ties.touched(moves, Reuse.datasets.through, "reuse_id"))
    recount.refresh_batch(User, ties.touched(moves, Follow, "follower_id"))
    metrics.refresh_organization_metrics(sorted({row.organization_id for row in rows if row.organization_id}))


def _note(kept: Dataset, former: Iterable[Dataset], *, by: User) -> None:
    activity.record(by, ActivityKey.DATASET_UPDATED, kept)
    for one in former:
        activity.record(by, ActivityKey.DATASET_DELETED, one)
