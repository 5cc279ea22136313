"""Posts: reading."""

from typing import Any

from django.db.models import F, Prefetch, QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.core import V2Mixin
from catalog.api.dataset import DatasetSerializer, DatasetV2Serializer
from catalog.api.post_write import PostWriteMixin
from catalog.api.refs import ReuseReferenceSerializer, UserReferenceSerializer
from catalog.api.reuse import documents_of
from catalog.api.searching import SearchMixin, SearchRouteMixin
from catalog.documents.shapes import post as shapes
from catalog.filters.post import PostFilter, PostSearchFilter
from catalog.models import Dataset, Post, Reuse
from catalog.models.vocabulary import BodyType, PostKind


class PostSerializer(serializers.Serializer):
    id = serializers.CharField()
    name = serializers.CharField()
    slug = serializers.CharField()
    headline = serializers.CharField(allow_null=True)
    content = serializers.CharField()
    blocs = serializers.ListField(child=serializers.DictField())
    image = serializers.URLField(allow_null=True)
    image_thumbnail = serializers.URLField(allow_null=True)
    image_url = serializers.URLField(allow_null=True)
    credit_to = serializers.CharField(allow_null=True)
    credit_url = serializers.URLField(allow_null=True)
    tags = serializers.ListField(child=serializers.CharField())
    datasets = DatasetSerializer(many=True)
    reuses = ReuseReferenceSerializer(many=True)
    owner = UserReferenceSerializer(allow_null=True)
    published = serializers.DateTimeField(allow_null=True)
    body_type = serializers.ChoiceField(BodyType.values)
    kind = serializers.ChoiceField(PostKind.values)
    created_at = serializers.DateTimeField()
    last_modified = serializers.DateTimeField()
    uri = serializers.URLField()
    page = serializers.URLField()


class PostV2Serializer(PostSerializer):
    datasets = DatasetV2Serializer(many=True)


class PostViewSet(SearchMixin, PostWriteMixin):
    """The portal's news and pages; drafts are for who may read all of them."""

    queryset = Post.objects.prefetch_related("tags", "reuses", Prefetch("datasets", Dataset.objects.only("pk")))
    serializer_class = PostSerializer
    filterset_class = PostFilter

    def shaped(self, rows: list[Post]) -> list[dict[str, Any]]:
        user = self.request.user
        datasets = {dataset.pk for row in rows for dataset in row.datasets.all()}
        documents = documents_of(datasets, user, self.renderer_classes[0].version)
        reuses = {reuse.pk for row in rows for reuse in row.reuses.all()}
        readable = set(Reuse.objects.visible_to(user).filter(pk__in=reuses).values_list("pk", flat=True))
        return [shapes.post(row, documents, readable) for row in rows]

    def page_of(self, posts: QuerySet[Post]) -> list[dict[str, Any]]:
        return self.shaped(self.rows_of_page(posts))

    @extend_schema(
        operation_id="list_posts",
        tags=["posts"],
        parameters=[OpenApiParameter("with_drafts", str, description="`true`: also drafts, for who may read them.")],
    )
    def list(self, request: Request) -> Response:
        """List posts, newest first."""
        wants_drafts = request.GET.get("with_drafts", "").lower() in {"true", "1", "on"}
        rows = self.get_queryset().published()
        if wants_drafts:  # first: the databases differ on where nulls stand
            rows = self.get_queryset().visible_to(request.user).order_by(F("published").desc(nulls_first=True), "id")
        return self.get_paginated_response(self.page_of(rows))

    @extend_schema(operation_id="get_post", tags=["posts"])
    def retrieve(self, request: Request, key: str) -> Response:
        """Read one post, by id or by slug."""
        return Response(self.shaped([self.get_object()])[0])


class PostSearchViewSet(SearchRouteMixin, V2Mixin, PostViewSet):
    """Search over posts."""

    serializer_class = PostV2Serializer
    filterset_class = PostSearchFilter

    @extend_schema(operation_id="search_posts", tags=["posts"])
    def list(self, request: Request) -> Response:
        """Search posts."""
        return self.get_paginated_response(self.page_of(self.get_queryset().published()))
