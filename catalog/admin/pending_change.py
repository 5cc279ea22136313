"""The queue of changes: what editors would change in what is published, side by side, and the decision."""

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog import permissions
from catalog.admin.base import NOBODY
from catalog.admin.queue import QueueAdmin, StatusFilter
from catalog.forms.amending import AmendForm
from catalog.models import PendingChange, Review
from catalog.models.pending_change import ChangeStatus
from catalog.services import pending_changes, review_gate
from catalog.services.proposing.comparison import rows_of
from portal.lib.errors import ServiceError

EARLIER = 20  # other changes of the same object that are told
DONE = {
    ChangeStatus.APPROVED: _("The change of “%(title)s” is published."),
    ChangeStatus.RETURNED: _("The change of “%(title)s” goes back to its author, who is told why."),
    ChangeStatus.REJECTED: _("The change of “%(title)s” is rejected; its author is told why."),
}


@admin.register(PendingChange)
class PendingChangeAdmin(QueueAdmin):
    """Whoever decides about reviews decides here; authors see what became of theirs on their own pages."""

    submitter = "author"
    list_display = ["subject_title", "subject_class", "status", "author", "submitted_at", "fields_count"]
    list_filter = [StatusFilter, "subject_class"]
    list_select_related = ["author"]
    search_fields = ["comment", "answer", "subject_id"]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: PendingChange | None = None) -> bool:
        return permissions.reviews(request.user) or permissions.curates(request.user, Review, "view")

    def has_change_permission(self, request: HttpRequest, obj: PendingChange | None = None) -> bool:
        return permissions.reviews(request.user)

    @admin.display(description=_("fields"))
    def fields_count(self, change: PendingChange) -> int:
        return len(change.values)

    def page(
        self, request: HttpRequest, row: PendingChange, *, form: AmendForm | None = None, status: int = 200
    ) -> HttpResponse:
        obj, compared = row.subject, rows_of(row)
        form = form or AmendForm(change=row, rows=compared)
        context = self.context_of(request, row, _("Change: %(object)s"))
        context |= {
            "rows": compared,
            "pairs": list(zip(compared, form.amendable(), strict=True)),
            "conflicts": list(zip([one for one in compared if one.is_overtaken], form.conflicts(), strict=True)),
            "form": form,
            "seen": pending_changes.mark_of(row, obj) if context["decides"] else "",
            "earlier": PendingChange.objects.about(obj).exclude(pk=row.pk).select_related("author")[:EARLIER]
            if obj
            else [],
        }
        if obj is not None:
            context["has_changed"] = bool(row.base_mark) and review_gate.mark_of(obj) != row.base_mark
        return TemplateResponse(request, "admin/catalog/pending_change.html", context, status=status)

    def decide(self, request: HttpRequest, row: PendingChange) -> HttpResponse:
        form = AmendForm(request.POST, change=row, rows=rows_of(row))
        title = str(row.subject or NOBODY)
        try:
            decided = self._decided(request, row, form)
        except ServiceError as error:
            self.message_user(request, str(error), messages.ERROR)
            decided = None
        if decided is None:
            return self.page(request, self.get_object(request, str(row.pk)), form=form, status=400)
        self.message_user(request, DONE[ChangeStatus(decided.status)] % {"title": title}, messages.SUCCESS)
        return redirect(reverse("admin:catalog_pendingchange_changelist"))

    def _decided(self, request: HttpRequest, row: PendingChange, form: AmendForm) -> PendingChange | None:
        """Return the decided change; None where the form has errors, which it tells. Raises ServiceError."""
        decision, by = request.POST.get("decision", ""), request.user
        comment = request.POST.get("comment", "")
        if decision == "return":
            return pending_changes.send_back(row.pk, by=by, comment=comment)
        if decision == "reject":
            return pending_changes.reject(row.pk, by=by, comment=comment)
        if not form.is_valid():
            return None
        amends = decision == "amend"
        return pending_changes.approve(
            row.pk,
            by=by,
            seen=request.POST.get("seen", ""),
            amended=form.amended() if amends else None,
            choices=form.choices(with_boxes=amends),
            comment=comment,
        )
