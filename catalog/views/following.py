"""The state of the follow button of an object."""

from typing import Any, NamedTuple

from django.db.models import Model
from django.urls import reverse

from catalog.models.base import type_of_user
from catalog.models.follow import FOLLOWABLE
from catalog.models.subject import class_of
from catalog.services import follows


class FollowState(NamedTuple):
    """Where the button of `title` sends to, whether the reader follows it, and how many do."""

    address: str
    following: bool
    followers: int
    title: str


def follow_state(found: Any, reader: type_of_user) -> FollowState | None:
    """Return the button of the page of `found`, or None where there is none; one query for who is signed in."""
    if class_of(found) not in FOLLOWABLE or found == reader or is_gone(found):
        return None
    following = bool(reader.is_authenticated and follows.is_following(reader, found))
    verb = "unfollow" if following else "follow"
    address = reverse(f"{found._meta.model_name}-{verb}", args=[found.slug])
    number = found.metric_followers if hasattr(found, "metric_followers") else follows.number(found)  # topics keep none
    return FollowState(address, following, number, str(found))


def is_gone(found: Model) -> bool:
    """Tell whether the object was deleted."""
    return bool(getattr(found, "deleted", None) or getattr(found, "deleted_at", None))
