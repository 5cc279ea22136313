"""The history of an object in the administration: what each revision changed, and the way back to it."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from reversion.models import Version

from catalog.admin.base import PortalAdmin
from catalog.admin.held import WAITS
from catalog.permissions import actor_of
from catalog.services import reverting
from catalog.services.history import timeline
from catalog.services.proposing import gate
from portal.lib.errors import ServiceError
from portal.lib.paging import page_of
from portal.lib.writes.middleware import FIELD, MAX_COMMENT

MOMENTS = 20  # revisions on a page


class HistoryAdmin(PortalAdmin):
    """Put before the admin of a kind of object that has a history (see `catalog.services.history`)."""

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_revert"
        view = self.admin_site.admin_view(self.revert_view)
        return [path("<path:object_id>/revert/<int:number>/", view, name=name), *super().get_urls()]

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict | None = None) -> HttpResponse:
        """Show the revisions, the newest first. Raises PermissionDenied."""
        obj = self._seen(request, object_id)
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        kind, wanted = self.model.__name__, timeline.rows(self.model.__name__, obj.pk)
        page = page_of(request, wanted, Version.objects.select_related("revision__user"), size=MOMENTS)
        may_revert = self.has_change_permission(request, obj) and reverting.can_revert(actor_of(request), obj)
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": _("History: %(object)s") % {"object": obj},
            "opts": self.opts,
            "object": obj,
            "page": page,
            "moments": timeline.moments(kind, list(page), everything=True),
            "present": page[0].pk if page.number == 1 and len(page) else None,
            "may_revert": may_revert,
            "comment_field": FIELD,
            "comment_length": MAX_COMMENT,
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/catalog/history.html", context)

    @method_decorator(require_POST)
    def revert_view(self, request: HttpRequest, object_id: str, number: int) -> HttpResponse:
        """Bring the object back to one of its revisions. Raises Http404, PermissionDenied."""
        obj = self.to_change(request, object_id)
        version = get_object_or_404(timeline.rows(self.model.__name__, obj.pk), pk=number)
        try:
            changes = reverting.revert(obj, version, by=request.user, actor=actor_of(request))
        except ServiceError as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            if gate.was_held(obj):
                self.message_user(request, WAITS)
                return redirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_history", args=[obj.pk]))
            text = ngettext("%(count)d field is as it was.", "%(count)d fields are as they were.", len(changes))
            self.message_user(request, text % {"count": len(changes)}, messages.SUCCESS)
        return redirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_history", args=[obj.pk]))

    def _seen(self, request: HttpRequest, object_id: str) -> Any:
        """Return the object, or None if the caller does not list it. Raises PermissionDenied."""
        obj = self.get_object(request, unquote(object_id))
        if obj is not None and not self.has_view_or_change_permission(request, obj):
            raise PermissionDenied
        return obj
