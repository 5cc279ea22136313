"""Datasets: lists and pages of the API, from the stored documents."""

from collections.abc import Mapping, Sequence
from hashlib import sha1
from typing import Any

import orjson
from django.conf import settings
from django.core.cache import caches
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.core import V2Mixin
from catalog.api.dataset_write import DatasetExtrasMixin, DatasetWriteMixin
from catalog.api.etags import note_marker
from catalog.api.full_objects import expand
from catalog.api.refs import (
    AccessAudienceSerializer,
    BadgeSerializer,
    ContactPointSerializer,
    InternalSerializer,
    LinkSerializer,
    OrganizationReferenceSerializer,
    SchemaSerializer,
    UserReferenceSerializer,
)
from catalog.api.resource import CommunityResourceSerializer, ResourceSerializer
from catalog.api.searching import SearchMixin, SearchRouteMixin, index_state
from catalog.documents import marks, store
from catalog.documents.fill import Filler
from catalog.documents.shapes.resource import community_resource
from catalog.filters.dataset import DatasetFilter, DatasetSearchFilter
from catalog.filters.found import NOWHERE
from catalog.models import Change, CommunityResource, Dataset
from catalog.models.document import Position
from catalog.models.vocabulary import AccessReason, AccessType, Frequency
from catalog.permissions import ANONYMOUS
from portal.lib.api.pagination import envelope
from portal.lib.api.renderers import RawJSON
from portal.lib.ids import is_object_id

FULL_OBJECTS = OpenApiParameter(
    "X-Get-Datasets-Full-Objects",
    str,
    OpenApiParameter.HEADER,
    description="`True` turns licence, frequency, granularity and zones from ids into objects.",
)


STATE = ["pk", "slug", "private", "deleted"]


@extend_schema_field({"type": ["string", "object"]})
class IdOrObjectField(serializers.CharField):
    """An id, or with `X-Get-Datasets-Full-Objects` the object itself."""


class DatasetPermissionsSerializer(serializers.Serializer):
    delete = serializers.BooleanField()
    edit = serializers.BooleanField()
    edit_resources = serializers.BooleanField()


class SpatialCoverageSerializer(serializers.Serializer):
    geom = serializers.DictField(allow_null=True, help_text="A GeoJSON MultiPolygon.")
    zones = serializers.ListField(child=IdOrObjectField())
    granularity = IdOrObjectField(allow_null=True)


class TemporalCoverageSerializer(serializers.Serializer):
    start = serializers.DateField()
    end = serializers.DateField(allow_null=True)


class DatasetBaseSerializer(serializers.Serializer):
    """What both versions of the API say of a dataset."""

    id = serializers.CharField()
    title = serializers.CharField(max_length=350)
    acronym = serializers.CharField(allow_null=True, max_length=128)
    slug = serializers.CharField()
    description = serializers.CharField(help_text="Markdown.")
    description_short = serializers.CharField(allow_null=True, max_length=200)
    created_at = serializers.DateTimeField()
    last_modified = serializers.DateTimeField()
    deleted = serializers.DateTimeField(allow_null=True)
    private = serializers.BooleanField()
    tags = serializers.ListField(child=serializers.CharField())
    badges = BadgeSerializer(many=True)
    frequency = IdOrObjectField(help_text=f"One of: {', '.join(Frequency.values)}.")
    frequency_date = serializers.DateTimeField(allow_null=True)
    extras = serializers.DictField()
    metrics = serializers.DictField()
    organization = OrganizationReferenceSerializer(allow_null=True)
    owner = UserReferenceSerializer(allow_null=True)
    temporal_coverage = TemporalCoverageSerializer(allow_null=True)
    spatial = SpatialCoverageSerializer(allow_null=True)
    license = IdOrObjectField(allow_null=True)
    access_type = serializers.ChoiceField(AccessType.values)
    access_audiences = AccessAudienceSerializer(many=True)
    access_type_reason_category = serializers.ChoiceField(AccessReason.values, allow_null=True)
    access_type_reason = serializers.CharField(allow_null=True)
    authorization_request_url = serializers.URLField(allow_null=True)
    uri = serializers.URLField()
    page = serializers.URLField()
    last_update = serializers.DateTimeField()
    archived = serializers.DateTimeField(allow_null=True)
    quality = serializers.DictField(help_text="Criteria met, and `score` from 0 to 1.")
    harvest = serializers.DictField(allow_null=True)
    internal = InternalSerializer()
    contact_points = ContactPointSerializer(many=True)
    featured = serializers.BooleanField()
    permissions = DatasetPermissionsSerializer()


class DatasetSerializer(DatasetBaseSerializer):
    resources = ResourceSerializer(many=True)
    community_resources = CommunityResourceSerializer(
        many=True, required=False, help_text="Only with the header `X-Fields: *`, or where it names them."
    )
    schema = SchemaSerializer(allow_null=True)


class DatasetV2Serializer(DatasetBaseSerializer):
    resources = LinkSerializer()
    community_resources = LinkSerializer()


