"""What becomes of one's changes of what is published: compared, with the curator's answer; taking them back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from catalog.models import Dataset, PendingChange
from catalog.models.pending_change import UNDECIDED
from catalog.models.review import MAX_COMMENT
from catalog.models.subject import class_of
from catalog.services import pending_changes
from catalog.services.proposing.comparison import rows_of
from catalog.views.publish.base import PublishPage
from portal.lib.errors import ServiceError


class Change(PublishPage):
    """One change of the reader's own."""

    template_name = "catalog/publish/change.html"

    def change(self, pk: UUID) -> PendingChange:
        """Return the change, if it is the reader's. Raises Http404."""
        found = PendingChange.objects.filter(pk=pk, author=self.request.user).select_related("decided_by").first()
        if found is None:
            raise Http404
        return found

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        return self.shown(self.change(pk))

    def shown(self, change: PendingChange, *, status: int = 200, **context: Any) -> HttpResponse:
        subject = change.subject
        return self.answer(
            change=change,
            subject=subject,
            rows=rows_of(change),
            is_undecided=change.status in UNDECIDED,
            edit=form_of(subject) if subject is not None else "",
            comment_length=MAX_COMMENT,
            status=status,
            **context,
        )

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        change = self.change(pk)
        try:
            if request.POST.get("action") == "withdraw":
                pending_changes.withdraw(pk, by=request.user)
                messages.success(request, _("Your change is taken back."))
            else:
                pending_changes.resubmit(pk, by=request.user, comment=request.POST.get("comment", ""))
                messages.success(request, _("Your change waits for a curator again."))
        except ServiceError as error:
            return self.shown(change, status=400, refusal=str(error.message))
        return redirect("publish-change", pk=pk) if request.POST.get("action") != "withdraw" else redirect("publish")


def form_of(subject: Any) -> str:
    """Return the address of the form of a publisher's object."""
    if isinstance(subject, Dataset):
        return reverse("publish-describe", args=[subject.pk])
    return reverse(f"publish-{class_of(subject).lower()}-edit", args=[subject.pk])
