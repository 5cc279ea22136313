"""Tags: those that mean the same become one; those that nothing bears go."""

from collections.abc import Collection

from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from catalog import permissions
from catalog.models import Tag, TagAlias
from catalog.models.audit import AuditAction
from catalog.services.audit import log as audit
from catalog.services.batches import batches
from portal.lib.errors import ServiceError
from portal.models import User

BATCH = 500


@transaction.atomic
def merge(ids: Collection[int], name: str, *, by: User) -> Tag:
    """Let one tag, of this (normalised) name, stand for all of these; their names become its aliases.

    What bears them is changed in batches: constant memory. Only curators may. Raises ServiceError.
    """
    if not permissions.curates(by, Tag):
        raise ServiceError(_("Only curators may do that."))
    kept = Tag.objects.named([name])[0]
    rows = list(Tag.objects.select_for_update(of=("self",)).filter(pk__in={*ids, kept.pk}).order_by("pk"))
    former = [tag for tag in rows if tag.pk != kept.pk]
    if not former:
        raise ServiceError(_("Choose at least one other tag."))
    for relation in _links():
        _move(relation.through, relation.field.m2m_column_name(), former, kept)
    TagAlias.objects.filter(tag__in=former).update(tag=kept)
    Tag.objects.filter(pk__in=[tag.pk for tag in former]).delete()
    TagAlias.objects.bulk_create(TagAlias(name=tag.name, tag=kept) for tag in former)
    Tag.objects.filter(pk=kept.pk).update(name=kept.name)  # tells the audit log that this is what was written
    audit.name(AuditAction.UPDATE, kept)
    audit.note(kept, ["aliases"])
    audit.comment(_("Tags merged: %(tags)s") % {"tags": ", ".join(tag.name for tag in former)[:400]})
    return kept


def prune() -> int:
    """Delete the tags that nothing bears and no alias leads to; return how many."""
    unused = Tag.objects.filter(aliases=None).order_by()
    for relation in _links():
        unused = unused.exclude(Exists(relation.through._base_manager.filter(tag=OuterRef("pk"))))
    return sum(_delete(ids) for ids in batches(list(unused.values_list("pk", flat=True)), BATCH))


def _links() -> list[models.ManyToManyRel]:
    """Return the relations by which objects bear tags."""
    return [relation for relation in Tag._meta.related_objects if relation.many_to_many]


def _move(through: type[models.Model], owner: str, former: list[Tag], kept: Tag) -> None:
    """Give what bears one of the former tags the kept one, once."""
    links = through._base_manager
    rows = links.filter(tag__in=former).order_by("pk")
    while batch := list(rows.values_list("pk", owner)[:BATCH]):
        owners = {pk for _link, pk in batch}
        taken = set(links.filter(tag=kept, **{f"{owner}__in": owners}).values_list(owner, flat=True))
        first = {pk: link for link, pk in reversed(batch) if pk not in taken}
        links.filter(pk__in=first.values()).update(tag=kept)
        links.filter(pk__in=[link for link, _pk in batch], tag__in=former).delete()


@transaction.atomic
def _delete(ids: list[int]) -> int:
    return Tag.objects.filter(pk__in=ids).delete()[0]
