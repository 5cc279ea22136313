"""`/design/`: every component in the active theme, for whoever makes one. The staff's, or anybody's while debugging."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.generic import TemplateView

from portal.themes import checks, contrast, gallery
from portal.themes.active import active
from portal.themes.registry import themes


class Gallery(TemplateView):
    """Answers 404 to others, as if it weren't there."""

    template_name = "portal/design.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Let in who may see it. Raises Http404."""
        if not (settings.DEBUG or request.user.is_staff):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        light, dark = checks.tokens(active())
        return super().get_context_data(
            components=[one for one in gallery.shown(self.request) if one.name not in gallery.FRAME],
            themes=list(themes().values()),
            tokens=sorted(light.items()),
            poor=contrast.poor(light, dark),
            noindex=True,
            **context,
        )
