"""Putting a picture on an object, or cropping the one it has. The caller has locked the object's row."""

from typing import Any

from django.db import transaction

from catalog.models.activity import ActivityKey
from catalog.services import activity
from catalog.services.proposing import gate
from portal.lib.pictures import Box, DrawnPicture, undone_on_failure
from portal.models import User

KEYS = {"Organization": ActivityKey.ORGANIZATION_UPDATED, "Reuse": ActivityKey.REUSE_UPDATED}


@gate.held()
def put(item: Any, column: str, picture: DrawnPicture, *, by: User) -> None:
    """Give the object that picture in the place of the one before, whose files go once that is committed."""
    with undone_on_failure(), transaction.atomic():
        setattr(item, column, picture)
        if hasattr(item, "touch"):
            item.touch()
        item.save()
        if key := KEYS.get(type(item).__name__):
            activity.record(by, key, item, changes=[column])


def crop(item: Any, column: str, box: Box, *, by: User) -> None:
    """Crop the original of its picture anew. Raises ValidationError without one, or for a box outside it."""
    put(item, column, getattr(item, column).cropped(box), by=by)
