"""Accounts, for system administrators: making, changing and deleting those of others, asking for a new password."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.core import ApiView
from catalog.api.forms.base import json_object
from catalog.api.forms.user import UserForm
from catalog.api.writing import check_sysadmin, refuse_deleted, service_errors
from portal.lib.api.errors import ModelErrors
from portal.models import User
from portal.services import people
from portal.services.account import delete_account

DELETION = [
    OpenApiParameter("no_mail", bool, description="Do not tell the person."),
    OpenApiParameter("delete_comments", bool, description="Delete what she wrote in discussions, too."),
    OpenApiParameter(
        "send_legal_notice", bool, description="Tell her formally, and how to contest it, whatever `no_mail` says."
    ),
]


class UserWriteMixin(ApiView):
    """The writes of `UserViewSet`, which gives `shape`."""

    def governed(self) -> User:
        """Return the account of the path, its row locked, for a system administrator. Raises Gone for a deleted one."""
        check_sysadmin(self.request.actor)
        user = self.locked(User)
        refuse_deleted(user)
        return user

    def answer(self, user: User, code: int = status.HTTP_200_OK) -> Response:
        return Response(self.shape(self.get_queryset().get(pk=user.pk)), status=code)

    @extend_schema(operation_id="create_user", tags=["users"], request=UserForm)
    @transaction.atomic
    def create(self, request: Request) -> Response:
        """Create an account without a password; its owner gets the mail to choose one."""
        check_sysadmin(request.actor)
        with service_errors(ModelErrors):
            user = people.create(UserForm.read(json_object(request)), request=request._request)
        return self.answer(user, status.HTTP_201_CREATED)

    @extend_schema(operation_id="update_user", tags=["users"], request=UserForm)
    @transaction.atomic
    def update(self, request: Request, key: str) -> Response:
        """Change the keys that the body has; the others stay as they are."""
        user = self.governed()
        with service_errors(ModelErrors):
            people.update(user, UserForm.read(sent_back(json_object(request), user), partial=True))
        return self.answer(user)

    @extend_schema(operation_id="delete_user", tags=["users"], request=None, responses={204: None}, parameters=DELETION)
    @transaction.atomic
    def destroy(self, request: Request, key: str) -> Response:
        """Delete the account of somebody else; what she published stays, without her name."""
        user = self.governed()
        if user.pk == request.user.pk:
            raise PermissionDenied(_("You can't delete your own account here: delete /api/1/me/."))
        notice = asks(request, "send_legal_notice")
        delete_account(
            user,
            mail=notice or not asks(request, "no_mail"),
            notice=notice,
            delete_comments=asks(request, "delete_comments"),
        )
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(operation_id="rotate_user_password", tags=["users"], request=None, responses={204: None})
    @transaction.atomic
    def rotate_password(self, request: Request, key: str) -> Response:
        """Sign a person out everywhere; her password opens nothing until she has changed it."""
        people.demand_new_password(self.governed())
        return Response(status=status.HTTP_204_NO_CONTENT)


def asks(request: Request, name: str) -> bool:
    return request.GET.get(name, "").lower() in ("1", "true", "on")


def sent_back(data: dict[str, Any], user: User) -> dict[str, Any]:
    """Return a body as it was read of an account without address (an imported one): without the address, too."""
    if user.email is None and data.get("email") is None:
        return {key: value for key, value in data.items() if key != "email"}
    return data
