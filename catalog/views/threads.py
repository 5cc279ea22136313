"""Discussions as the pages show them: the threads about an object, and the messages of one."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Count, Model, Prefetch
from django.http import QueryDict
from django.urls import reverse

from catalog.models import Discussion, Message, Post
from catalog.models.discussion import SUBJECTS
from catalog.models.subject import class_of
from catalog.permissions import Actor
from catalog.services.discussions import speaks_for

THREADS = 10  # shown on the page of their subject
MESSAGES = 3  # of each of them: the others are on the page of the discussion


class Threads(NamedTuple):
    """The newest discussions about an object; `more_url` leads to all of them, and is empty where these are all."""

    rows: list[Discussion]
    more_url: str


def threads_about(subject: Any) -> Threads:
    """Return the newest discussions about `subject`, each with its first messages and their number; two queries."""
    messages = Message.objects.select_related("posted_by", "posted_by_organization").order_by("posted_on", "id")
    rows = subject.discussions.annotate(number=Count("messages")).order_by("-created", "id")
    found = list(rows.prefetch_related(Prefetch("messages", messages[:MESSAGES], to_attr="shown"))[: THREADS + 1])
    for thread in found:
        mark_messages(thread.shown, subject)
    arguments = QueryDict(mutable=True)
    arguments["for"] = subject.pk
    more_url = f"{reverse('discussion-list')}?{arguments.urlencode()}" if len(found) > THREADS else ""
    return Threads(found[:THREADS], more_url)


def mark_messages(messages: Iterable[Message], subject: Any, actor: Actor | None = None) -> None:
    """Set on each message its `author` (None for a deleted account), whether it is `official` (the publisher's of the
    subject), and whether it is `own` (the actor edits it).
    """
    for message in messages:
        writer = message.posted_by
        message.author = message.posted_by_organization or (writer if writer and writer.deleted is None else None)
        message.official = message.is_by_publisher_of(subject)
        message.own = actor is not None and speaks_for(actor, message.posted_by_id, message.posted_by_organization_id)


def discuss_url(subject: Model) -> str:
    """Return where a discussion about `subject` is opened, or an empty text where it can't be."""
    name = class_of(subject)
    if name not in SUBJECTS or (isinstance(subject, Post) and not settings.POST_DISCUSSIONS_ENABLED):
        return ""
    return reverse(f"{SUBJECTS[name]}-discuss", args=[subject.slug])
