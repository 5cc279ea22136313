"""The caller: her account, counters and objects."""

from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import PermissionDenied as Forbidden
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.core import ApiView
from catalog.api.dataset import DatasetSerializer
from catalog.api.discussion import DiscussionSerializer, discussions_for
from catalog.api.forms.base import json_object
from catalog.api.forms.user import ProfileForm
from catalog.api.resource import CommunityResourceSerializer
from catalog.api.reuse import ReuseSerializer, reuses_v1
from catalog.api.user import UserSerializer
from catalog.documents import store
from catalog.documents.marks import Document
from catalog.documents.shapes.resource import community_resource
from catalog.documents.shapes.user import user as user_shape
from catalog.models import CommunityResource, Dataset, Discussion, Organization, Resource, Reuse
from catalog.services import relations, spam
from portal.lib.api.errors import ModelErrors
from portal.models import User
from portal.services.account import delete_account

PROFILE = ("first_name", "last_name", "about", "website")
Q_ARGUMENT = OpenApiParameter("q", str, description="Words of the title.")
MAX_LISTED = 500  # objects: these lists have no pages in udata's API


class MetricsSerializer(serializers.Serializer):
    id = serializers.CharField()
    resources_availability = serializers.FloatField(help_text="Percent of checked resources that answered.")
    datasets_org_count = serializers.IntegerField()
    followers_org_count = serializers.IntegerField()
    datasets_count = serializers.IntegerField()
    followers_count = serializers.IntegerField()


class MyView(ApiView):
    """A view on what is the caller's own."""

    queryset = Organization.objects.none()
    permission_classes = [IsAuthenticated]
    filterset_class = None
    pagination_class = None

    def mine(self, rows: QuerySet) -> QuerySet:
        """Return those of `rows` that the caller owns by herself, by `q` where it is given."""
        return self._named(rows.filter(owner=self.request.user.pk))

    def ours(self, rows: QuerySet) -> QuerySet:
        """Return those of `rows` that belong to an organization of the caller, by `q` where it is given."""
        return self._named(rows.filter(organization__in=list(self.request.actor.roles)))

    def _named(self, rows: QuerySet) -> QuerySet:
        words = self.request.GET.get("q", "").replace("\x00", "")
        return (rows.filter(title__icontains=words) if words else rows)[:MAX_LISTED]


