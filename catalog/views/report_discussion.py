"""The page on which a discussion, or one of its messages, is reported to the administrators; open to all."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from catalog.models import Discussion, Message
from catalog.services import reports
from catalog.views.acting import ActPage
from catalog.views.discussion import find_discussion
from catalog.views.talk_forms import ReportForm


class ReportDiscussion(ActPage):
    """`?message=` names one message."""

    rate = "reports"

    def message(self, found: Discussion) -> Message | None:
        """Return the message that the address names. Raises Http404."""
        wanted = self.request.GET.get("message", "")
        if not wanted:
            return None
        try:
            message = found.messages.filter(pk=UUID(wanted)).first()
        except ValueError:
            message = None
        if message is None:
            raise Http404
        return message

    def _page(self, found: Discussion, form: ReportForm) -> HttpResponse:
        about: dict[str, Any] = {"title": found.title}
        one = _("A message in “%(title)s”.") if self.message(found) else _("The whole discussion “%(title)s”.")
        return self.ask(
            _("Report to the administrators"), _("Report"), form=form, text=one % about,
            cancel_url=found.get_absolute_url(),
        )  # fmt: skip

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        return self._page(find_discussion(request.user, key), ReportForm())

    @transaction.atomic
    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        found, form = find_discussion(request.user, key), ReportForm(request.POST)
        message = self.message(found)
        if not form.is_valid():
            return self._page(found, form)
        values = {**form.cleaned_data, "subject": found, "subject_embed_id": message and message.pk}
        reports.create(values, by=request.user if request.user.is_authenticated else None)
        messages.success(request, _("Thank you: the administrators will look at it."))
        return redirect(found)
