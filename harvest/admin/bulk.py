"""What is done to several sources at once, from their list."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from harvest import jobs, services, steering
from harvest.models import Source, Validation
from portal.lib.errors import ServiceError


class SourceActionForm(ActionForm):
    """The choice of an action, with the reason that a refusal needs."""

    comment = forms.CharField(
        label=_("Comment:"), required=False, max_length=5000,
        widget=forms.TextInput(attrs={"placeholder": _("needed to refuse")}),
    )  # fmt: skip


class BulkVerbs(admin.ModelAdmin):
    """Run, pause, resume by the sources' editors; accept and refuse by curators."""

    action_form = SourceActionForm
    actions = ["run_now", "pause", "resume", "accept", "refuse", "restore"]

    def has_validate_permission(self, request: HttpRequest) -> bool:
        return self.is_curator(request)

    def each(self, request: HttpRequest, chosen: QuerySet, verb: Callable[[Source], Any], label: Any) -> None:
        """Do something to each source, which is locked; say how many it was done to, and why not to the others."""
        done = []
        for pk in list(chosen.order_by("name", "pk").values_list("pk", flat=True)):
            try:
                with transaction.atomic():
                    source = Source.objects.select_for_update(of=("self",)).get(pk=pk)
                    refuse_deleted(source)
                    verb(source)
            except ServiceError as error:
                self.message_user(request, f"{source.name}: {capfirst(str(error.message))}", messages.ERROR)
                continue
            done.append(source)
        if done:
            LogEntry.objects.log_actions(request.user.pk, done, CHANGE, change_message=str(label))
            text = ngettext("%(label)s: %(count)d source.", "%(label)s: %(count)d sources.", len(done))
            self.message_user(request, text % {"label": label, "count": len(done)}, messages.SUCCESS)

    @admin.action(description=_("Run the selected sources now"), permissions=["change"])
    def run_now(self, request: HttpRequest, queryset: QuerySet) -> None:
        actor = self.operator(request)
        self.each(request, queryset, lambda source: jobs.ask_run(source, actor=actor), _("A run is asked for"))

    @admin.action(description=_("Pause the selected sources"), permissions=["change"])
    def pause(self, request: HttpRequest, queryset: QuerySet) -> None:
        self.each(request, queryset, steering.pause, _("Paused"))

    @admin.action(description=_("Resume the selected sources"), permissions=["change"])
    def resume(self, request: HttpRequest, queryset: QuerySet) -> None:
        self.each(request, queryset, steering.resume, _("Resumed"))

    @admin.action(description=_("Accept the selected sources"), permissions=["validate"])
    def accept(self, request: HttpRequest, queryset: QuerySet) -> None:
        self._validate_chosen(request, queryset, Validation.ACCEPTED, _("Accepted"))

    @admin.action(description=_("Refuse the selected sources"), permissions=["validate"])
    def refuse(self, request: HttpRequest, queryset: QuerySet) -> None:
        self._validate_chosen(request, queryset, Validation.REFUSED, _("Refused"))

    def _validate_chosen(self, request: HttpRequest, queryset: QuerySet, state: str, label: Any) -> None:
        comment = str(request.POST.get("comment", ""))[:5000].strip()

        def verb(source: Source) -> None:
            services.validate(source, state=state, comment=comment, by=request.user)

        self.each(request, queryset, verb, label)


def refuse_deleted(source: Source) -> None:
    """Raises ServiceError for a source that is deleted: it is restored first."""
    if source.deleted is not None:
        raise ServiceError(_("The source is deleted: restore it first."))
