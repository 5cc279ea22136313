"""The preview of a text, by the renderer of the pages. Nothing is saved."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_POST

from portal.lib.text import MAX_LENGTH, render_markdown


@require_POST
def preview(request: HttpRequest) -> JsonResponse:
    """Return `{"html": …}` for the Markdown in `text` (at most 100,000 characters); 401 for who is not signed in."""
    if not request.user.is_authenticated:
        return JsonResponse({}, status=401)
    return JsonResponse({"html": render_markdown(request.POST.get("text", "")[:MAX_LENGTH])})
