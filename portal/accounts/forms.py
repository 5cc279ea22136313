"""Forms of accounts: those of allauth with our rules, and our own pages'."""

from typing import Any

from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import ResetPasswordForm
from allauth.account.forms import SignupForm as AllauthSignupForm
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from portal.lib.pictures import AVATAR, drawn
from portal.models import User

TRAP = settings.ACCOUNT_SIGNUP_FORM_HONEYPOT_FIELD
ROTATION = _("Your password must be changed for security reasons: we have just sent you an e-mail that tells how.")


class LoginForm(AllauthLoginForm):
    """Refuses a right password that an administrator demanded to change, and sends the mail to change it."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.user is not None and self.user.must_change_password:
            reset = ResetPasswordForm({"email": self.user.email})
            if reset.is_valid():
                reset.save(self.request)
            raise ValidationError(ROTATION, code="password_rotation")
        return cleaned


class SignupForm(AllauthSignupForm):
    """Registration. An address that has an account gets the same answer as another one, and a mail that says so."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[TRAP].label = _("Leave this field empty")
        self.fields[TRAP].widget = forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        password = cleaned.get("password1")
        if password and "password1" not in self.errors:
            named = User(**{name: cleaned.get(name) or "" for name in ("first_name", "last_name", "email")})
            try:
                validate_password(password, named)
            except ValidationError as error:
                self.add_error("password1", error)
        return cleaned

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """Make the account; a second registration of the same address at the same moment is one that exists."""
        try:
            with transaction.atomic():
                return super().try_save(request)
        except IntegrityError:
            self.account_already_exists = True
            return super().try_save(request)


class ProfileForm(forms.ModelForm):
    """What a person tells of herself on her public page."""

    website = forms.URLField(
        label=_("Website"),
        required=False,
        max_length=2000,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"autocomplete": "url", "placeholder": "https://"}),
    )
    about = forms.CharField(
        label=_("About you"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("A few words, shown on your page. Markdown works."),
    )
    language = forms.ChoiceField(label=_("Language of the e-mails"), required=False)

    class Meta:
        model = User
        fields = ["first_name", "last_name", "avatar", "website", "about", "language"]
        widgets = {
            "first_name": forms.TextInput(attrs={"autocomplete": "given-name"}),
            "last_name": forms.TextInput(attrs={"autocomplete": "family-name"}),
        }
        help_texts = {"avatar": _("PNG, JPEG, GIF or WebP.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [("", _("That of the portal")), *settings.LANGUAGES]

    def clean_avatar(self) -> Any:
        """Return the picture, checked and drawn anew."""
        given = self.cleaned_data["avatar"]
        return drawn(given, AVATAR) if isinstance(given, UploadedFile) else given


class DeletionForm(forms.Form):
    """The last question before an account goes: its password, or its address for an account without one."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    email = forms.CharField(label=_("Your e-mail address, to confirm"), max_length=254)
    delete_comments = forms.BooleanField(label=_("Delete what I wrote in discussions too"), required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        del self.fields["email" if user.has_usable_password() else "password"]

    def clean_email(self) -> str:
        """Raise ValidationError unless the address is that of the account."""
        given = self.cleaned_data["email"].strip().lower()
        if given != self.user.email:
            raise ValidationError(_("This is not the address of your account."))
        return given
