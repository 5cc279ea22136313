"""The administration itself: who enters it, and what its autocompletes may tell.

It stands outside `portal.admin`, which registers models: loading the site must not register anything with it.
"""

from collections.abc import Callable

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _

from catalog.permissions import Actor, actor_of
from portal.lib import desk
from portal.models import User

View = Callable[..., HttpResponse]


class EditorAuthenticationForm(AuthenticationForm):
    """Signs in the staff and the editors of an organization."""

    def confirm_login_allowed(self, user: User) -> None:
        super().confirm_login_allowed(user)
        if user.must_change_password:
            raise ValidationError(_("Sign in on the portal first: your password must be changed."), code="rotation")
        if not (user.is_staff or Actor.of(user).is_editor):
            raise ValidationError(
                _("The administration is for the staff and for the editors of an organization."), code="not_editor"
            )


class EditorLoginView(LoginView):
    """Django's form, allauth's way in: the address must be confirmed, and the second factor given."""

    def form_valid(self, form: EditorAuthenticationForm) -> HttpResponse:
        user = form.get_user()
        login = Login(user=user, email=user.email, redirect_url=self.next_page)
        return perform_password_login(self.request, {"email": user.email}, login)


class SelectableJsonView(AutocompleteJsonView):
    """Suggests what the asking form would accept, and nothing else.

    Django's view would suggest every row that the target's own list shows.
    """

    def get_queryset(self) -> QuerySet:
        queryset = self.model_admin.selectable(self.request, self.source_field)
        queryset = queryset.complex_filter(self.source_field.get_limit_choices_to())
        if isinstance(self.model_admin.list_select_related, list):
            queryset = queryset.select_related(*self.model_admin.list_select_related)
        found, duplicated = self.model_admin.get_search_results(self.request, queryset, self.term)
        return found.distinct() if duplicated else found

    def serialize_result(self, obj: Model, to_field_name: str) -> dict[str, str]:
        """Add whose it is and whether it is public: many objects have the same name."""
        return super().serialize_result(obj, to_field_name) | {"detail": self.model_admin.suggestion_detail(obj)}

    def has_perm(self, request: HttpRequest, obj: object = None) -> bool:
        """Refuse targets whose admin does not say what may be selected (those of other packages)."""
        if not hasattr(self.model_admin, "selectable"):
            return False
        return super().has_perm(request, obj) or self.model_admin.may_be_chosen(request, self.source_field)


class PortalAdminSite(admin.AdminSite):
    """Open to the staff and to whoever edits for an organization; each model's admin limits the latter."""

    site_header = _("Administration of the portal")
    site_title = _("Administration")
    index_title = _("Desk")
    index_template = "admin/desk.html"
    login_form = EditorAuthenticationForm

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.pages: list[URLPattern] = []  # beside those of the models

    def page(self, route: str, name: str) -> Callable[[View], View]:
        """Add a view under the administration's address, for its people: `@admin.site.page("route/", name="…")`."""

        def register(view: View) -> View:
            self.pages.append(path(route, self.admin_view(view), name=name))
            return view

        return register

    def get_urls(self) -> list[URLPattern | URLResolver]:
        return [*self.pages, *super().get_urls()]

    def index(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """What waits for the caller, the newest of it, figures; then what she may edit, as Django lists it."""
        return super().index(request, {**desk.board(request), **(extra_context or {})})

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) or (request.user.is_active and actor_of(request).is_editor)

    def login(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """Sign in on the portal's own page, which knows of second factors and of other sign-in services.

        Programs may still send Django's form here; it then goes the same way.
        """
        if request.method == "GET":
            if request.user.is_authenticated:
                if not self.has_permission(request):
                    return TemplateResponse(request, "portal/no_desk.html", {"noindex": True}, status=403)
                return HttpResponseRedirect(self._next(request))
            query = urlencode({REDIRECT_FIELD_NAME: self._next(request)})
            return HttpResponseRedirect(f"{reverse('account_login')}?{query}")
        return EditorLoginView.as_view(
            authentication_form=self.login_form,
            template_name="admin/login.html",
            next_page=self._next(request),
            extra_context={**self.each_context(request), "title": _("Log in"), **(extra_context or {})},
        )(request)

    def _next(self, request: HttpRequest) -> str:
        asked = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME, "")
        is_safe = url_has_allowed_host_and_scheme(asked, {request.get_host()}, request.is_secure())
        return asked if is_safe else reverse("admin:index", current_app=self.name)

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        return SelectableJsonView.as_view(admin_site=self)(request)
