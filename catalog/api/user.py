"""Accounts: reading (`user_write` has the writes)."""

from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotAuthenticated, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.core import ApiView
from catalog.api.refs import ContactPointSerializer, OrganizationReferenceSerializer
from catalog.api.suggest import HELP, read_suggest
from catalog.api.user_write import UserWriteMixin
from catalog.documents.shapes import user as shapes
from catalog.documents.shapes.common import contact_point
from catalog.filters.user import UserFilter
from catalog.models import ContactPoint, Member
from portal.lib.api.errors import Gone
from portal.lib.slugs import normalize
from portal.models import User

MAX_SUGGESTIONS = 20


class UserSerializer(serializers.Serializer):
    id = serializers.CharField()
    slug = serializers.CharField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    email = serializers.EmailField(allow_null=True, help_text="Shown to herself and to administrators.")
    avatar = serializers.URLField(allow_null=True)
    avatar_thumbnail = serializers.URLField(allow_null=True)
    website = serializers.URLField(allow_null=True)
    about = serializers.CharField(allow_null=True)
    roles = serializers.ListField(child=serializers.ChoiceField(["admin"]))
    active = serializers.BooleanField()
    organizations = OrganizationReferenceSerializer(many=True)
    since = serializers.DateTimeField()
    last_login_at = serializers.DateTimeField(allow_null=True)
    password_rotation_demanded = serializers.DateTimeField(allow_null=True)
    password_rotation_performed = serializers.DateTimeField(allow_null=True)
    page = serializers.URLField()
    uri = serializers.URLField()
    metrics = serializers.DictField(child=serializers.IntegerField())


class RoleSerializer(serializers.Serializer):
    name = serializers.CharField()


class UserSuggestionSerializer(serializers.Serializer):
    id = serializers.CharField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    avatar_url = serializers.URLField(allow_null=True)
    email = serializers.CharField(allow_null=True, help_text="Its domain alone, but for administrators.")
    slug = serializers.CharField()


MEMBERSHIPS = Prefetch("memberships", queryset=Member.objects.filter(organization__deleted=None))


class UserViewSet(UserWriteMixin):
    """Accounts: anybody reads one; system administrators list, make and change them."""

    queryset = User.objects.prefetch_related(MEMBERSHIPS)
    serializer_class = UserSerializer
    filterset_class = UserFilter

    def is_trusted(self, item: User) -> bool:
        """Tell whether the caller reads all of this account: hers, or a system administrator's to govern."""
        actor = self.request.actor
        return actor.is_sysadmin or actor.user_id == item.pk

    def shape(self, item: User) -> dict[str, Any]:
        return shapes.user(item, trusted=self.is_trusted(item))

    @extend_schema(operation_id="list_users", tags=["users"])
    def list(self, request: Request) -> Response:
        """List accounts, newest first (system administrators only)."""
        if not request.user.is_authenticated:
            raise NotAuthenticated
        if not request.actor.is_sysadmin:
            raise PermissionDenied
        rows = self.filter_queryset(self.get_queryset().order_by("-created_at", "id"))
        return self.get_paginated_response([self.shape(row) for row in self.paginate_queryset(rows)])

    @extend_schema(operation_id="get_user", tags=["users"])
    def retrieve(self, request: Request, key: str) -> Response:
        """Read one account, by id or by slug."""
        user = self.get_object()
        if not user.is_active and not self.is_trusted(user):
            raise Gone("User is not active")
        return Response(self.shape(user))

    @extend_schema(operation_id="user_roles", tags=["users"], responses=RoleSerializer(many=True))
    def roles(self, request: Request) -> Response:
        """List the roles that an account may have on the portal."""
        return Response([{"name": "admin"}])

    @extend_schema(
        operation_id="suggest_users",
        tags=["users"],
        parameters=[
            OpenApiParameter("q", str, description=HELP["q"], required=True),
            OpenApiParameter("size", int, description=f"{HELP['size']} (between 1 and {MAX_SUGGESTIONS})"),
        ],
        responses=UserSuggestionSerializer(many=True),
    )
    def suggest(self, request: Request) -> Response:
        """Suggest people whose names contain each word of the text, the most followed first.

        A slug is the name without accents; it stays what it was when somebody changes her name.
        """
        text, size = read_suggest(request)
        rows: QuerySet[User] = User.objects.active()
        for word in text.split()[:10]:
            wanted = Q(first_name__icontains=word) | Q(last_name__icontains=word)
            slug = normalize(word)
            rows = rows.filter(Q(slug__contains=slug) | wanted if slug else wanted)
        trusted = request.actor.is_sysadmin
        found = rows.order_by("-metric_followers", "id")[: min(size, MAX_SUGGESTIONS)]
        return Response([shapes.suggestion(row, trusted=trusted) for row in found])


class UserContactsViewSet(ApiView):
    queryset = User.objects.all()
    serializer_class = ContactPointSerializer
    filterset_class = None

    @extend_schema(operation_id="get_user_contact_point", tags=["users"])
    def list(self, request: Request, key: str) -> Response:
        """List the contact points of a user."""
        rows = ContactPoint.objects.filter(owner=self.get_object())
        return self.get_paginated_response([contact_point(row) for row in self.paginate_queryset(rows)])
