"""The dump of the harvest sources."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from catalog.views.csv import answer
from harvest.exports import HARVESTS


@csrf_exempt  # so that a POST is told 405, as anywhere in the API
@require_safe
def harvests_dump(request: HttpRequest) -> HttpResponseBase:
    """Send `harvests.csv`; the file is named `harvest`, as udata's."""
    return answer(request, HARVESTS, HARVESTS.objects(), base="harvest")
