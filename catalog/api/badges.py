"""Badges of any object: `POST …/badges/ {kind}`, `DELETE …/badges/<kind>/`."""

from django.db import transaction
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.core import ApiView
from catalog.api.forms.base import ModelForm, json_object
from catalog.api.refs import BadgeSerializer
from catalog.api.writing import check_sysadmin, refuse_deleted, service_errors
from catalog.services import badges
from portal.lib.api.errors import ModelErrors


class BadgeForm(ModelForm):
    kind = serializers.CharField()


class BadgesMixin(ApiView):
    """For the view sets of objects with badges; `add_badge` and `delete_badge` are mapped by the routes."""

    @extend_schema(request=BadgeForm, responses={200: BadgeSerializer, 201: BadgeSerializer})
    @transaction.atomic
    def add_badge(self, request: Request, key: str) -> Response:
        """Give a badge; 200 if the object has it already."""
        found = self.locked()
        check_sysadmin(request.actor)
        refuse_deleted(found)
        with service_errors(ModelErrors):
            values = BadgeForm.read(json_object(request))
            badge, made = badges.give(found, values["kind"], by=request.user)
        return Response({"kind": badge.kind}, status=status.HTTP_201_CREATED if made else status.HTTP_200_OK)

    @extend_schema(request=None, responses={204: None})
    @transaction.atomic
    def delete_badge(self, request: Request, key: str, kind: str) -> Response:
        """Take a badge away."""
        found = self.locked()
        check_sysadmin(request.actor)
        refuse_deleted(found)
        if not badges.take(found, kind):
            raise Http404
        return Response(status=status.HTTP_204_NO_CONTENT)
