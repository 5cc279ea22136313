"""Forms of what is published: saved by somebody who needs a review, they propose a change (see `proposing.gate`)."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from catalog.admin.base import OwnedAdmin
from catalog.services.proposing import gate

WAITS = _("Your change waits for a curator; readers see what was there before.")
NOTHING = _("Nothing has changed.")


class HeldAdmin(OwnedAdmin):
    """Put before the admin of a kind of object that is reviewed, or of its files."""

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        view = super().changeform_view
        obj = self.get_object(request, unquote(object_id)) if object_id else None
        if obj is None or not self.has_change_permission(request, obj):
            return view(request, object_id, form_url, extra_context)
        subject = self.owned(obj)
        if request.method != "POST":
            with gate.as_proposed(subject, request.user) as change:
                return _rendered(view(request, object_id, form_url, {**(extra_context or {}), "own_change": change}))
        if not gate.applies(subject, request.user):
            return view(request, object_id, form_url, extra_context)
        request.is_held = True
        answer, is_held = gate.propose(
            subject, lambda: _rendered(view(request, object_id, form_url, extra_context)), by=request.user
        )
        request.is_held = False
        if is_held and answer.status_code == 302:
            self.message_user(request, *((WAITS,) if gate.was_held(subject) else (NOTHING, messages.WARNING)))
        return answer

    def message_user(self, request: HttpRequest, message: Any, *args: Any, **kwargs: Any) -> None:
        """What the form says of itself (“changed successfully”) is not so, where it is held."""
        if not getattr(request, "is_held", False):
            super().message_user(request, message, *args, **kwargs)


def _rendered(answer: HttpResponse) -> HttpResponse:
    """Render a page while what it shows is there."""
    return answer.render() if isinstance(answer, TemplateResponse) else answer
