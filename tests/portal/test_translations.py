"""French is complete: no message without its translation, and the compiled file says what the text says."""

import gettext
import re

import pytest
from django.conf import settings
from django.utils import translation

from catalog.models.vocabulary import Frequency, ReuseTopic
from catalog.templatetags.catalog_tags import filesize

MESSAGES = settings.BASE_DIR / "portal" / "locale" / "fr" / "LC_MESSAGES"
SOURCE = (MESSAGES / "django.po").read_text(encoding="utf-8")
ENTRIES = [entry for entry in SOURCE.split("\n\n") if "msgid" in entry][1:]  # the first one is the header
ONE_LINE = re.compile(r'^msgid "(.+)"\nmsgstr "(.+)"$', re.MULTILINE)


def test_every_message_is_translated():
    empty = re.compile(r'^msgstr(\[\d\])? ""$(?!\n")', re.MULTILINE)
    assert [entry for entry in ENTRIES if empty.search(entry) or "#, fuzzy" in entry] == []


def test_the_compiled_messages_are_those_of_the_text():
    with (MESSAGES / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for entry in ENTRIES:
        found = ONE_LINE.search(entry)
        if found and "msgctxt" not in entry and "\\" not in entry:
            assert compiled.gettext(found[1]) == found[2]


def test_vocabularies_and_sizes_are_said_in_french():
    with translation.override("fr"):
        assert str(Frequency.ANNUAL.label) == "Annuelle"
        assert str(ReuseTopic.HEALTH.label) == "Santé"
        assert filesize(1_234_567) == "1,2\xa0Mo"


@pytest.mark.parametrize(
    ("size", "text"),
    [(None, ""), (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (5_600_000, "5.6 MB"), (5 * 10**15, "5,000 TB")],
)
def test_a_size_is_short_and_in_decimal_units(size, text):
    assert filesize(size) == text
