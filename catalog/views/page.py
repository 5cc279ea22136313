"""The editorial pages, below `/pages/`."""

from typing import Any

from django.conf import settings
from django.http import Http404
from django.urls import reverse
from django.utils.translation import get_language
from django.views.generic import TemplateView

from catalog.models import Page
from catalog.permissions import curates
from catalog.services import pages


class PageDetail(TemplateView):
    """Answers 404 for what does not exist, and for a draft to whoever may not change it."""

    template_name = "catalog/page.html"

    def get_context_data(self, path: str, **context: Any) -> dict[str, Any]:
        page = Page.objects.filter(path=path).first()
        is_editor = curates(self.request.user, Page)
        if page is None or not (page.published or is_editor):
            raise Http404
        return super().get_context_data(
            page=page,
            shown=pages.shown(page, get_language() or "", to_editor=is_editor),
            edit_url=reverse("admin:catalog_page_change", args=[page.pk]) if is_editor else "",
            canonical_url=f"{settings.SITE_URL}{page.get_absolute_url()}",
            noindex=not page.published,
            **context,
        )
