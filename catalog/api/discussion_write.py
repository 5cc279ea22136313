"""Discussions: opening, answering, closing, editing, deleting."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, status
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.core import ApiView
from catalog.api.forms.base import json_object
from catalog.api.forms.social import CommentForm, DiscussionForm, MessageForm, TitleForm
from catalog.api.writing import NOTICE, send_notice, service_errors
from catalog.documents.shapes import discussion as shapes
from catalog.models import Discussion, Message
from catalog.models.discussion import SUBJECTS
from catalog.services import discussions
from portal.lib.api.errors import BadRequest, ModelErrors


class DiscussionWriteMixin(ApiView):
    """The writes of `DiscussionViewSet`."""

    def discussion(self) -> Discussion:
        """Return the discussion of the path, its row locked, if the caller may read its subject."""
        rows = Discussion.objects.visible_to(self.request.user).filter(pk=self.kwargs["key"])
        found = Discussion.objects.select_for_update(of=("self",)).filter(pk__in=rows.values("pk")).first()
        if found is None:
            raise Http404
        self.check_if_match(found)
        return found

    def own_discussion(self) -> Discussion:
        """Return the discussion of the path if the caller wrote it, or speaks for whoever did."""
        found = self.discussion()
        if not discussions.speaks_for(self.request.actor, found.user_id, found.organization_id):
            raise PermissionDenied
        return found

    def own_message(self) -> tuple[Message, bool]:
        """Return the message of the path (by index or id) if the caller wrote it, and whether it is the first."""
        messages = list(self.discussion().messages.all())
        wanted = self.kwargs["comment"]
        found = next((one for one in messages if str(one.pk) == wanted), None)
        if found is None and wanted.isascii() and wanted.isdigit() and int(wanted[:9]) < len(messages):
            found = messages[int(wanted[:9])]
        if found is None:
            raise Http404
        if not discussions.speaks_for(self.request.actor, found.posted_by_id, found.posted_by_organization_id):
            raise PermissionDenied
        return found, found == messages[0]

    def answer(self, item: Discussion, code: int = status.HTTP_200_OK) -> Response:
        whole = Discussion.objects.select_related(*SUBJECTS.values()).prefetch_related("messages").get(pk=item.pk)
        return Response(shapes.discussion(whole, self.request.actor), status=code)

    @extend_schema(operation_id="create_discussion", tags=["discussions"], request=DiscussionForm)
    @transaction.atomic
    def create(self, request: Request) -> Response:
        """Open a discussion."""
        with service_errors(ModelErrors):
            values = DiscussionForm.read(json_object(request), user=request.user)
            item = discussions.start(values, by=request.user, actor=request.actor)
        return self.answer(item, status.HTTP_201_CREATED)

    @extend_schema(operation_id="comment_discussion", tags=["discussions"], request=CommentForm)
    @transaction.atomic
    def comment(self, request: Request, key: str) -> Response:
        """Answer a discussion, close it, or both."""
        item = self.discussion()
        with service_errors(ModelErrors):
            values = CommentForm.read(json_object(request), user=request.user)
            if not values.get("comment") and not values.get("close"):
                raise ModelErrors({"comment": "Field is required"})
            try:
                discussions.answer(item, values, by=request.user, actor=request.actor)
            except discussions.NotAllowed as error:
                raise exceptions.PermissionDenied(str(error.message)) from error
        return self.answer(item)

    @extend_schema(operation_id="update_discussion", tags=["discussions"], request=TitleForm)
    @transaction.atomic
    def update(self, request: Request, key: str) -> Response:
        """Change the title of a discussion."""
        item = self.own_discussion()
        discussions.rename(item, TitleForm.read(json_object(request))["title"], by=request.user)
        return self.answer(item)

    @extend_schema(
        operation_id="delete_discussion",
        tags=["discussions"],
        request=None,
        responses={204: None},
        parameters=[NOTICE],
    )
    @transaction.atomic
    def destroy(self, request: Request, key: str) -> Response:
        """Delete a discussion for good."""
        item = self.own_discussion()
        send_notice(request, item)
        discussions.delete(item, by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(operation_id="edit_discussion_comment", tags=["discussions"], request=MessageForm)
    @transaction.atomic
    def edit_comment(self, request: Request, key: str, comment: str) -> Response:
        """Change one message of a discussion (by its index or id)."""
        message, _first = self.own_message()
        content = MessageForm.read(json_object(request))["comment"]
        discussions.edit_message(message, content, by=request.user)
        return self.answer(message.discussion)

    @extend_schema(
        operation_id="delete_discussion_comment",
        tags=["discussions"],
        request=None,
        responses={204: None},
        parameters=[NOTICE],
    )
    @transaction.atomic
    def delete_comment(self, request: Request, key: str, comment: str) -> Response:
        """Delete one message of a discussion; the first one stays as long as the discussion."""
        message, first = self.own_message()
        if first:
            raise BadRequest("You cannot delete the first comment of a discussion")
        send_notice(request, message)
        discussions.delete_message(message, by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)
