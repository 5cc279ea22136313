"""Making and editing reuses, dataservices and organizations."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from django.contrib import messages
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.forms.objects import DataserviceForm, ObjectForm, OrganizationForm, ReuseForm
from catalog.models import Dataservice, Organization, Reuse
from catalog.services import dataservices, organizations, pictures, reuses
from catalog.views.publish.base import PublishPage, administered, told_by
from portal.lib.ids import is_object_id
from portal.lib.pictures import undone_on_failure


class Kind(NamedTuple):
    """What is made: its model and form, what writes it, and how the pages name it."""

    model: type[Model]
    form: type[ObjectForm]
    service: Any
    new: str | Promise
    lead: str | Promise


KINDS = {
    "reuse": Kind(
        Reuse, ReuseForm, reuses, gettext_lazy("New reuse"),
        gettext_lazy("An application, an article, a map, a study: show what was made of the data."),
    ),
    "dataservice": Kind(
        Dataservice, DataserviceForm, dataservices, gettext_lazy("New dataservice"),
        gettext_lazy("An API that answers questions about data."),
    ),
    "organization": Kind(
        Organization, OrganizationForm, organizations, gettext_lazy("New organization"),
        gettext_lazy("To publish under its name, with others. You become its first administrator."),
    ),
}  # fmt: skip


class ObjectPage(PublishPage):
    """The form of an object, new or there already."""

    template_name = "catalog/publish/object.html"
    name = ""

    @property
    def kind(self) -> Kind:
        return KINDS[self.name]

    def item(self, pk: str | None, *, lock: bool = False) -> Any:
        """Return the object of that id, or None for a new one. Raises Http404, PermissionDenied."""
        if pk is None:
            return None
        if self.kind.model is not Organization:
            return self.own(self.kind.model, pk, lock=lock)
        return administered(self, pk, lock=lock)

    def form(self, item: Any, data: Any = None, files: Any = None) -> ObjectForm:
        initial = self.kind.form.initial_of(item) if item is not None else self.given()
        return self.kind.form(data, files, user=self.request.user, actor=self.actor, item=item, initial=initial)

    def given(self) -> dict[str, Any]:
        """Return what the address of the page begins a new object with."""
        asked = self.request.GET
        found: dict[str, Any] = {"organization": asked["organization"]} if "organization" in asked else {}
        return found | ({"datasets": [asked["dataset"]]} if is_object_id(asked.get("dataset", "")) else {})

    def get(self, request: HttpRequest, pk: str | None = None) -> HttpResponse:
        item = self.item(pk)
        return self.shown(item, self.form(item))

    def shown(self, item: Any, form: ObjectForm, *, status: int = 200) -> HttpResponse:
        is_given = item is not None and self.kind.model is not Organization
        transfer = reverse(f"publish-{self.name}-transfer", args=[item.pk]) if is_given else ""
        return self.answer(item=item, form=form, kind=self.kind, name=self.name, transfer=transfer, status=status)

    def post(self, request: HttpRequest, pk: str | None = None) -> HttpResponse:
        if pk is not None and (action := self.actions().get(request.POST.get("action", ""))):
            with transaction.atomic():
                return action(self.item(pk, lock=True))
        form = self.form(self.item(pk), request.POST, request.FILES)
        saved = None
        if form.is_valid():
            with told_by(form), undone_on_failure(), transaction.atomic():
                saved = self.save(form, self.item(pk, lock=True))
        if saved is None:
            return self.shown(self.item(pk), form, status=400)
        self.tell_saved(saved)
        return redirect(saved)

    def save(self, form: ObjectForm, item: Any) -> Any:
        """Write the object and its picture; return it. Raises ServiceError."""
        by = {"by": self.request.user}
        if self.kind.model is not Organization:  # whoever is signed in may found one; only its administrators edit it
            by["actor"] = self.actor
        if item is None:
            item = self.kind.service.create(form.values(), **by)
        else:
            self.kind.service.update(item, form.values(), **by)
        if form.drawn_picture is not None:
            pictures.put(item, form.picture, form.drawn_picture, by=self.request.user)
        return item

    def actions(self) -> dict[str, Callable[[Any], HttpResponse]]:
        """Return what else the page does with an object that is there."""
        found = {"delete": self.remove}
        if self.kind.model is not Organization:
            found |= {
                "publish": partial(self.set_private, private=False),
                "draft": partial(self.set_private, private=True),
            }
        return found

    def remove(self, item: Any) -> HttpResponse:
        self.kind.service.delete(item, by=self.request.user)
        messages.success(self.request, _("“%(title)s” is deleted.") % {"title": item})
        return redirect("publish")

    def set_private(self, item: Any, *, private: bool) -> HttpResponse:
        self.kind.service.update(item, {"private": private}, by=self.request.user, actor=self.actor)
        told = _("It is a draft again.") if private else _("It is published.")
        if item.private and not private:
            told = _("It is submitted: a curator will look at it.")
        messages.success(self.request, told)
        return redirect(item)
