"""The queue of curators: what was submitted, all that helps to decide on one page, and the decision."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog import permissions
from catalog.admin.base import NOBODY, PortalAdmin
from catalog.admin.dataset import CRITERIA
from catalog.admin.display import percentage
from catalog.dcat.checks import checks_of
from catalog.models import Dataset, Review
from catalog.models.review import MAX_COMMENT, ReviewStatus
from catalog.models.subject import load_subjects
from catalog.search import likeness
from catalog.services import review as reviewing
from catalog.services import review_gate
from catalog.services.history import timeline
from portal.lib.errors import ServiceError

FILES = 50  # named on the page
DONE = {
    ReviewStatus.PUBLISHED: _("“%(title)s” is published."),
    ReviewStatus.SCHEDULED: _("“%(title)s” will be published at its date."),
    ReviewStatus.RETURNED: _("“%(title)s” goes back to its author, who is told why."),
}


class StatusFilter(admin.SimpleListFilter):
    """Shows what waits, unless something else is asked for."""

    title = _("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*ReviewStatus.choices[1:], ("all", _("All"))]

    def choices(self, changelist: Any) -> Any:
        first, *others = super().choices(changelist)
        yield {**first, "display": ReviewStatus.PENDING.label}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "all":
            return queryset
        return queryset.filter(status=self.value() or ReviewStatus.PENDING)


@admin.register(Review)
class ReviewAdmin(PortalAdmin):
    """Whoever may change reviews decides; editors see what became of theirs on their own pages."""

    list_display = ["subject_title", "subject_class", "status", "submitted_by", "submitted_at", "publish_at"]
    list_filter = [StatusFilter, "subject_class"]
    list_select_related = ["submitted_by"]
    search_fields = ["comment", "answer", "subject_id"]
    search_help_text = _("Id of the object or words of the comments.")
    ordering = ["submitted_at", "id"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Review | None = None) -> bool:
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
    def subject_title(self, review: Review) -> str:
        return str(review.subject or NOBODY)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        """Show one review, or take the decision. Raises Http404, PermissionDenied."""
        review = self.get_object(request, unquote(object_id))
        if review is None:
            raise Http404
        if not self.has_view_or_change_permission(request, review):
            raise PermissionDenied
        if request.method == "POST":
            return self._decide(request, review)
        return self._page(request, review)

    def _decide(self, request: HttpRequest, review: Review) -> HttpResponse:
        if not self.has_change_permission(request, review):
            raise PermissionDenied
        comment, title = request.POST.get("comment", ""), str(review.subject or NOBODY)
        try:
            if request.POST.get("decision") == "publish":
                seen = request.POST.get("seen", "")
                review = reviewing.publish(review.pk, by=request.user, seen=seen, comment=comment)
            else:
                review = reviewing.send_back(review.pk, by=request.user, comment=comment)
        except ServiceError as error:
            self.message_user(request, str(error), messages.ERROR)
            return self._page(request, self.get_object(request, str(review.pk)), comment=comment, status=400)
        self.message_user(request, DONE[review.status] % {"title": title}, messages.SUCCESS)
        return redirect(reverse("admin:catalog_review_changelist"))

    def _page(self, request: HttpRequest, review: Review, *, comment: str = "", status: int = 200) -> HttpResponse:
        obj = review.subject
        waits = review.status == ReviewStatus.PENDING and obj is not None
        context = {
            **self.admin_site.each_context(request),
            "title": _("Review: %(object)s") % {"object": obj or NOBODY},
            "opts": self.opts,
            "review": review,
            "object": obj,
            "decides": waits and permissions.reviews(request.user),
            "comment": comment,
            "comment_length": MAX_COMMENT,
            **(_help_with(obj, request) if obj is not None else {}),
        }
        return TemplateResponse(request, "admin/catalog/review.html", context, status=status)


def _help_with(obj: Any, request: HttpRequest) -> dict[str, Any]:
    """Return all that helps to decide: the object as readers will see it, its checks, what it was before."""
    kind = type(obj).__name__
    found = {
        "kind": obj._meta.verbose_name,
        "change_address": reverse(f"admin:catalog_{obj._meta.model_name}_change", args=[obj.pk]),
        "seen": review_gate.mark_of(obj),
        "tags": [tag.name for tag in obj.tags.all()],
        "differences": timeline.since_public(kind, obj.pk),
        "earlier": Review.objects.about(obj).exclude(answer="").select_related("decided_by")[:FILES],
    }
    if isinstance(obj, Dataset):
        quality = obj.quality
        found |= {
            "score": percentage(quality["score"]),
            "criteria": [(label, quality[name]) for name, label in CRITERIA.items() if name in quality],
            "checks": checks_of(obj),
            "alike": likeness.alike(obj, request.user),
            "files": obj.resources.order_by("position", "id")[:FILES],
            "zones": obj.spatial_zones.all()[:FILES],
        }
    return found
