"""Tags: suggestions."""

from django.db.models import Case, Exists, OuterRef, Value, When
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.core import ApiView
from catalog.api.refs import TextSerializer
from catalog.api.suggest import read_suggest, suggest_parameters
from catalog.models import Dataservice, Dataset, Reuse, Tag
from portal.lib.slugs import normalize

SIZE = 8


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
        text = normalize(words)
        used = Exists(Dataset.objects.public().filter(tags=OuterRef("pk")))
        used |= Exists(Reuse.objects.public().filter(tags=OuterRef("pk")))
        used |= Exists(Dataservice.objects.public().filter(tags=OuterRef("pk")))
        rank = Case(When(name__startswith=text, then=Value(0)), default=Value(1))
        tags = Tag.objects.filter(used, name__contains=text).order_by(rank, "name") if text else Tag.objects.none()
        return Response([{"text": name} for name in tags.values_list("name", flat=True)[:size]])
