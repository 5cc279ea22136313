"""Writing to people: `outbox.emit("mail", to=[…], template=…, context={…})` in a service.

`to` are ids of users and e-mail addresses. A template `x` is two files, `catalog/mails/x.subject.txt` and
`catalog/mails/x.txt`; that of another app is named with it (`harvest/new_source`). The HTML is made of the text.

`context` holds facts, no names of people: `by` is the id of whoever did it, whom the templates call `name`. Templates
get each text on one line, but `comment`, which is quoted; `link` is `url` or the portal's own page at `path`. An answer
goes to the address `reply_to`, if there is one.
"""

import re
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q
from django.template import Context
from django.template.loader import get_template
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from catalog.models import Site
from catalog.services import mail_choices, outbox
from portal.lib import mails
from portal.models import User

ACCOUNT = "/account/profile/"  # where the language of the mails is chosen
MOST = 50  # entries in one digest; the page of notifications has more


class Letter(NamedTuple):
    """A mail before it has a recipient."""

    subject: str
    text: str
    html: str


@outbox.handler("mail", forget=["context", "to"])
def spread(*, to: list[str], template: str, context: dict[str, Any]) -> None:
    """Make one message for each recipient who wants it at once, so that each is sent, and tried again, by itself."""
    shared = {"template": template, "context": context}
    people = mail_choices.put_aside(recipients(to), template, context)
    outbox.emit_all("message", [{**shared, "to": one, "key": uuid4().hex} for one in people])


@outbox.handler("message", outside=True, forget=["context", "to"])
def deliver(*, to: str, template: str, context: dict[str, Any], key: str) -> None:
    """Send one message, unless its recipient left since, or stopped such mails."""
    address, language, has_account = _reach(to)
    kind = mail_choices.kind_of(template)
    if not address or (has_account and not mail_choices.wants_now(to, kind)):
        return
    stop = settings.SITE_URL + mail_choices.stop_path(to, [kind]) if has_account and kind else ""
    with translation.override(language):
        letter = compose(template, context, has_account=has_account, stop=stop)
    _send(letter, to=address, key=key, stop=stop, reply_to=context.get("reply_to", ""))


def send_digest(user: User, entries: list[tuple[str, dict[str, Any]]], *, pace: str, kinds: set[str], key: str) -> None:
    """Send in one mail what was put aside for a user: the template and the context of each."""
    if not _may_write_to(user):
        return
    stop = settings.SITE_URL + mail_choices.stop_path(user.pk, kinds)
    with translation.override(_known(user.language)):
        letter = _letter("digest", _digest_facts(entries, pace), stop=stop)
    _send(letter, to=user.email, key=key, stop=stop)


def _send(letter: Letter, *, to: str, key: str, stop: str, reply_to: str = "") -> None:
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    message = mails.message(*letter, to=to, key=key, host=host)
    if reply_to:
        message.reply_to = [mails.one_line(reply_to)]
    if stop:
        mails.let_stop(message, stop)
    message.send()


def recipients(to: list[str]) -> list[str]:
    """Return who of `to` may be written to, each once: ids of active users, addresses that have no account."""
    addresses = {one.strip().lower() for one in to if "@" in one}
    ids = {one for one in to if "@" not in one}
    known = list(User.objects.filter(Q(pk__in=ids) | Q(email__in=addresses)))
    active = {user.pk for user in known if _may_write_to(user)}
    return sorted(active) + sorted(addresses - {user.email for user in known})


def compose(template: str, context: dict[str, Any], *, has_account: bool = True, stop: str = "") -> Letter:
    """Write a mail in the current language; `stop` is where its recipient stops those of its kind."""
    return _letter(template, _facts(context), has_account=has_account, stop=stop)


def _letter(template: str, facts: dict[str, Any], *, has_account: bool = True, stop: str = "") -> Letter:
    subject = f"[{facts['site_title']}] {_subject(template, facts)}"
    body = _tidy(_render(f"{_stem(template)}.txt", facts))
    facts |= {"has_account": has_account, "account": settings.SITE_URL + ACCOUNT, "stop": stop}
    facts["choices"] = settings.SITE_URL + mail_choices.SETTINGS
    footer = _tidy(_render("catalog/mails/footer.txt", facts))
    return Letter(
        mails.one_line(subject, mails.MAX_SUBJECT), f"{body}\n\n-- \n{footer}\n", _page(subject, body, footer, facts)
    )


def _stem(template: str) -> str:
    app, _slash, name = template.rpartition("/")
    return f"{app or 'catalog'}/mails/{name}"


def _subject(template: str, facts: dict[str, Any]) -> str:
    return mails.one_line(_render(f"{_stem(template)}.subject.txt", facts))


def _digest_facts(entries: list[tuple[str, dict[str, Any]]], pace: str) -> dict[str, Any]:
    """Return what the template of a digest may use: of each entry its subject and its link."""
    shown = []
    for template, context in entries[:MOST]:
        facts = _facts(context)
        shown.append({"title": _subject(template, facts), "link": facts["link"]})
    facts = _facts({"path": "/account/notifications/"})
    more = len(entries) - len(shown)
    return {**facts, "entries": shown, "number": len(entries), "more": more, "pace": pace}


def _reach(to: str) -> tuple[str, str, bool]:
    """Return the address of a recipient (or an empty text), her language, and whether she has an account."""
    default = settings.LANGUAGE_CODE
    if "@" not in to:
        user = User.objects.filter(pk=to).first()
        return (user.email, _known(user.language), True) if user and _may_write_to(user) else ("", default, True)
    try:
        validate_email(to)
    except ValidationError:
        return "", default, False
    return to, default, False


def _may_write_to(user: User) -> bool:
    return bool(user.is_active and user.deleted is None and user.email)


def _known(language: str) -> str:
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _facts(context: dict[str, Any]) -> dict[str, Any]:
    """Return what the templates may use."""
    facts = {name: mails.one_line(value) if isinstance(value, str) else value for name, value in context.items()}
    facts["comment"] = mails.quoted(str(context.get("comment") or ""))
    if by := context.get("by"):
        user = User.objects.active().filter(pk=by).first()
        facts["name"] = mails.one_line(user.full_name) if user and user.full_name else _("Somebody")
    path = context.get("path") or ""
    facts["link"] = context.get("url") or (settings.SITE_URL + path if path else "")
    title = Site.objects.current().title
    return {**facts, "site_url": settings.SITE_URL, "site_title": mails.one_line(title)}


def _render(name: str, facts: dict[str, Any]) -> str:
    """Render a template of a plain text: nothing is escaped."""
    return get_template(name).template.render(Context(facts, autoescape=False))


def _tidy(text: str) -> str:
    """Return the text without the gaps that conditions leave."""
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in text.strip().split("\n")))


def _page(subject: str, body: str, footer: str, facts: dict[str, Any]) -> SafeString:
    own = [line for line in body.split("\n") if line.startswith(f"{settings.SITE_URL}/") and " " not in line]
    listed = (entry["link"] for entry in facts.get("entries", ()))
    ours = (settings.SITE_URL, facts["account"], facts["choices"])
    links = {*filter(None, [facts["link"], facts["stop"], *listed]), *own, *ours}
    return mails.page(subject, body, content=mails.as_page(body, links), footer=mails.as_page(footer, links))
