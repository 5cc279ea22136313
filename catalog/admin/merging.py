"""Merging datasets in the administration: side by side, field by field; and splitting what was merged."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.admin.base import PortalAdmin
from catalog.admin.filters import STATES, state_of
from catalog.models import Dataset
from catalog.permissions import actor_of
from catalog.services.merging import comparison, files, merges
from portal.lib.errors import ServiceError
from portal.lib.ids import is_object_id
from portal.lib.writes.middleware import FIELD, MAX_COMMENT

MOST_FILES = 200  # that can be chosen one by one; of more, all are kept once
VALUE = "value-"  # names of the form's fields begin so


class MergingAdmin(PortalAdmin):
    """Put before the admin of datasets: an action that compares, and the pages that merge and split."""

    actions = ["merge"]

    @admin.action(description=gettext_lazy("Compare and merge the selected objects"), permissions=["change"])
    def merge(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        ids = list(queryset.order_by("created_at_internal", "pk").values_list("pk", flat=True)[: merges.MOST + 1])
        if not merges.FEWEST <= len(ids) <= merges.MOST:
            self.message_user(request, _("Choose from 2 to 5 datasets."), messages.ERROR)
            return None
        return redirect(merge_address(ids))

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("merge/", wrap(self.merge_view), name="catalog_dataset_merge"),
            path("<path:object_id>/merges/", wrap(self.merges_view), name="catalog_dataset_merges"),
            *super().get_urls(),
        ]

    def merge_view(self, request: HttpRequest) -> HttpResponse:
        """Compare the datasets of the argument `id`, the first of which stays; merge them by POST.

        Raises Http404 if one is not there or deleted, PermissionDenied if the caller may not edit one.
        """
        rows = self._chosen(request)
        if request.method == "POST":
            try:
                done = merges.merge([one.pk for one in rows], _choices(request.POST, rows), by=request.user)
            except ServiceError as error:
                self.message_user(request, str(error), messages.ERROR)
            else:
                until = date_format(done.split_until, "DATE_FORMAT")
                text = _("Merged into %(dataset)s. It can be split until %(date)s.")
                self.message_user(request, text % {"dataset": done.kept, "date": until}, messages.SUCCESS)
                return redirect("admin:catalog_dataset_merges", done.kept_id)
        return TemplateResponse(request, "admin/catalog/merge.html", self._context(request, rows))

    def merges_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """List what was merged into a dataset; split one of them by POST. Raises Http404, PermissionDenied."""
        dataset = self.get_object(request, unquote(object_id))
        if dataset is None:
            raise Http404
        if not self.has_change_permission(request, dataset):
            raise PermissionDenied
        if request.method == "POST":
            key = request.POST.get("merge", "")
            try:
                merges.split(get_object_or_404(dataset.merges, pk=key if is_object_id(key) else ""), by=request.user)
            except ServiceError as error:
                self.message_user(request, str(error), messages.ERROR)
            else:
                self.message_user(request, _("They are as they were before the merge."), messages.SUCCESS)
            return redirect("admin:catalog_dataset_merges", dataset.pk)
        done = list(dataset.merges.select_related("by", "split_by"))
        former = {pk for one in done for pk in one.moved["dates"]} - {dataset.pk}
        titles = Dataset.objects.in_bulk(former)
        for one in done:
            one.former_rows = [(pk, titles.get(pk)) for pk in one.moved["dates"] if pk != dataset.pk]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Merged into %(object)s") % {"object": dataset},
            "opts": self.opts,
            "object": dataset,
            "merges": done,
        }
        return TemplateResponse(request, "admin/catalog/merges.html", context)

    def render_change_form(self, request: HttpRequest, context: dict, *args: Any, **kwargs: Any) -> HttpResponse:
        dataset = kwargs.get("obj")
        if dataset is not None and self.has_change_permission(request, dataset):
            context["merges_url"] = _merges_address(dataset)
        return super().render_change_form(request, context, *args, **kwargs)

    def _chosen(self, request: HttpRequest) -> list[Dataset]:
        ids = list(dict.fromkeys((request.POST if request.method == "POST" else request.GET).getlist("id")))
        if not merges.FEWEST <= len(ids) <= merges.MOST or not all(is_object_id(pk) for pk in ids):
            raise Http404
        rows = {row.pk: row for row in self.get_queryset(request).filter(pk__in=ids, deleted=None)}
        if len(rows) != len(ids):
            raise Http404
        if not merges.may_merge(request.user, actor_of(request), rows.values()):
            raise PermissionDenied
        return [rows[pk] for pk in ids]

    def _context(self, request: HttpRequest, rows: list[Dataset]) -> dict[str, Any]:
        ids = [one.pk for one in rows]
        found = files.of(ids)
        usual = files.usual(found)
        return {
            **self.admin_site.each_context(request),
            "title": _("Compare and merge datasets"),
            "opts": self.opts,
            "rows": [
                {"dataset": one, "state": STATES[state_of(one)], "first_url": _first(one.pk, ids)} for one in rows
            ],
            "compared": comparison.compare(rows),
            "files": [(one, str(one.pk) in usual) for one in found] if len(found) <= MOST_FILES else [],
            "files_count": len(found),
            "value": VALUE,
            "comment_field": FIELD,
            "comment_length": MAX_COMMENT,
        }


def merge_address(ids: list[str]) -> str:
    """Return the address at which these datasets are compared, the first of which stays."""
    arguments = QueryDict(mutable=True)
    arguments.setlist("id", ids)
    return f"{reverse('admin:catalog_dataset_merge')}?{arguments.urlencode()}"


def _first(pk: str, ids: list[str]) -> str:
    return merge_address([pk, *(one for one in ids if one != pk)])


def _merges_address(dataset: Dataset) -> str:
    """Return the address of what was merged into a dataset, or an empty text if nothing ever was."""
    return reverse("admin:catalog_dataset_merges", args=[dataset.pk]) if dataset.merges.exists() else ""


def _choices(sent: QueryDict, rows: list[Dataset]) -> merges.Choices:
    """Read the form. Files are chosen one by one only where the form offered that."""
    values = {name.removeprefix(VALUE): value for name, value in sent.items() if name.startswith(VALUE)}
    chosen = set(sent.getlist("file")) if "files" in sent else None
    return merges.Choices(rows[0].pk, values, chosen)
