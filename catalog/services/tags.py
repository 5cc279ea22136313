"""Keeping the table of tags to those that something bears."""

from django.db import transaction
from django.db.models import Exists, OuterRef

from catalog.models import Tag
from catalog.services.batches import batches

BATCH = 500


def prune() -> int:
    """Delete the tags that nothing bears; return how many. Uses are counted when they are asked for."""
    unused = Tag.objects.order_by()
    for relation in Tag._meta.related_objects:
        if relation.many_to_many:
            unused = unused.exclude(Exists(relation.through._base_manager.filter(tag=OuterRef("pk"))))
    return sum(_delete(ids) for ids in batches(list(unused.values_list("pk", flat=True)), BATCH))


@transaction.atomic
def _delete(ids: list[int]) -> int:
    return Tag.objects.filter(pk__in=ids).delete()[0]
