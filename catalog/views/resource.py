"""`/datasets/r/<uuid>`: the permanent address of a file, whatever stands behind it today."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.encoding import iri_to_uri
from django.views.decorators.http import require_safe

from catalog.models import CommunityResource, Resource
from catalog.models.resource import FileModel

FOLLOWED = ("http://", "https://", "ftp://", "ftps://")  # where a browser may be sent


@require_safe
def resource_redirect(request: HttpRequest, rid: str) -> HttpResponse:
    """Redirect (302) to the file. Raises Http404 for an unknown one, or one of a dataset the reader may not see.

    The header is written here: Django's own redirect refuses addresses of more than 2,048 characters, and signed
    or OGC ones are longer.
    """
    address = address_of(find(request, rid))
    return HttpResponse(status=302, headers={"Location": iri_to_uri(address), "Access-Control-Allow-Origin": "*"})


def find(request: HttpRequest, rid: str) -> FileModel:
    """Return the resource or community resource of that UUID which the reader may see. Raises Http404."""
    try:
        pk = UUID(rid)
    except ValueError:
        raise Http404 from None
    for model in (Resource, CommunityResource):
        found = model.objects.visible_to(request.user).filter(pk=pk).first()
        if found is not None:
            return found
    raise Http404


def address_of(found: FileModel) -> str:
    """Return the address of the file. Raises Http404 for a scheme (`javascript:`…) that no reader should follow."""
    if found.file:
        return found.file.url
    if not found.url.lower().startswith(FOLLOWED):
        raise Http404
    return found.url
