"""`/datasets/r/<uuid>`: the permanent address of a file, whatever stands behind it today."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from catalog.services.files import find_file, redirect_to


@require_safe
def resource_redirect(request: HttpRequest, rid: str) -> HttpResponse:
    """Redirect (302) to the file. Raises Http404 for an unknown one, or one of a dataset the reader may not see."""
    found = find_file(rid, request.user)
    response = redirect_to(found) if found else None
    if response is None:
        raise Http404
    return response
