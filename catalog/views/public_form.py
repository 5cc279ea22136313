"""Forms that anybody may send, without an account: a trap for programs, a rate, a captcha where the portal has one."""

from math import ceil
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.generic import FormView
from redis.exceptions import RedisError

from catalog.models.subject import CLASSES, model_of
from catalog.services import captcha
from portal.lib.api.throttling import FAIL_CLOSED, PAUSE, count
from portal.lib.clients import network_of
from portal.lib.text import NOT_XML

TRAP = settings.ACCOUNT_SIGNUP_FORM_HONEYPOT_FIELD


class PlainTextField(forms.CharField):
    """A text of a stranger; characters that neither a mail nor a page may hold are refused."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if NOT_XML.search(text):
            raise ValidationError(_("This text holds characters that cannot be kept."))
        return text


class PublicForm(forms.Form):
    """Has the trap, last; and the captcha, unless the service is silent."""

    def __init__(self, *args: Any, challenge: captcha.Challenge | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if captcha.is_configured():
            self._add_captcha(challenge)
        self.fields[TRAP] = forms.CharField(
            label=_("Leave this field empty"),
            required=False,
            widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
        )

    @property
    def is_trapped(self) -> bool:
        """Tell whether a program filled in what people do not see."""
        return bool(self.data.get(TRAP))

    def _add_captcha(self, challenge: captcha.Challenge | None) -> None:
        self.fields["captcha_id"] = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
        self.fields["captcha"] = forms.CharField(
            label=_("Letters of the picture"),
            required=False,
            max_length=20,
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        )
        if challenge is not None:
            self.initial["captcha_id"] = challenge.identifier
            self.fields["captcha"].help_text = _picture(challenge)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        asked = captcha.is_configured() and not self.is_trapped and not self.errors
        if asked and not captcha.is_solved(cleaned.get("captcha_id", ""), cleaned.get("captcha", "")):
            self.add_error("captcha", _("These are not the letters of the picture. Try the new one."))
        return cleaned


def _picture(challenge: captcha.Challenge) -> str:
    query = urlencode({"get": "sound", "c": challenge.kind, "t": challenge.identifier})
    return format_html(
        '<img src="{}" alt="{}"> <a href="{}?{}">{}</a>',
        challenge.picture,
        gettext("A picture of letters; they can be heard instead."),
        "/api/2/captchetat/",
        query,
        gettext("Listen to the letters"),
    )


@method_decorator(never_cache, name="dispatch")
class PublicFormPage(FormView):
    """A form that anybody may send. `scope` names its rate; `send` does the work, and says where it can be seen."""

    http_method_names = ["get", "head", "post", "options"]  # Django's forms would take PUT, too
    form_class: type[PublicForm]
    scope = ""

    def send(self, form: Any) -> str:
        """Do what is asked; return the address of the page that says so."""
        raise NotImplementedError

    def trapped(self) -> str:
        """Return where a program is sent that filled in the trap: it learns nothing."""
        return reverse("home")

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        if self.request.method == "GET" and captcha.is_configured():
            kwargs["challenge"] = captcha.challenge(get_language() or "")
        return kwargs

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.get_form()
        if form.is_trapped:
            return HttpResponseRedirect(self.trapped())
        if settings.READ_ONLY_MODE:
            return self.refused(form, 423, gettext("The portal takes no messages for the moment. Try again later."))
        if not form.is_valid():
            return self.form_invalid(form)
        status, wait = self.counted()
        if status:
            text = gettext("Too many messages have come from your network in a short time. Try again later.")
            if status == 503:
                text = gettext("The portal cannot take your message for the moment. Try again in a minute.")
            answer = self.refused(form, status, text)
            answer["Retry-After"] = str(wait)
            return answer
        return HttpResponseRedirect(self.send(form))

    def counted(self) -> tuple[int, int]:
        """Count one message of this caller; return the status that refuses it (or 0), and for how many seconds."""
        user = self.request.user
        caller = f"user:{user.pk}" if user.is_authenticated else f"net:{network_of(self.request)}"
        try:
            verdict = count(self.scope, caller)
        except RedisError:
            return (503, PAUSE) if self.scope in FAIL_CLOSED else (0, 0)
        if verdict is None or verdict.allowed:
            return 0, 0
        return 429, max(1, ceil(verdict.wait))

    def refused(self, form: PublicForm, status: int, text: str) -> HttpResponse:
        form.add_error(None, text)
        return self.form_invalid(form, status)

    def form_invalid(self, form: PublicForm, status: int = 400) -> HttpResponse:
        """Show the form again with what is wrong, and with another captcha."""
        if captcha.is_configured() and (challenge := captcha.challenge(get_language() or "")):
            form.data = {**form.data.dict(), "captcha_id": challenge.identifier, "captcha": ""}
            form.fields["captcha"].help_text = _picture(challenge)
        return self.render_to_response(self.get_context_data(form=form), status=status)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(noindex=True, **context)


def read_subject(request: HttpRequest, classes: tuple[str, ...]) -> Any:
    """Return the object that `?subject=Dataset:<id>` names, or None without one.

    Raises Http404 for what is none of these classes, or is not the reader's to see.
    """
    text = request.GET.get("subject", "")
    if not text:
        return None
    name, _colon, key = text.partition(":")
    if name not in classes or name not in CLASSES or "\x00" in key:
        raise Http404
    found = model_of(name)._default_manager.visible_to(request.user).filter(pk=key).first()
    if found is None:
        raise Http404
    return found
