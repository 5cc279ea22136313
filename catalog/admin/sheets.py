"""Datasets edited in a spreadsheet: taking the list away, bringing it back, seeing what changes, applying it."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.admin.base import PortalAdmin
from catalog.admin.bulk import EXPORTED, INSTANT, start
from catalog.admin.csv_export import csv_response
from catalog.models import Sheet, SheetLine
from catalog.services.bulk import imports
from catalog.services.sheets import columns
from catalog.services.sheets.reading import MAX_BYTES, MAX_LINES
from portal.lib.errors import ServiceError
from portal.lib.paging import page_of
from portal.lib.writes.middleware import FIELD, MAX_COMMENT

LINES = 50  # on a page
CHOSEN = "columns"  # the argument that names the columns
SHOWN = {"changes": gettext_lazy("Changes"), "errors": gettext_lazy("Errors")}


class UploadForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("File (CSV)"))

    def clean_file(self) -> Any:
        if self.cleaned_data["file"].size > MAX_BYTES:
            raise forms.ValidationError(_("The file has more than %(number)s MB.") % {"number": MAX_BYTES >> 20})
        return self.cleaned_data["file"]


class SheetAdmin(PortalAdmin):
    """Put before the admin of datasets. Each works on what she may change; a file is read by who imported it alone."""

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("sheet.csv", wrap(self.sheet_export_view), name="catalog_dataset_sheet_csv"),
            path("sheet/", wrap(self.sheet_view), name="catalog_dataset_sheet"),
            path("sheet/<int:number>/", wrap(self.sheet_lines_view), name="catalog_dataset_sheet_lines"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        offered = self.has_change_permission(request)
        return super().changelist_view(request, {"sheet_offered": offered, **(extra_context or {})})

    def sheet_export_view(self, request: HttpRequest) -> HttpResponse:
        """Send the filtered list with the chosen columns, each row with its mark. Raises PermissionDenied."""
        self._check(request)
        asked = request.GET.getlist(CHOSEN)
        names = [name for name in columns.NAMES if name in asked] or list(columns.NAMES)
        request.GET = request.GET.copy()
        request.GET.pop(CHOSEN, None)
        rows = self.get_changelist_instance(request).get_queryset(request)
        rows = rows.select_related(None).prefetch_related("tags").iterator(chunk_size=EXPORTED)
        return csv_response("datasets-sheet", [columns.ID, *names, columns.MARK], _cells(rows, names))

    def sheet_view(self, request: HttpRequest) -> HttpResponse:
        """Offer the file of a filtered list; read one that comes back. Raises PermissionDenied."""
        self._check(request)
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            file = form.cleaned_data["file"]
            try:
                sheet = imports.make(file.read(), file.name, by=request.user)
            except ServiceError as error:
                form.add_error("file", str(error))
            else:
                return redirect("admin:catalog_dataset_sheet_lines", sheet.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Edit datasets in a spreadsheet"),
            "opts": self.opts,
            "form": form,
            "columns": columns.LABELS.items(),
            "chosen": CHOSEN,
            "filters": [(name, value) for name, values in request.GET.lists() for value in values],
            "count": self.get_changelist_instance(request).get_queryset(request).count(),
            "most": MAX_LINES,
            "sheets": Sheet.objects.filter(by=request.user).select_related("job")[:10],
        }
        return TemplateResponse(request, "admin/catalog/sheet.html", context)

    def sheet_lines_view(self, request: HttpRequest, number: int) -> HttpResponse:
        """Show what a file changes, line by line; apply it by POST. Raises Http404, PermissionDenied."""
        self._check(request)
        sheet = Sheet.objects.filter(pk=number, by=request.user).select_related("job").first()
        if sheet is None:
            raise Http404
        if request.method == "POST":
            return self._apply(request, sheet)
        counts = imports.counts(sheet)
        chosen = request.GET.get("show", "")
        chosen = chosen if chosen in SHOWN else "changes" if counts["changes"] else "errors"
        rows = SheetLine.objects.filter(sheet=sheet)
        rows = rows.filter(error="") if chosen == "changes" else rows.exclude(error="")
        page = page_of(request, rows.order_by("number"), SheetLine.objects.all(), size=LINES)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Changes of the spreadsheet %(name)s") % {"name": sheet.name or sheet},
            "opts": self.opts,
            "sheet": sheet,
            "counts": counts,
            "tabs": [(name, label, counts[name]) for name, label in SHOWN.items()],
            "chosen": chosen,
            "page": page,
            "lines": imports.lines_shown(list(page)),
            "in_background": counts["changes"] > INSTANT,
            "comment_field": FIELD,
            "comment_length": MAX_COMMENT,
        }
        return TemplateResponse(request, "admin/catalog/sheet_lines.html", context)

    def _apply(self, request: HttpRequest, sheet: Sheet) -> HttpResponse:
        comment, overwrite = request.POST.get(FIELD, "")[:MAX_COMMENT], "overwrite" in request.POST
        try:
            job = imports.apply(sheet, by=request.user, comment=comment, overwrite=overwrite)
        except ServiceError as error:
            self.message_user(request, str(error), messages.ERROR)
            return redirect("admin:catalog_dataset_sheet_lines", sheet.pk)
        start(job)
        return redirect(reverse("admin:catalog_bulkjob_change", args=[job.pk]))

    def _check(self, request: HttpRequest) -> None:
        if not self.has_change_permission(request):
            raise PermissionDenied


def _cells(rows: Iterator[Any], names: list[str]) -> Iterator[list[Any]]:
    for row in rows:
        values = columns.current(row)
        yield [row.pk, *(columns.shown(values[name]) for name in names), columns.mark(values, names)]
