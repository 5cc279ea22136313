"""Organizations: reading."""

from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.core import ApiView, V2Mixin
from catalog.api.dataset import DatasetSerializer, DatasetViewSet
from catalog.api.discussion import DiscussionSerializer, discussions_for
from catalog.api.organization_write import OrganizationExtrasMixin, OrganizationWriteMixin
from catalog.api.refs import (
    BadgeSerializer,
    ContactPointSerializer,
    LabelSerializer,
    OrganizationPermissionsSerializer,
    ShapeSerializer,
    UserReferenceSerializer,
)
from catalog.api.reuse import ReuseSerializer, reuses_v1
from catalog.api.searching import SearchMixin, SearchRouteMixin
from catalog.api.suggest import SUGGEST_PARAMETERS, read_suggest, suggested
from catalog.documents.shapes import organization as shapes
from catalog.documents.shapes.common import contact_point
from catalog.filters.dataset import DatasetFilter
from catalog.filters.organization import OrganizationFilter, OrganizationSearchFilter
from catalog.models import ContactPoint, Dataset, Discussion, Member, Organization, Reuse
from catalog.models.vocabulary import MemberRole, OrganizationBadgeKind


class MemberUserSerializer(UserReferenceSerializer):
    email = serializers.CharField(allow_null=True, help_text="Masked, but for administrators.")
    last_login_at = serializers.DateTimeField(allow_null=True)


class MemberSerializer(serializers.Serializer):
    user = MemberUserSerializer()
    role = serializers.ChoiceField(MemberRole.values)
    label = serializers.CharField()
    since = serializers.DateTimeField()


class OrganizationSerializer(ShapeSerializer):
    shape = staticmethod(shapes.organization)

    id = serializers.CharField()
    name = serializers.CharField()
    acronym = serializers.CharField(allow_null=True)
    slug = serializers.CharField()
    url = serializers.URLField(allow_null=True)
    description = serializers.CharField(help_text="Markdown.")
    business_number_id = serializers.CharField(allow_null=True, help_text="SIRET.")
    created_at = serializers.DateTimeField()
    last_modified = serializers.DateTimeField()
    deleted = serializers.DateTimeField(allow_null=True)
    metrics = serializers.DictField()
    uri = serializers.URLField()
    page = serializers.URLField()
    logo = serializers.URLField(allow_null=True)
    logo_thumbnail = serializers.URLField(allow_null=True)
    image_url = serializers.URLField(allow_null=True)
    badges = BadgeSerializer(many=True)
    permissions = OrganizationPermissionsSerializer()
    extras = serializers.DictField()
    ext = serializers.DictField()
    zone = serializers.CharField(allow_null=True)
    members = MemberSerializer(many=True)
    teams = serializers.ListField(child=serializers.DictField())
    presentation_blocs_published_at = serializers.DateTimeField(allow_null=True)
    presentation_blocs = serializers.ListField(child=serializers.DictField(), required=False)


class OrganizationSuggestionSerializer(serializers.Serializer):
    id = serializers.CharField()
    name = serializers.CharField()
    acronym = serializers.CharField(allow_null=True)
    slug = serializers.CharField()
    image_url = serializers.URLField(allow_null=True)
    page = serializers.URLField()


ROWS = Organization.objects.prefetch_related(
    "badges", Prefetch("members", queryset=Member.objects.select_related("user"))
)


