"""Accounts: people sign in with an e-mail address."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.db.models import Field, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from catalog.admin.base import LabelledRows, LimitedChoices, PortalAdmin
from catalog.admin.images import ImageForm
from catalog.models import Member
from catalog.permissions import curates
from portal.admin.group import RoleFilter, with_labels
from portal.models import User

POWERS = ["is_staff", "is_superuser", "groups", "user_permissions"]


class AccountCreationForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ["email", "first_name", "last_name"]

    def clean_email(self) -> str | None:
        """Return the address in lower case, so that no two accounts differ by spelling alone."""
        return (self.cleaned_data["email"] or "").strip().lower() or None


class AccountChangeForm(ImageForm, UserChangeForm):
    class Meta:
        model = User
        fields = ["email"]  # the admin class names the others

    def clean_email(self) -> str | None:
        return (self.cleaned_data["email"] or "").strip().lower() or None


class MembershipInline(LimitedChoices, admin.TabularInline):
    model = Member
    formset = LabelledRows
    extra = 0
    autocomplete_fields = ["organization"]
    fields = ["organization", "role", "since"]
    readonly_fields = ["since"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("organization", "user")


@admin.register(User)
class UserAdmin(PortalAdmin, DjangoUserAdmin):
    """Staff without full powers manage ordinary accounts only: they neither give powers nor touch those who have
    them. Nobody deletes an account here: its contributions would lose their author; it is deactivated.
    """

    form = AccountChangeForm
    add_form = AccountCreationForm
    ordering = ["-created_at", "id"]
    list_display = [
        "full_name",
        "email",
        "is_active",
        "confirmed",
        "is_staff",
        "is_superuser",
        "datasets",
        "created_at",
    ]
    list_filter = ["is_active", RoleFilter, "is_staff", "is_superuser", "created_at"]
    search_fields = ["first_name", "last_name", "email", "slug"]
    search_help_text = _("Name, e-mail address, address of the page or id.")
    readonly_fields = ["id", "slug", "last_login", "created_at", "deleted", "confirmed_at"]
    inlines = [MembershipInline]
    actions = ["activate", "deactivate"]
    fieldsets = [
        (None, {"fields": ["email", "password", "first_name", "last_name", "is_active"]}),
        (_("Profile"), {"fields": ["about", "website", "avatar", "avatar_url", "language"]}),
        (_("Powers"), {"classes": ["collapse"], "fields": POWERS}),
        (_("Dates"), {"fields": ["created_at", "confirmed_at", "last_login", "deleted", "id", "slug"]}),
    ]
    add_fieldsets = [
        (
            None,
            {
                "classes": ["wide"],
                "fields": ["email", "first_name", "last_name", "usable_password", "password1", "password2"],
            },
        ),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        fields = list(super().get_readonly_fields(request, obj))
        return fields if request.user.is_superuser else [*fields, *POWERS]

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> list[tuple[Any, dict]]:
        """Who only reads an account sees neither its password's kind nor its powers."""
        found = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return found
        shown = [(title, options) for title, options in found if options["fields"] is not POWERS]
        return [
            (title, {**options, "fields": [name for name in options["fields"] if name != "password"]})
            for title, options in shown
        ]

    def formfield_for_manytomany(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> forms.Field | None:
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        return with_labels(field) if db_field.name == "groups" else field

    def has_ban_permission(self, request: HttpRequest) -> bool:
        """Who may change accounts may close them; moderators may do just that."""
        return self.is_curator(request) or request.user.has_perm("portal.ban_user")

    def may_be_chosen(self, request: HttpRequest, field: Field) -> bool:
        """People are chosen by name as owners and members by whoever may change all such objects."""
        return curates(request.user, field.model)

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """Who may not read accounts finds people by name alone."""
        names = ["first_name", "last_name"]
        return super().get_search_fields(request) if self.has_view_permission(request) else names

    def get_inlines(self, request: HttpRequest, obj: User | None) -> list[type]:
        return self.inlines if obj else []

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        protected = obj is not None and (obj.is_superuser or obj.is_staff) and obj.pk != request.user.pk
        return allowed and (request.user.is_superuser or not protected)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool) -> None:
        if not change:
            obj.confirmed_at = timezone.now()  # whoever makes the account by hand vouches for the address
        super().save_model(request, obj, form, change)

    @admin.display(description=_("confirmed"), boolean=True)
    def confirmed(self, user: User) -> bool:
        return user.confirmed_at is not None

    @admin.display(description=_("datasets"), ordering="metric_datasets")
    def datasets(self, user: User) -> int:
        return user.metric_datasets

    @admin.action(description=_("Activate the selected accounts"), permissions=["ban"])
    def activate(self, request: HttpRequest, queryset: QuerySet) -> None:
        self._set_active(request, queryset.filter(deleted__isnull=True), active=True)

    @admin.action(description=_("Deactivate the selected accounts"), permissions=["ban"])
    def deactivate(self, request: HttpRequest, queryset: QuerySet) -> None:
        self._set_active(request, queryset.exclude(pk=request.user.pk), active=False)

    def _set_active(self, request: HttpRequest, queryset: QuerySet, *, active: bool) -> None:
        if not request.user.is_superuser:
            queryset = queryset.filter(is_superuser=False, is_staff=False)
        changed = list(queryset.exclude(is_active=active))
        User.objects.filter(pk__in=[user.pk for user in changed]).update(is_active=active)
        LogEntry.objects.log_actions(request.user.pk, changed, CHANGE, change_message=f"is_active: {active}")
        text = ngettext("%(count)d account changed.", "%(count)d accounts changed.", len(changed))
        self.message_user(request, text % {"count": len(changed)}, messages.SUCCESS)
