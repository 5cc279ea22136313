"""Sessions as credentials of the API."""

from rest_framework.authentication import SessionAuthentication as DRFSessionAuthentication
from rest_framework.request import Request

from portal.lib.api.errors import CHALLENGE


class SessionAuthentication(DRFSessionAuthentication):
    """The browser's session; a caller without one is told 401 rather than 403, as udata does."""

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE
