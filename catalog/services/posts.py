"""Making, changing, publishing and deleting posts: for system administrators."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from catalog.models import Post
from catalog.services import relations
from portal.models import User

COLUMNS = (
    "name", "headline", "kind", "body_type", "content", "blocs", "image_url", "credit_to", "credit_url", "published",
)  # fmt: skip
LISTS = ("tags", "datasets", "reuses")


@transaction.atomic
def create(values: dict[str, Any], *, by: User) -> Post:
    """Make a post: a draft, unless it says when it is published."""
    post = Post(owner=by)
    relations.assign(post, COLUMNS, values)
    post.save(force_insert=True)
    relations.relate(post, LISTS, values)
    return post


@transaction.atomic
def update(post: Post, values: dict[str, Any], *, by: User) -> None:
    """Change what `values` names."""
    if relations.assign(post, COLUMNS, values) + relations.relate(post, LISTS, values, by=by):
        post.touch()
        post.save()


@transaction.atomic
def set_published(post: Post, published: bool) -> None:
    """Publish a post now, or make it a draft again."""
    post.published = timezone.now() if published else None
    post.touch()
    post.save()
