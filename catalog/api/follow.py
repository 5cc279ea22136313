"""Followers of any object: who follows, to follow, to follow no more."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.core import ApiView, V2Mixin
from catalog.api.ids import read_argument
from catalog.api.refs import UserReferenceSerializer
from catalog.api.writing import refuse_deleted
from catalog.documents.marks import user_hole
from catalog.models import Dataservice, Dataset, Follow, Organization, Reuse, Topic
from catalog.services import follows
from portal.models import User


class FollowSerializer(serializers.Serializer):
    id = serializers.CharField()
    follower = UserReferenceSerializer()
    since = serializers.DateTimeField()


class FollowersSerializer(serializers.Serializer):
    followers = serializers.IntegerField(min_value=0)


class FollowersViewSet(ApiView):
    """Followers; a subclass names the kind of object."""

    serializer_class = FollowSerializer
    filterset_class = None

    @extend_schema(parameters=[OpenApiParameter("user", str, description="Only that follower.")])
    def list(self, request: Request, key: str) -> Response:
        """List who follows the object, the newest first."""
        found = self.find(self.get_queryset(), key)
        refuse_deleted(found)
        rows = Follow.objects.current().about(found)
        if user := read_argument(request, "user"):
            rows = rows.filter(follower_id=user)
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(
            [{"id": one.pk, "follower": user_hole(one.follower_id), "since": one.since} for one in page]
        )

    @extend_schema(request=None, responses={200: FollowersSerializer, 201: FollowersSerializer})
    @transaction.atomic
    def follow(self, request: Request, key: str) -> Response:
        """Follow the object; 200 if the caller does already."""
        found = self.locked()
        refuse_deleted(found)
        _row, new = follows.follow(found, by=request.user)
        code = status.HTTP_201_CREATED if new else status.HTTP_200_OK
        return Response({"followers": follows.number(found)}, status=code)

    @extend_schema(request=None, responses={200: FollowersSerializer})
    @transaction.atomic
    def unfollow(self, request: Request, key: str) -> Response:
        """Follow the object no more."""
        found = self.locked()
        refuse_deleted(found)
        if not follows.unfollow(found, by=request.user):
            raise Http404
        return Response({"followers": follows.number(found)})


def named(name: str, tag: str) -> Callable[[type], type]:
    """Return a decorator that names the operations of a kind of object."""
    names = {"list": f"list_{name}_followers", "follow": f"follow_{name}", "unfollow": f"unfollow_{name}"}

    def decorate(view: type) -> type:
        for method, operation_id in names.items():
            setattr(view, method, extend_schema(operation_id=operation_id, tags=[tag])(own(getattr(view, method))))
        return view

    return decorate


def own(method: Callable[..., Response]) -> Callable[..., Response]:
    """Return a function of its own that does the same: descriptions are kept on the function."""

    @wraps(method)
    def same(self: Any, *args: Any, **kwargs: Any) -> Response:
        return method(self, *args, **kwargs)

    same.kwargs = {**getattr(method, "kwargs", {})}
    return same


@named("dataset", "datasets")
class DatasetFollowersViewSet(FollowersViewSet):
    queryset = Dataset.objects.all()


@named("reuse", "reuses")
class ReuseFollowersViewSet(FollowersViewSet):
    queryset = Reuse.objects.all()


@named("dataservice", "dataservices")
class DataserviceFollowersViewSet(FollowersViewSet):
    queryset = Dataservice.objects.all()


@named("organization", "organizations")
class OrganizationFollowersViewSet(FollowersViewSet):
    queryset = Organization.objects.all()


@named("user", "users")
class UserFollowersViewSet(FollowersViewSet):
    queryset = User.objects.all()


@named("topic", "topics")
class TopicFollowersViewSet(V2Mixin, FollowersViewSet):
    queryset = Topic.objects.all()
