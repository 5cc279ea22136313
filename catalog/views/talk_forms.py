"""What readers write in discussions and reports, as the pages ask for it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.models import Organization
from catalog.models.discussion import MAX_CONTENT
from catalog.models.vocabulary import ReportReason
from catalog.permissions import Actor

MAX_REPORT = 10_000  # characters, as in the API
MARKDOWN = _("Markdown works. Everybody can read it.")


def text_area(rows: int = 6) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class SpeakingForm(forms.Form):
    """Asks in whose name: one's own, or that of an organization that one edits for, where there is one."""

    organization = forms.ChoiceField(label=_("In the name of"), required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ids = actor.edited_organizations
        self.organizations = Organization.objects.filter(pk__in=ids, deleted=None).in_bulk() if ids else {}
        if not self.organizations:
            del self.fields["organization"]
            return
        named = sorted((str(one), pk) for pk, one in self.organizations.items())
        self.fields["organization"].choices = [("", _("Myself")), *((pk, name) for name, pk in named)]

    def values(self) -> dict[str, Any]:
        """Return the checked values as the service takes them: the organization as an object."""
        chosen = self.cleaned_data.get("organization")
        return {**self.cleaned_data, "organization": self.organizations[chosen] if chosen else None}


class StartForm(SpeakingForm):
    title = forms.CharField(label=_("Title"), max_length=255, help_text=_("The question or the remark, in one line."))
    comment = forms.CharField(label=_("Message"), max_length=MAX_CONTENT, widget=text_area(), help_text=MARKDOWN)

    field_order = ["title", "comment", "organization"]


class AnswerForm(SpeakingForm):
    """A message, closing the discussion (`close`), or both."""

    comment = forms.CharField(label=_("Your answer"), max_length=MAX_CONTENT, widget=text_area(), help_text=MARKDOWN)
    close = forms.BooleanField(required=False, widget=forms.HiddenInput)

    field_order = ["comment", "organization"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["comment"].required = not self["close"].data


class TitleForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=255)


class MessageForm(forms.Form):
    comment = forms.CharField(label=_("Message"), max_length=MAX_CONTENT, widget=text_area(10), help_text=MARKDOWN)


class ReportForm(forms.Form):
    """What is wrong; `message` in the address names one message of the discussion."""

    reason = forms.ChoiceField(
        label=_("What is wrong"),
        choices=[choice for choice in ReportReason.choices if choice[0] != ReportReason.AUTO_SPAM],
        initial=ReportReason.SPAM,
    )
    message = forms.CharField(
        label=_("Your remarks"), max_length=MAX_REPORT, required=False, widget=text_area(4),
        help_text=_("The administrators of the portal read them; nobody else does."),
    )  # fmt: skip


class DeleteForm(forms.Form):
    """The last question before something of somebody else's goes; for system administrators."""

    notice = forms.BooleanField(label=_("Write to the author what was deleted, and how to contest it"), required=False)
