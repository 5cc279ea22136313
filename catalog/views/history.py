"""The public history of an object: who changed what, when and why."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from reversion.models import Version

from catalog.permissions import actor_of
from catalog.services import reverting
from catalog.services.history import timeline
from catalog.views.objects import is_public
from catalog.views.shared import FormOfObject
from portal.lib.paging import page_of

MOMENTS = 20  # revisions on a page


class History(FormOfObject):
    """A page below that of an object, for whoever may read the object. Editors see its states as a draft, too."""

    template_name = "catalog/history.html"

    def rows(self) -> QuerySet:
        return self.model._default_manager.all()

    def address_of(self, found: Any) -> str:
        return reverse(f"{self.context_name}-history", args=[found.slug])

    def rdf_forms(self, found: Any) -> list:
        return []

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        found, kind = context["found"], self.model.__name__
        edits = reverting.can_revert(actor_of(self.request), found)
        wanted = timeline.rows(kind, found.pk)
        page = page_of(self.request, wanted, Version.objects.select_related("revision__user"), size=MOMENTS)
        moments = timeline.moments(kind, list(page), everything=edits or not is_public(found))
        opts = found._meta
        revert_url = reverse(f"admin:{opts.app_label}_{opts.model_name}_history", args=[found.pk]) if edits else ""
        found_context = super().get_context_data(
            page=page,
            moments=moments,
            revert_url=revert_url,
            list_url=reverse(f"{self.context_name}-list"),
            kind_label=opts.verbose_name_plural,
            **context,
        )
        return {**found_context, "noindex": True, "structured": None}
