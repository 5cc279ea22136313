"""Links of remote files in the administration: what answers, since when not, and asking again."""

from contextlib import suppress
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.dateparse import parse_datetime
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from catalog.admin.base import NOBODY, PortalAdmin
from catalog.admin.desk import address_of, listed
from catalog.models import LinkCheck, Resource
from catalog.models.link_check import BROKEN as LIMIT
from catalog.services.links import checking
from portal.lib import desk
from portal.lib.desk import Work
from portal.lib.jobs import NoWorker, send

BROKEN, FAILING, WORKS, UNKNOWN = "broken", "failing", "works", "unknown"
STATES = {
    BROKEN: _("Broken"),
    FAILING: _("Failed lately"),
    WORKS: _("Works"),
    UNKNOWN: _("Not checked"),
}


class LinkFilter(admin.SimpleListFilter):
    title = _("link")
    parameter_name = "link"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(STATES.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return of_state(queryset, self.value() or "")


def of_state(files: QuerySet, state: str) -> QuerySet:
    """Return the files whose link is in that state; all of them for another text."""
    if state == BROKEN:
        return files.filter(pk__in=LinkCheck.objects.broken().values("pk"))
    if state == FAILING:
        return files.filter(pk__in=LinkCheck.objects.filter(failures__gte=1, failures__lt=LIMIT).values("pk"))
    if state == WORKS:
        return files.filter(link__available=True)
    return files.filter(Q(link=None) | Q(link__checked_at=None)) if state == UNKNOWN else files


class LinkAdmin(PortalAdmin):
    """Put before the admin of resources."""

    change_form_template = "admin/catalog/resource_change_form.html"
    actions = ["recheck"]

    @admin.action(description=_("Check the links again"), permissions=["change"])
    def recheck(self, request: HttpRequest, queryset: QuerySet) -> None:
        ask_again(self, request, queryset)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.recheck_view)
        return [path("<path:object_id>/recheck/", view, name="catalog_resource_recheck"), *super().get_urls()]

    @method_decorator(require_POST)
    def recheck_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Check the link of one file again. Raises Http404, PermissionDenied."""
        resource = self.get_object(request, unquote(object_id))
        if resource is None:
            raise Http404
        if not self.has_change_permission(request, resource):
            raise PermissionDenied
        ask_again(self, request, Resource.objects.filter(pk=resource.pk))
        return redirect(reverse("admin:catalog_resource_change", args=[resource.pk]))

    @admin.display(description=_("link"))
    def link_state(self, resource: Resource) -> str:
        return state_text(getattr(resource, "link", None))

    @admin.display(description=_("checks of the link"))
    def link_history(self, resource: Resource) -> str:
        """The last checks, newest first, and when the next one is."""
        link = getattr(resource, "link", None)
        if link is None:
            return NOBODY
        rows = [
            (_moment(at), status or NOBODY, _("answers") if available else reason or _("does not answer"))
            for at, status, available, reason in reversed(link.history)
        ]
        lines = format_html_join("", "<li>{} · {} · {}</li>", rows)
        text = _("next check: %(date)s") % {"date": date_format(link.due_at, "SHORT_DATETIME_FORMAT")}
        return format_html("{}<ol>{}</ol><p>{}</p>", state_text(link), lines, text)


def state_text(link: LinkCheck | None) -> str:
    """Return the state of a link in words, with its status; words and not colours alone tell it."""
    if link is None or link.checked_at is None:
        return str(STATES[UNKNOWN])
    state = WORKS if link.available else BROKEN if link.is_broken else FAILING
    status = f" ({link.status})" if link.status and state != WORKS else ""
    return f"{STATES[state]}{status}"


def _moment(text: str) -> str:
    moment = parse_datetime(text)
    return date_format(moment, "SHORT_DATETIME_FORMAT") if moment else text


def ask_again(model_admin: admin.ModelAdmin, request: HttpRequest, files: QuerySet) -> None:
    """Make the links of these files due, tell a worker, and say how many there are."""
    number = checking.ask_again(files)
    with suppress(NoWorker):  # the schedule asks within five minutes
        send(checking.TASK)
    text = ngettext("%(count)d link is checked soon.", "%(count)d links are checked soon.", number)
    model_admin.message_user(request, text % {"count": number}, messages.SUCCESS if number else messages.WARNING)


class DatasetLinksAdmin(PortalAdmin):
    """Put before the admin of datasets."""

    actions = ["recheck_links"]

    @admin.action(description=_("Check the links of their files again"), permissions=["change"])
    def recheck_links(self, request: HttpRequest, queryset: QuerySet) -> None:
        ask_again(self, request, Resource.objects.filter(dataset__in=queryset.order_by().values("pk")))


def broken_links(request: HttpRequest) -> QuerySet | None:
    rows = listed(Resource, request)
    return None if rows is None else of_state(rows, BROKEN)


desk.register(
    Work("broken-links", _("Files whose link is broken"), broken_links, partial(address_of, Resource, link=BROKEN),
         is_dear=True, order=66)
)  # fmt: skip
