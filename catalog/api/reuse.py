"""Reuses: reading."""

from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.core import V2Mixin
from catalog.api.dataset import DatasetSerializer
from catalog.api.refs import (
    BadgeSerializer,
    DataserviceReferenceSerializer,
    LabelSerializer,
    LinkSerializer,
    OrganizationReferenceSerializer,
    OwnedPermissionsSerializer,
    UserReferenceSerializer,
)
from catalog.api.reuse_write import ReuseWriteMixin
from catalog.api.searching import SearchMixin, SearchRouteMixin
from catalog.api.suggest import SUGGEST_PARAMETERS, read_suggest, suggested
from catalog.documents import store
from catalog.documents.shapes import reuse as shapes
from catalog.filters.reuse import ReuseFilter, ReuseSearchFilter
from catalog.models import Dataservice, Dataset, Reuse
from catalog.models.base import type_of_user
from catalog.models.vocabulary import ReuseTopic, ReuseType


class ReuseBaseSerializer(serializers.Serializer):
    """What both versions of the API say of a reuse."""

    id = serializers.CharField()
    owner = UserReferenceSerializer(allow_null=True)
    organization = OrganizationReferenceSerializer(allow_null=True)
    badges = BadgeSerializer(many=True)
    metrics = serializers.DictField()
    created_at = serializers.DateTimeField()
    last_modified = serializers.DateTimeField()
    title = serializers.CharField()
    slug = serializers.CharField()
    description = serializers.CharField(help_text="Markdown.")
    type = serializers.ChoiceField(ReuseType.values)
    url = serializers.URLField()
    image = serializers.URLField(allow_null=True)
    image_thumbnail = serializers.URLField(allow_null=True)
    tags = serializers.ListField(child=serializers.CharField())
    topic = serializers.ChoiceField(ReuseTopic.values)
    private = serializers.BooleanField()
    extras = serializers.DictField()
    featured = serializers.BooleanField(allow_null=True)
    deleted = serializers.DateTimeField(allow_null=True)
    archived = serializers.DateTimeField(allow_null=True)
    page = serializers.URLField()
    permissions = OwnedPermissionsSerializer()
    uri = serializers.URLField()


class ReuseSerializer(ReuseBaseSerializer):
    datasets = DatasetSerializer(many=True)
    dataservices = DataserviceReferenceSerializer(many=True)


class ReuseV2Serializer(ReuseBaseSerializer):
    datasets = LinkSerializer()
    dataservices = LinkSerializer()


class ReuseSuggestionSerializer(serializers.Serializer):
    id = serializers.CharField()
    title = serializers.CharField()
    slug = serializers.CharField()
    image_url = serializers.URLField(allow_null=True)
    page = serializers.URLField()


def documents_of(ids: set[str], user: type_of_user, version: store.ApiVersion = "v1") -> dict[str, bytes]:
    """Return the documents of those of these datasets that `user` may read, by id."""
    readable = Dataset.objects.visible_to(user).filter(pk__in=ids, deleted=None)
    return store.read_by_id(readable, version) if ids else {}


def reuses_v1(reuses: list[Reuse], user: type_of_user) -> list[dict[str, Any]]:
    """Return the v1 shapes of `reuses`, in a constant number of queries."""
    related = [
        "tags",
        Prefetch("datasets", queryset=Dataset.objects.only("pk")),
        Prefetch("dataservices", queryset=Dataservice.objects.listed_to(user)),
    ]
    rows = list(Reuse.objects.filter(pk__in=[one.pk for one in reuses]).prefetch_related(*related))
    documents = documents_of({dataset.pk for row in rows for dataset in row.datasets.all()}, user)
    shaped = {row.pk: shapes.reuse_v1(row, documents) for row in rows}
    return [shaped[one.pk] for one in reuses]


