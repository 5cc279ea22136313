"""What other sites show of an object: a small page to frame, a picture, and a citation in the forms of programs.

Embeds and pictures are for everybody: whoever asks, they show what a stranger may read.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.cache import caches
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt

from catalog.models import Dataset, Site
from catalog.views import citations, guard
from catalog.views.cards import add_formats
from catalog.views.kinds import KINDS
from catalog.views.objects import ObjectPage
from portal.lib.api.conditional import hash_of
from portal.lib.share_image import Card, draw
from portal.themes.active import active
from portal.themes.registry import mail_tokens

MAX_AGE = 3600  # seconds
PICTURE_TTL = 3600  # seconds that a drawn picture is kept in this process
FRAMED = (
    "default-src 'self'; img-src 'self' data: https:; object-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors *"
)
FORMS = ("light", "dark")


class FormOfObject(ObjectPage):
    """Another form of the page of an object; the route says of which kind."""

    model: type[Model] = Dataset
    context_name = "dataset"
    api_name = "datasets"


class PublicPage(FormOfObject):
    """A page below an object's that is the same for every reader; `route` ends the name of its address."""

    route = ""

    def reader(self) -> AnonymousUser:
        return AnonymousUser()

    def rows(self) -> QuerySet:
        return KINDS[self.context_name].rows()

    def address_of(self, found: Any) -> str:
        return reverse(f"{self.context_name}-{self.route}", args=[found.slug])


@method_decorator(xframe_options_exempt, name="dispatch")
class Embed(PublicPage):
    """The card of an object, which any site may frame. `?theme=light` or `dark`, else as the reader's system."""

    template_name = "catalog/embed.html"
    route = "embed"

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        answer = super().get(request, key)
        answer["Content-Security-Policy"] = FRAMED
        if answer.status_code == 200:
            answer["Cache-Control"] = f"public, max-age={MAX_AGE}"
        return answer

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        found = context["found"]
        if self.context_name == "dataset":
            add_formats([found])
        form = self.request.GET.get("theme", "")
        card = f"portal/components/card_{self.context_name}.html"
        page = super().get_context_data(card=card, theme=form if form in FORMS else "", **context)
        return {**page, "noindex": True}

    def gone(self, deleted: datetime) -> HttpResponse:
        return self.render_to_response({"deleted": deleted}, status=410)


class Picture(PublicPage):
    """The picture of an object for social networks (OpenGraph), drawn once for each of its states."""

    route = "picture"

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        card = self._card(context["found"])
        mark = hash_of(f"{settings.VERSION}{card!r}".encode())
        answer = get_conditional_response(self.request, etag=f'"{mark}"') or self._drawn(card, mark)
        if answer.status_code in {200, 304}:
            answer["ETag"] = f'"{mark}"'
            answer["Cache-Control"] = f"public, max-age={MAX_AGE}"
        return answer

    def _drawn(self, card: Card, mark: str) -> HttpResponse:
        """Return the picture; drawing is counted as a search is, for it costs more than a page."""
        picture = caches["pages"].get(f"picture:{mark}")
        if picture is None:
            refusal = guard.refused(self.request)
            if refusal is not None:
                return refusal
            picture = draw(card)
            caches["pages"].set(f"picture:{mark}", picture, PICTURE_TTL)
        return HttpResponse(picture, content_type="image/png")

    def _card(self, found: Any) -> Card:
        author = getattr(found, "organization", None) or getattr(found, "owner", None)
        facts, score = self._facts(found), None
        if self.context_name == "dataset":
            score = found.quality["score"]
        percent = _("Quality: %(percent)s%%") % {"percent": round((score or 0) * 100)}
        return Card(
            site=Site.objects.facts()["title"],
            kind=str(KINDS[self.context_name].label),
            title=str(found),
            by=str(author or ""),
            facts=tuple(facts),
            share=score,
            share_label=percent,
            colours=mail_tokens(active()),
        )

    def _facts(self, found: Any) -> list[str]:
        if self.context_name == "organization":
            count = found.metric_datasets
            return [_("%(number)s datasets") % {"number": count}] if count else []
        if self.context_name == "dataset":
            add_formats([found])
            updated = _("Updated on %(date)s") % {"date": date_format(found.last_update, "DATE_FORMAT")}
            return [updated, *([", ".join(name.upper() for name in found.formats[:4])] if found.formats else [])]
        if self.context_name == "reuse":
            return [found.get_type_display(), found.get_topic_display()]
        return []


class Citation(FormOfObject):
    """A citation to save: BibTeX or CSL-JSON."""

    form = "bibtex"

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        found = context["found"]
        write, media_type, ending = citations.FORMS[self.form]
        name = f'attachment; filename="{found.slug}.{ending}"'
        return HttpResponse(write(found), content_type=media_type, headers={"Content-Disposition": name})

    def rows(self) -> QuerySet:
        return self.model._default_manager.select_related("organization", "owner")

    def address_of(self, found: Any) -> str:
        return reverse(f"{self.context_name}-{self.form}", args=[found.slug])
