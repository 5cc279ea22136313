"""Giving an object to somebody else: asking, and answering."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from catalog.forms.people import TransferForm
from catalog.models import Dataservice, Dataset, Reuse, Topic, Transfer
from catalog.permissions import can_give_away
from catalog.services import transfers
from catalog.views.publish.base import PublishPage, told_by
from portal.lib.errors import ServiceError
from portal.lib.ids import is_object_id

GIVEN = {"dataset": Dataset, "reuse": Reuse, "dataservice": Dataservice, "topic": Topic}


class Ask(PublishPage):
    """Whoever may give the object away says to whom, and why."""

    template_name = "catalog/publish/transfer.html"
    model: type[Model] = Dataset

    def subject(self, pk: str, *, lock: bool = False) -> Any:
        """Return the object if the reader may give it away. Raises Http404, PermissionDenied."""
        found = self.own(self.model, pk, lock=lock)
        if not can_give_away(self.actor, found):
            raise PermissionDenied
        return found

    def get(self, request: HttpRequest, pk: str) -> HttpResponse:
        return self.answer(item=self.subject(pk), form=TransferForm())

    @transaction.atomic
    def post(self, request: HttpRequest, pk: str) -> HttpResponse:
        item, form = self.subject(pk, lock=True), TransferForm(request.POST)
        if form.is_valid():
            given = form.cleaned_data
            with told_by(form):
                transfers.ask(item, given["recipient"], by=request.user, comment=given["comment"])
        if form.errors:
            return self.answer(item=item, form=form, status=400)
        messages.success(request, _("The transfer is proposed: the new owner has to accept it."))
        return redirect("publish")


class Answer(PublishPage):
    """Accepting or refusing; only by a form of the desk."""

    http_method_names = ["post", "options"]

    @transaction.atomic
    def post(self, request: HttpRequest, pk: str) -> HttpResponse:
        visible = Transfer.objects.visible_to(request.user).filter(pk=pk).first() if is_object_id(pk) else None
        if visible is None:
            raise Http404
        found = Transfer.objects.select_for_update(of=("self",)).get(pk=visible.pk)
        if not transfers.can_answer(self.actor, found):
            raise PermissionDenied
        accept, comment = "accept" in request.POST, request.POST.get("comment", "").strip()[:10_000]
        try:
            with transaction.atomic():
                transfers.respond(found, accept=accept, comment=comment, by=request.user)
        except ServiceError as error:
            messages.error(request, str(error.message))
        else:
            messages.success(request, _("The transfer is accepted.") if accept else _("The transfer is refused."))
        return redirect("publish")
