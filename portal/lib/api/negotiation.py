"""The form of the answers."""

from django.http import HttpRequest
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

PROBLEM = "application/problem+json"


class OneForm(DefaultContentNegotiation):
    """Answers in the view's first form whatever `Accept` asks, as udata does: a feed reader never gets a 406."""

    def select_renderer(
        self, request: Request, renderers: list[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type


def wants_problem(request: HttpRequest) -> bool:
    """Tell whether the client names `application/problem+json` and does not prefer plain JSON for its errors.

    A wildcard does not name it: udata's clients send `*/*` and read udata's errors.
    """
    if PROBLEM not in request.headers.get("Accept", ""):
        return False
    wishes = {f"{one.main_type}/{one.sub_type}": one.quality for one in request.accepted_types}
    return 0 < wishes.get(PROBLEM, 0) >= wishes.get("application/json", 0)
