"""Actions on the chosen rows of a list, or on all that match its filter; the filtered list as CSV."""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from catalog.admin.base import OwnedAdmin
from catalog.admin.bulk_forms import FORMS, BulkForm
from catalog.admin.csv_export import csv_response
from catalog.admin.filters import state_of
from catalog.models import BulkItem, BulkJob
from catalog.models.bulk import BulkOutcome
from catalog.services.bulk import jobs, running
from catalog.services.bulk.actions import ACTIONS, APART
from portal.lib.errors import ServiceError
from portal.lib.writes.middleware import FIELD

INSTANT = 100  # rows that are changed while one waits; more are the worker's
SAMPLE = 10  # rows shown before
REASONS = 5  # refusals told after
CONFIRMED = "bulk"  # the field of a form that was shown
EXPORTED = 500  # rows read at once
LONG = ("description", "extras", "harvest", "spatial_geom", "metric_months")  # columns that no list needs
COLUMNS = (
    "id", "title", "acronym", "slug", "type", "access_type", "license_id", "frequency", "featured", "created_at",
    "last_modified", "metadata_modified_at", "last_update", "resources_count", "metric_views", "metric_reuses",
    "metric_followers", "metric_discussions",
)  # fmt: skip


def _action(name: str) -> Callable[..., HttpResponse | None]:
    """Return the admin action that asks for the bulk action of that name."""
    edit = ACTIONS[name]

    needed = "restore" if name == "restore" else "curate" if edit.curators_only else "change"

    @admin.action(description=edit.label, permissions=[needed])
    def act(model_admin: "BulkActions", request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        return model_admin.bulk(request, queryset, name)

    act.__name__ = name
    return act


def start(job: BulkJob) -> bool:
    """Do a job of a few rows at once; leave one of many to a worker. Return whether it was done."""
    if job.total > INSTANT:
        jobs.wake()
        return False
    running.run(job.pk)
    return True


class BulkActions(OwnedAdmin):
    """Few rows are changed at once, many by a worker; either way as a job, which can be taken back."""

    change_list_template = "admin/catalog/bulk_list.html"
    actions = [*(_action(name) for name in ACTIONS if name not in APART), "delete_selected"]

    def has_curate_permission(self, request: HttpRequest) -> bool:
        return self.is_curator(request)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        found = super().get_actions(request)
        return {name: one for name, one in found.items() if name not in ACTIONS or self.model in ACTIONS[name].targets}

    @admin.action(description=gettext_lazy("Delete"), permissions=["delete"])
    def delete_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        """Delete few rows by Django's own page, many as any other action."""
        if CONFIRMED in request.POST or queryset.count() > INSTANT:
            return self.bulk(request, queryset, "delete")
        return delete_selected(self, request, queryset)

    def bulk(self, request: HttpRequest, queryset: QuerySet, name: str) -> HttpResponse | None:
        """Do an action, once all that it needs is known; else ask."""
        count = queryset.count()
        kind = FORMS.get(name, BulkForm)
        confirmed = CONFIRMED in request.POST
        data = request.POST if confirmed else None
        form = kind(data, model=self.model, site=self.admin_site, initial={"expected": count})
        if not confirmed and (name in FORMS or count > INSTANT):
            return self._ask(request, queryset, name, form)
        if confirmed and not form.is_valid():
            return self._ask(request, queryset, name, form)
        if confirmed and form.cleaned_data["expected"] not in (None, count):
            self.message_user(request, _("Meanwhile the filter finds another number of objects."), messages.WARNING)
            return self._ask(request, queryset, name, kind(model=self.model, site=self.admin_site, initial={
                **form.cleaned_data, "expected": count, "tags": request.POST.get("tags", ""),
            }))  # fmt: skip
        comment = form.cleaned_data[FIELD] if confirmed else ""
        return self._do(request, queryset, name, form.values if confirmed else {}, comment)

    def _ask(self, request: HttpRequest, queryset: QuerySet, name: str, form: BulkForm) -> HttpResponse:
        count = form.initial.get("expected", 0)
        across = request.POST.get("select_across") == "1"
        context = {
            **self.admin_site.each_context(request),
            "title": ACTIONS[name].label,
            "opts": self.opts,
            "count": count,
            "sample": [(row, self.owner_name(row), self.state(row)) for row in queryset[:SAMPLE]],
            "more": max(0, count - SAMPLE),
            "form": form,
            "media": self.media + form.media,
            "action": request.POST.get("action", name),
            "across": across,
            # Of all that match, Django wants to see one chosen: without any, a confirmed form is no action to it.
            "chosen": request.POST.getlist(ACTION_CHECKBOX_NAME)[: 1 if across else None],
            "checkbox": ACTION_CHECKBOX_NAME,
            "confirmed": CONFIRMED,
            "in_background": count > INSTANT,
            "undoable": True,
        }
        return TemplateResponse(request, "admin/catalog/bulk_question.html", context)

    def _do(
        self, request: HttpRequest, queryset: QuerySet, name: str, values: dict[str, Any], comment: str
    ) -> HttpResponse | None:
        try:
            job = jobs.ask(queryset, name, values, by=request.user, comment=comment)
        except ServiceError as error:
            self.message_user(request, str(error), messages.ERROR)
            return None
        page = reverse("admin:catalog_bulkjob_change", args=[job.pk])
        if not start(job):
            return redirect(page)
        job.refresh_from_db()
        self._tell(request, job, page)
        return None

    def _tell(self, request: HttpRequest, job: BulkJob, page: str) -> None:
        """Log what a job did, and say it."""
        items = list(BulkItem.objects.filter(job=job))
        done = [one.object_id for one in items if one.outcome == BulkOutcome.DONE]
        label = str(ACTIONS[job.action].label)
        if done:
            rows = list(self.model._default_manager.filter(pk__in=done))
            LogEntry.objects.log_actions(request.user.pk, rows, CHANGE, change_message=label)
        text = ngettext("%(label)s: %(count)d object changed.", "%(label)s: %(count)d objects changed.", job.done)
        said = text % {"label": label, "count": job.done}
        link = format_html('{} <a href="{}">{}</a>', said, page, _("See it, take it back"))
        self.message_user(request, link, messages.SUCCESS if job.done else messages.INFO)
        refused = [one for one in items if one.outcome == BulkOutcome.REFUSED]
        titles = {row.pk: str(row) for row in self.model._default_manager.filter(pk__in=[x.object_id for x in refused])}
        for one in refused[:REASONS]:
            self.message_user(request, f"{titles.get(one.object_id, one.object_id)}: {one.reason}", messages.ERROR)

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_csv"
        return [path("export.csv", self.admin_site.admin_view(self.csv_view), name=name), *super().get_urls()]

    def csv_view(self, request: HttpRequest) -> HttpResponse:
        """Send the filtered list as CSV, however long it is. Raises PermissionDenied."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        known = {column.attname for column in self.model._meta.concrete_fields}
        names = [name for name in COLUMNS if name in known]
        rows = self.get_changelist_instance(request).get_queryset(request)
        rows = rows.select_related("organization", "owner").prefetch_related("tags")
        rows = rows.defer(*(name for name in LONG if name in known))
        header = [*names, "state", "owner", "tags"]
        return csv_response(self.opts.model_name, header, self._cells(rows.iterator(chunk_size=EXPORTED), names))

    def _cells(self, rows: Iterator[Any], names: list[str]) -> Iterator[list[Any]]:
        for row in rows:
            tags = [tag.name for tag in row.tags.all()]
            yield [*(getattr(row, name) for name in names), state_of(row), self.owner_name(row), tags]
