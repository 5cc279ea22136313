"""Topics and their elements (v2 alone)."""

from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.core import ApiView, V2Mixin
from catalog.api.dataset import SpatialCoverageSerializer
from catalog.api.forms.base import json_list, json_object
from catalog.api.forms.objects import SAYS_NOTHING, ElementForm, TopicForm, read_elements
from catalog.api.ids import read_uuid
from catalog.api.membership import SubjectReferenceSerializer
from catalog.api.refs import LinkSerializer, OrganizationReferenceSerializer, UserReferenceSerializer
from catalog.api.searching import SearchMixin, SearchRouteMixin
from catalog.api.writing import check_edit, check_sysadmin, service_errors
from catalog.documents.shapes import topic as shapes
from catalog.filters.topic import ElementFilter, TopicFilter, TopicSearchFilter
from catalog.models import Topic, TopicElement
from catalog.models.subject import model_of
from catalog.models.topic import ELEMENT_CLASSES
from catalog.services import topics
from portal.lib.api.errors import FormErrors, ModelErrors
from portal.lib.scopes import ORGANIZATION


class TopicSerializer(serializers.Serializer):
    id = serializers.CharField()
    owner = UserReferenceSerializer(allow_null=True)
    organization = OrganizationReferenceSerializer(allow_null=True)
    created_at = serializers.DateTimeField()
    last_modified = serializers.DateTimeField()
    name = serializers.CharField()
    slug = serializers.CharField()
    description = serializers.CharField(allow_null=True)
    tags = serializers.ListField(child=serializers.CharField())
    color = serializers.CharField(allow_null=True)
    featured = serializers.BooleanField()
    private = serializers.BooleanField(allow_null=True)
    extras = serializers.DictField()
    spatial = SpatialCoverageSerializer(allow_null=True)
    uri = serializers.URLField()
    elements = LinkSerializer()


class TopicElementSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    title = serializers.CharField(allow_null=True)
    description = serializers.CharField(allow_null=True)
    tags = serializers.ListField(child=serializers.CharField())
    extras = serializers.DictField()
    element = SubjectReferenceSerializer(allow_null=True)


ROWS = Topic.objects.prefetch_related("tags", "spatial_zones")


def shaped(rows: list[Topic]) -> list[dict[str, Any]]:
    """Return the shapes of `rows`, with the number of elements of each, in one query."""
    counted = TopicElement.objects.filter(topic__in=rows).order_by().values_list("topic_id").annotate(Count("pk"))
    counts = dict(counted)
    return [shapes.topic(row, counts.get(row.pk, 0)) for row in rows]


class TopicViewSet(V2Mixin, SearchMixin):
    """Topics: lists of datasets, reuses and dataservices around a theme."""

    narrow_scopes = frozenset([ORGANIZATION])

    queryset = ROWS
    serializer_class = TopicSerializer
    filterset_class = TopicFilter

    def page_of(self, rows: QuerySet[Topic]) -> list[dict[str, Any]]:
        return shaped(self.rows_of_page(rows))

    def editable(self) -> Topic:
        """Return the topic of the path, its row locked, if the caller may edit it."""
        found = self.locked(Topic)
        check_edit(self.request.actor, found)
        return found

    def answer(self, topic: Topic, code: int = status.HTTP_200_OK) -> Response:
        return Response(shaped([ROWS.get(pk=topic.pk)])[0], status=code)

    @extend_schema(operation_id="list_topics", tags=["topics"])
    def list(self, request: Request) -> Response:
        """List topics, newest first."""
        return self.get_paginated_response(self.page_of(ROWS.listed_to(request.user)))

    @extend_schema(operation_id="create_topic", tags=["topics"], request=TopicForm)
    @transaction.atomic
    def create(self, request: Request) -> Response:
        """Create a topic, with its elements."""
        with service_errors(ModelErrors):
            values = TopicForm.read(json_object(request), user=request.user)
            topic = topics.create(values, by=request.user, actor=request.actor)
        return self.answer(topic, status.HTTP_201_CREATED)

    @extend_schema(operation_id="get_topic", tags=["topics"])
    def retrieve(self, request: Request, key: str) -> Response:
        """Read one topic, by id or by slug."""
        return Response(shaped([self.get_object()])[0])

    @extend_schema(operation_id="update_topic", tags=["topics"], request=TopicForm)
    @transaction.atomic
    def update(self, request: Request, key: str) -> Response:
        """Change the keys that the body has; the others stay as they are."""
        topic = self.editable()
        with service_errors(ModelErrors):
            values = TopicForm.read(json_object(request), partial=True, user=request.user)
            topics.update(topic, values, by=request.user, actor=request.actor)
        return self.answer(topic)

    @extend_schema(operation_id="delete_topic", tags=["topics"], request=None, responses={204: None})
    @transaction.atomic
    def destroy(self, request: Request, key: str) -> Response:
        """Delete a topic and its elements for good."""
        topics.delete(self.editable())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(operation_id="feature_topic", tags=["topics"], request=None)
    @transaction.atomic
    def feature(self, request: Request, key: str) -> Response:
        """Put a topic forward."""
        return self._set_featured(featured=True)

    @extend_schema(operation_id="unfeature_topic", tags=["topics"], request=None)
    @transaction.atomic
    def unfeature(self, request: Request, key: str) -> Response:
        """Put a topic forward no more."""
        return self._set_featured(featured=False)

    def _set_featured(self, *, featured: bool) -> Response:
        topic = self.locked(Topic)
        check_sysadmin(self.request.actor)
        topics.set_featured(topic, featured)
        return self.answer(topic)


