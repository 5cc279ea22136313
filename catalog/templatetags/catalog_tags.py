"""Filters of the pages: texts made safe, sizes, addresses a reader may follow."""

import json
from typing import Any

from django import template
from django.template.defaultfilters import stringfilter
from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, pgettext

from catalog.services.files import FOLLOWED
from portal.lib import text as texts

register = template.Library()


STEP = 1000  # bytes in a kilobyte: files are sold and served in decimal units
UNITS = [gettext_noop("B"), gettext_noop("kB"), gettext_noop("MB"), gettext_noop("GB"), gettext_noop("TB")]


@register.filter
@stringfilter
def markdown(value: str, below: int = 2) -> SafeString:
    """Render Markdown, its headings under the page's heading of level `below`."""
    return texts.render_markdown(value, below=below)


@register.filter
def json_ld(value: dict[str, Any]) -> SafeString:
    """Write JSON that may stand in a script element: nothing in it ends the element or begins a comment."""
    written = json.dumps(value, ensure_ascii=False)
    return SafeString(written.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))


@register.filter
@stringfilter
def safe_html(value: str, below: int = 2) -> SafeString:
    """Show HTML of strangers, cleaned."""
    return texts.render_html(value, below=below)


@register.filter
@stringfilter
def excerpt(value: str, length: int = 200) -> str:
    """Show the beginning of a Markdown text as plain text."""
    return texts.excerpt(value, length)


@register.filter
@stringfilter
def shortened(value: str, length: int) -> str:
    """Show at most `length` characters."""
    return texts.shortened(value, length)


@register.filter
def filesize(value: int | None) -> str:
    """Show a number of bytes in the reader's language and in decimal units; nothing for None."""
    if value is None:
        return ""
    amount, power = float(value), 0
    while amount >= STEP and power < len(UNITS) - 1:
        amount, power = amount / STEP, power + 1
    decimals = 0 if power == 0 or amount >= 100 else 1
    return pgettext("size and unit", "%(amount)s %(unit)s") % {
        "amount": number_format(amount, decimals, force_grouping=True),
        "unit": _(UNITS[power]),
    }


@register.filter
@stringfilter
def followable(url: str) -> str:
    """Return `url` if a browser may be sent there, else an empty text."""
    return url if url.lower().startswith(FOLLOWED) else ""


@register.filter
def percent(share: float) -> int:
    """Return a share (0 to 1) in percent, rounded."""
    return round(share * 100)


@register.filter
def initials(value: Any) -> str:
    """Return the first letters of the first two words, for the place of a missing picture."""
    words = [word for word in str(value).split() if word[:1].isalnum()]
    return "".join(word[0] for word in words[:2]).upper()


@register.filter
def is_down(resource: Any) -> bool:
    """Tell whether the link checker found nothing behind the address, the last time."""
    return resource.extras.get("check:available") is False
