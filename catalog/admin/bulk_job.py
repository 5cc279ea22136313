"""Bulk changes: the list of them, how far each is, what it did, stopping it and taking it back."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from catalog import permissions
from catalog.admin.base import PortalAdmin
from catalog.admin.bulk import start
from catalog.models import BulkItem, BulkJob
from catalog.models.bulk import BulkOutcome
from catalog.permissions import actor_of
from catalog.services.bulk import jobs
from catalog.services.bulk.actions import KINDS, label_of
from portal.lib.errors import ServiceError
from portal.lib.paging import page_of

SHOWN = 50  # objects on a page
MOST_REASONS = 20


@admin.register(BulkJob)
class BulkJobAdmin(PortalAdmin):
    """Who asked for a bulk change sees it and stops it; system administrators see all."""

    list_display = ["__str__", "what", "kind", "state", "total", "done", "refused", "by", "created"]
    list_filter = ["state", "kind", "created"]
    list_select_related = ["by"]
    search_fields = ["comment", "action"]
    search_help_text = gettext_lazy("Comment or action.")
    ordering = ["-id"]
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request).select_related("by", "undone_by")
        return rows if super().has_view_permission(request) else rows.asked_by(request.user.pk)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        if super().has_view_permission(request, obj):
            return True
        if obj is not None:
            return obj.by_id == request.user.pk
        curates = any(permissions.curates(request.user, model) for model in KINDS.values())
        return curates or actor_of(request).is_editor

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @admin.display(description=gettext_lazy("action"), ordering="action")
    def what(self, job: BulkJob) -> str:
        return label_of(job.action)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<path:object_id>/state/", wrap(self.state_view), name="catalog_bulkjob_state"),
            path("<path:object_id>/stop/", wrap(self.stop_view), name="catalog_bulkjob_stop"),
            path("<path:object_id>/undo/", wrap(self.undo_view), name="catalog_bulkjob_undo"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        """Show how far a job is, and what it did. Raises Http404, PermissionDenied."""
        job = self._seen(request, object_id)
        shown = request.GET.get("show", "")
        outcome = shown if shown in BulkOutcome.values else BulkOutcome.REFUSED if job.refused else BulkOutcome.DONE
        items = BulkItem.objects.filter(job=job)
        page = page_of(request, items.filter(outcome=outcome).order_by("position"), BulkItem.objects.all(), size=SHOWN)
        context = {
            **self.admin_site.each_context(request),
            "title": f"{label_of(job.action)} {job}",
            "opts": self.opts,
            "job": job,
            "state": state_of(job),
            "counts": [(name, label, getattr(job, name)) for name, label in BulkOutcome.choices],
            "chosen": outcome,
            "page": page,
            "objects": _objects(job, list(page)),
            "reasons": _reasons(job) if job.refused else [],
            "undoable": jobs.is_undoable(job),
            "changelist": f"admin:catalog_{job.kind.lower()}_changelist",
            "parameters": _values(job),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/catalog/bulk_job.html", context)

    def state_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What the page of a running job asks for every few seconds."""
        return JsonResponse(state_of(self._seen(request, object_id)), headers={"Cache-Control": "no-store"})

    @method_decorator(require_POST)
    def stop_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """End a job before its next batch."""
        job = self._seen(request, object_id)
        jobs.stop(job)
        return redirect(reverse("admin:catalog_bulkjob_change", args=[job.pk]))

    @method_decorator(require_POST)
    def undo_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take a job back: by a job of its own."""
        job = self._seen(request, object_id)
        try:
            back = jobs.undo(job, by=request.user)
        except ServiceError as error:
            self.message_user(request, str(error), messages.ERROR)
            back = job
        else:
            start(back)
        return redirect(reverse("admin:catalog_bulkjob_change", args=[back.pk]))

    def _seen(self, request: HttpRequest, object_id: str) -> BulkJob:
        job = self.get_object(request, unquote(object_id))
        if job is None:
            raise Http404
        if not self.has_view_permission(request, job):
            raise PermissionDenied
        return job


def _values(job: BulkJob) -> list[str]:
    """Return the values of a job that people understand: no ids of rows, no switches."""
    values = [value for value in job.parameters.values() if isinstance(value, str | list)]
    return [", ".join(value) if isinstance(value, list) else value for value in values]


def state_of(job: BulkJob) -> dict[str, Any]:
    """Return how far a job is: texts in the reader's language, numbers as people read them."""
    numbers = {name: number_format(getattr(job, name), force_grouping=True) for name in BulkOutcome.values}
    words = {
        "number": number_format(job.position, force_grouping=True),
        "total": number_format(job.total, force_grouping=True),
    }
    stopping = job.stop_asked and not job.has_ended
    return {
        "status": _("Being stopped") if stopping else str(job.get_state_display()),
        "ended": job.has_ended,
        "percent": 100 * job.position // max(1, job.total),
        "processed": _("%(number)s of %(total)s") % words,
        **numbers,
    }


def _objects(job: BulkJob, items: list[BulkItem]) -> list[tuple[BulkItem, str, str]]:
    """Return each item with the title and the address of its object, which may be gone."""
    model = KINDS[job.kind]
    rows = model._default_manager.filter(pk__in=[item.object_id for item in items])
    titles = dict(rows.order_by().values_list("pk", "title"))
    name = f"admin:catalog_{model._meta.model_name}_change"
    return [
        (
            item,
            titles.get(item.object_id, item.object_id),
            reverse(name, args=[item.object_id]) if item.object_id in titles else "",
        )
        for item in items
    ]


def _reasons(job: BulkJob) -> list[tuple[str, int]]:
    """Return why objects were refused, the most frequent reason first."""
    rows = BulkItem.objects.filter(job=job, outcome=BulkOutcome.REFUSED).order_by()
    found = rows.values("reason").annotate(number=Count("pk")).order_by("-number", "reason")
    return [(row["reason"], row["number"]) for row in found[:MOST_REASONS]]
