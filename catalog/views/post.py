"""The pages of posts: the portal's news."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.views.generic import TemplateView

from catalog.models import Post
from catalog.models.vocabulary import PostKind
from catalog.views.cards import add_formats, dataset_cards, post_cards, reuse_cards
from catalog.views.objects import ObjectPage, threads_of
from portal.lib.paging import page_of

RELATED = 6  # datasets and reuses shown, each


class PostList(TemplateView):
    template_name = "catalog/post_list.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        news = Post.objects.published().filter(kind=PostKind.NEWS)
        page = page_of(request, news, post_cards())
        return self.render_to_response(self.get_context_data(page=page, api_url="/api/1/posts/"))


class PostDetail(ObjectPage):
    template_name = "catalog/post.html"
    model = Post
    context_name = "post"
    api_name = "posts"

    def rows(self) -> QuerySet[Post]:
        return Post.objects.select_related("owner").prefetch_related("tags")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        post, user = context["post"], self.request.user
        datasets = list(dataset_cards().filter(posts=post).listed_to(user)[:RELATED])
        add_formats(datasets)
        return super().get_context_data(
            datasets=datasets,
            reuses=list(reuse_cards().filter(posts=post).listed_to(user)[:RELATED]),
            discussions=list(threads_of(post.discussions)),
            **context,
        )
