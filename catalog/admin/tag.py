"""Tags, with what uses them."""

from django.contrib import admin
from django.db.models import Count, IntegerField, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from catalog.admin.base import ReferenceAdmin
from catalog.admin.display import changelist_link
from catalog.models import Dataservice, Dataset, Reuse, Tag
from catalog.permissions import actor_of


def uses(model: type[Model]) -> Coalesce:
    """Count the links from `model` to a tag, in a subquery of its own: three joins would multiply each other."""
    links = model.tags.through.objects.filter(tag=OuterRef("pk")).order_by().values("tag")
    return Coalesce(Subquery(links.annotate(count=Count("pk")).values("count"), output_field=IntegerField()), 0)


@admin.register(Tag)
class TagAdmin(ReferenceAdmin):
    list_display = ["name", "in_datasets", "in_reuses", "in_dataservices"]
    search_fields = ["name"]
    search_help_text = _("Name.")
    fields = ["name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).annotate(
            datasets_uses=uses(Dataset), reuses_uses=uses(Reuse), dataservices_uses=uses(Dataservice)
        )  # fmt: skip

    def selectable(self, request: HttpRequest, field: object) -> QuerySet:
        return Tag.objects.order_by("name")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Editors invent tags as they write, from the plus sign beside the field."""
        return super().has_add_permission(request) or actor_of(request).is_editor

    @admin.display(description=_("datasets"), ordering="datasets_uses")
    def in_datasets(self, tag: Tag) -> str:
        return changelist_link(Dataset, {"tags__id__exact": str(tag.pk)}, tag.datasets_uses)

    @admin.display(description=_("reuses"), ordering="reuses_uses")
    def in_reuses(self, tag: Tag) -> str:
        return changelist_link(Reuse, {"tags__id__exact": str(tag.pk)}, tag.reuses_uses)

    @admin.display(description=_("dataservices"), ordering="dataservices_uses")
    def in_dataservices(self, tag: Tag) -> str:
        return changelist_link(Dataservice, {"tags__id__exact": str(tag.pk)}, tag.dataservices_uses)
