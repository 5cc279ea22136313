"""How the admin writes values that are neither text nor date. Everything is escaped."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import Model
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def percentage(share: float) -> str:
    """Return `share`, 0 to 1, as a whole percentage (0.667 -> `67 %`)."""
    return f"{round(share * 100)} %"


def facts(values: dict[str, Any]) -> str:
    """Return a list of `label: value` lines; truths are written yes and no."""
    words = {True: _("yes"), False: _("no")}
    rows = [(label, words[value] if isinstance(value, bool) else value) for label, value in values.items()]
    return format_html("<ul>{}</ul>", format_html_join("", "<li>{}: {}</li>", rows))


def changelist_link(model: type[Model], filters: dict[str, str], count: int) -> str:
    """Return a link to the list of `model` with these filters, whose text tells how many rows there are."""
    options = model._meta
    address = f"{reverse(f'admin:{options.app_label}_{options.model_name}_changelist')}?{urlencode(filters)}"
    text = ngettext("%(count)d row", "%(count)d rows", count) % {"count": count}
    return format_html('<a href="{}">{}</a>', address, text)


def picture(address: str) -> str:
    """Return a small image, or nothing without an address that a browser may load safely."""
    if not address.startswith(("http://", "https://", "/")):
        return ""
    return format_html('<img src="{}" alt="" height="80" loading="lazy" referrerpolicy="no-referrer">', address)
