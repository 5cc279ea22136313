"""Tags of the theme system: slots, drawings, what is remembered of a page, and the colours of mails."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.template.loader import get_template, render_to_string
from django.utils.safestring import SafeString
from django.utils.timezone import is_aware, localtime
from django.utils.translation import get_language

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
def icon(name: str) -> SafeString:
    """Return the drawing `name` as the component `icon` of the active theme makes it."""
    return _drawing.__wrapped__("", name) if settings.DEBUG else _drawing(active().slug, name)


@register.simple_tag
def day(value: date | None) -> SafeString:
    """Return a date as the component `date` of the active theme writes it; of a time, the reader's day."""
    if isinstance(value, datetime):
        value = localtime(value).date() if is_aware(value) else value.date()
    if not value:
        return SafeString()
    return _day.__wrapped__("", "", value) if settings.DEBUG else _day(active().slug, get_language(), value)


@lru_cache(8192)
def _day(theme: str, _language: str | None, value: date) -> SafeString:
    component = _dates.__wrapped__(theme) if settings.DEBUG else _dates(theme)
    return component.render(template.Context({"value": value}))


@lru_cache(16)
def _dates(_theme: str) -> template.Template:
    return get_template("portal/components/date.html").template


@lru_cache(512)
def _drawing(_theme: str, name: str) -> SafeString:
    # A page has some fifty: to make each anew was a tenth of its time.
    return render_to_string("portal/components/icon.html", {"name": name})


class RememberNode(template.Node):
    """A part of a page that is made once for each language and each of the values that it depends on.

    It is kept in the process, with the compiled template (there is one for each theme): a new release begins anew.
    """

    KEPT = 32  # parts of each place, those used last

    def __init__(self, nodelist: template.NodeList, values: list[template.base.FilterExpression]) -> None:
        self.nodelist, self.values, self.kept = nodelist, values, {}

    def render(self, context: template.Context) -> SafeString:
        if settings.DEBUG:
            return self.nodelist.render(context)
        key = (get_language(), *(str(value.resolve(context)) for value in self.values))
        made = self.kept.pop(key, None)
        if made is None:
            made = self.nodelist.render(context)
            for old in list(self.kept)[: 1 - self.KEPT]:
                self.kept.pop(old, None)
        self.kept[key] = made  # the last one used is the last
        return made


@register.tag
def remember(parser: template.base.Parser, token: template.base.Token) -> RememberNode:
    """`{% remember value … %}…{% endremember %}`: make anew when a value changes what all readers share."""
    values = [parser.compile_filter(bit) for bit in token.split_contents()[1:]]
    if not values:
        raise template.TemplateSyntaxError("remember: say what the part depends on.")
    nodelist = parser.parse(("endremember",))
    parser.delete_first_token()
    return RememberNode(nodelist, values)


@register.simple_tag
def mail_colours() -> dict[str, str]:
    """Return the colours of a mail in the active theme: `fg`, `bg`, `muted`, `line`, `accent`."""
    return mail_tokens(active())
