"""What a new account tells beside its address and password. Apart from the other forms, which allauth builds on it."""

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from catalog.models import Site
from portal.models import User


class SignupFields(forms.Form):
    """First and last name, and the conditions; the base of the forms of registration (ACCOUNT_SIGNUP_FORM_CLASS)."""

    first_name = forms.CharField(
        label=_("First name"), max_length=255, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    last_name = forms.CharField(
        label=_("Last name"), max_length=255, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
    conditions = forms.BooleanField(
        label=_("I accept the terms of use"),
        error_messages={"required": _("An account needs your agreement to the terms of use.")},
    )

    field_order = ["first_name", "last_name", "email", "password1", "conditions"]

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        address = settings.TERMS_URL or Site.objects.page_address("terms")
        if address:
            link = format_html('<a href="{}">{}</a>', address, _("the terms of use"))
            self.fields["conditions"].help_text = format_html("{} {}", _("Read"), link)

    def signup(self, request: HttpRequest, user: User) -> None:
        """Nothing more to do: allauth's adapter has copied the names."""
