"""The reader's notifications, the choice of her mails, and the page that stops them from a link."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.csrf import csrf_exempt

from catalog.models import Notification
from catalog.models.mail_choice import MailKind, Pace
from catalog.services import mail_choices, notifications
from catalog.views.acting import ActPage, OwnActPage
from catalog.views.notice_texts import tell
from catalog.views.tabs import tabs_for
from portal.lib.paging import page_of
from portal.models import User

STATES = [
    ("", pgettext_lazy("notifications", "All")),
    ("false", pgettext_lazy("notifications", "Unread")),
    ("true", pgettext_lazy("notifications", "Read")),
]


class Notifications(OwnActPage):
    """All of them, in pages of 20, the newest first; `?handled=false` those to read, as in the API."""

    template_name = "account/notifications.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        handled = request.GET.get("handled", "").lower()
        if handled not in ("", "true", "false"):
            raise Http404
        wanted = Notification.objects.filter(user=request.user.pk).order_by("-created_at", "id")
        if handled:
            wanted = wanted.filter(handled_at__isnull=handled == "false")
        page = page_of(request, wanted, Notification.objects.all())
        page.object_list = tell(page.object_list, request.user)
        tabs = tabs_for(request.path, "handled", handled, STATES)
        return self.render_to_response(self.get_context_data(page=page, tabs=tabs))

    @transaction.atomic
    def post(self, request: HttpRequest) -> HttpResponse:
        """Mark the notification that `read` names as read, or all of them (`all`)."""
        if request.POST.get("all"):
            notifications.mark_read(request.user)
            messages.success(request, _("All your notifications are marked as read."))
        else:
            notifications.mark_read(request.user, self._named(request.POST.get("read", "")))
        return redirect(request.get_full_path())

    def _named(self, text: str) -> UUID:
        """Return the id of one of the reader's own. Raises Http404."""
        try:
            pk = UUID(text)
        except ValueError:
            raise Http404 from None
        if not Notification.objects.filter(user=self.request.user.pk, pk=pk).exists():
            raise Http404
        return pk


class MailForm(forms.Form):
    """How soon the mails of each kind come."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels, paces = dict(MailKind.choices), mail_choices.paces_of(user)
        for kind, pace in paces.items():
            self.fields[kind] = forms.ChoiceField(label=labels[kind], choices=Pace.choices, initial=pace)

    def changed(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in self.changed_data}


class MailSettings(OwnActPage):
    template_name = "account/mails.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(MailForm(user=request.user))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = MailForm(request.POST, user=request.user)
        if not form.is_valid():
            return self._page(form)
        mail_choices.choose(request.user, form.changed())
        messages.success(request, _("Your choices are saved."))
        return redirect("account-mails")

    def _page(self, form: MailForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=400 if form.errors else 200)


@method_decorator(csrf_exempt, name="dispatch")  # mail programs post here (RFC 8058); the token says who and what
class StopMails(ActPage):
    """Stops the mails of the kinds that the link of a mail names, without signing in. GET asks, POST does."""

    def stopped(self, token: str) -> tuple[User, dict[str, str | Promise]]:
        """Return whose mails the token stops, and of which kinds. Raises Http404."""
        user, kinds = mail_choices.read_stop(token)
        if user is None or not kinds:
            raise Http404
        return user, {kind: label for kind, label in MailKind.choices if kind in kinds}

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        _user, kinds = self.stopped(token)
        text = _("You will get no more e-mails about: %(kinds)s. The notifications on the portal stay.")
        named = ", ".join(str(label) for label in kinds.values())
        return self.ask(_("Stop these e-mails"), _("Stop them"), text=text % {"kinds": named})

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        user, kinds = self.stopped(token)
        mail_choices.choose(user, dict.fromkeys(kinds, Pace.NEVER.value))
        context = self.get_context_data(kinds=list(kinds.values()))
        return self.response_class(
            request=request, template="catalog/stopped.html", context=context, using=self.template_engine
        )
