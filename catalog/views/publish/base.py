"""What the pages of publishers share: who may open them, what they find, how a refusal reads."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from catalog.models import Dataservice, Dataset, Organization, PendingChange, Reuse
from catalog.permissions import Actor, actor_of, can_administer, can_edit
from catalog.services.proposing import gate
from catalog.views.acting import OwnActPage, add_problem
from catalog.views.objects import deletion_date
from portal.lib.errors import ServiceError
from portal.lib.ids import is_object_id

REVIEWED_MODELS = (Dataset, Reuse, Dataservice)


class PublishPage(OwnActPage):
    """A page for who is signed in. Its writes count as hers by the API; a read-only portal refuses them."""

    own_change: PendingChange | None = None  # of the object that the page is about

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show an author what she proposed, where it waits for a curator: the page is rendered while it is there."""
        with ExitStack() as self.shown_as:
            answer = super().dispatch(request, *args, **kwargs)
            return answer.render() if isinstance(answer, TemplateResponse) else answer

    @property
    def actor(self) -> Actor:
        return actor_of(self.request)

    def own(self, model: type[Model], pk: str, *, lock: bool = False) -> Any:
        """Return the object if the reader may edit it, its row locked for a write.

        Raises Http404 for what she may not see or what is deleted, PermissionDenied for what she only sees.
        """
        if not is_object_id(pk):
            raise Http404
        rows = model._default_manager.visible_to(self.request.user)
        found = (rows.select_for_update(of=("self",)) if lock else rows).filter(pk=pk).first()
        if found is None or deletion_date(found):
            raise Http404
        if not can_edit(self.actor, found):
            raise PermissionDenied
        if self.request.method == "GET" and model in REVIEWED_MODELS:
            self.own_change = self.shown_as.enter_context(gate.as_proposed(found, self.request.user))
        return found

    def answer(self, *, status: int = 200, **context: Any) -> HttpResponse:
        """Return the page with this context."""
        return self.render_to_response(self.get_context_data(own_change=self.own_change, **context), status=status)

    def tell_saved(self, item: Any, text: str = "") -> None:
        """Say that something is saved (or `text`), or that it waits for a curator."""
        if gate.was_held(item):
            messages.info(self.request, _("Your change waits for a curator; readers see what was there before."))
        else:
            messages.success(self.request, text or _("Saved."))


def living(pk: str, *, lock: bool = False) -> Organization:
    """Return the organization, its row locked for a write. Raises Http404 for none, and for a deleted one."""
    rows = Organization.objects.filter(deleted=None)
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(pk=pk).first() if is_object_id(pk) else None
    if found is None:
        raise Http404
    return found


def administered(page: PublishPage, pk: str, *, lock: bool = False) -> Organization:
    """Return the organization if the reader administers it. Raises Http404, PermissionDenied."""
    found = living(pk, lock=lock)
    if not can_administer(page.actor, found.pk):
        raise PermissionDenied
    return found


@contextmanager
def told_by(form: Form) -> Iterator[None]:
    """Make a refusal of the services an error of the form, at its field where it has it."""
    try:
        yield
    except ServiceError as error:
        add_problem(form, error)
