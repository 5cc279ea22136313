"""What the admin classes share: large lists, rows limited to their editors, choices limited to what one may see.

Two kinds of people come here. Curators hold Django's permissions (system administrators hold them all) and work on
every row. Editors of organizations hold none: `catalog.permissions` tells which rows are theirs.
"""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import models, transaction
from django.db.models import Field, Model, Q, QuerySet
from django.forms import BaseInlineFormSet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from catalog import permissions
from catalog.admin import columns
from catalog.admin.conflicts import GuardedForm, GuardedRows
from catalog.permissions import actor_of
from portal.lib.combobox import combobox_of
from portal.lib.ids import PublicIdModel, is_object_id
from portal.lib.markdown_field import MarkdownTextarea
from portal.lib.pictures import undone_on_failure
from portal.lib.slugs import UUID_LIKE
from portal.models import User

PER_PAGE = 50  # rows
NOBODY = "—"
MARKDOWN = frozenset(["description", "body_en", "body_fr", "content"])  # texts in Markdown, whatever the object


class LimitedChoices(BaseModelAdmin):
    """Its forms accept what the target's admin says may be selected; the autocompletes suggest just that."""

    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> forms.Field | None:
        """Nothing is deleted from a form about something else: one click too many would take an organization away."""
        if db_field.name in MARKDOWN and isinstance(db_field, models.TextField):
            kwargs.setdefault("widget", MarkdownTextarea({"class": "vLargeTextField"}))
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget.can_delete_related = False
        return field

    def formfield_for_foreignkey(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> forms.Field | None:
        """Where there are many rows, they are chosen by typing."""
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", combobox_of(db_field, self.admin_site, using=kwargs.get("using")))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> forms.Field | None:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", combobox_of(db_field, self.admin_site, using=kwargs.get("using")))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_field_queryset(self, db: str | None, db_field: Field, request: HttpRequest) -> QuerySet | None:
        target = db_field.remote_field.model
        if self.admin_site.is_registered(target):
            target_admin = self.admin_site.get_model_admin(target)
            if isinstance(target_admin, PortalAdmin):
                return target_admin.selectable(request, db_field)
        return super().get_field_queryset(db, db_field, request)


class PortalAdmin(LimitedChoices, admin.ModelAdmin):
    """Base of the portal's admin classes. Lists never count the whole table twice nor compute facets."""

    list_per_page = PER_PAGE
    list_max_show_all = PER_PAGE
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    save_on_top = True

    class Media:
        css = {"all": ["catalog/admin.css"]}

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return columns.NarrowChangeList

    def get_paginator(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Paginator:
        """What is searched is counted as far as somebody turns pages."""
        paginator = columns.FoundPaginator if request.GET.get(SEARCH_VAR) else self.paginator
        return paginator(*args, **kwargs)

    def action_checkbox(self, obj: Model) -> SafeString:
        """Write what Django writes, without a template for each row: a fifth of the time of a list."""
        label = format_html(_("Select this object for an action - {}"), str(obj))
        return format_html(
            '<input type="checkbox" name="{}" value="{}" class="action-select" aria-label="{}">',
            ACTION_CHECKBOX_NAME, obj.pk, label,
        )  # fmt: skip

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        """Leave no picture behind where saving fails; of two people who save at once, the second is told."""
        if request.method != "POST" or not object_id:
            with undone_on_failure():
                return super().changeform_view(request, object_id, form_url, extra_context)
        with undone_on_failure(), transaction.atomic():
            with suppress(ValueError, ValidationError):  # no such key: Django says so
                rows = self.model._base_manager.select_for_update().filter(pk=unquote(object_id))
                rows.values_list("pk").first()
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request: HttpRequest, obj: Model | None = None, **kwargs: Any) -> type[forms.ModelForm]:
        """Have the form of an object that exists notice who saved it meanwhile."""
        form = super().get_form(request, obj, **kwargs)
        return type(form.__name__, (GuardedForm, form), {}) if obj else form

    def selectable(self, request: HttpRequest, field: Field) -> QuerySet:
        """Return the rows that `field`, of another model, may take as its value from this caller."""
        return self.get_queryset(request)

    def may_be_chosen(self, request: HttpRequest, field: Field) -> bool:
        """Tell whether the autocomplete of `field`, of another model, helps a caller who may not open this list."""
        return False

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """Find an object by its whole id at once; search the columns for anything else."""
        term = search_term.strip().lower()
        if issubclass(self.model, PublicIdModel) and is_object_id(term):
            return queryset.filter(pk=term), False
        if isinstance(self.opts.pk, models.UUIDField) and UUID_LIKE.fullmatch(term):
            return queryset.filter(pk=term), False
        return columns.search(queryset, self.get_search_fields(request), search_term)

    def suggestion_detail(self, obj: Model) -> str:
        """Return what tells `obj` from others of its name, where it is suggested."""
        return ""

    def to_change(self, request: HttpRequest, object_id: str) -> Any:
        """Return the object of an address at which it is changed. Raises Http404, PermissionDenied."""
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            raise Http404
        if not self.has_change_permission(request, obj):
            raise PermissionDenied
        return obj

    def is_curator(self, request: HttpRequest) -> bool:
        """Tell whether the caller may change every row."""
        return permissions.curates(request.user, self.model)