class TopicSearchViewSet(SearchRouteMixin, TopicViewSet):
    """Search over topics."""

    filterset_class = TopicSearchFilter

    @extend_schema(operation_id="search_topics", tags=["topics"])
    def list(self, request: Request) -> Response:
        """Search topics."""
        return self.get_paginated_response(self.page_of(ROWS.public()))


class MyTopicsViewSet(TopicViewSet):
    """The topics of the caller and of her organizations."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="my_org_topics", tags=["me"])
    def list(self, request: Request) -> Response:
        """List the topics of the caller and of her organizations, drafts included."""
        mine = ROWS.filter(organization__in=list(request.actor.roles)) | ROWS.filter(owner=request.user.pk)
        return self.get_paginated_response(self.page_of(mine))


class ElementViewSet(V2Mixin, ApiView):
    """The elements of a topic, in its order."""

    narrow_scopes = frozenset([ORGANIZATION])

    queryset = Topic.objects.all()
    serializer_class = TopicElementSerializer
    filterset_class = ElementFilter

    def readable(self, rows: list[TopicElement]) -> set[tuple[str, str]]:
        """Return which objects of `rows` the caller may read, by class and id; one query a class."""
        readable: set[tuple[str, str]] = set()
        for name in ELEMENT_CLASSES:
            ids = [row.subject_id for row in rows if row.subject_class == name]
            if ids:
                found = model_of(name).objects.visible_to(self.request.user).filter(pk__in=ids)
                readable |= {(name, pk) for pk in found.values_list("pk", flat=True)}
        return readable

    def shaped(self, rows: list[TopicElement]) -> list[dict[str, Any]]:
        readable = self.readable(rows)
        return [shapes.element(row, readable) for row in rows]

    def hides(self, row: TopicElement) -> bool:
        """Tell whether the element is about an object that the caller may not read."""
        return bool(row.subject_class) and not self.readable([row])

    def editable(self) -> Topic:
        found = self.locked(Topic)
        check_edit(self.request.actor, found)
        return found

    def element(self) -> TopicElement:
        """Return the element of the path, its topic locked, if the caller may edit it."""
        topic = self.editable()
        found = topic.elements.filter(pk=read_uuid(self.kwargs["element"])).first()
        if found is None:
            raise Http404
        found.topic = topic
        return found

    @extend_schema(operation_id="topic_elements", tags=["topics"])
    def list(self, request: Request, key: str) -> Response:
        """List the elements of a topic."""
        rows = self.find(Topic, key).elements.prefetch_related("tags")
        return self.get_paginated_response(self.shaped(self.paginate_queryset(self.filter_queryset(rows))))

    @extend_schema(
        operation_id="topic_elements_create",
        tags=["topics"],
        request=ElementForm(many=True),
        responses={201: TopicElementSerializer(many=True)},
    )
    @transaction.atomic
    def create(self, request: Request, key: str) -> Response:
        """Add the elements of the body (a list) to a topic."""
        topic = self.editable()
        values, errors = read_elements(json_list(request), user=request.user)
        if any(errors):
            raise FormErrors(errors)
        rows = topics.add_elements(topic, values, by=request.user)
        whole = TopicElement.objects.prefetch_related("tags").filter(pk__in=[row.pk for row in rows])
        return Response(self.shaped(list(whole)), status=status.HTTP_201_CREATED)

    @extend_schema(operation_id="topic_elements_delete", tags=["topics"], request=None, responses={204: None})
    @transaction.atomic
    def clear(self, request: Request, key: str) -> Response:
        """Remove all elements of a topic."""
        topic = self.editable()
        topics.delete_elements(topic, topic.elements.all(), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(operation_id="topic_element_update", tags=["topics"], request=ElementForm)
    @transaction.atomic
    def update(self, request: Request, key: str, element: str) -> Response:
        """Change the keys that the body has; the others stay as they are."""
        found = self.element()
        values = ElementForm.read(json_object(request), partial=True, user=request.user)
        if values.get("element", found) is None and self.hides(found):  # sent back as she could read it
            del values["element"]
        title, subject = values.get("title", found.title), values.get("element", found.subject_class)
        if not (title or subject):
            raise FormErrors({"element": [SAYS_NOTHING]})
        topics.update_element(found, values, by=request.user)
        return Response(self.shaped([found])[0])

    @extend_schema(operation_id="topic_element_delete", tags=["topics"], request=None, responses={204: None})
    @transaction.atomic
    def destroy(self, request: Request, key: str, element: str) -> Response:
        """Remove one element of a topic."""
        found = self.element()
        topics.delete_elements(found.topic, TopicElement.objects.filter(pk=found.pk), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)
