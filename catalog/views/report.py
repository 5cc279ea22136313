"""`/report/`: telling the portal's administrators what is wrong with an object, and following what became of it."""

from typing import Any

from django import forms
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

from catalog.models import Report
from catalog.models.report import REPORTABLE
from catalog.models.vocabulary import ReportReason
from catalog.services import reports
from catalog.views.public_form import PlainTextField, PublicForm, PublicFormPage, read_subject

MAX_TEXT = 10_000  # characters, as in the API
REASONS = [choice for choice in ReportReason.choices if choice[0] != ReportReason.AUTO_SPAM]


class ReportForm(PublicForm):
    reason = forms.ChoiceField(label=_("What is wrong"), choices=[("", _("Choose a reason")), *REASONS])
    message = PlainTextField(
        label=_("What you found, and where"),
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 6, "maxlength": MAX_TEXT}),
    )
    email = forms.EmailField(
        label=_("Your e-mail address"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("To hear once what was decided; it is deleted then."),
    )


class ReportPage(PublicFormPage):
    """Answers 404 without an object that may be reported, and for one that the reader may not see."""

    template_name = "catalog/report.html"
    form_class = ReportForm
    scope = "reports"

    def subject(self) -> Any:
        found = read_subject(self.request, REPORTABLE)
        if found is None:
            raise Http404
        return found

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(subject=self.subject(), **context)

    def send(self, form: ReportForm) -> str:
        user = self.request.user
        values = {name: form.cleaned_data[name] for name in ("reason", "message", "email")}
        report = reports.create({**values, "subject": self.subject()}, by=user if user.is_authenticated else None)
        return f"{reverse('report-state', args=[report.reference])}?new=1"


@method_decorator(never_cache, name="dispatch")
class ReportState(TemplateView):
    """The state of a report, for whoever knows its reference: neither its message nor who made it."""

    template_name = "catalog/report_state.html"

    def get_context_data(self, reference: str, **context: Any) -> dict[str, Any]:
        report = get_object_or_404(Report.objects.exclude(reference=""), reference=reference.upper())
        return super().get_context_data(
            report=report, is_new=self.request.GET.get("new") == "1", noindex=True, **context
        )
