"""The page of a preview: what a run would do, record by record, and nothing written."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Dataset
from harvest.admin import differences, progress
from harvest.admin.columns import ago
from harvest.admin.page import SourcePage
from harvest.models import Action, PreviewState, Source, SourcePreview

PER_PAGE = 20  # records
WOULD = {
    Action.CREATED: gettext_lazy("would be created"),
    Action.UPDATED: gettext_lazy("would be updated"),
    Action.RESTORED: gettext_lazy("would come back"),
    Action.UNCHANGED: gettext_lazy("would stay as they are"),
    Action.SKIPPED: gettext_lazy("would be left out"),
    Action.ARCHIVED: gettext_lazy("would be archived"),
    Action.FAILED: gettext_lazy("would fail"),
}
WARNED = "warnings"


class PreviewPage(SourcePage):
    """The last preview of a source, or its making."""

    def preview_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the last preview. It holds what a run would write: for those who may run it."""
        source = self.find(request, object_id)
        self.demand(request, source, "preview")
        preview = SourcePreview.objects.filter(source=source).select_related("by").first()
        context = self._result(request, source, preview.result) if preview and not preview.is_awaited else {}
        made = ago(preview.ended_at) if preview else ""
        return self.render(request, "preview", source, title=_("Preview"), preview=preview, made=made, **context)

    def preview_state_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Tell the page that waits whether the preview is ready."""
        source = self.find(request, object_id)
        self.demand(request, source, "preview")
        preview = SourcePreview.objects.filter(source=source).defer("result").first()
        running = preview is not None and preview.state == PreviewState.RUNNING
        since = preview.started_at if running else None
        return JsonResponse(
            {
                "ended": preview is None or not preview.is_awaited,
                "status": _("The catalogue is being read…") if running else _("Waiting for a worker…"),
                "since": since.isoformat() if since else None,
            }
        )

    def _result(self, request: HttpRequest, source: Source, result: dict[str, Any]) -> dict[str, Any]:
        items = [item for item in result.get("items") or [] if isinstance(item, dict)]
        chosen = request.GET.get("show", "")
        if chosen == WARNED:
            items = [item for item in items if item.get("warnings")]
        elif chosen in Action.values:
            items = [item for item in items if item.get("action") == chosen]
        page = Paginator(items, PER_PAGE).get_page(request.GET.get("page"))
        counters = result.get("counters") or {}
        counted = [(action, WOULD[action], number) for action, _word, number in progress.counts(counters, every=True)]
        return {
            "result": result,
            "counts": counted,
            "counted": sum(number for action, _text, number in counted if action != Action.ARCHIVED),
            "warned": sum(1 for item in result.get("items") or [] if item.get("warnings")),
            "described": len(result.get("items") or []),
            "chosen": chosen,
            "page": page,
            "items": self._described(request, page),
        }

    def _described(self, request: HttpRequest, page: Page) -> list[dict[str, Any]]:
        ids = {item.get("dataset") for item in page} - {None}
        datasets = Dataset.objects.visible_to(request.user).only("pk", "title", "slug").in_bulk(ids)
        return [
            {
                **item,
                "label": capfirst(str(WOULD[Action(item["action"])])),
                "dataset": datasets.get(item.get("dataset")),
                "differences": [differences.shown(one) for one in item.get("differences") or []],
            }
            for item in page
        ]
