"""The pages of posts: the portal's news."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from catalog.filters.post import PostSearchFilter
from catalog.models import Post
from catalog.views import structured
from catalog.views.cards import add_formats, dataset_cards, post_cards, reuse_cards
from catalog.views.facets import LAST_UPDATE, TAG
from catalog.views.kinds import NEWS
from catalog.views.listing import ListPage
from catalog.views.objects import ObjectPage
from catalog.views.threads import threads_about

RELATED = 6  # datasets and reuses shown, each


class PostList(ListPage):
    template_name = "catalog/post_list.html"
    model = Post
    filterset_class = PostSearchFilter
    api_url = "/api/1/posts/"
    facets = (TAG, LAST_UPDATE)
    sorts = (
        ("-published", _("Newest first")),
        ("-last_modified", _("Last updated")),
        ("name", _("Title, A to Z")),
    )
    fixed = NEWS

    def rows(self) -> QuerySet[Post]:
        return post_cards()


class PostDetail(ObjectPage):
    template_name = "catalog/post.html"
    model = Post
    context_name = "post"
    api_name = "posts"
    list_label = _("News")

    def rows(self) -> QuerySet[Post]:
        return Post.objects.select_related("owner").prefetch_related("tags")

    def described(self, context: dict[str, Any]) -> structured.Fields:
        return structured.post(context["post"])

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        post, user = context["post"], self.request.user
        datasets = list(dataset_cards().filter(posts=post).listed_to(user)[:RELATED])
        add_formats(datasets)
        return super().get_context_data(
            datasets=datasets,
            reuses=list(reuse_cards().filter(posts=post).listed_to(user)[:RELATED]),
            discussions=threads_about(post),
            **context,
        )
