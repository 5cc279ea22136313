"""Possible duplicates in the administration: groups of datasets that look like the same, page by page."""

from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from catalog.admin.base import PortalAdmin
from catalog.admin.merging import merge_address
from catalog.models import Dataset
from catalog.models.merge import Likeness
from catalog.services import duplicates
from portal.lib.errors import ServiceError
from portal.lib.paging import RowPage

GROUPS = 20  # on a page
SUGGEST = "/api/1/datasets/suggest/"
ANY_PAGE = "/datasets/0/"  # the page of a dataset, with 0 in the place of its id


class GroupShown(NamedTuple):
    """A group of datasets, the first five of which are named."""

    key: str
    size: int
    datasets: list[Dataset]
    compare_url: str


class GroupPaginator(Paginator):
    """Pages of groups; the links keep the reason."""

    def __init__(self, request: HttpRequest, *args: Any) -> None:
        super().__init__(*args)
        self.query = request.GET.copy()
        self.query.pop("page", None)

    def page(self, number: Any) -> RowPage:
        valid = self.validate_number(number)
        start = (valid - 1) * self.per_page
        return RowPage(list(self.object_list[start : start + self.per_page]), valid, self, self.query)


class DuplicatesAdmin(PortalAdmin):
    """Put before the admin of datasets: the page of possible duplicates among those that the caller may change."""

    change_list_template = "admin/catalog/dataset_change_list.html"

    class Media:
        js = ["catalog/alike.js"]

    def get_form(self, request: HttpRequest, obj: Dataset | None = None, **kwargs: Any) -> type[forms.ModelForm]:
        """Let the title's field say where titles like it are asked for, as one types."""
        form = super().get_form(request, obj, **kwargs)
        if "title" in form.base_fields:
            form.base_fields["title"].widget.attrs |= {
                "data-alike": _("Datasets with a title like this:"),
                "data-alike-url": SUGGEST,
                "data-alike-form": ANY_PAGE,
                "data-alike-self": obj.pk if obj else "",
            }
        return form

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.duplicates_view)
        return [path("duplicates/", view, name="catalog_dataset_duplicates"), *super().get_urls()]

    def duplicates_view(self, request: HttpRequest) -> HttpResponse:
        """List groups for the reason `by`; dismiss one of them by POST. Raises PermissionDenied."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            return self._dismiss(request)
        reason = _reason(request.GET.get("by", ""))
        rows = self.get_queryset(request)
        page = _page(request, GroupPaginator(request, duplicates.groups(reason, rows), GROUPS))
        named = duplicates.members(reason, rows, [group["key"] for group in page])
        context = {
            **self.admin_site.each_context(request),
            "title": _("Possible duplicates"),
            "opts": self.opts,
            "page": page,
            "groups": [_shown(group, named.get(group["key"], [])) for group in page],
            "reason": reason,
            "reasons": Likeness.choices,
            "of_owner": reason == Likeness.TITLE,
        }
        return TemplateResponse(request, "admin/catalog/duplicates.html", context)

    def _dismiss(self, request: HttpRequest) -> HttpResponse:
        reason, key = request.POST.get("by", ""), request.POST.get("key", "").replace("\x00", "")
        try:
            duplicates.dismiss(reason, key, self.get_queryset(request), by=request.user)
        except ServiceError as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            self.message_user(request, _("This group is not shown any more, unless it grows."), messages.SUCCESS)
        return redirect(f"{reverse('admin:catalog_dataset_duplicates')}?by={_reason(reason)}")


def _reason(given: str) -> str:
    return given if given in Likeness.values else Likeness.CHECKSUM


def _page(request: HttpRequest, paginator: GroupPaginator) -> RowPage:
    number = request.GET.get("page", "1")
    if not number.isascii() or not number.isdecimal() or not 1 <= int(number[:6]) <= paginator.num_pages:
        raise Http404
    return paginator.page(int(number[:6]))


def _shown(group: dict[str, Any], datasets: list[Dataset]) -> GroupShown:
    return GroupShown(group["key"], group["size"], datasets, merge_address([one.pk for one in datasets]))
