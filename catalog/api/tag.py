"""Tags: suggestions."""

from django.db.models import Case, Exists, OuterRef, Value, When
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.core import ApiView
from catalog.api.refs import TextSerializer
from catalog.api.suggest import read_suggest, suggest_parameters
from catalog.models import Dataservice, Dataset, Reuse, Tag
from catalog.search import suggestions
from catalog.search.service import SearchUnavailable
from portal.lib.slugs import normalize

SIZE = 8
LOOKED_THROUGH = 200  # tags that fit of which it is asked whether a public object bears them


def suggested_tags(text: str, size: int) -> list[str]:
    """Return at most `size` tags of public objects: those that begin with `text`, the commonest first, then others.

    udata tells no order. One lookup in the index; one query more where too few tags begin so, or without an index
    (those that begin so then come by the alphabet).
    """
    try:
        found = suggestions.suggest_tags(text, size)
    except SearchUnavailable:
        found = []
    if len(found) < size:
        found += [tag for tag in containing(text) if tag not in found]
    return found[:size]


def containing(text: str) -> list[str]:
    """Return tags of public objects that contain `text`, those that begin with it first; one query.

    Only the first of all tags that fit are looked at: asking for the objects of each of the thousands that contain
    one letter took 330 ms with 300,000 links.
    """
    rank = Case(When(name__startswith=text, then=Value(0)), default=Value(1))
    fitting = Tag.objects.filter(name__contains=text).order_by(rank, "name").values("pk")[:LOOKED_THROUGH]
    used = Exists(Dataset.objects.public().filter(tags=OuterRef("pk")))
    used |= Exists(Reuse.objects.public().filter(tags=OuterRef("pk")))
    used |= Exists(Dataservice.objects.public().filter(tags=OuterRef("pk")))
    tags = Tag.objects.filter(pk__in=fitting).filter(used).order_by(rank, "name")
    return list(tags.values_list("name", flat=True))


class TagViewSet(ApiView):
    queryset = Tag.objects.all()
    filterset_class = None
    pagination_class = None
    serializer_class = None

    @extend_schema(
        operation_id="suggest_tags",
        tags=["tags"],
        parameters=suggest_parameters(SIZE),
        responses=TextSerializer(many=True),
    )
    def suggest(self, request: Request) -> Response:
        """Suggest tags that public objects bear: those that begin with the text, then those that contain it."""
        words, size = read_suggest(request, default_size=SIZE)
        text = normalize(suggestions.without_elision(words))
        return Response([{"text": name} for name in (suggested_tags(text, size) if text else [])])
