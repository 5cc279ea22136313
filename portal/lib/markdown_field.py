"""A text area for Markdown: a toolbar and a preview where scripts run, a plain text area where they do not."""

from typing import Any

from django import forms


class MarkdownTextarea(forms.Textarea):
    """A text area followed by the element that adds its toolbar."""

    template_name = "portal/widgets/markdown.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"rows": 12, **(attrs or {})})

    @property
    def media(self) -> forms.Media:
        return forms.Media(css={"all": ["portal/markdown.css"]}, js=["portal/markdown.js"])