class OrganizationViewSet(SearchMixin, OrganizationWriteMixin):
    """Organizations, with their members."""

    queryset = ROWS
    serializer_class = OrganizationSerializer
    filterset_class = OrganizationFilter

    def shape(self, item: Organization) -> dict[str, Any]:
        document = shapes.organization(item, trusted=self.request.actor.administers(item.pk))
        if self.request.mask is not None:  # hidden by default; a draft of them, from all but administrators
            shown = item.presentation_blocs_published_at or self.request.actor.administers(item.pk)
            document["presentation_blocs"] = item.presentation_blocs if shown else []
        return document

    def page_of(self, organizations: QuerySet[Organization]) -> list[dict[str, Any]]:
        return [self.shape(row) for row in self.rows_of_page(organizations)]

    @extend_schema(operation_id="list_organizations", tags=["organizations"])
    def list(self, request: Request) -> Response:
        """List organizations, newest first."""
        rows = self.get_queryset().listed_to(request.user).order_by("-created_at", "id")
        return self.get_paginated_response(self.page_of(rows))

    @extend_schema(operation_id="get_organization", tags=["organizations"])
    def retrieve(self, request: Request, key: str) -> Response:
        """Read one organization, by id or by slug."""
        return Response(self.shape(self.get_object()))

    @extend_schema(operation_id="available_organization_badges", tags=["organizations"], responses={200: dict})
    def badges(self, request: Request) -> Response:
        """List the kinds of badges of organizations, with their labels."""
        return Response({kind.value: str(kind.label) for kind in OrganizationBadgeKind})

    @extend_schema(operation_id="org_roles", tags=["organizations"], responses=LabelSerializer(many=True))
    def roles(self, request: Request) -> Response:
        """List the roles that a member may have."""
        return Response([{"id": role.value, "label": str(role.label)} for role in MemberRole])

    @extend_schema(
        operation_id="suggest_organizations",
        tags=["organizations"],
        parameters=SUGGEST_PARAMETERS,
        responses=OrganizationSuggestionSerializer(many=True),
    )
    def suggest(self, request: Request) -> Response:
        """Suggest organizations by the beginning of their name or acronym, the best known first."""
        rows = Organization.objects.filter(deleted=None)
        return Response([shapes.suggestion(row) for row in suggested("organization", rows, *read_suggest(request))])

    @extend_schema(
        operation_id="list_organization_reuses", tags=["organizations"], responses=ReuseSerializer(many=True)
    )
    def reuses(self, request: Request, key: str) -> Response:
        """List the reuses of an organization."""
        mine = Reuse.objects.listed_to(request.user).filter(organization=self.get_object())
        return Response(reuses_v1(list(mine.order_by("-created_at", "id")), request.user))

    @extend_schema(
        operation_id="list_organization_discussions", tags=["organizations"], responses=DiscussionSerializer(many=True)
    )
    def discussions(self, request: Request, key: str) -> Response:
        """List the discussions on the datasets, reuses and dataservices of an organization."""
        pk = self.get_object().pk
        about = Q(dataset__organization=pk) | Q(reuse__organization=pk) | Q(dataservice__organization=pk)
        rows = Discussion.objects.listed_to(request.user).filter(about)
        return Response(discussions_for(rows.order_by("-created", "id"), request.actor))

    @extend_schema(operation_id="get_organization_extras", tags=["organizations"], responses={200: dict})
    def extras(self, request: Request, key: str) -> Response:
        """Read the extras of an organization."""
        return Response(self.get_object().extras)


class OrganizationContactsViewSet(ApiView):
    queryset = Organization.objects.all()
    serializer_class = ContactPointSerializer
    filterset_class = None

    @extend_schema(operation_id="get_organization_contact_point", tags=["organizations"])
    def list(self, request: Request, key: str) -> Response:
        """List the contact points of an organization."""
        rows = ContactPoint.objects.filter(organization=self.get_object())
        return self.get_paginated_response([contact_point(row) for row in self.paginate_queryset(rows)])

    @extend_schema(
        operation_id="suggest_org_contact_points",
        tags=["organizations"],
        parameters=SUGGEST_PARAMETERS,
        responses=ContactPointSerializer(many=True),
    )
    def suggest(self, request: Request, key: str) -> Response:
        """Suggest contact points of an organization whose name or address contains the text."""
        text, size = read_suggest(request)
        rows = ContactPoint.objects.filter(organization=self.find(Organization, key))
        found = rows.filter(Q(name__icontains=text) | Q(email__icontains=text))
        return Response([contact_point(row) for row in found[:size]])


class OrganizationDatasetsViewSet(DatasetViewSet):
    """The datasets of one organization."""

    serializer_class = DatasetSerializer
    filterset_class = DatasetFilter

    @extend_schema(operation_id="list_organization_datasets", tags=["organizations"])
    def list(self, request: Request, key: str) -> Response:
        """List the datasets of an organization."""
        organization = self.find(Organization, key)
        mine = Dataset.objects.listed_to(request.user).filter(organization=organization)
        return Response(self.envelope_of(mine, {"organization": organization.pk}))


class OrganizationSearchViewSet(SearchRouteMixin, V2Mixin, OrganizationExtrasMixin, OrganizationViewSet):
    """Search over organizations."""

    filterset_class = OrganizationSearchFilter

    @extend_schema(operation_id="search_organizations", tags=["organizations"])
    def list(self, request: Request) -> Response:
        """Search organizations."""
        rows = self.get_queryset().filter(deleted=None).order_by("-created_at", "id")
        return self.get_paginated_response(self.page_of(rows))
