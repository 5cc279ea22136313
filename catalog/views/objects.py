"""The page of one object: found by its slug, by its id or by a slug it once had."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.views.generic import TemplateView

from catalog.models import Dataset, MergedDataset, SlugHistory
from catalog.permissions import actor_of, can_edit
from catalog.services.history.states import KINDS
from catalog.views import links, structured
from catalog.views.following import follow_state
from catalog.views.nearest import nearest, words_of
from catalog.views.threads import discuss_url
from portal.lib.ids import is_object_id
from portal.lib.slugs import normalize

EDITED_AT = {
    "dataset": "publish-describe",
    "reuse": "publish-reuse-edit",
    "dataservice": "publish-dataservice-edit",
    "organization": "publish-organization-edit",
}


class ObjectPage(TemplateView):
    """Answers 200 at the canonical address, 301 from an old slug, 302 from the id (whose slug may change again),
    410 for a deleted object, and 404 for what the reader may not see, as if it weren't there. A program that prefers
    RDF is sent to it (303).
    """

    model: type[Model]
    context_name: str
    api_name: str  # in the API's addresses
    api_root = "/api/1"
    list_label: str | Promise = ""  # of the list, in the trail that leads here
    in_rdf = False  # whether the API gives it in RDF
    may_be_shared = False  # whether other sites may show it: it has an embed, a picture, a citation

    def rows(self) -> QuerySet:
        """Return the queryset that the page reads its object from."""
        return self.model._default_manager.all()

    def reader(self) -> Any:
        """Return for whom the page is made."""
        return self.request.user

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        if "\x00" in key:  # PostgreSQL takes no such text
            raise Http404
        found = self.rows().visible_to(self.reader()).filter(slug=key).first()
        if found is None or deletion_date(found):
            elsewhere = self._elsewhere(request, key, seen=found)
            if elsewhere is not None:
                return elsewhere
        forms = self.rdf_forms(found)
        asked = links.asked_form(request, forms) if forms else None
        if asked is not None:
            answer = HttpResponse(status=HTTPStatus.SEE_OTHER, headers={"Location": asked.address})
        else:
            context = self.get_context_data(**{self.context_name: found}, found=found)
            answer = self.render_to_response(context)
            if context["schema_type"]:
                answer["Link"] = links.header(found, forms, context["schema_type"], list(context.get("resources", [])))
        if forms:
            patch_vary_headers(answer, ["Accept"])
        return answer

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Add what every object page has; `found` is the object."""
        found = context["found"]
        described = self.described(context)
        trail = structured.trail(f"{self.context_name}-list", str(self.list_label), found) if self.list_label else None
        things = [thing for thing in (described, trail) if thing]
        return super().get_context_data(
            structured=structured.graph(*things) if things else None,
            schema_type=described["@type"] if described else "",
            alternates=[*self.rdf_forms(found), *self._cards(found)],
            canonical_url=f"{settings.SITE_URL}{found.get_absolute_url()}",
            api_url=self._api_address(found),
            links=links.about(found),
            share=links.share(found) if self.may_be_shared and is_public(found) else None,
            noindex=is_out_of_lists(found),
            edit_url=self._edit_url(found),
            admin_url=self._admin_url(found),
            history_url=self._history_url(found),
            discuss_url=discuss_url(found),
            follow=follow_state(found, self.reader()),
            **context,
        )

    def rdf_forms(self, found: Any) -> list[links.Alternate]:
        """Return the forms of RDF in which the API gives the object."""
        return links.rdf(self._api_address(found)) if self.in_rdf else []

    def _cards(self, found: Any) -> list[links.Alternate]:
        return links.cards(found) if self.may_be_shared and is_public(found) else []

    def _api_address(self, found: Any) -> str:
        return f"{self.api_root}/{self.api_name}/{found.slug}/"

    def described(self, context: dict[str, Any]) -> structured.Fields | None:
        """Return the object in the words of schema.org, or None."""
        return None

    def address_of(self, found: Any) -> str:
        """Return the path of the page. Raises Http404."""
        return found.get_absolute_url()

    def _edit_url(self, found: Model) -> str:
        """Return where the object is edited: among the publisher's pages, else in the administration.

        An empty text for who may not edit.
        """
        if not self._may_edit(found) or deletion_date(found):
            return ""
        if route := EDITED_AT.get(found._meta.model_name):
            return reverse(route, args=[found.pk])
        return reverse(f"admin:{found._meta.app_label}_{found._meta.model_name}_change", args=[found.pk])

    def _admin_url(self, found: Model) -> str:
        """Return the address of the administration's form for who works there, else an empty text."""
        options = found._meta
        if not (self.request.user.is_staff and self._may_edit(found)):
            return ""
        return reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[found.pk])

    def _history_url(self, found: Model) -> str:
        """Return the address of the object's history, or an empty text for a kind that has none."""
        return reverse(f"{self.context_name}-history", args=[found.slug]) if type(found).__name__ in KINDS else ""

    def _may_edit(self, found: Any) -> bool:
        return hasattr(found, "organization_id") and can_edit(actor_of(self.request), found)

    def _elsewhere(self, request: HttpRequest, key: str, *, seen: Any = None) -> HttpResponse | None:
        """Redirect to the object's address, or say that it was deleted. Raises Http404.

        One that the reader sees though it is deleted (`seen`) is only left for what took its place.
        """
        found = seen or self.model._default_manager.filter(**lookup(self.model, key)).first()
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        if found is None or deletion_date(found):
            successor = MergedDataset.objects.successor(key, self.reader()) if self.model is Dataset else None
            if successor:
                return HttpResponsePermanentRedirect(f"{self.address_of(successor)}{query}")
        if seen is not None:
            return None
        if found is None:
            raise Http404
        if self.model._default_manager.visible_to(self.reader()).contains(found):
            kind = HttpResponseRedirect if is_object_id(key) else HttpResponsePermanentRedirect
            return kind(f"{self.address_of(found)}{query}")
        deleted = deletion_date(found)
        if deleted and not getattr(found, "private", False):
            return self.gone(deleted)
        raise Http404

    def gone(self, deleted: datetime) -> HttpResponse:
        """Return the page of an object that was deleted."""
        near = {"nearest": nearest(self.request), "words": words_of(self.request.path)}
        context = {"deleted": deleted, "list_url": self.list_url(), "noindex": True, **near}
        return render(self.request, "portal/410.html", context, status=410)

    def list_url(self) -> str:
        return reverse(f"{self.context_name}-list")


def lookup(model: type[Model], key: str) -> dict[str, str | None]:
    """Return how the object is found that a key leads to: its id, its slug, or one it once had."""
    if is_object_id(key):
        return {"pk": key}
    if model._default_manager.filter(slug=key).exists():
        return {"slug": key}
    former = SlugHistory.objects.find(model, key)
    return {"pk": former} if former else {"slug": normalize(key)}


def deletion_date(found: Model) -> Any:
    """Return when the object was deleted, or None. Dataservices name the column otherwise, as in udata's API."""
    return getattr(found, "deleted", None) or getattr(found, "deleted_at", None)


def is_out_of_lists(found: Model) -> bool:
    """Tell whether the object is in a state that search engines should leave alone."""
    archived = getattr(found, "archived", None) or getattr(found, "archived_at", None)
    return bool(getattr(found, "private", False) or archived or deletion_date(found))


def is_public(found: Model) -> bool:
    """Tell whether everybody may read the object, archived or not."""
    return not (getattr(found, "private", False) or deletion_date(found))
