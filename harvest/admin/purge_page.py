"""Ending a source for good: what becomes of its datasets is chosen first."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Dataset
from harvest import steering
from harvest.admin.page import SourcePage
from harvest.jobs import Fate

MEANINGS = {
    Fate.ARCHIVE: gettext_lazy("They leave the lists and stay readable at their addresses."),
    Fate.KEEP: gettext_lazy("They become ordinary objects of their owner, which nobody updates by itself."),
    Fate.DELETE: gettext_lazy("They disappear. Their editors can restore them until they are purged in turn."),
}


class PurgePage(SourcePage):
    """The page that asks before a source goes."""

    def purge_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask what becomes of what the source harvested (GET), do it (POST). Raises Http404, PermissionDenied."""
        source = self.find(request, object_id)
        self.demand(request, source, "purge")
        if request.method == "POST":
            fate = request.POST.get("fate", "")
            done = self.attempt(request, source, lambda: steering.purge(source, fate), said)
            if done is not None:
                return HttpResponseRedirect(reverse("admin:harvest_source_changelist"))
        harvested = Dataset.objects.filter(harvest__source_id=source.pk, deleted=None)
        used = harvested.filter(Q(reuses__isnull=False) | Q(discussions__isnull=False)).distinct()
        return self.render(
            request, "purge", source, title=_("Remove the source for good"),
            number=harvested.count(), used=used.count(),
            choices=[(fate.value, fate.label, MEANINGS[fate]) for fate in Fate],
        )  # fmt: skip


def said(done: bool) -> str:
    """Return what became of the source, in words."""
    if done:
        return _("The source is removed.")
    return _("A worker removes the source, and does with its datasets what you chose.")
