"""Following an object, and no more; and the list of what one follows."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalog.models import Dataset, Follow
from catalog.models.follow import FOLLOWABLE
from catalog.models.subject import load_subjects
from catalog.services import follows
from catalog.views.acting import OwnActPage
from catalog.views.following import is_gone
from catalog.views.objects import lookup
from catalog.views.tabs import tabs_for
from portal.lib.ids import is_object_id
from portal.lib.paging import page_of

LABELS: dict[str, str | Promise] = {
    "Dataset": _("Datasets"), "Reuse": _("Reuses"), "Dataservice": _("Dataservices"),
    "Organization": _("Organizations"), "User": _("People"), "Topic": _("Topics"),
}  # fmt: skip
EVERYTHING = ("", pgettext_lazy("followed", "All"))


class FollowObject(OwnActPage):
    """Follows an object, or (`ends`) follows it no more. Who was sent here after signing in is asked first."""

    model: type[Model] = Dataset
    ends = False

    def found(self, key: str, *, lock: bool = False) -> Any:
        """Return the object of the path, its row locked with `lock`. Raises Http404."""
        rows = self.model._default_manager.visible_to(self.request.user).filter(**lookup(self.model, key))
        if lock:
            rows = self.model._default_manager.select_for_update(of=("self",)).filter(pk__in=rows.values("pk"))
        found = rows.first()
        if found is None or is_gone(found):
            raise Http404
        return found

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        found = self.found(key)
        heading = _("Follow “%(title)s” no more") if self.ends else _("Follow “%(title)s”")
        return self.ask(
            heading % {"title": found}, _("Unfollow") if self.ends else _("Follow"), cancel_url=found.get_absolute_url()
        )

    @transaction.atomic
    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        found = self.found(key, lock=True)
        if self.ends:
            follows.unfollow(found, by=request.user)
            text = _("You follow “%(title)s” no more.")
        else:
            follows.follow(found, by=request.user)
            text = _("You follow “%(title)s”.")
        messages.success(request, text % {"title": found})
        return redirect(found)


class Following(OwnActPage):
    """What the reader follows, in pages of 20, the newest follow first; `?kind=Dataset` those of one kind."""

    template_name = "account/following.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        kind = request.GET.get("kind", "")
        if kind and kind not in FOLLOWABLE:
            raise Http404
        wanted = Follow.objects.current().filter(follower=request.user.pk)
        page = page_of(request, wanted.filter(subject_class=kind) if kind else wanted, Follow.objects.all())
        subjects = load_subjects(page.object_list, reader=request.user)
        for row in page.object_list:
            row.shown = subjects.get((row.subject_class, row.subject_id))
            row.label, row.updated = LABELS[row.subject_class], last_change(row.shown)
        context = self.get_context_data(
            page=page, tabs=tabs_for(request.path, "kind", kind, [EVERYTHING, *LABELS.items()])
        )
        return self.render_to_response(context)

    @transaction.atomic
    def post(self, request: HttpRequest) -> HttpResponse:
        """End the follow that `follow` names, even of an object that is gone."""
        wanted = request.POST.get("follow", "")
        mine = Follow.objects.current().filter(follower=request.user.pk)
        found = mine.filter(pk=wanted).first() if is_object_id(wanted) else None
        if found is None:
            raise Http404
        follows.end(found, by=request.user)
        messages.success(request, _("You follow it no more."))
        return redirect(request.get_full_path())


def last_change(shown: Any) -> datetime | None:
    """Return when what is followed last changed, where its kind tells."""
    names = ("last_update", "metadata_modified_at", "last_modified")  # of datasets, of dataservices, of the others
    return next((getattr(shown, name) for name in names if hasattr(shown, name)), None)
