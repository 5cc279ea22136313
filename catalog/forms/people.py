"""Members, requests and transfers as people fill them in."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from catalog.models import Organization
from catalog.models.vocabulary import MemberRole
from portal.lib.ids import is_object_id
from portal.models import User

MOST_WORDS = 10_000  # characters of a comment


class CommentForm(forms.Form):
    """A few words that the other side reads."""

    comment = forms.CharField(label=_("Message"), max_length=MOST_WORDS, widget=forms.Textarea(attrs={"rows": 4}))


class InvitationForm(forms.Form):
    """Whom to invite, as what."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("Who has no account yet is told how to make one."),
    )
    # A partial editor is given her objects one by one, which is the API's and the administration's.
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[(role.value, role.label) for role in MemberRole if role != MemberRole.PARTIAL_EDITOR],
        initial=MemberRole.EDITOR,
    )
    comment = forms.CharField(
        label=_("Message"), max_length=MOST_WORDS, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=MemberRole.choices)


class TransferForm(forms.Form):
    """To whom an object is given, and why."""

    recipient = forms.CharField(
        label=_("New owner"), max_length=500,
        help_text=_("The name or the address of an organization’s page, or the address of a person’s page."),
    )  # fmt: skip
    comment = forms.CharField(
        label=_("Message"), max_length=MOST_WORDS, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Why it changes hands: whoever receives it decides on this."),
    )  # fmt: skip

    def clean_recipient(self) -> Any:
        """Return the organization or the user that is meant. Raises ValidationError for none, or several."""
        text = self.cleaned_data["recipient"].strip()
        key = text.rstrip("/").rsplit("/", 1)[-1]
        if "/users/" in text:
            found = list(User.objects.active().filter(slug=key)[:2])
        else:
            living = Organization.objects.filter(deleted=None)
            found = list(living.filter(slug=key)[:2]) or list(living.filter(name__iexact=text)[:2])
            if not found and is_object_id(key):
                found = list(living.filter(pk=key)) or list(User.objects.active().filter(pk=key))
        if len(found) > 1:
            raise ValidationError(_("Several organizations have this name: give the address of its page."))
        if not found:
            raise ValidationError(_("No organization and no person is known by this name or address."))
        return found[0]
