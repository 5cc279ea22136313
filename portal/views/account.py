"""The pages of one's own account: profile, security, data. Signing in and what goes with it are allauth's pages."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import FormView, TemplateView, UpdateView, View

from portal.accounts.forms import DeletionForm, ProfileForm
from portal.accounts.staff import must_set_up_two_factor
from portal.lib.pictures import undone_on_failure
from portal.models import User
from portal.services.account import delete_account, export_personal_data
from portal.signals import profile_changed


@method_decorator(never_cache, name="dispatch")
class AccountPage(LoginRequiredMixin):
    """One's own page: signed in, kept by no cache, out of search engines."""

    extra_context = {"noindex": True}


class Profile(AccountPage, UpdateView):
    """Name, picture and a few words."""

    form_class = ProfileForm
    template_name = "account/profile.html"
    success_url = reverse_lazy("account-profile")

    def get_object(self, queryset: Any = None) -> User:
        return User.objects.get(pk=self.request.user.pk)  # a copy: the head of the page keeps the saved name

    def form_valid(self, form: ProfileForm) -> HttpResponse:
        messages.success(self.request, _("Your profile is saved."))
        with undone_on_failure(), transaction.atomic():
            answer = super().form_valid(form)
        profile_changed.send(sender=User, user=self.object, changed=form.changed_data)
        return answer


class Security(AccountPage, TemplateView):
    """Where password, address, second factor and sessions are changed."""

    template_name = "account/security.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        user = self.request.user
        return super().get_context_data(
            two_factor=is_mfa_enabled(user, [Authenticator.Type.TOTP]),
            two_factor_required=must_set_up_two_factor(user),
            has_services=bool(settings.OIDC_ISSUER),
            **context,
        )


class Data(AccountPage, FormView):
    """Take one's data along, or delete the account."""

    form_class = DeletionForm
    template_name = "account/data.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}

    def form_valid(self, form: DeletionForm) -> HttpResponse:
        user = self.request.user
        if not self.confirmed(form):
            return self.form_invalid(form)
        logout(self.request)
        delete_account(user, delete_comments=form.cleaned_data["delete_comments"])
        return render(self.request, "account/deleted.html", {"noindex": True})

    def confirmed(self, form: DeletionForm) -> bool:
        """Tell whether the password is right; wrong ones are counted as at sign-in."""
        user = self.request.user
        if not user.has_usable_password():
            return True  # the form has compared the address
        if get_adapter().reauthenticate(user, form.cleaned_data["password"]):
            return True
        form.add_error("password", _("This is not your password."))
        return False


@method_decorator(reauthentication_required(app="allauth.account"), name="post")
class Export(AccountPage, View):
    """The archive of one's data; the password must have been given a moment ago."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        return archive(request)


def archive(request: HttpRequest) -> HttpResponse:
    """Return the archive as a file to keep."""
    name = f'attachment; filename="{request.user.slug}.zip"'
    content = export_personal_data(request.user)
    return HttpResponse(content, content_type="application/zip", headers={"Content-Disposition": name})


def overview(request: HttpRequest) -> HttpResponse:
    """Lead from `/account/` to the profile."""
    return redirect("account-profile")
