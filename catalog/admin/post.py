"""Posts: news and editorial pages."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.admin.base import PortalAdmin
from catalog.admin.display import picture
from catalog.admin.images import ImageForm
from catalog.admin.index_search import IndexedSearch
from catalog.models import Post


@admin.register(Post)
class PostAdmin(IndexedSearch, PortalAdmin):
    form = ImageForm
    list_display = ["name", "kind", "is_public", "published", "owner", "last_modified"]
    list_filter = ["kind", "body_type", "published"]
    list_select_related = ["owner"]
    date_hierarchy = "published"
    search_kind = "post"
    search_fields = ["name", "headline", "slug"]
    search_help_text = _("Title, headline, address or id.")
    autocomplete_fields = ["tags", "datasets", "reuses", "owner"]
    readonly_fields = ["id", "slug", "preview", "created_at", "last_modified"]
    fieldsets = [
        (None, {"fields": ["name", "headline", "kind", "body_type", "content", "published"]}),
        (_("Blocks"), {"classes": ["collapse"], "fields": ["blocs"]}),
        (_("Image"), {"fields": ["preview", "image", "image_url", "credit_to", "credit_url"]}),
        (_("Links"), {"fields": ["tags", "datasets", "reuses"]}),
        (_("Origin"), {"fields": ["owner", "id", "slug", "created_at", "last_modified"]}),
    ]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"owner": request.user.pk, **super().get_changeform_initial_data(request)}

    def save_model(self, request: HttpRequest, obj: Post, form: Any, change: bool) -> None:
        obj.touch()
        super().save_model(request, obj, form, change)

    @admin.display(description=_("public"), boolean=True)
    def is_public(self, post: Post) -> bool:
        return post.published is not None and post.published <= timezone.now()

    @admin.display(description=_("preview"))
    def preview(self, post: Post) -> str:
        return picture(post.image_address)