class DatasetViewSet(SearchMixin, DatasetWriteMixin):
    """Datasets, with all their resources."""

    queryset = Dataset.objects.all()
    serializer_class = DatasetSerializer
    filterset_class = DatasetFilter

    @extend_schema(operation_id="list_datasets", tags=["datasets"], parameters=[FULL_OBJECTS])
    def list(self, request: Request) -> Response:
        """List datasets, newest first."""
        return Response(self.envelope_of(Dataset.objects.listed_to(request.user)))

    @extend_schema(operation_id="get_dataset", tags=["datasets"], parameters=[FULL_OBJECTS])
    def retrieve(self, request: Request, key: str) -> Response:
        """Read one dataset, by id or by slug."""
        bodies = self.bodies(Dataset.objects.public().filter(**{"pk" if is_object_id(key) else "slug": key}))
        if not bodies:  # gone, moved, or for few eyes
            bodies = self.bodies(Dataset.objects.filter(pk=self.find(Dataset.objects.only(*STATE), key).pk))
        return Response(RawJSON(bodies[0]))

    def envelope_of(self, datasets: QuerySet[Dataset], within: Mapping[str, Any] = NOWHERE) -> RawJSON:
        """Return the page asked for of those of `datasets` that the query selects, as JSON; `within` as in `search`.

        For anonymous callers it is remembered until anything in the catalogue (or in the search index, if it is
        asked) changes: the database's own log of changes tells, so that it is never stale; what depends on the clock
        is filled at each answer.
        """
        position, index = Change.objects.position(), index_state() if self.asks_text() else ""
        if self.request.user.is_authenticated or self.asks_for_more():
            return self.build_envelope(datasets, position, within)
        facts = (self.request.get_full_path(), position, index, settings.SITE_URL)
        key = f"page:{sha1(repr(facts).encode(), usedforsecurity=False).hexdigest()}"
        kept = caches["pages"].get(key)
        if kept is None:
            body = Filler(ANONYMOUS, self.version).prefill(self.build_envelope(datasets, position, within))
            kept = body, self.request._request.page_links
            caches["pages"].set(key, kept)
        body, self.request._request.page_links = kept
        return RawJSON(body)

    def build_envelope(self, datasets: QuerySet[Dataset], position: Position, within: Mapping[str, Any]) -> RawJSON:
        """Cut the ids of the page first, then read whole rows for the page alone."""
        if self.asks_text():
            page, found = self.search(datasets, within)
            bodies = self.bodies(datasets.filter(pk__in=found.ids).order_by(), order=found.ids)
            around = self.around(page, found)
        else:
            datasets = self.filter_queryset(datasets)
            page, total = self.counted(datasets, position=position)
            ids = datasets.values("pk")[page.offset : page.offset + page.size]
            order = datasets.query.order_by or Dataset._meta.ordering
            bodies = self.bodies(Dataset.objects.filter(pk__in=ids).order_by(*order))
            around = envelope(self.request, page, total)
        raw = orjson.dumps({"data": "\x00", **around}, option=self.json_options)
        return RawJSON(raw.replace(b'"\\u0000"', b"[" + b",".join(bodies) + b"]", 1))

    @property
    def version(self) -> store.ApiVersion:
        return self.renderer_classes[0].version

    @property
    def json_options(self) -> int | None:
        return orjson.OPT_SORT_KEYS if self.renderer_classes[0].sort_keys else None

    def wants_full(self) -> bool:
        return self.request.headers.get("X-Get-Datasets-Full-Objects", "").lower() == "true"

    def wants_community(self) -> bool:
        return self.request.mask is not None and self.version == "v1" and names_community(self.request.mask)

    def asks_for_more(self) -> bool:
        """Tell whether the request's headers change what the documents hold."""
        return self.wants_full() or self.wants_community()

    def bodies(self, datasets: QuerySet[Dataset], *, order: Sequence[str] | None = None) -> Sequence[bytes]:
        """Return the documents of `datasets` (in the `order` of these ids), with what the request's headers ask for."""
        found = store.read_versions(datasets, self.version)
        bodies = [found[pk][1] for pk in (order if order is not None else found) if pk in found]
        if self.action == "retrieve":
            for version, _body in found.values():
                note_marker(self.request, f"v{version}")
        if not self.asks_for_more():
            return bodies
        documents = [orjson.loads(body) for body in bodies]
        if self.wants_full():
            expand(documents)
        if self.wants_community():
            add_community_resources(documents)
        return [orjson.dumps(document, option=self.json_options) for document in documents]


def names_community(mask: dict[str, Any]) -> bool:
    """Tell whether a mask (of a dataset or of a list) shows the community resources, hidden by default."""
    inner = mask.get("data") if isinstance(mask.get("data"), dict) else mask
    return "*" in inner or "community_resources" in inner


def add_community_resources(documents: list[dict[str, Any]]) -> None:
    """Put the community resources of all `documents` in them, in one query."""
    ids = [document["id"] for document in documents]
    rows: dict[str, list[Any]] = {pk: [] for pk in ids}
    for item in CommunityResource.objects.filter(dataset__in=ids).select_related("dataset"):
        body = marks.dump(community_resource(item), sort_keys=True)
        rows[item.dataset_id].append(orjson.loads(body))
    for document in documents:
        document["community_resources"] = rows[document["id"]]


class DatasetV2ViewSet(V2Mixin, DatasetExtrasMixin, DatasetViewSet):
    """Datasets, with links to their resources."""

    serializer_class = DatasetV2Serializer

    @extend_schema(operation_id="get_dataset_extras", tags=["datasets"], responses={200: dict}, filters=False)
    def extras(self, request: Request, key: str) -> Response:
        """Read the extras of a dataset."""
        return Response(self.get_object().extras)


class DatasetSearchViewSet(SearchRouteMixin, DatasetV2ViewSet):
    """Search over datasets."""

    filterset_class = DatasetSearchFilter

    @extend_schema(operation_id="search_datasets", tags=["datasets"])
    def list(self, request: Request) -> Response:
        """Search datasets."""
        return Response(self.envelope_of(Dataset.objects.listed()))