class WholeDeletion(PortalAdmin):
    """Mixin: what is deleted takes along what hangs on it, whoever wrote that: no leave is asked for each part."""

    def get_deleted_objects(self, objs: Iterable[Model], request: HttpRequest) -> tuple[list, dict, set, list]:
        rows = list(objs)
        refused = any(not self.has_delete_permission(request, row) for row in rows)
        lacking = {self.opts.verbose_name} if refused else set()
        return [str(row) for row in rows], {self.opts.verbose_name_plural: len(rows)}, lacking, []


class ReferenceAdmin(PortalAdmin):
    """Licences, tags, territories: public knowledge that editors select; only curators list and change it."""

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_view_permission(request, obj) or actor_of(request).is_editor


class KeyedReferenceAdmin(ReferenceAdmin):
    """References whose id is chosen by a person, once."""

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        fields = list(super().get_readonly_fields(request, obj))
        return [*fields, "id"] if obj else fields


class OwnedAdmin(PortalAdmin):
    """Rows that belong to a user or to an organization; their editors see and change theirs only.

    `owner_path` leads from this model to the one with the owner (`dataset`); `curators_only` are the columns that
    an editor reads but never writes.
    """

    owner_path = ""
    curators_only: tuple[str, ...] = ()
    list_select_related = ["owner", "organization"]

    def owned(self, obj: Model) -> permissions.Owned:
        """Return the object whose owner decides for `obj`."""
        return getattr(obj, self.owner_path) if self.owner_path else obj

    def edits(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Tell whether the caller may edit `obj`, or any row at all, as an editor of organizations."""
        actor = actor_of(request)
        return permissions.can_edit(actor, self.owned(obj)) if obj else actor.is_editor

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request)
        if permissions.curates(request.user, self.model, "view") or self.is_curator(request):
            return rows
        return rows.filter(self.own(request))

    def suggestion_detail(self, obj: Any) -> str:
        is_out = getattr(obj, "deleted", None) or getattr(obj, "archived", None) or getattr(obj, "private", False)
        owner = getattr(obj, "organization", None) or getattr(obj, "owner", None)
        return " · ".join(str(one) for one in (owner, _("not public") if is_out else None) if one)

    def own(self, request: HttpRequest) -> Q:
        """The condition that the caller may edit the row."""
        prefix = f"{self.owner_path}__" if self.owner_path else ""
        organizations = {f"{prefix}organization_id__in": actor_of(request).edited_organizations}
        return Q(**{f"{prefix}owner_id": request.user.pk}) | Q(**organizations)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return super().has_module_permission(request) or self.edits(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_view_permission(request, obj) or self.edits(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) or self.edits(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_change_permission(request, obj) or self.edits(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_delete_permission(request, obj) or self.edits(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        fields = list(super().get_readonly_fields(request, obj))
        return fields if self.is_curator(request) else [*fields, *self.curators_only, "owner_person"]

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> list[tuple[Any, dict]]:
        """Show editors the owner's name, without the link to an account that they may not open."""
        fieldsets = super().get_fieldsets(request, obj)
        if self.is_curator(request):
            return fieldsets
        return [
            (title, {**options, "fields": ["owner_person" if name == "owner" else name for name in options["fields"]]})
            for title, options in fieldsets
        ]

    def get_form(self, request: HttpRequest, obj: Model | None = None, **kwargs: Any) -> type[forms.ModelForm]:
        """Make editors name one of their organizations, unless they correct what is theirs alone."""
        form = super().get_form(request, obj, **kwargs)
        if "organization" in form.base_fields and not self.is_curator(request):
            form.base_fields["organization"].required = obj is None or obj.organization_id is not None
        return form

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool) -> None:
        if not self.is_curator(request) and getattr(obj, "organization_id", None):
            obj.owner = None  # what an editor gives to her organization is hers no more
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: forms.ModelForm, formsets: list, change: bool) -> None:
        """Save the links; those to objects that this editor can't see stay as they were."""
        hidden = {} if self.is_curator(request) else hidden_links(form)
        super().save_related(request, form, formsets, change)
        for name, keys in hidden.items():
            getattr(form.instance, name).add(*keys)

    @admin.display(description=_("owner"), ordering="organization__name")
    def owner_name(self, obj: Any) -> str:
        """The organization or the person, by name only."""
        return str(obj.organization or obj.owner or NOBODY)

    @admin.display(description=_("owner"))
    def owner_person(self, obj: Any) -> str:
        """The person alone, by name: what editors read where curators choose an account."""
        return str(obj.owner or NOBODY)


