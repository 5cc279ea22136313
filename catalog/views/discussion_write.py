"""The pages on which discussions are opened, changed and deleted: the rules are those of the API."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import transaction
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from catalog.models import Dataset, Discussion, Message, Post
from catalog.permissions import actor_of
from catalog.services import discussions, notices
from catalog.views.acting import OwnActPage, add_problem
from catalog.views.discussion import find_discussion
from catalog.views.objects import lookup
from catalog.views.talk_forms import DeleteForm, MessageForm, StartForm, TitleForm
from portal.lib.errors import ServiceError


class StartDiscussion(OwnActPage):
    """Opens a discussion about an object; the route says of which kind."""

    model: type[Model] = Dataset

    def subject(self, key: str) -> Any:
        """Return the object of the path, if the reader may read it. Raises Http404."""
        if self.model is Post and not settings.POST_DISCUSSIONS_ENABLED:
            raise Http404
        found = self.model._default_manager.visible_to(self.request.user).filter(**lookup(self.model, key)).first()
        if found is None:
            raise Http404
        return found

    def _page(self, subject: Any, form: StartForm) -> HttpResponse:
        text = _("About “%(title)s”. The publisher is told, and can answer here.") % {"title": subject}
        address = f"{subject.get_absolute_url()}#discussions"
        return self.ask(_("Open a discussion"), _("Publish"), form=form, text=text, cancel_url=address)

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        return self._page(self.subject(key), StartForm(actor=actor_of(request)))

    @transaction.atomic
    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        subject, actor = self.subject(key), actor_of(request)
        form = StartForm(request.POST, actor=actor)
        if not form.is_valid():
            return self._page(subject, form)
        try:
            made = discussions.start({**form.values(), "subject": subject}, by=request.user, actor=actor)
        except ServiceError as error:
            add_problem(form, error)
            return self._page(subject, form)
        messages.success(request, _("The discussion is open."))
        return redirect(made)


class OwnDiscussion(OwnActPage):
    """Changes a discussion of the reader's own, or of whom she speaks for."""

    def own(self, key: str, *, lock: bool = False) -> Discussion:
        """Return the discussion of the path. Raises Http404 and PermissionDenied."""
        found = find_discussion(self.request.user, key, lock=lock)
        if not discussions.speaks_for(actor_of(self.request), found.user_id, found.organization_id):
            raise PermissionDenied
        return found


class RenameDiscussion(OwnDiscussion):
    def _page(self, found: Discussion, form: TitleForm) -> HttpResponse:
        return self.ask(_("Change the title"), _("Save"), form=form, cancel_url=found.get_absolute_url())

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        found = self.own(key)
        return self._page(found, TitleForm({"title": found.title}))

    @transaction.atomic
    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        found, form = self.own(key, lock=True), TitleForm(request.POST)
        if not form.is_valid():
            return self._page(found, form)
        discussions.rename(found, form.cleaned_data["title"], by=request.user)
        messages.success(request, _("The title is changed."))
        return redirect(found)


class DeleteDiscussion(OwnDiscussion):
    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        found = self.own(key)
        return self.ask(
            _("Delete the discussion"), _("Delete"), form=notice_form(request, found.user_id), dangerous=True,
            text=_("“%(title)s” goes with all its answers. Nobody can bring it back.") % {"title": found.title},
            cancel_url=found.get_absolute_url(),
        )  # fmt: skip

    @transaction.atomic
    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        found = self.own(key, lock=True)
        send_notice(request, found)
        address = f"{found.subject.get_absolute_url()}#discussions"
        discussions.delete(found, by=request.user)
        messages.success(request, _("The discussion is deleted."))
        return HttpResponseRedirect(address)


class OwnMessage(OwnActPage):
    """Changes a message of the reader's own, or of whom she speaks for."""

    def own(self, key: str, message: str, *, lock: bool = False) -> Message:
        """Return the message of the path. Raises Http404 and PermissionDenied."""
        discussion = find_discussion(self.request.user, key, lock=lock)
        found = discussion.messages.filter(pk=message).first()
        if found is None:
            raise Http404
        if not discussions.speaks_for(actor_of(self.request), found.posted_by_id, found.posted_by_organization_id):
            raise PermissionDenied
        found.discussion = discussion
        return found


class EditMessage(OwnMessage):
    def _page(self, found: Message, form: MessageForm) -> HttpResponse:
        return self.ask(_("Change your message"), _("Save"), form=form, cancel_url=found.discussion.get_absolute_url())

    def get(self, request: HttpRequest, key: str, message: str) -> HttpResponse:
        found = self.own(key, message)
        return self._page(found, MessageForm({"comment": found.content}))

    @transaction.atomic
    def post(self, request: HttpRequest, key: str, message: str) -> HttpResponse:
        found, form = self.own(key, message, lock=True), MessageForm(request.POST)
        if not form.is_valid():
            return self._page(found, form)
        discussions.edit_message(found, form.cleaned_data["comment"], by=request.user)
        messages.success(request, _("The message is changed."))
        return redirect(found.discussion)


class DeleteMessage(OwnMessage):
    def own(self, key: str, message: str, *, lock: bool = False) -> Message:
        """Return the message of the path; the first one goes with the whole discussion only. Raises BadRequest."""
        found = super().own(key, message, lock=lock)
        if discussions.is_opening(found):
            raise BadRequest("The first message stays as long as the discussion.")
        return found

    def get(self, request: HttpRequest, key: str, message: str) -> HttpResponse:
        found = self.own(key, message)
        return self.ask(
            _("Delete the message"), _("Delete"), form=notice_form(request, found.posted_by_id), dangerous=True,
            text=_("Nobody can bring it back."), cancel_url=found.discussion.get_absolute_url(),
        )  # fmt: skip

    @transaction.atomic
    def post(self, request: HttpRequest, key: str, message: str) -> HttpResponse:
        found = self.own(key, message, lock=True)
        send_notice(request, found)
        discussions.delete_message(found, by=request.user)
        messages.success(request, _("The message is deleted."))
        return redirect(found.discussion)


def notice_form(request: HttpRequest, author_id: str | None) -> DeleteForm | None:
    """Return the question whether to write to the author, for an administrator who is not the author."""
    is_for_another = author_id is not None and author_id != request.user.pk
    return DeleteForm() if actor_of(request).is_sysadmin and is_for_another else None


def send_notice(request: HttpRequest, obj: Discussion | Message) -> None:
    """Write to the author of what is being deleted, if an administrator asks for that."""
    if request.POST.get("notice") and actor_of(request).is_sysadmin:
        notices.tell_deleted(obj, by=request.user)
