"""Ids in paths and in arguments."""

from uuid import UUID

from django.http import Http404
from rest_framework.request import Request

LONGEST = 96  # characters of an argument that is compared with ids or words


def read_argument(request: Request, name: str) -> str:
    """Return an argument of the query that is compared with a column, without what PostgreSQL refuses to compare."""
    return request.GET.get(name, "").replace("\x00", "")[:LONGEST]


def read_uuid(text: str) -> UUID:
    """Return the UUID of a path. Raises Http404 for anything else."""
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