class LabelledRows(GuardedRows):
    """Rows of a table, whose heads say to the eye what each field is: said in each field, too, and of which row."""

    def add_fields(self, form: forms.ModelForm, index: int | None) -> None:
        super().add_fields(form, index)
        row = str(form.instance) if form.instance.pk and not form.instance._state.adding else _("new row")
        for field in form.fields.values():
            label = field.label or self.model._meta.verbose_name
            field.widget.attrs.setdefault("aria-label", f"{capfirst(label)} ({row})")


class PartInline(LimitedChoices, admin.TabularInline):
    """Rows that hang on an object: whoever edits the object edits them, unless only curators may."""

    formset = LabelledRows
    extra = 0
    curators_only = False

    def _parent_edited(self, request: HttpRequest, obj: Model | None) -> bool:
        return self.admin_site.get_model_admin(self.parent_model).has_change_permission(request, obj)

    def _part_edited(self, request: HttpRequest, obj: Model | None) -> bool:
        return not self.curators_only and self._parent_edited(request, obj)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        parent = self.admin_site.get_model_admin(self.parent_model)
        return super().has_view_permission(request, obj) or parent.has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_add_permission(request, obj) or self._part_edited(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_change_permission(request, obj) or self._part_edited(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_delete_permission(request, obj) or self._part_edited(request, obj)


class BadgeInline(PartInline):
    """Badges are given by curators; who gave one is written down."""

    curators_only = True
    fields = ["kind", "created", "awarded_by"]
    readonly_fields = ["created", "awarded_by"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("created_by")

    @admin.display(description=_("given by"))
    def awarded_by(self, badge: Any) -> str:
        return str(badge.created_by) if badge.created_by else NOBODY


def stamp_badges(formset: BaseInlineFormSet, by: User) -> None:
    """Write `by` on the badges that `formset` is about to add."""
    for form in formset.extra_forms:
        if form.has_changed():
            form.instance.created_by = by
            form.instance.created = timezone.now()


def hidden_links(form: forms.ModelForm) -> dict[str, list[Any]]:
    """Return the keys, by many-to-many field, of the linked objects that the form's author could not see."""
    hidden = {}
    for name, field in form.fields.items():
        if isinstance(field, forms.ModelMultipleChoiceField) and form.instance.pk:
            unseen = getattr(form.instance, name).exclude(pk__in=field.queryset.order_by().values("pk"))
            hidden[name] = list(unseen.values_list("pk", flat=True))
    return hidden
