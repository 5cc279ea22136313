"""Posts: creating, changing, publishing, deleting, for system administrators."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.core import ApiView
from catalog.api.forms.base import json_object
from catalog.api.forms.objects import PostForm
from catalog.api.writing import check_sysadmin, service_errors
from catalog.models import Post
from catalog.services import posts
from portal.lib.api.errors import ModelErrors


class PostWriteMixin(ApiView):
    """The writes of `PostViewSet`, which gives `shaped`."""

    def editable(self) -> Post:
        """Return the post of the path, its row locked, for a system administrator."""
        found = self.locked(Post)
        check_sysadmin(self.request.actor)
        return found

    def answer(self, post: Post, code: int = status.HTTP_200_OK) -> Response:
        return Response(self.shaped([self.get_queryset().get(pk=post.pk)])[0], status=code)

    @extend_schema(operation_id="create_post", tags=["posts"], request=PostForm)
    @transaction.atomic
    def create(self, request: Request) -> Response:
        """Create a post: a draft, unless the body says when it is published."""
        if not request.actor.is_sysadmin:
            raise PermissionDenied
        with service_errors(ModelErrors):
            post = posts.create(PostForm.read(json_object(request), user=request.user), by=request.user)
        return self.answer(post, status.HTTP_201_CREATED)

    @extend_schema(operation_id="update_post", tags=["posts"], request=PostForm)
    @transaction.atomic
    def update(self, request: Request, key: str) -> Response:
        """Change the keys that the body has; the others stay as they are."""
        post = self.editable()
        with service_errors(ModelErrors):
            values = PostForm.read(json_object(request), partial=True, user=request.user)
            posts.update(post, values, by=request.user)
        return self.answer(post)

    @extend_schema(operation_id="delete_post", tags=["posts"], request=None, responses={204: None})
    @transaction.atomic
    def destroy(self, request: Request, key: str) -> Response:
        """Delete a post for good."""
        self.editable().delete()
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(operation_id="publish_post", tags=["posts"], request=None)
    @transaction.atomic
    def publish(self, request: Request, key: str) -> Response:
        """Publish a post now."""
        post = self.editable()
        posts.set_published(post, True)
        return self.answer(post)

    @extend_schema(operation_id="unpublish_post", tags=["posts"], request=None)
    @transaction.atomic
    def unpublish(self, request: Request, key: str) -> Response:
        """Make a post a draft again."""
        post = self.editable()
        posts.set_published(post, False)
        return self.answer(post)
