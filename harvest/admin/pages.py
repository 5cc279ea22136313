"""The pages about a source, by their addresses: reading is GET, every verb is POST alone."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from harvest.admin.job_page import JobPage, objects_of
from harvest.admin.overview import OverviewPage, records_of
from harvest.admin.preview_page import PreviewPage
from harvest.admin.purge_page import PurgePage
from harvest.models import HarvestRecord, RecordState

RECORDS = 50  # of a page
MISSING = "missing"


class SourcePages(OverviewPage, PreviewPage, JobPage, PurgePage):
    """All of them."""

    def get_urls(self) -> list[URLPattern]:
        read_or_do = require_http_methods(["GET", "HEAD", "POST"])
        routes = [
            ("<str:object_id>/overview/", require_safe(self.overview_view), "overview"),
            ("<str:object_id>/do/<slug:verb>/", require_POST(self.verb_view), "verb"),
            ("<str:object_id>/preview/", require_safe(self.preview_view), "preview"),
            ("<str:object_id>/preview/state/", require_safe(self.preview_state_view), "preview_state"),
            ("<str:object_id>/records/", require_safe(self.records_view), "records"),
            ("<str:object_id>/purge/", read_or_do(self.purge_view), "purge"),
            ("<str:object_id>/job/<str:job_id>/", require_safe(self.job_view), "job"),
            ("<str:object_id>/job/<str:job_id>/state/", require_safe(self.job_state_view), "job_state"),
            ("<str:object_id>/job/<str:job_id>/cancel/", require_POST(self.job_cancel_view), "job_cancel"),
            ("<str:object_id>/job/<str:job_id>/undo/", read_or_do(self.job_undo_view), "job_undo"),
        ]
        view = self.admin_site.admin_view
        return [
            *(path(route, view(to), name=f"harvest_source_{name}") for route, to, name in routes),
            *super().get_urls(),
        ]

    def records_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """List what is known of the things that a source lists, whatever run it comes from."""
        source = self.find(request, object_id)
        chosen, words = request.GET.get("show", ""), request.GET.get("q", "").strip()[:200]
        rows = HarvestRecord.objects.filter(source=source).defer("written").order_by("pk")
        if chosen == MISSING:
            rows = rows.filter(missing_since__isnull=False)
        elif chosen in RecordState.values:
            rows = rows.filter(state=chosen)
        if words:
            rows = rows.filter(remote_id__icontains=words)
        page = Paginator(rows, RECORDS).get_page(request.GET.get("page"))
        datasets, dataservices = objects_of(page, request.user)
        return self.render(
            request, "records", source, title=_("Records"), page=page, chosen=chosen, words=words,
            records=records_of(source),
            rows=[(row, datasets.get(row.dataset_id), dataservices.get(row.dataservice_id)) for row in page],
        )  # fmt: skip
