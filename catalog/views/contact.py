"""`/contact/`: writing to the producer of data, or to the portal, without an account."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.signing import BadSignature, Signer
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from catalog.services import contact_messages
from catalog.services.contact_messages import Message, Reason
from catalog.views.public_form import PlainTextField, PublicForm, PublicFormPage, read_subject
from portal.lib.references import new_reference

ABOUT = ("Dataset", "Dataservice", "Reuse", "Organization")
MAX_TEXT = 5000  # characters: what a mail quotes
SIGNER = Signer(salt="catalog.contact")


class ContactForm(PublicForm):
    reason = forms.ChoiceField(label=_("Reason"), choices=Reason.choices)
    name = PlainTextField(label=_("Your name"), max_length=255, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("For the answer. It is given to whoever answers, and to nobody else."),
    )
    text = PlainTextField(
        label=_("Your message"), max_length=MAX_TEXT, widget=forms.Textarea(attrs={"rows": 8, "maxlength": MAX_TEXT})
    )


class Contact(PublicFormPage):
    template_name = "catalog/contact.html"
    form_class = ContactForm
    scope = "contact"

    def get_initial(self) -> dict[str, Any]:
        user, asked = self.request.user, self.request.GET.get("reason", "")
        known = {"name": user.full_name, "email": user.email} if user.is_authenticated else {}
        usual = Reason.DATA if self.request.GET.get("subject") else Reason.OTHER
        return {"reason": asked if asked in Reason.values else usual, **known}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(subject=read_subject(self.request, ABOUT), **context)

    def send(self, form: ContactForm) -> str:
        values = form.cleaned_data
        message = Message(
            reason=values["reason"],
            name=values["name"],
            email=values["email"],
            text=values["text"],
            subject=read_subject(self.request, ABOUT),
        )
        return sent_address(contact_messages.send(message))

    def trapped(self) -> str:
        return sent_address(new_reference())


def sent_address(reference: str) -> str:
    """Return the address of the page that says that this message was sent."""
    return f"{reverse('contact-sent')}?{urlencode({'of': SIGNER.sign(reference)})}"


class ContactSent(TemplateView):
    """Answers 404 for a reference that the portal has not given."""

    template_name = "catalog/contact_sent.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        try:
            reference = SIGNER.unsign(self.request.GET.get("of", ""))
        except BadSignature:
            raise Http404 from None
        return super().get_context_data(reference=reference, noindex=True, **context)
