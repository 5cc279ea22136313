"""Discussions: reading."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.core import V2Mixin
from catalog.api.discussion_write import DiscussionWriteMixin
from catalog.api.refs import OrganizationReferenceSerializer, OwnedPermissionsSerializer, UserReferenceSerializer
from catalog.api.searching import SearchMixin, SearchRouteMixin
from catalog.documents.shapes import discussion as shapes
from catalog.filters.discussion import DiscussionFilter, DiscussionSearchFilter
from catalog.models import Discussion
from catalog.models.discussion import SUBJECTS
from catalog.permissions import Actor


class SubjectSerializer(serializers.Serializer):
    id = serializers.CharField()

    def get_fields(self) -> dict[str, serializers.Field]:
        return {**super().get_fields(), "class": serializers.ChoiceField(list(SUBJECTS))}


class MessageSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    content = serializers.CharField()
    posted_by = UserReferenceSerializer(allow_null=True)
    posted_by_organization = OrganizationReferenceSerializer(allow_null=True)
    posted_on = serializers.DateTimeField()
    last_modified_at = serializers.DateTimeField(allow_null=True)
    permissions = OwnedPermissionsSerializer()


class DiscussionPermissionsSerializer(OwnedPermissionsSerializer):
    close = serializers.BooleanField()


class DiscussionSerializer(serializers.Serializer):
    id = serializers.CharField()
    subject = SubjectSerializer()
    title = serializers.CharField()
    user = UserReferenceSerializer(allow_null=True)
    organization = OrganizationReferenceSerializer(allow_null=True)
    created = serializers.DateTimeField()
    closed = serializers.DateTimeField(allow_null=True)
    closed_by = UserReferenceSerializer(allow_null=True)
    closed_by_organization = OrganizationReferenceSerializer(allow_null=True)
    discussion = MessageSerializer(many=True)
    url = serializers.URLField()
    self_web_url = serializers.URLField()
    extras = serializers.DictField()
    permissions = DiscussionPermissionsSerializer()


def discussions_for(rows: QuerySet[Discussion], actor: Actor) -> list[dict[str, Any]]:
    """Return the shapes of `rows`, with their subjects and messages, in two queries."""
    whole = rows.select_related(*SUBJECTS.values()).prefetch_related("messages")
    return [shapes.discussion(row, actor) for row in whole]


class DiscussionViewSet(SearchMixin, DiscussionWriteMixin):
    """Discussions on what the caller may read."""

    queryset = Discussion.objects.select_related(*SUBJECTS.values()).prefetch_related("messages")
    serializer_class = DiscussionSerializer
    filterset_class = DiscussionFilter

    def page_of(self, discussions: QuerySet[Discussion]) -> list[dict[str, Any]]:
        rows = self.rows_of_page(discussions)
        return [shapes.discussion(row, self.request.actor) for row in rows]

    @extend_schema(operation_id="list_discussions", tags=["discussions"])
    def list(self, request: Request) -> Response:
        """List discussions, newest first."""
        return self.get_paginated_response(self.page_of(self.get_queryset().listed_to(request.user)))

    @extend_schema(operation_id="get_discussion", tags=["discussions"])
    def retrieve(self, request: Request, key: str) -> Response:
        """Read one discussion."""
        found = self.get_queryset().visible_to(request.user).filter(pk=key).first()
        if found is None:
            raise Http404
        self.note(found)
        return Response(shapes.discussion(found, request.actor))


class DiscussionSearchViewSet(SearchRouteMixin, V2Mixin, DiscussionViewSet):
    """Search over discussions."""

    filterset_class = DiscussionSearchFilter

    @extend_schema(operation_id="search_discussions", tags=["discussions"])
    def list(self, request: Request) -> Response:
        """Search discussions."""
        return self.get_paginated_response(self.page_of(self.get_queryset().listed_to(request.user)))
