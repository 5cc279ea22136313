"""`/account/tokens/`: the API tokens of the reader, and the programs that she gave access to."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

from catalog.models import Organization
from catalog.permissions import Actor, actor_of
from portal.lib.scopes import ADMIN, HARVEST, ORGANIZATION, READ, WRITE
from portal.models import ApiToken, OAuthClient
from portal.oauth.access import programs_of, take_back

SCOPES = [
    (WRITE, _("Read, and change all that I may change")),
    (READ, _("Only read")),
    (HARVEST, _("Read, and change sources of harvesting")),
]
POWERFUL = (ADMIN, _("Everything, also what only an administrator may do"))
LIVES = [("30", _("30 days")), ("90", _("90 days")), ("365", _("1 year")), ("", _("No end"))]
YEAR = "365"


class TokenForm(forms.Form):
    """Asks for as little as is needed: a year, and none of the powers of an administrator, unless she wants them."""

    name = forms.CharField(label=_("Name"), max_length=255, help_text=_("What the token is for: a script, a computer."))
    scope = forms.ChoiceField(label=_("What it may do"), initial=WRITE)
    days = forms.ChoiceField(label=_("How long"), choices=LIVES, initial=YEAR, required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limited = [
            (f"{ORGANIZATION}:{each.pk}", _("Change only what %(name)s owns") % {"name": each.name})
            for each in Organization.objects.filter(pk__in=actor.edited_organizations).order_by("name")
        ]
        self.fields["scope"].choices = [*SCOPES, *limited, *([POWERFUL] if actor.is_sysadmin else [])]

    def expires_at(self) -> Any:
        days = self.cleaned_data["days"]
        return timezone.now() + timedelta(days=int(days)) if days else None


@method_decorator(never_cache, name="dispatch")
class Tokens(LoginRequiredMixin, TemplateView):
    """The list, and the form of a new token. The answer to the form shows the token, which is kept nowhere."""

    template_name = "portal/account/tokens.html"

    def form(self, data: Any = None) -> TokenForm:
        return TokenForm(data, actor=actor_of(self.request))

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        tokens = list(ApiToken.objects.filter(user=self.request.user.pk, revoked_at=None))
        return super().get_context_data(
            **{
                "tokens": tokens,
                "now": timezone.now(),
                "programs": programs_of(self.request.user),
                "form": self.form(),
                "noindex": True,
                **context,
            }
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=400)
        _row, plaintext = ApiToken.objects.issue(
            request.user,
            name=form.cleaned_data["name"],
            scopes=[form.cleaned_data["scope"]],
            expires_at=form.expires_at(),
        )
        return self.render_to_response(self.get_context_data(plaintext=plaintext))


@method_decorator(never_cache, name="dispatch")
class RevokeToken(LoginRequiredMixin, TemplateView):
    """Asks, then ends a token of the reader's own."""

    template_name = "portal/account/revoke.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(name=str(self.found()), noindex=True, **context)

    def found(self) -> ApiToken:
        return get_object_or_404(ApiToken, pk=self.kwargs["id"], user=self.request.user.pk, revoked_at=None)

    def post(self, request: HttpRequest, id: str) -> HttpResponseRedirect:
        self.found().revoke()
        messages.success(request, _("The token is revoked."))
        return redirect("account-tokens")


class RevokeProgram(RevokeToken):
    """Asks, then takes the access back that the reader gave to a program."""

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(is_program=True, **context)

    def found(self) -> OAuthClient:
        return get_object_or_404(programs_of(self.request.user), pk=self.kwargs["id"])

    def post(self, request: HttpRequest, id: int) -> HttpResponseRedirect:
        take_back(request.user, self.found())
        messages.success(request, _("The program has no access any more."))
        return redirect("account-tokens")
