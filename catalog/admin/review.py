"""The queue of curators: what was submitted, all that helps to decide on one page, and the decision."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.admin.base import NOBODY
from catalog.admin.dataset import CRITERIA
from catalog.admin.display import percentage
from catalog.admin.queue import QueueAdmin, StatusFilter
from catalog.dcat.checks import checks_of
from catalog.models import Dataset, Review
from catalog.models.review import ReviewStatus
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


@admin.register(Review)
class ReviewAdmin(QueueAdmin):
    """Whoever may change reviews decides; editors see what became of theirs on their own pages."""

    submitter = "submitted_by"
    list_display = ["subject_title", "subject_class", "status", "submitted_by", "submitted_at", "publish_at"]
    list_filter = [StatusFilter, "subject_class"]
    list_select_related = ["submitted_by"]
    search_fields = ["comment", "answer", "subject_id"]

    def decide(self, request: HttpRequest, review: Review) -> HttpResponse:
        comment, title = request.POST.get("comment", ""), str(review.subject or NOBODY)
        try:
            if request.POST.get("decision") == "publish":
                seen = request.POST.get("seen", "")
                at = reviewing.moment_of(date) if (date := request.POST.get("publish_at", "")) else None
                review = reviewing.publish(review.pk, by=request.user, seen=seen, comment=comment, publish_at=at)
            else:
                review = reviewing.send_back(review.pk, by=request.user, comment=comment)
        except ServiceError as error:
            self.message_user(request, str(error), messages.ERROR)
            return self.page(request, self.get_object(request, str(review.pk)), comment=comment, status=400)
        self.message_user(request, DONE[review.status] % {"title": title}, messages.SUCCESS)
        return redirect(reverse("admin:catalog_review_changelist"))

    def page(self, request: HttpRequest, review: Review, *, comment: str = "", status: int = 200) -> HttpResponse:
        obj = review.subject
        context = {
            **self.context_of(request, review, _("Review: %(object)s")),
            "comment": comment,
            "zone": timezone.get_current_timezone_name(),
            **(_help_with(obj, request) if obj is not None else {}),
        }
        return TemplateResponse(request, "admin/catalog/review.html", context, status=status)


def _since_sent_back(kind: str, obj: Any) -> dict[str, Any]:
    """Return what differs from what a curator last sent back, side by side; nothing if none did."""
    last = Review.objects.about(obj).filter(status=ReviewStatus.RETURNED).order_by("-decided_at").first()
    if last is None:
        return {}
    return {"sent_back": last, "sides": timeline.sides(timeline.since(kind, obj.pk, last.decided_at))}


def _help_with(obj: Any, request: HttpRequest) -> dict[str, Any]:
    """Return all that helps to decide: the object as readers will see it, its checks, what it was before."""
    kind = type(obj).__name__
    found = {
        "seen": review_gate.mark_of(obj),
        "tags": [tag.name for tag in obj.tags.all()],
        "differences": timeline.since_public(kind, obj.pk),
        **_since_sent_back(kind, obj),
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
