"""The administration itself: who enters it, and what its autocompletes may tell.

It stands outside `portal.admin`, which registers models: loading the site must not register anything with it.
"""

from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from catalog.permissions import Actor, actor_of
from portal.models import User


class EditorAuthenticationForm(AuthenticationForm):
    """Signs in the staff and the editors of an organization."""

    def confirm_login_allowed(self, user: User) -> None:
        super().confirm_login_allowed(user)
        if not (user.is_staff or Actor.of(user).is_editor):
            raise ValidationError(
                _("The administration is for the staff and for the editors of an organization."), code="not_editor"
            )


class SelectableJsonView(AutocompleteJsonView):
    """Suggests what the asking form would accept, and nothing else.

    Django's view would suggest every row that the target's own list shows.
    """

    def get_queryset(self) -> QuerySet:
        queryset = self.model_admin.selectable(self.request, self.source_field)
        queryset = queryset.complex_filter(self.source_field.get_limit_choices_to())
        found, duplicated = self.model_admin.get_search_results(self.request, queryset, self.term)
        return found.distinct() if duplicated else found

    def has_perm(self, request: HttpRequest, obj: object = None) -> bool:
        """Refuse targets whose admin does not say what may be selected (those of other packages)."""
        return hasattr(self.model_admin, "selectable") and super().has_perm(request, obj)


class PortalAdminSite(admin.AdminSite):
    """Open to the staff and to whoever edits for an organization; each model's admin limits the latter."""

    site_header = _("Administration of the portal")
    site_title = _("Administration")
    index_title = _("What you may edit")
    login_form = EditorAuthenticationForm

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) or (request.user.is_active and actor_of(request).is_editor)

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        return SelectableJsonView.as_view(admin_site=self)(request)