class ReuseViewSet(SearchMixin, ReuseWriteMixin):
    """Reuses, with the whole of their datasets."""

    queryset = Reuse.objects.all()
    serializer_class = ReuseSerializer
    filterset_class = ReuseFilter

    def shape(self, item: Reuse) -> dict[str, Any]:
        return reuses_v1([item], self.request.user)[0]

    @extend_schema(operation_id="list_reuses", tags=["reuses"])
    def list(self, request: Request) -> Response:
        """List reuses, newest first."""
        rows = self.rows_of_page(Reuse.objects.listed_to(request.user))
        return self.get_paginated_response(reuses_v1(rows, request.user))

    @extend_schema(operation_id="get_reuse", tags=["reuses"])
    def retrieve(self, request: Request, key: str) -> Response:
        """Read one reuse, by id or by slug."""
        return Response(reuses_v1([self.get_object()], request.user)[0])

    @extend_schema(operation_id="reuse_types", tags=["reuses"], responses=LabelSerializer(many=True))
    def types(self, request: Request) -> Response:
        """List the types of reuses."""
        return Response([{"id": kind.value, "label": str(kind.label)} for kind in ReuseType])

    @extend_schema(operation_id="reuse_topics", tags=["reuses"], responses=LabelSerializer(many=True))
    def topics(self, request: Request) -> Response:
        """List the topics of reuses."""
        return Response([{"id": topic.value, "label": str(topic.label)} for topic in ReuseTopic])

    @extend_schema(operation_id="available_reuse_badges", tags=["reuses"], responses={200: dict})
    def badges(self, request: Request) -> Response:
        """List the kinds of badges of reuses: there is none yet."""
        return Response({})

    @extend_schema(
        operation_id="suggest_reuses",
        tags=["reuses"],
        parameters=SUGGEST_PARAMETERS,
        responses=ReuseSuggestionSerializer(many=True),
    )
    def suggest(self, request: Request) -> Response:
        """Suggest reuses by the beginning of words of their title, the best known first."""
        rows = Reuse.objects.listed()
        return Response([shapes.suggestion(row) for row in suggested("reuse", rows, *read_suggest(request))])


class ReuseV2ViewSet(V2Mixin, SearchMixin):
    """Reuses, with links to their datasets."""

    queryset = Reuse.objects.prefetch_related("tags")
    serializer_class = ReuseV2Serializer
    filterset_class = ReuseFilter

    def page_of(self, reuses: QuerySet[Reuse]) -> list[dict[str, Any]]:
        """Return the page asked for; the counts are of what anybody finds behind the links."""
        rows = self.rows_of_page(reuses)
        ids = [row.pk for row in rows]
        counts = {
            "datasets": links_count("datasets", ids, Q(datasets__private=False, datasets__deleted=None)),
            "dataservices": links_count(
                "dataservices", ids, Q(dataservices__private=False, dataservices__deleted_at=None)
            ),
        }
        return [
            shapes.reuse_v2(row, counts["datasets"].get(row.pk, 0), counts["dataservices"].get(row.pk, 0))
            for row in rows
        ]

    @extend_schema(operation_id="list_reuses", tags=["reuses"])
    def list(self, request: Request) -> Response:
        """List reuses, newest first."""
        return self.get_paginated_response(self.page_of(self.get_queryset().listed_to(request.user)))


def links_count(related: str, ids: list[str], public: Q) -> dict[str, int]:
    """Return how many public objects each of these reuses is linked to."""
    rows = Reuse.objects.filter(pk__in=ids).order_by().values("pk")
    return dict(rows.annotate(n=Count(related, filter=public)).values_list("pk", "n"))


class ReuseSearchViewSet(SearchRouteMixin, ReuseV2ViewSet):
    """Search over reuses."""

    filterset_class = ReuseSearchFilter

    @extend_schema(operation_id="search_reuses", tags=["reuses"])
    def list(self, request: Request) -> Response:
        """Search reuses."""
        return self.get_paginated_response(self.page_of(self.get_queryset().listed()))
