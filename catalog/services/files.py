"""Finding a file by its id alone, where a reader may be sent for it, and removing it."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.utils.encoding import iri_to_uri

from catalog.models import CommunityResource, Resource
from catalog.models.base import type_of_user
from catalog.models.resource import FileModel

FOLLOWED = ("http://", "https://", "ftp://", "ftps://")  # where a browser may be sent


def find_file(rid: str, user: type_of_user) -> FileModel | None:
    """Return the resource or community resource of that UUID which `user` may read, or None."""
    try:
        pk = UUID(rid)
    except ValueError:
        return None
    for model in (Resource, CommunityResource):
        found = model.objects.visible_to(user).filter(pk=pk).first()
        if found is not None:
            return found
    return None


def redirect_to(found: FileModel) -> HttpResponse | None:
    """Return the redirect (302) to the file, or None for a scheme (`javascript:`…) that no reader should follow.

    The header is written here: Django's own redirect refuses addresses of more than 2,048 characters, and signed
    or OGC ones are longer.
    """
    address = found.file.url if found.file else found.url
    if not (found.file or address.lower().startswith(FOLLOWED)):
        return None
    return HttpResponse(status=302, headers={"Location": iri_to_uri(address), "Access-Control-Allow-Origin": "*"})


def forget_file(file: Any) -> None:
    """Delete a hosted file once the transaction is committed."""
    if file:
        storage, name = file.storage, file.name
        transaction.on_commit(lambda: storage.delete(name), robust=True)
