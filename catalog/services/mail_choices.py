"""Who gets which mails at once, later with others, or never; and the link that stops them."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.core import signing
from django.db import transaction

from catalog.models import MailChoice, WaitingMail
from catalog.models.mail_choice import MailKind, Pace
from portal.models import User

# The beginning of a template's name -> what its mail is about.
KINDS = {
    "discussion_": MailKind.DISCUSSION,
    "new_reuse": MailKind.MADE,
    "new_dataservice": MailKind.MADE,
    "membership_": MailKind.MEMBERSHIP,
    "invitation_": MailKind.MEMBERSHIP,
    "transfer_": MailKind.TRANSFER,
    "new_badge": MailKind.BADGE,
    "harvest/": MailKind.HARVEST,
    "to_review": MailKind.REVIEW,
    "links_": MailKind.LINKS,
}
DEFAULTS = {MailKind.REVIEW.value: Pace.DAILY.value}  # curators get one mail a day, whatever is submitted
SALT = "catalog.mail_choices"
TOKEN_AGE = 365 * 24 * 3600  # seconds: mails are read long after they were sent
STOP = "/notifications/stop/"
SETTINGS = "/account/notifications/settings/"

type_of_paces = dict[str, str]  # kind -> pace


def kind_of(template: str) -> str:
    """Return the kind of the mails of a template, or an empty text for those that nobody can stop."""
    return next((kind.value for beginning, kind in KINDS.items() if template.startswith(beginning)), "")


def paces_of(user: User) -> type_of_paces:
    """Return the pace of each kind, as the user chose or by default."""
    chosen = dict(MailChoice.objects.filter(user=user.pk).values_list("kind", "pace"))
    return {kind: chosen.get(kind, DEFAULTS.get(kind, Pace.NOW.value)) for kind in MailKind.values}


@transaction.atomic
def choose(user: User, paces: Mapping[str, str]) -> None:
    """Set the pace of the kinds named. What waits follows: it comes with the next mail of the new pace, or never."""
    for kind, pace in paces.items():
        MailChoice.objects.update_or_create(user_id=user.pk, kind=kind, defaults={"pace": pace})
        waiting = WaitingMail.objects.filter(user=user.pk, kind=kind)
        if pace == Pace.NEVER:
            waiting.delete()
        else:
            waiting.update(pace=Pace.WEEKLY if pace == Pace.WEEKLY else Pace.DAILY)


def put_aside(people: Iterable[str], template: str, context: dict[str, Any]) -> list[str]:
    """Return who of `people` (ids of users, or addresses) is written to at once; let the mail wait for who wants it
    later. Two queries.
    """
    everybody, kind = list(people), kind_of(template)
    if not kind:
        return everybody
    accounts = [one for one in everybody if "@" not in one]
    paces = dict.fromkeys(accounts, DEFAULTS.get(kind, Pace.NOW.value))
    paces |= dict(MailChoice.objects.filter(kind=kind, user__in=accounts).values_list("user_id", "pace"))
    paces = {pk: pace for pk, pace in paces.items() if pace != Pace.NOW}
    WaitingMail.objects.bulk_create(
        WaitingMail(user_id=pk, kind=kind, pace=pace, template=template, context=context)
        for pk, pace in sorted(paces.items())
        if pace != Pace.NEVER
    )
    return [one for one in everybody if one not in paces]


def wants_now(user_id: str, kind: str) -> bool:
    """Tell whether mails of that kind may still be sent to that user: she may have stopped them since."""
    return not kind or not MailChoice.objects.filter(user=user_id, kind=kind, pace=Pace.NEVER).exists()


def stop_path(user_id: str, kinds: Collection[str]) -> str:
    """Return the path at which a user stops the mails of these kinds without signing in."""
    token = signing.dumps({"user": user_id, "kinds": sorted(kinds)}, salt=SALT)
    return f"{STOP}{token}/"


def read_stop(token: str) -> tuple[User | None, list[str]]:
    """Return whose mails of which kinds a token stops; nobody's, if it is forged or too old or she is gone."""
    try:
        told = signing.loads(token, salt=SALT, max_age=TOKEN_AGE)
    except signing.BadSignature:
        return None, []
    user = User.objects.active().filter(pk=told["user"]).first()
    return user, [kind for kind in told["kinds"] if kind in MailKind.values]


def forget(user: User) -> None:
    """Remove her choices, what waits for her, and what waits for others about her acts."""
    MailChoice.objects.filter(user=user).delete()
    WaitingMail.objects.filter(user=user).delete()
    WaitingMail.objects.filter(context__by=user.pk).delete()
