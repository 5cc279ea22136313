"""Harvest sources: reading, proposing, changing, validating."""

from collections.abc import Iterable
from typing import Any

import django_filters
from django.db import transaction
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.core import ApiView
from catalog.api.forms.base import InputField, ModelForm, OwnedFields, RequiredText, Text, WebAddress, json_object
from catalog.api.refs import OrganizationReferenceSerializer, UserReferenceSerializer
from catalog.api.writing import check_edit, check_sysadmin, refuse_deleted, service_errors
from catalog.documents.marks import organization_hole, user_hole
from catalog.filters.base import FilterSet
from catalog.filters.fields import BooleanFilter, ReferenceFilter
from catalog.models import Organization
from catalog.permissions import Actor
from harvest import services
from harvest.api import job_shapes
from harvest.api.job_shapes import HarvestJobSerializer
from harvest.backends import backends
from harvest.backends.base import Backend, Option
from harvest.models import Job, Source, Validation
from harvest.permissions import source_permissions
from portal.lib.api.errors import ModelErrors
from portal.lib.scopes import HARVEST, ORGANIZATION
from portal.models import User


class OptionSerializer(serializers.Serializer):
    key = serializers.CharField()
    label = serializers.CharField()
    description = serializers.CharField()


class FilterOptionSerializer(OptionSerializer):
    type = serializers.CharField()


class DefaultOptionSerializer(OptionSerializer):
    default = serializers.JSONField()


class BackendSerializer(serializers.Serializer):
    id = serializers.CharField()
    label = serializers.CharField()
    filters = FilterOptionSerializer(many=True)
    features = DefaultOptionSerializer(many=True)
    extra_configs = DefaultOptionSerializer(many=True)


class ValidationSerializer(serializers.Serializer):
    state = serializers.ChoiceField(Validation.values)
    by = UserReferenceSerializer(allow_null=True)
    on = serializers.DateTimeField(allow_null=True)
    comment = serializers.CharField(allow_null=True)


class SourcePermissionsSerializer(serializers.Serializer):
    delete = serializers.BooleanField()
    edit = serializers.BooleanField()
    preview = serializers.BooleanField()
    run = serializers.BooleanField()
    schedule = serializers.BooleanField()
    validate = serializers.BooleanField()


class HarvestSourceSerializer(serializers.Serializer):
    id = serializers.CharField()
    slug = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField(allow_null=True)
    url = serializers.URLField()
    backend = serializers.CharField()
    config = serializers.DictField()
    active = serializers.BooleanField()
    autoarchive = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    deleted = serializers.DateTimeField(allow_null=True)
    last_job = HarvestJobSerializer(allow_null=True)
    schedule = serializers.CharField(allow_null=True)
    organization = OrganizationReferenceSerializer(allow_null=True)
    owner = UserReferenceSerializer(allow_null=True)
    permissions = SourcePermissionsSerializer()

    def get_fields(self) -> dict[str, serializers.Field]:
        return {**super().get_fields(), "validation": ValidationSerializer()}


class BackendName(InputField):
    """The name of a backend that is here; no enumeration, for packages bring more."""

    openapi = {"type": "string", "description": "One of `GET /harvest/backends/`."}
    default_error_messages = {"invalid_choice": serializers.ChoiceField.default_error_messages["invalid_choice"]}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str) or data not in backends():
            self.fail("invalid_choice", input=data)
        return data


class HarvestSourceForm(OwnedFields, ModelForm):
    model_name = "HarvestSource"

    name = RequiredText(max_length=255)
    url = WebAddress(required=True, allow_null=False, allow_blank=False)
    backend = BackendName()
    description = Text()
    config = serializers.DictField(required=False)
    active = serializers.BooleanField(required=False)
    autoarchive = serializers.BooleanField(required=False)
    deleted = serializers.DateTimeField(required=False, allow_null=True)


class ValidationForm(ModelForm):
    state = serializers.ChoiceField([Validation.ACCEPTED, Validation.REFUSED])
    comment = Text()


