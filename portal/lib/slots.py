"""Slots: places of the pages that a plug-in fills without knowing the theme.

    @slot("dataset.after_files")
    def archive_link(request, dataset):
        return format_html('<p><a href="{}">…</a></p>', …)

A template says `{% slot "dataset.after_files" dataset=dataset %}`. The names of udata-front's template hooks work as
well.
"""

import logging
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

log = logging.getLogger(__name__)
Provider = Callable[..., str]
SLOTS = (
    "header", "footer", "modals", "dataset.after_title", "dataset.after_description", "dataset.after_files",
    "dataset.after_reuses", "dataset.statistics", "reuse.statistics", "organization.statistics",
    "dataservice.after_description", "dataservice.statistics", "home.statistics",
)  # fmt: skip
ALIASES = {
    "header.snippets": "header",
    "footer.snippets": "footer",
    "base.modals": "modals",
    "dataset.display.explore-button": "dataset.after_title",
    "dataset.display.after-description": "dataset.after_description",
    "dataset.display.after-files": "dataset.after_files",
    "dataset.display.after-reuses": "dataset.after_reuses",
    "dataset.display.metrics": "dataset.statistics",
    "dataservice.display.after-description": "dataservice.after_description",
    "dataservice.display.metrics": "dataservice.statistics",
    "reuse.display.metrics": "reuse.statistics",
    "organization.display.metrics": "organization.statistics",
    "site.display.metrics": "home.statistics",
}
_providers: dict[str, list[tuple[int, str, Provider]]] = defaultdict(list)


def slot(name: str, *, order: int = 100) -> Callable[[Provider], Provider]:
    """Register what fills a slot: called with the request and what the template gives, it returns HTML (a plain text is
    escaped). Small `order` comes first. Raises ValueError for an unknown slot.
    """
    name = ALIASES.get(name, name)
    if name not in SLOTS:
        raise ValueError(f"There is no slot {name!r}; there are {', '.join(SLOTS)}.")

    def register(provider: Provider) -> Provider:
        _providers[name].append((order, f"{provider.__module__}.{provider.__qualname__}", provider))
        _providers[name].sort(key=lambda one: one[:2])
        return provider

    return register


def remove(provider: Provider) -> None:
    """Take a provider out of every slot."""
    for rows in _providers.values():
        rows[:] = [row for row in rows if row[2] is not provider]


def filled(name: str, request: HttpRequest | None, **context: Any) -> SafeString:
    """Return what fills a slot. A provider that fails is logged and left out: a page does not die of a plug-in."""
    parts = []
    for _order, label, provider in _providers[name]:
        try:
            parts.append(conditional_escape(provider(request, **context)))
        except Exception:
            log.exception("the plug-in %s failed in the slot %s", label, name)
    return SafeString("\n".join(parts))
