"""Objects with states: the state column, the verbs as list actions and as buttons on the object's page."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from catalog.admin.base import OwnedAdmin, WholeDeletion
from catalog.admin.bulk import BulkActions
from catalog.admin.filters import ARCHIVED, DELETED, DRAFT, PUBLISHED, STATES, state_of
from catalog.admin.held import HeldAdmin
from catalog.admin.notes import NotedAdmin
from catalog.models import Review
from catalog.services import curation, review_gate
from catalog.services import review as reviewing
from portal.lib.errors import ServiceError

VERBS = {
    "publish": (curation.publish, _("Publish")),
    "submit": (reviewing.submit_all, _("Submit for review")),
    "unpublish": (curation.unpublish, _("Turn back into a draft")),
    "archive": (curation.archive, _("Archive")),
    "unarchive": (curation.unarchive, _("Take out of the archive")),
    "restore": (curation.restore, _("Restore")),
    "feature": (curation.feature, _("Feature")),
    "unfeature": (curation.unfeature, _("No longer feature")),
}
VERBS_OF_STATE = {
    DRAFT: ["publish"],
    PUBLISHED: ["unpublish", "archive"],
    ARCHIVED: ["unarchive"],
    DELETED: ["restore"],
}


def run_verb(
    model_admin: admin.ModelAdmin, request: HttpRequest, chosen: QuerySet, verb: Callable[..., int], label: str
) -> bool:
    """Apply `verb` to the chosen rows, log it and say how it went; return whether it was done."""
    rows = list(chosen)  # before the verb: it may move them out of the list
    try:
        count = verb(chosen, by=request.user)
    except ServiceError as error:
        model_admin.message_user(request, str(error), messages.ERROR)
        return False
    LogEntry.objects.log_actions(request.user.pk, rows, CHANGE, change_message=str(label))
    text = ngettext("%(label)s: %(count)d object changed.", "%(label)s: %(count)d objects changed.", count)
    model_admin.message_user(request, text % {"label": label, "count": count}, messages.SUCCESS)
    return True


class SoftDeleteAdmin(WholeDeletion, OwnedAdmin):
    """Deleting marks the rows and asks nothing about what hangs on them: all of it stays, for the restoration."""

    delete_confirmation_template = "admin/catalog/soft_delete_confirmation.html"
    delete_selected_confirmation_template = "admin/catalog/soft_delete_selected_confirmation.html"
    actions = ["restore"]

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        self.delete_queryset(request, self.model.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        """Raises PermissionDenied if the service refuses a row that the form should never have offered."""
        try:
            curation.delete(queryset, by=request.user)
        except ServiceError as error:
            raise PermissionDenied(str(error)) from error

    def has_restore_permission(self, request: HttpRequest) -> bool:
        return self.has_change_permission(request) or self.has_delete_permission(request)

    @admin.action(description=_("Restore the selected objects"), permissions=["restore"])
    def restore(self, request: HttpRequest, queryset: QuerySet) -> None:
        run_verb(self, request, queryset, *VERBS["restore"])


class StatefulAdmin(BulkActions, HeldAdmin, NotedAdmin, SoftDeleteAdmin):
    """Datasets, reuses and dataservices. Their states change by verbs only, never by a field of the form."""

    change_form_template = "admin/catalog/stateful_change_form.html"
    curators_only = ("owner",)
    actions = [*BulkActions.actions, "submit"]

    @admin.display(description=_("state"))
    def state(self, obj: Any) -> str:
        return STATES[state_of(obj)]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        fields = super().get_readonly_fields(request, obj)
        return [*fields, "private"] if obj else fields  # a new object may begin as a draft; then the verbs rule

    def get_actions(self, request: HttpRequest) -> dict:
        """Offer to submit only where publications are reviewed."""
        found = super().get_actions(request)
        if not settings.PUBLICATION_REVIEW:
            found.pop("submit", None)
        return found

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        """Save; what is new and would be public begins as a draft, if a curator has to agree."""
        form.is_held = not change and not obj.private and review_gate.needed(obj, request.user)
        obj.private = obj.private or form.is_held
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: ModelForm, formsets: list, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if form.is_held:
            review_gate.ask(form.instance, by=request.user, is_named=False)
            self.message_user(request, _("It is a draft until a curator agrees to publish it."))

    @admin.action(description=_("Submit the selected objects for review"), permissions=["change"])
    def submit(self, request: HttpRequest, queryset: QuerySet) -> None:
        run_verb(self, request, queryset, *VERBS["submit"])

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_verb"
        view = self.admin_site.admin_view(require_POST(self.verb_view))
        return [path("<path:object_id>/verb/<slug:verb>/", view, name=name), *super().get_urls()]

    def verb_view(self, request: HttpRequest, object_id: str, verb: str) -> HttpResponse:
        """Apply one verb to one object, from its page.

        Raises Http404 for an unknown verb or an object that the caller does not see, PermissionDenied for one that
        she sees and may not change.
        """
        obj = self.get_object(request, unquote(object_id))
        if obj is None or verb not in VERBS:
            raise Http404
        if not self._may_do(request, verb, obj):
            raise PermissionDenied
        run_verb(self, request, self.model.objects.filter(pk=obj.pk), *VERBS[verb])
        return redirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[obj.pk]))

    def render_change_form(self, request: HttpRequest, context: dict, *args: Any, **kwargs: Any) -> HttpResponse:
        obj = kwargs.get("obj")
        if obj is not None and self._may_do(request, "restore", obj):
            context["waiting"] = Review.objects.about(obj).open().first()
            context["verbs"] = [
                (name, VERBS[name][1])
                for name in self._verbs_for(request, obj)
                if self._may_do(request, name, obj) and not (name == "submit" and context["waiting"])
            ]
        return super().render_change_form(request, context, *args, **kwargs)

    def _may_do(self, request: HttpRequest, verb: str, obj: Any) -> bool:
        """Tell whether the caller may change the object, or at least restore what she may delete."""
        restores = verb == "restore" and self.has_delete_permission(request, obj)
        return restores or self.has_change_permission(request, obj)

    def _verbs_for(self, request: HttpRequest, obj: Any) -> list[str]:
        state = state_of(obj)
        verbs = list(VERBS_OF_STATE[state])
        if state == DRAFT and review_gate.needed(obj, request.user):
            verbs = ["submit"]
        if self.is_curator(request) and (obj.featured or state == PUBLISHED):
            verbs.append("unfeature" if obj.featured else "feature")
        return verbs
