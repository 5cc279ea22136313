"""Public identifiers in udata's form: 24 hexadecimal characters (a BSON ObjectId)."""

import itertools
import os
import re
import threading
import time

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

OBJECT_ID = re.compile(r"[0-9a-f]{24}")

_process = os.urandom(5).hex()
_counter = itertools.count(int.from_bytes(os.urandom(3), "big"))
_lock = threading.Lock()


def new_object_id() -> str:
    """Return a new id: 4 bytes of time (seconds), 5 random bytes per process, 3 bytes of a counter.

    The layout is BSON's ObjectId, so that ids sort by creation time and index pages fill in order.
    """
    with _lock:
        count = next(_counter) & 0xFFFFFF
    return f"{int(time.time()) & 0xFFFFFFFF:08x}{_process}{count:06x}"


def is_object_id(value: str) -> bool:
    """Tell whether `value` has the form of a public id (lower case)."""
    return bool(OBJECT_ID.fullmatch(value))


def _renew_process() -> None:
    global _process
    _process = os.urandom(5).hex()


os.register_at_fork(after_in_child=_renew_process)


class PublicIdModel(models.Model):
    """Base of the objects known outside by udata's 24 characters; a given id is kept."""

    id = models.CharField(
        primary_key=True,
        max_length=24,
        default=new_object_id,
        editable=False,
        validators=[RegexValidator(r"^[0-9a-f]{24}$", _("An id has 24 hexadecimal characters."))],
    )

    class Meta:
        abstract = True