class SourceFilter(FilterSet):
    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", help_text="Words of the name.")
    owner = ReferenceFilter(field_name="owner_id", model=User)
    organization = ReferenceFilter(field_name="organization_id", model=Organization)
    deleted = BooleanFilter(method="with_deleted")

    class Meta:
        model = Source
        fields: list[str] = []

    def with_deleted(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        """Deleted sources are shown to administrators who ask for them, beside the others."""
        return queryset


def shapes(sources: Iterable[Source], actor: Actor) -> list[dict[str, Any]]:
    """The shapes of sources, each with its newest job; two queries, whatever their number."""
    sources = list(sources)
    newest = Job.objects.newest_of(sources)
    known = dict(zip(newest, job_shapes.jobs(newest.values(), actor), strict=True))
    return [shape(source, actor, known.get(source.pk)) for source in sources]


def shape_one(source: Source, actor: Actor) -> dict[str, Any]:
    return shapes([source], actor)[0]


def shape(source: Source, actor: Actor, last_job: dict[str, Any] | None) -> dict[str, Any]:
    """The shape of a source; only those who may edit it read the secrets in its address and configuration."""
    permissions = source_permissions(actor, source)
    trusted = permissions["edit"]
    return {
        "id": source.pk,
        "slug": source.slug,
        "name": source.name,
        "description": source.description or None,
        "url": source.url if trusted else source.public_url,
        "backend": source.backend,
        "config": source.config if trusted else source.public_config,
        "active": source.active,
        "autoarchive": source.autoarchive,
        "created_at": source.created_at,
        "deleted": source.deleted,
        "last_job": last_job,
        "schedule": source.schedule or None,
        "organization": organization_hole(source.organization_id),
        "owner": user_hole(source.owner_id),
        "permissions": permissions,
        "validation": {
            "state": source.validation,
            "by": user_hole(source.validated_by_id),
            "on": source.validated_on,
            "comment": source.validation_comment or None,
        },
    }


def shapes_of(ids: list[str], user: Any, actor: Actor) -> dict[str, dict[str, Any]]:
    """Return the shapes of those of these sources that the caller may read, by id: what notifications show."""
    rows = Source.objects.visible_to(user).filter(pk__in=ids)
    return {found["id"]: found for found in shapes(rows, actor)}


class SourceViewSet(ApiView):
    """Harvest sources."""

    narrow_scopes = frozenset([HARVEST, ORGANIZATION])

    queryset = Source.objects.all()
    serializer_class = HarvestSourceSerializer
    filterset_class = SourceFilter

    @extend_schema(operation_id="list_harvest_sources", tags=["harvest"])
    def list(self, request: Request) -> Response:
        """List harvest sources, newest first."""
        rows = Source.objects.all() if self._wants_deleted(request) else Source.objects.listed()
        page = self.paginate_queryset(self.filter_queryset(rows))
        return self.get_paginated_response(shapes(page, request.actor))

    @staticmethod
    def _wants_deleted(request: Request) -> bool:
        return request.actor.is_sysadmin and request.GET.get("deleted", "").lower() in ("1", "true")

    @extend_schema(operation_id="create_harvest_source", tags=["harvest"], request=HarvestSourceForm)
    @transaction.atomic
    def create(self, request: Request) -> Response:
        """Propose a harvest source; an administrator validates it."""
        with service_errors(ModelErrors):
            values = HarvestSourceForm.read(json_object(request), user=request.user)
            source = services.create(values, by=request.user, actor=request.actor)
        return Response(shape_one(source, request.actor), status=status.HTTP_201_CREATED)

    @extend_schema(operation_id="get_harvest_source", tags=["harvest"])
    def retrieve(self, request: Request, key: str) -> Response:
        """Read one harvest source."""
        return Response(shape_one(self.get_object(), request.actor))

    @extend_schema(operation_id="update_harvest_source", tags=["harvest"], request=HarvestSourceForm)
    @transaction.atomic
    def update(self, request: Request, key: str) -> Response:
        """Change the keys that the body has; the others stay as they are."""
        source, data = self.locked(), json_object(request)
        refuse_deleted(source, data)
        check_edit(request.actor, source)
        with service_errors(ModelErrors):
            values = HarvestSourceForm.read(data, partial=True, user=request.user)
            services.update(source, values, by=request.user, actor=request.actor)
        return Response(shape_one(source, request.actor))

    @extend_schema(operation_id="delete_harvest_source", tags=["harvest"], request=None, responses={204: None})
    @transaction.atomic
    def destroy(self, request: Request, key: str) -> Response:
        """Delete a harvest source; what it harvested stays."""
        source = self.locked()
        refuse_deleted(source)
        check_edit(request.actor, source)
        services.delete(source)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(operation_id="validate_harvest_source", tags=["harvest"], request=ValidationForm)
    @transaction.atomic
    def validate(self, request: Request, key: str) -> Response:
        """Accept or refuse a source; a refusal says why."""
        source = self.locked()
        check_sysadmin(request.actor)
        refuse_deleted(source)
        with service_errors(ModelErrors):
            values = ValidationForm.read(json_object(request))
            comment = values.get("comment", "")
            services.validate(source, state=values["state"], comment=comment, by=request.user)
        return Response(shape_one(source, request.actor))


class BackendViewSet(ApiView):
    queryset = Source.objects.none()
    serializer_class = BackendSerializer
    filterset_class = None
    pagination_class = None

    @extend_schema(operation_id="harvest_backends", tags=["harvest"])
    def list(self, request: Request) -> Response:
        """List the kinds of catalogues that can be harvested."""
        return Response([backend_shape(one) for one in backends().values()])


def backend_shape(backend: type[Backend]) -> dict[str, Any]:
    return {
        "id": backend.name,
        "label": str(backend.label),
        "filters": [{**_option(one), "type": one.type} for one in backend.filters],
        "features": [{**_option(one), "default": one.default} for one in backend.features],
        "extra_configs": [{**_option(one), "default": one.default} for one in backend.settings],
    }


def _option(option: Option) -> dict[str, str]:
    return {"key": option.key, "label": str(option.label), "description": str(option.description)}
