"""Topics, with the objects that each gathers: named by their address or id, put in order, with a word about each."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Model, QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from catalog.admin.base import NOBODY, LabelledRows, OwnedAdmin, PartInline, WholeDeletion
from catalog.admin.index_search import IndexedSearch
from catalog.models import Topic, TopicElement
from catalog.models.subject import load_subjects
from catalog.services import topics

MAX_INLINE = 200  # elements; a form of more would be too long to send: programs edit those


class ElementForm(forms.ModelForm):
    """One element: an object of the catalogue, or a title alone."""

    reader: Any = None  # the person at the form

    about = forms.CharField(
        label=_("object"),
        required=False,
        max_length=500,
        widget=forms.TextInput({"size": 24, "placeholder": "/datasets/…"}),
        help_text=_("Address or id of a dataset, a reuse or a dataservice; none for a title alone."),
    )

    class Meta:
        model = TopicElement
        fields = ["position", "about", "title", "description"]
        widgets = {"title": forms.TextInput({"size": 18}), "description": forms.Textarea({"rows": 2, "cols": 24})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        subject = self.instance.subject if self.instance.subject_id else None
        if subject is not None:
            self.initial["about"] = subject.get_absolute_url()
        elif self.instance.subject_id:
            self.fields["about"].widget.attrs["placeholder"] = _("gone, or not yours to see")

    def clean(self) -> dict[str, Any]:
        """Find the object. Raises ValidationError if there is none there that the person may read, nor a title."""
        found = super().clean()
        named = (found.get("about") or "").strip()
        if "about" in self.changed_data:
            subject = topics.element_at(named, self.reader) if named else None
            if named and subject is None:
                raise ValidationError({"about": _("No dataset, reuse or dataservice is there.")})
            if subject is not None:
                self.instance.subject = subject
            else:
                self.instance.subject_class = self.instance.subject_id = ""
        if not self.instance.subject_id and not found.get("title"):
            raise ValidationError(_("A topic element must have a title or an element."))
        return found


class ElementRows(LabelledRows):
    """Loads the objects of all rows at once, those that the person at the form may read."""

    def get_queryset(self) -> QuerySet[TopicElement]:
        rows = super().get_queryset()
        if not hasattr(self, "_loaded"):
            self._loaded = load_subjects(rows, self.form.reader)
            for row in rows:
                row._subject = self._loaded.get((row.subject_class, row.subject_id))
        return rows


class ElementInline(PartInline):
    model = TopicElement
    form = ElementForm
    formset = ElementRows
    ordering = ["position", "id"]

    @admin.display(description=_("object"))
    def about(self, element: TopicElement) -> str:
        """The address of the object, for who may look and not change."""
        subject = element.__dict__.get("_subject")
        return subject.get_absolute_url() if subject else NOBODY

    def get_formset(self, request: HttpRequest, obj: Model | None = None, **kwargs: Any) -> type[BaseInlineFormSet]:
        formset = super().get_formset(request, obj, **kwargs)
        formset.form.reader = request.user
        return formset


@admin.register(Topic)
class TopicAdmin(IndexedSearch, WholeDeletion, OwnedAdmin):
    curators_only = ("owner", "featured")
    actions = ["feature", "unfeature"]
    list_display = ["name", "owner_name", "is_public", "featured", "elements_count", "created_at"]
    list_filter = ["featured", "private", "created_at"]
    search_kind = "topic"
    search_fields = ["name", "slug", "organization__name"]
    search_help_text = _("Name, address, id or organization.")
    autocomplete_fields = ["organization", "owner", "tags", "spatial_zones"]
    inlines = [ElementInline]
    readonly_fields = ["id", "slug", "elements_link", "created_at", "last_modified"]
    fieldsets = [
        (None, {"fields": ["name", "description", "tags", "private", "featured", "elements_link"]}),
        (_("Author"), {"fields": ["organization", "owner"]}),
        (_("Territory"), {"classes": ["collapse"], "fields": ["spatial_zones", "spatial_granularity", "spatial_geom"]}),
        (_("Extras"), {"classes": ["collapse"], "fields": ["color", "extras"]}),
        (_("What the portal works out"), {"fields": ["id", "slug", "created_at", "last_modified"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Topic]:
        return super().get_queryset(request).annotate(elements_number=Count("elements"))

    def get_inlines(self, request: HttpRequest, obj: Topic | None) -> list[type]:
        return [] if obj is not None and obj.elements.count() > MAX_INLINE else self.inlines

    def save_model(self, request: HttpRequest, obj: Topic, form: forms.ModelForm, change: bool) -> None:
        obj.touch()
        super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: Topic) -> None:
        topics.delete(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Topic]) -> None:
        for topic in queryset:
            topics.delete(topic)

    def has_curate_permission(self, request: HttpRequest) -> bool:
        return self.is_curator(request)

    @admin.action(description=_("Feature the selected topics"), permissions=["curate"])
    def feature(self, request: HttpRequest, queryset: QuerySet[Topic]) -> None:
        self._set_featured(request, queryset, featured=True)

    @admin.action(description=_("No longer feature the selected topics"), permissions=["curate"])
    def unfeature(self, request: HttpRequest, queryset: QuerySet[Topic]) -> None:
        self._set_featured(request, queryset, featured=False)

    def _set_featured(self, request: HttpRequest, rows: QuerySet[Topic], *, featured: bool) -> None:
        changed = list(rows.exclude(featured=featured))
        for topic in changed:
            topics.set_featured(topic, featured)
            self.log_change(request, topic, [{"changed": {"fields": ["featured"]}}])
        text = ngettext("%(count)d topic changed.", "%(count)d topics changed.", len(changed))
        self.message_user(request, text % {"count": len(changed)}, messages.SUCCESS)

    @admin.display(description=_("public"), boolean=True)
    def is_public(self, topic: Topic) -> bool:
        return not topic.private

    @admin.display(description=_("elements"))
    def elements_count(self, topic: Topic) -> int:
        return topic.elements_number

    @admin.display(description=_("elements"))
    def elements_link(self, topic: Topic) -> str:
        """How many there are, and where they are looked at."""
        number = topic.elements.count() if topic.pk and not topic._state.adding else 0
        return format_html('<a href="{}">{}</a>', topic.get_absolute_url(), number) if number else "0"
