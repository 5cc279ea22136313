"""Mails that were put aside, sent together: one mail for each user and pace."""

from uuid import uuid4

from django.db import transaction

from catalog.models import WaitingMail
from catalog.services import mails, outbox
from catalog.services.batches import batches
from portal.models import User

BATCH = 500  # users


def send(pace: str) -> int:
    """Ask for the mail of everybody for whom something waits at that pace; return how many there are."""
    people = list(WaitingMail.objects.filter(pace=pace).order_by("user").values_list("user", flat=True).distinct())
    for batch in batches(people, BATCH):
        with transaction.atomic():
            outbox.emit_all("digest", [{"to": pk, "pace": pace, "key": uuid4().hex} for pk in batch])
    return len(people)


@outbox.handler("digest", outside=True)
def deliver(*, to: str, pace: str, key: str) -> None:
    """Send what waits for one user, then forget it. Run twice, it finds nothing to send."""
    waiting = list(WaitingMail.objects.filter(user=to, pace=pace))
    user = User.objects.active().filter(pk=to).first()
    if waiting and user is not None:
        entries = [(row.template, row.context) for row in waiting]
        mails.send_digest(user, entries, pace=pace, kinds={row.kind for row in waiting}, key=key)
    WaitingMail.objects.filter(pk__in=[row.pk for row in waiting]).delete()
