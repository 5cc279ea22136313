"""What the queues of curators share: rows about objects, those that wait first, decided on a page of their own."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog import permissions
from catalog.admin.base import NOBODY, PortalAdmin
from catalog.models.review import MAX_COMMENT, PENDING
from catalog.models.subject import load_subjects


class StatusFilter(admin.SimpleListFilter):
    """Shows what waits, unless something else is asked for; the first status of a queue is the one that waits."""

    title = _("status")
    parameter_name = "status"

    def __init__(self, request: HttpRequest, params: Any, model: type[Model], model_admin: Any) -> None:
        self.statuses = list(model._meta.get_field("status").choices)
        super().__init__(request, params, model, model_admin)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*self.statuses[1:], ("all", _("All"))]

    def choices(self, changelist: Any) -> Any:
        first, *others = super().choices(changelist)
        yield {**first, "display": self.statuses[0][1]}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "all":
            return queryset
        return queryset.filter(status=self.value() or self.statuses[0][0])


class QueueAdmin(PortalAdmin):
    """Rows are made and removed by services alone. A subclass gives `page` (the page of one), `decide` (a POST)
    and `submitter`, the column that tells who asks.
    """

    submitter = ""

    search_help_text = _("Id of the object or words of the comments.")
    ordering = ["submitted_at", "id"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Read the objects of the whole page at once."""
        found = super().get_changelist_instance(request)
        rows = list(found.result_list)
        subjects = load_subjects(rows)
        for row in rows:
            row._subject = subjects.get((row.subject_class, row.subject_id))
        found.result_list = rows
        return found

    @admin.display(description=_("object"))
    def subject_title(self, row: Any) -> str:
        return str(row.subject or NOBODY)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        """Show one row, or take the decision. Raises Http404, PermissionDenied."""
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        if request.method != "POST":
            return self.page(request, row)
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        return self.decide(request, row)

    def context_of(self, request: HttpRequest, row: Any, title: str) -> dict[str, Any]:
        """Return what the page of any row has in its context, `object` among it; `title` has a gap for its name."""
        obj = row.subject
        context = {
            **self.admin_site.each_context(request),
            "title": title % {"object": obj or NOBODY},
            "opts": self.opts,
            "row": row,
            "submitter": getattr(row, self.submitter),
            "object": obj,
            "decides": row.status == PENDING and obj is not None and permissions.reviews(request.user),
            "comment_length": MAX_COMMENT,
        }
        if obj is not None:
            context["kind"] = obj._meta.verbose_name
            context["change_address"] = reverse(f"admin:catalog_{obj._meta.model_name}_change", args=[obj.pk])
        return context

    def page(self, request: HttpRequest, row: Any) -> HttpResponse:
        raise NotImplementedError

    def decide(self, request: HttpRequest, row: Any) -> HttpResponse:
        raise NotImplementedError
