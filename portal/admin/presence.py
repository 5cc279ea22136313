"""Who else has the page of an object open: a light ping, kept in the cache for a minute and nowhere else."""

from datetime import datetime

from django.contrib import admin
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

KEPT = 60  # seconds without a ping after which somebody has left
NOTHING = "x"


@admin.site.page("presence/", name="presence")
@require_POST
def presence(request: HttpRequest) -> JsonResponse:
    """Note that the caller has `id` of the model `object` open, or with `leave` that she closes it.

    Return `{"others": […]}`, a sentence for each of the others. Raises Http404, PermissionDenied.
    """
    label, pk = request.POST.get("object", ""), request.POST.get("id", NOTHING).replace("\x00", "")
    model_admin = next((one for model, one in admin.site._registry.items() if model._meta.label_lower == label), None)
    try:
        obj = model_admin.get_object(request, pk) if model_admin else None
    except (ValueError, ValidationError):
        obj = None
    if obj is None:
        raise Http404
    if not model_admin.has_change_permission(request, obj):
        raise PermissionDenied
    key, now = f"presence:{label}:{obj.pk}", timezone.now()
    there: dict[str, tuple[str, datetime, datetime]] = cache.get(key) or {}
    there = {who: seen for who, seen in there.items() if (now - seen[2]).total_seconds() < KEPT}
    mine = str(request.user.pk)
    since = there.pop(mine, ("", now, now))[1]
    others = [_told(name, opened) for name, opened, _seen in there.values()]
    if "leave" not in request.POST:
        there[mine] = (str(request.user), since, now)
    cache.set(key, there, KEPT)
    return JsonResponse({"others": others})


def _told(name: str, since: datetime) -> str:
    at = time_format(timezone.localtime(since), "TIME_FORMAT")
    return _("%(name)s has this page open since %(at)s.") % {"name": name, "at": at}
