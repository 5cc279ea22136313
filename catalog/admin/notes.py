"""Notes between editors under the form of an object: whoever may change it reads them and leaves one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from catalog.admin.base import OwnedAdmin
from catalog.models import EditorNote
from catalog.models.note import MAX_TEXT
from catalog.services import notes
from portal.lib.errors import ServiceError

SHOWN = 100  # the newest


class NotedAdmin(OwnedAdmin):
    """Mixin: the object's form ends with its notes."""

    change_form_template = "admin/catalog/noted_change_form.html"

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        add, remove = (self.admin_site.admin_view(require_POST(one)) for one in (self.note_view, self.unnote_view))
        return [
            path("<path:object_id>/notes/", add, name=f"{name}_note"),
            path("<path:object_id>/notes/<uuid:note>/delete/", remove, name=f"{name}_unnote"),
            *super().get_urls(),
        ]

    def note_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Leave a note. Raises Http404, PermissionDenied."""
        obj = self.to_change(request, object_id)
        try:
            notes.add(obj, request.POST.get("text", ""), by=request.user)
        except ServiceError as error:
            self.message_user(request, str(error), messages.ERROR)
        return self._back(obj)

    def unnote_view(self, request: HttpRequest, object_id: str, note: UUID) -> HttpResponse:
        """Take a note away. Raises Http404, PermissionDenied."""
        obj = self.to_change(request, object_id)
        found = get_object_or_404(EditorNote.objects.about(obj), pk=note)
        if not notes.may_remove(found, request.user, obj):
            raise PermissionDenied
        notes.remove(found)
        self.message_user(request, _("The note is gone."), messages.SUCCESS)
        return self._back(obj)

    def render_change_form(self, request: HttpRequest, context: dict, *args: Any, **kwargs: Any) -> HttpResponse:
        obj = kwargs.get("obj")
        if obj is not None and self.has_change_permission(request, obj):
            rows = list(EditorNote.objects.about(obj).select_related("author").order_by("-created_at", "-id")[:SHOWN])
            context["notes"] = [(note, notes.may_remove(note, request.user, obj)) for note in reversed(rows)]
            context["note_length"] = MAX_TEXT
        return super().render_change_form(request, context, *args, **kwargs)

    def _back(self, obj: Any) -> HttpResponse:
        address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[obj.pk])
        return redirect(f"{address}#notes")