class MeViewSet(MyView):
    serializer_class = UserSerializer

    @extend_schema(operation_id="get_me", tags=["me"])
    def retrieve(self, request: Request) -> Response:
        """Read the caller's account."""
        self.note(request.user)
        return Response(user_shape(request.user, trusted=True))

    @extend_schema(operation_id="update_me", tags=["me"], request=ProfileForm)
    @transaction.atomic
    def update(self, request: Request) -> Response:
        """Change the keys that the body has; the others stay as they are."""
        user = User.objects.select_for_update(of=("self",)).get(pk=request.user.pk)
        self.check_if_match(user)
        data = json_object(request)
        refuse_new_address(data, user)
        changed = relations.assign(user, PROFILE, ProfileForm.read(data, partial=True))
        user.save(update_fields=changed)
        spam.screen(user, changed, by=request.user)
        return Response(user_shape(user, trusted=True))

    @extend_schema(operation_id="delete_me", tags=["me"], request=None, responses={204: None})
    @transaction.atomic
    def destroy(self, request: Request) -> Response:
        """Delete the caller's account; what she published stays, without her name."""
        if not settings.DELETE_ME:
            raise Forbidden(_("This portal does not let programs delete accounts: use the page of your account."))
        user = User.objects.get(pk=request.user.pk)
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            logout(request._request)
        delete_account(user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(operation_id="my_metrics", tags=["me"], responses=MetricsSerializer)
    def metrics(self, request: Request) -> Response:
        """Read the caller's counters: of what she owns, and of what her organizations own."""
        own, orgs = Q(owner=request.user.pk), Q(organization__in=list(request.actor.roles))
        listed = Dataset.objects.filter(deleted=None)
        files = Resource.objects.filter(dataset__in=listed.filter(own | orgs).values("pk"))
        checked = files.filter(extras__has_key="check:available")
        count, down = checked.count(), checked.filter(**{"extras__check:available": False}).count()
        followers = Organization.objects.filter(pk__in=list(request.actor.roles)).aggregate(n=Sum("metric_followers"))
        return Response(
            {
                "id": request.user.pk,
                "resources_availability": round(100 * (count - down) / count, 2) if count else 100.0,
                "datasets_org_count": listed.filter(orgs).count(),
                "followers_org_count": followers["n"] or 0,
                "datasets_count": listed.filter(own).count(),
                "followers_count": request.user.metric_followers,
            }
        )


def refuse_new_address(data: dict[str, Any], user: User) -> None:
    """Raise ModelErrors for another e-mail address: it has to be confirmed first. The same one is no change."""
    given = data.get("email")
    if given is not None and str(given).strip().lower() != (user.email or ""):
        raise ModelErrors({"email": _("The address is changed on the page of your account, where it is confirmed.")})


class MyObjectsViewSet(MyView):
    """Plain arrays, drafts included."""

    def _datasets(self, rows: QuerySet[Dataset]) -> Response:
        ids = list(rows.values_list("pk", flat=True))
        documents = store.read_by_id(Dataset.objects.filter(pk__in=ids), "v1")
        return Response([Document(documents[pk]) for pk in ids if pk in documents])

    @extend_schema(
        operation_id="my_datasets", tags=["me"], parameters=[Q_ARGUMENT], responses=DatasetSerializer(many=True)
    )
    def datasets(self, request: Request) -> Response:
        """List the datasets that the caller owns by herself."""
        return self._datasets(self.mine(Dataset.objects.all()))

    @extend_schema(
        operation_id="my_org_datasets", tags=["me"], parameters=[Q_ARGUMENT], responses=DatasetSerializer(many=True)
    )
    def org_datasets(self, request: Request) -> Response:
        """List the datasets of the caller's organizations."""
        return self._datasets(self.ours(Dataset.objects.all()))

    @extend_schema(operation_id="my_reuses", tags=["me"], parameters=[Q_ARGUMENT], responses=ReuseSerializer(many=True))
    def reuses(self, request: Request) -> Response:
        """List the reuses that the caller owns by herself."""
        return Response(reuses_v1(list(self.mine(Reuse.objects.all())), request.user))

    @extend_schema(
        operation_id="my_org_reuses", tags=["me"], parameters=[Q_ARGUMENT], responses=ReuseSerializer(many=True)
    )
    def org_reuses(self, request: Request) -> Response:
        """List the reuses of the caller's organizations."""
        return Response(reuses_v1(list(self.ours(Reuse.objects.all())), request.user))

    @extend_schema(
        operation_id="my_org_community_resources",
        tags=["me"],
        parameters=[Q_ARGUMENT],
        responses=CommunityResourceSerializer(many=True),
    )
    def org_community_resources(self, request: Request) -> Response:
        """List the community resources on the datasets of the caller's organizations."""
        datasets = Dataset.objects.filter(organization__in=list(request.actor.roles)).values("pk")
        rows = CommunityResource.objects.filter(dataset__in=datasets).select_related("dataset")
        return Response([community_resource(row) for row in self._named(rows)])

    @extend_schema(
        operation_id="my_org_discussions",
        tags=["me"],
        parameters=[Q_ARGUMENT],
        responses=DiscussionSerializer(many=True),
    )
    def org_discussions(self, request: Request) -> Response:
        """List the discussions on what the caller's organizations own."""
        ids = list(request.actor.roles)
        about = Q(dataset__organization__in=ids) | Q(reuse__organization__in=ids) | Q(dataservice__organization__in=ids)
        return Response(discussions_for(self._named(Discussion.objects.filter(about)), request.actor))
