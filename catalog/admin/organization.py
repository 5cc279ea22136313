"""Organizations, with their members and badges."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from catalog import permissions
from catalog.admin.base import BadgeInline, LabelledRows, PartInline, stamp_badges
from catalog.admin.display import changelist_link, facts, picture
from catalog.admin.filters import DELETED, STATES, DeletedFilter, badge_filter
from catalog.admin.history import HistoryAdmin
from catalog.admin.images import ImageForm
from catalog.admin.index_search import IndexedSearch
from catalog.admin.notes import NotedAdmin
from catalog.admin.states import SoftDeleteAdmin
from catalog.models import Dataservice, Dataset, Member, Organization, OrganizationBadge, Reuse, TrustedOrganization
from catalog.models.vocabulary import MemberRole
from catalog.permissions import actor_of

METRICS = {
    "metric_datasets": _("datasets"),
    "metric_reuses": _("reuses"),
    "metric_dataservices": _("dataservices"),
    "metric_members": _("members"),
    "metric_followers": _("followers"),
    "metric_views": _("views"),
}


class OrganizationBadgeInline(BadgeInline):
    model = OrganizationBadge


class MemberFormSet(LabelledRows):
    def clean(self) -> None:
        """Refuse to leave an organization that had an administrator without any."""
        super().clean()
        had_admin = any(form.initial.get("role") == MemberRole.ADMIN for form in self.initial_forms)
        kept = [form.cleaned_data for form in self.forms if getattr(form, "cleaned_data", None)]
        has_admin = any(row.get("role") == MemberRole.ADMIN and not row.get("DELETE") for row in kept)
        if had_admin and not has_admin and not any(self.errors):
            raise ValidationError(_("An organization keeps at least one administrator."))


class MemberInline(PartInline):
    """Curators choose among all the accounts; an administrator of the organization changes roles and sees names."""

    model = Member
    formset = MemberFormSet
    autocomplete_fields = ["user"]
    readonly_fields = ["person", "since"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("user")

    def get_fields(self, request: HttpRequest, obj: Organization | None = None) -> list[str]:
        chooses = permissions.curates(request.user, Member)
        return ["user" if chooses else "person", "role", "since"]

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return permissions.curates(request.user, Member, "add")

    @admin.display(description=_("person"))
    def person(self, member: Member) -> str:
        return str(member.user)


class TrustForm(forms.ModelForm):
    """There is nothing to fill in: adding the row is all."""

    def has_changed(self) -> bool:
        return self.instance._state.adding or super().has_changed()


class TrustInline(PartInline):
    """Whether its editors publish at once, where publications are reviewed: only curators say so."""

    model = TrustedOrganization
    form = TrustForm
    curators_only = True
    fields = ["since"]
    readonly_fields = fields


@admin.register(Organization)
class OrganizationAdmin(HistoryAdmin, IndexedSearch, NotedAdmin, SoftDeleteAdmin):
    form = ImageForm
    list_display = [
        "name", "acronym", "badge_names", "state", "datasets_count", "members_count", "followers", "created_at",
    ]  # fmt: skip
    list_filter = [DeletedFilter, badge_filter(OrganizationBadge), "created_at"]
    list_select_related = False
    search_kind = "organization"
    search_fields = ["name", "acronym", "slug", "business_number_id"]
    search_help_text = _("Name, acronym, address, id or SIRET.")
    autocomplete_fields = ["zone"]
    inlines = [MemberInline, OrganizationBadgeInline, TrustInline]
    curators_only = ("zone", "extras")
    readonly_fields = [
        "id", "slug", "state", "deleted", "logo_preview", "created_at", "last_modified", "metrics", "objects_links",
    ]  # fmt: skip
    fieldsets = [
        (None, {"fields": ["name", "acronym", "description", "url", "business_number_id", "zone"]}),
        (_("Logo"), {"fields": ["logo_preview", "logo", "logo_url"]}),
        (_("What it publishes"), {"fields": ["objects_links", "metrics"]}),
        (_("Extras"), {"classes": ["collapse"], "fields": ["extras"]}),
        (_("State"), {"fields": ["state", "deleted", "id", "slug", "created_at", "last_modified"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).prefetch_related("badges")

    def own(self, request: HttpRequest) -> Q:
        return Q(pk__in=actor_of(request).edited_organizations)

    def edits(self, request: HttpRequest, obj: Organization | None = None) -> bool:
        """Editors list their organizations; only its administrators change one."""
        actor = actor_of(request)
        return permissions.can_administer(actor, obj.pk) if obj else actor.is_editor

    def has_view_permission(self, request: HttpRequest, obj: Organization | None = None) -> bool:
        listed = obj is not None and obj.pk in actor_of(request).edited_organizations
        return super().has_view_permission(request, obj) or listed

    def has_add_permission(self, request: HttpRequest) -> bool:
        return permissions.curates(request.user, Organization, "add")

    def save_model(self, request: HttpRequest, obj: Organization, form: Any, change: bool) -> None:
        obj.touch()
        super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: BaseInlineFormSet, change: bool) -> None:
        if formset.model is OrganizationBadge:
            stamp_badges(formset, request.user)
        super().save_formset(request, form, formset, change)

    @admin.display(description=_("state"))
    def state(self, organization: Organization) -> str:
        return STATES[DELETED] if organization.deleted else _("Active")

    @admin.display(description=_("badges"))
    def badge_names(self, organization: Organization) -> str:
        return ", ".join(str(badge) for badge in organization.badges.all())

    @admin.display(description=_("datasets"), ordering="metric_datasets")
    def datasets_count(self, organization: Organization) -> int:
        return organization.metric_datasets

    @admin.display(description=_("members"), ordering="metric_members")
    def members_count(self, organization: Organization) -> int:
        return organization.metric_members

    @admin.display(description=_("followers"), ordering="metric_followers")
    def followers(self, organization: Organization) -> int:
        return organization.metric_followers

    @admin.display(description=_("preview"))
    def logo_preview(self, organization: Organization) -> str:
        return picture(organization.logo_address)

    @admin.display(description=_("figures"))
    def metrics(self, organization: Organization) -> str:
        return facts({str(label): getattr(organization, name) for name, label in METRICS.items()})

    @admin.display(description=_("objects"))
    def objects_links(self, organization: Organization) -> str:
        """Links to the lists of its datasets, reuses and dataservices, of every state, counted."""
        found = {"organization__id__exact": organization.pk}
        return facts(
            {
                str(model._meta.verbose_name_plural): changelist_link(
                    model, found, model.objects.filter(organization_id=organization.pk).count()
                )
                for model in [Dataset, Reuse, Dataservice]
            }
        )
