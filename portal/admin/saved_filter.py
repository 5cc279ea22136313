"""Saved filters: a person names the filter of a list, finds it above that list, takes it away."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal.models import SavedFilter
from portal.models.saved_filter import MAX_NAME, MAX_QUERY, MOST, kept_query


@admin.site.page("saved-filters/", name="saved-filters")
@require_POST
def save_filter(request: HttpRequest) -> HttpResponse:
    """Keep `query` of `list` under `name`; the same name again replaces it.

    Raises Http404 for a list that there is not, PermissionDenied for one that the caller may not open.
    """
    label = request.POST.get("list", "")
    address = address_of(request, label)
    name = " ".join(request.POST.get("name", "").replace("\x00", "").split())[:MAX_NAME]
    query = kept_query(request.POST.get("query", "").replace("\x00", ""))
    hers = SavedFilter.objects.of(request.user).filter(list=label)
    if not name or not query or len(query) > MAX_QUERY:
        messages.error(request, _("Choose filters and give them a name."))
    elif hers.count() >= MOST and not hers.filter(name=name).exists():
        messages.error(request, _("You have %(most)d saved filters here: delete one first.") % {"most": MOST})
    else:
        SavedFilter.objects.update_or_create(user=request.user, list=label, name=name, defaults={"query": query})
        messages.success(request, _("The filter is saved."))
    return redirect(f"{address}?{query}" if query else address)


@admin.site.page("saved-filters/<str:id>/delete/", name="saved-filter-delete")
@require_POST
def delete_filter(request: HttpRequest, id: str) -> HttpResponse:
    """Take one of her filters away. Raises Http404 for another's."""
    saved = get_object_or_404(SavedFilter.objects.of(request.user), pk=id)
    address = address_of(request, saved.list)
    saved.delete()
    messages.success(request, _("The filter is deleted."))
    return redirect(address)


def address_of(request: HttpRequest, label: str) -> str:
    """Return the address of the list of a model. Raises Http404, PermissionDenied."""
    for model, model_admin in admin.site._registry.items():
        if model._meta.label_lower == label:
            if not model_admin.has_view_permission(request):
                raise PermissionDenied
            return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    raise Http404
