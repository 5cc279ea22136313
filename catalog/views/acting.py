"""What the pages share on which readers act: they sign in first, and are counted as the API counts its callers."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.utils.functional import Promise
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

from catalog.permissions import actor_of
from catalog.views import guard
from portal.lib.errors import ServiceError

WRITES = "writes"
TOO_MANY = "portal/429_acts.html"
READ_ONLY = "portal/423.html"
LOCKED = 423


@method_decorator(never_cache, name="dispatch")
class ActPage(TemplateView):
    """A page with a form, kept by no cache and out of search engines. `rate` is the one of API_RATES that it counts in.

    A page of one question needs no template of its own: `heading`, `text`, `button`, `dangerous`, `cancel_url`.
    """

    template_name = "catalog/act.html"
    rate = WRITES

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        refusal = None
        if request.method == "POST":
            refusal = _read_only(request) or guard.over_rate(request, self.rate, TOO_MANY)
        return refusal or super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**{"noindex": True, **context})

    def ask(
        self, heading: str | Promise, button: str | Promise, *, form: forms.Form | None = None, **context: Any
    ) -> HttpResponse:
        """Return the page that asks; with 400 where its form holds errors."""
        status = 400 if form is not None and form.is_bound and form.errors else 200
        page = self.get_context_data(heading=heading, button=button, form=form, **context)
        return self.render_to_response(page, status=status)


def _read_only(request: HttpRequest) -> HttpResponse | None:
    """Return the page that refuses a change while the portal takes none (423), as the API does; administrators may."""
    if not settings.READ_ONLY_MODE or actor_of(request).is_sysadmin:
        return None
    return render(request, READ_ONLY, {"noindex": True}, status=LOCKED)


class OwnActPage(LoginRequiredMixin, ActPage):
    """The same for those signed in: who is not goes to the login page, and comes back."""


def add_problem(form: forms.Form, error: ServiceError) -> None:
    """Show what a service refused beside the field that it names."""
    form.add_error(error.field if error.field in form.fields else None, str(error.message))
