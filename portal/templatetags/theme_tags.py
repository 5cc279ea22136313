"""Tags of the theme system: slots, and the colours of mails."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from portal.lib import slots
from portal.themes.active import active
from portal.themes.registry import mail_tokens

register = template.Library()


@register.simple_tag(takes_context=True)
def slot(context: template.Context, name: str, **given: Any) -> SafeString:
    """Return what plug-ins put into a slot of the page."""
    if name not in slots.SLOTS:
        raise template.TemplateSyntaxError(f"There is no slot {name!r}.")
    return slots.filled(name, context.get("request"), **given)


@register.simple_tag
def mail_colours() -> dict[str, str]:
    """Return the colours of a mail in the active theme: `fg`, `bg`, `muted`, `line`, `accent`."""
    return mail_tokens(active())
