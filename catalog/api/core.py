"""What every view of the API shares: the caller, masks, finding an object by id or slug, cheap lists."""

from hashlib import sha1
from typing import Any, ClassVar

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.db.models import Model, QuerySet
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from rest_framework import viewsets
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from catalog.api.etags import check_if_match, note_object
from catalog.api.idempotency import HEADER, once
from catalog.api.renderers import V1Renderer, V2Renderer, read_mask
from catalog.models import Change, Dataset, MergedDataset, SlugHistory
from catalog.models.document import Position
from catalog.permissions import Actor, missing_scope
from portal.lib.api.errors import Gone, Locked, MovedPermanently
from portal.lib.api.pagination import Page, check_range, read_page
from portal.lib.ids import is_object_id
from portal.lib.slugs import normalize

COUNT_TTL = 3600  # seconds; the key changes with the catalogue, so that age is only housekeeping


class ApiView(viewsets.GenericViewSet):
    """Base of v1's views. Sets `request.actor` and `request.mask`, which the renderer uses."""

    renderer_classes = [V1Renderer]
    lookup_url_kwarg = "key"
    narrow_scopes: ClassVar[frozenset[str]] = frozenset()  # with which a token may write here, beside `write`

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if any("\x00" in str(part) for part in kwargs.values()):  # no key has one, and PostgreSQL refuses it
            raise Http404
        if request.method not in SAFE_METHODS:
            self._redirect_first()
        super().initial(request, *args, **kwargs)
        if scope := missing_scope(request.user, request.method, self.narrow_scopes):
            raise PermissionDenied(_("The token does not have the scope “%(scope)s”.") % {"scope": scope})
        request._request.actor = Actor.of(request.user)
        request._request.mask = read_mask(request.headers.get("X-Fields"))
        if settings.READ_ONLY_MODE and request.method not in SAFE_METHODS and not request.actor.is_sysadmin:
            raise Locked
        if request.method == "POST" and HEADER in request.headers and hasattr(self, "post"):
            self.post = once(self, self.post)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        if response.status_code == 204:  # udata names a type even where nothing follows; DRF would take it away
            return HttpResponse(status=204, headers={**response.headers, "Content-Type": "application/json"})
        return response

    def note(self, instance: Model) -> None:
        """Let the ETag of a read carry the state of `instance`, which a later write is compared with."""
        if self.request.method in SAFE_METHODS:
            note_object(self.request, instance)

    def check_if_match(self, instance: Model) -> None:
        """Raise PreconditionFailed (412) if the request's `If-Match` names another state of `instance`.

        The caller holds the lock of its row (or of the row of what it hangs on), and has read it since.
        """
        check_if_match(self.request, instance)

    def get_object(self) -> Any:
        """Return the object of the path, if the caller may read it. Raises Http404, Gone or MovedPermanently."""
        found = self.find(self.get_queryset(), self.kwargs[self.lookup_url_kwarg])
        self.check_object_permissions(self.request, found)
        self.note(found)
        return found

    def locked(self, rows: QuerySet | type[Model] | None = None, *, compare: bool = True) -> Any:
        """Return the object of the path, as `get_object` does, with its row locked until the transaction ends.

        Raises PreconditionFailed (412) if the request's `If-Match` names another state of it. Without `compare` it is
        not asked: the write is to an object inside this one, which the view then gives to `check_if_match`.
        """
        rows = self.get_queryset() if rows is None else rows
        found = self.find(rows, self.kwargs[self.lookup_url_kwarg])
        row = type(found)._base_manager.select_for_update(of=("self",)).filter(pk=found.pk).first()
        if row is None:  # deleted for good in between
            raise Http404
        if compare:
            self.check_if_match(row)
        return row

    def find(self, rows: QuerySet | type[Model], key: str) -> Any:
        """Return the object known by `key` (id or slug) among `rows`, if the caller may read it.

        A public object costs one query: it is asked again only when its state hides it.
        """
        rows = rows if isinstance(rows, QuerySet) else rows._default_manager.all()
        if not (is_object_id(key) or hasattr(rows.model, "slug")):
            raise Http404
        found = rows.filter(**{"pk" if is_object_id(key) else "slug": key}).first()
        if found is None:
            self._redirect(rows.model, key)
            self._redirect_merged(rows.model, key)
            raise Http404
        if was_deleted(found) and self.request.method in SAFE_METHODS:
            self._redirect_merged(rows.model, key)
        if is_hidden(found) and not rows.model._default_manager.visible_to(self.request.user).contains(found):
            if was_deleted(found) and not getattr(found, "private", False):
                raise Gone(f"{rows.model.__name__} has been deleted")
            raise Http404
        return found

    def _redirect_first(self) -> None:
        """Send a write on an old slug to the new one before asking who writes (udata's order)."""
        key, model = self.kwargs.get("key"), getattr(self.queryset, "model", None)
        if model is None or not hasattr(model, "slug"):
            return
        if key and not is_object_id(key) and not model._default_manager.filter(slug=key).exists():
            self._redirect(model, key)

    def _redirect(self, model: type[Model], key: str) -> None:
        """Raise MovedPermanently if `key` is an old slug, or a slug in another spelling."""
        if not hasattr(model, "slug"):
            return
        current = SlugHistory.objects.find(model, key)
        if current:
            slug = model._default_manager.filter(pk=current).values_list("slug", flat=True).first()
        else:
            wanted = normalize(key)
            slug = wanted if wanted != key and model._default_manager.filter(slug=wanted).exists() else None
        if slug:
            self._move(key, slug)

    def _redirect_merged(self, model: type[Model], key: str) -> None:
        """Raise MovedPermanently if the object of `key` was merged into another one, as for an old slug.

        Clients of udata follow that for addresses; a body under another id than they asked for would be a riddle.
        """
        successor = MergedDataset.objects.successor(key, self.request.user) if model is Dataset else None
        if successor:
            self._move(key, successor.pk if is_object_id(key) else successor.slug)

    def _move(self, key: str, current: str) -> None:
        before, _key, after = self.request.path.partition(f"/{key}")
        raise MovedPermanently(f"{before}/{current}{after}")

    def counted(
        self, queryset: QuerySet, *, default_size: int = 20, position: Position | None = None
    ) -> tuple[Page, int]:
        """Return the page asked for and the number of rows in all. Raises Http404 beyond the end."""
        page = read_page(self.request, default_size=default_size)
        total = count(queryset, position or Change.objects.position())
        check_range(page, total)
        return page, total


class V2Mixin:
    """The same views under v2: another order of keys, links in the place of long lists."""

    renderer_classes = [V2Renderer]


def is_hidden(instance: Model) -> bool:
    """Tell whether the object's state may hide it; what has no such state is always asked for."""
    if not hasattr(instance, "private"):
        return not hasattr(instance, "deleted") or was_deleted(instance)
    return instance.private or was_deleted(instance)


def was_deleted(instance: Model) -> bool:
    return bool(getattr(instance, "deleted", None) or getattr(instance, "deleted_at", None))


def count(queryset: QuerySet, position: Position) -> int:
    """Return the number of rows of `queryset`, remembered until anything in the catalogue changes.

    The key holds the position of the log of changes (which the database keeps) and the query with its parameters,
    which name the caller where she matters: the number is never stale.
    """
    try:
        sql, parameters = queryset.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return 0
    question = sha1(f"{sql}{parameters}".encode(), usedforsecurity=False).hexdigest()
    key = f"count:{'.'.join(map(str, position))}:{question}"
    return cache.get_or_set(key, queryset.count, COUNT_TTL)
