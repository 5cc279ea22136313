"""What the suggestions share: their two arguments, `q` and `size`, with udata's error texts."""

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from portal.lib.api.errors import BadArguments

SIZE = 10
MAX_SIZE = 100  # a larger size is answered with this many
HELP = {"q": "The string to autocomplete/suggest", "size": "The amount of suggestion to fetch"}


def read_size(request: Request, *, default: int = SIZE, maximum: int = MAX_SIZE, label: str = HELP["size"]) -> int:
    """Return how many objects the caller wants, at most `maximum`. Raises BadArguments unless it is a number."""
    text = request.GET.get("size")
    if text is None:
        return default
    try:
        return min(max(int(text[:20]), 0), maximum)
    except ValueError:
        problem = f"invalid literal for int() with base 10: '{text}'"
        raise BadArguments({"size": f"{label} {problem}"}) from None


def read_suggest(request: Request, *, default_size: int = SIZE) -> tuple[str, int]:
    """Return the text to complete and how many suggestions to give. Raises BadArguments without a text."""
    text = request.GET.get("q")
    if text is None:
        raise BadArguments({"q": f"{HELP['q']} Missing required parameter in the query string"})
    return text.replace("\x00", "").strip(), read_size(request, default=default_size)


def suggest_parameters(default_size: int = SIZE) -> list[OpenApiParameter]:
    """Describe the arguments in the OpenAPI document."""
    size = {"type": "integer", "minimum": 0, "maximum": MAX_SIZE, "default": default_size}
    return [
        OpenApiParameter("q", str, description=HELP["q"], required=True),
        OpenApiParameter("size", size, description=HELP["size"]),
    ]


SUGGEST_PARAMETERS = suggest_parameters()
