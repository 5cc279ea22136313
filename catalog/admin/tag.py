"""Tags, with what uses them and their other spellings; tags that mean the same are merged."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.db.models import Count, IntegerField, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from catalog.admin.base import LabelledRows, ReferenceAdmin
from catalog.admin.display import changelist_link
from catalog.models import Dataservice, Dataset, Reuse, Tag, TagAlias
from catalog.models.tag import MAX_LENGTH, normalize_tags
from catalog.permissions import actor_of
from catalog.services import tags
from portal.lib.errors import ServiceError

MOST = 100  # tags that are merged at once


def uses(model: type[Model]) -> Coalesce:
    """Count the links from `model` to a tag, in a subquery of its own: three joins would multiply each other.

    What is counted is in the index of the links: to sort all tags by it reads no table.
    """
    links = model.tags.through.objects.filter(tag=OuterRef("pk")).order_by().values("tag")
    return Coalesce(Subquery(links.annotate(count=Count("tag")).values("count"), output_field=IntegerField()), 0)


class MergeTagsForm(forms.Form):
    """The name that stays for all of the tags."""

    name = forms.CharField(label=_("Name that stays"), max_length=MAX_LENGTH, widget=AdminTextInputWidget)

    def clean_name(self) -> str:
        return normalize_tags([self.cleaned_data["name"]])[0]


class AliasInline(admin.TabularInline):
    """Other spellings, for those who may change tags."""

    model = TagAlias
    formset = LabelledRows
    fields = ["name"]
    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.admin_site.get_model_admin(Tag).has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return obj is not None and self.admin_site.get_model_admin(Tag).has_change_permission(request, obj)

    has_change_permission = has_delete_permission = has_add_permission


@admin.register(Tag)
class TagAdmin(ReferenceAdmin):
    list_display = ["name", "in_datasets", "in_reuses", "in_dataservices"]
    inlines = [AliasInline]
    actions = ["merge"]
    search_fields = ["name"]
    search_help_text = _("Name.")
    fields = ["name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).annotate(
            datasets_uses=uses(Dataset), reuses_uses=uses(Reuse), dataservices_uses=uses(Dataservice)
        )  # fmt: skip

    def selectable(self, request: HttpRequest, field: object) -> QuerySet:
        return Tag.objects.order_by("name")

    @admin.action(description=_("Merge the selected tags"), permissions=["change"])
    def merge(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        arguments = QueryDict(mutable=True)
        arguments.setlist("id", [str(pk) for pk in queryset.order_by("pk").values_list("pk", flat=True)[:MOST]])
        return redirect(f"{reverse('admin:catalog_tag_merge')}?{arguments.urlencode()}")

    def get_urls(self) -> list[URLPattern]:
        return [
            path("merge/", self.admin_site.admin_view(self.merge_view), name="catalog_tag_merge"),
            *super().get_urls(),
        ]

    def merge_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for the name that stays for the tags of the argument `id`; merge them by POST.

        Raises Http404 if none of them is there, PermissionDenied.
        """
        if not self.has_change_permission(request):
            raise PermissionDenied
        sent = request.POST if request.method == "POST" else request.GET
        ids = [int(key) for key in sent.getlist("id")[:MOST] if key.isascii() and key.isdecimal() and len(key) < 19]
        rows = list(self.get_queryset(request).filter(pk__in=ids).order_by("-datasets_uses", "name"))
        if not rows:
            raise Http404
        form = MergeTagsForm(request.POST if request.method == "POST" else None, initial={"name": rows[0].name})
        if form.is_valid():
            try:
                kept = tags.merge([tag.pk for tag in rows], form.cleaned_data["name"], by=request.user)
            except ServiceError as error:
                form.add_error("name", str(error))
            else:
                self.message_user(request, _("Merged into “%(tag)s”.") % {"tag": kept}, messages.SUCCESS)
                return redirect("admin:catalog_tag_change", kept.pk)
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": _("Merge tags"),
            "opts": self.opts,
            "rows": rows,
            "form": form,
        }
        return TemplateResponse(request, "admin/catalog/merge_tags.html", context)

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
