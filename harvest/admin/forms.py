"""The form of a source, which changes with its harvester, and those of the verbs on its page."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.permissions import Actor
from catalog.services import ownership
from harvest.admin.config_fields import Kind, config_from, fields_of, usable
from harvest.admin.widgets import HarvesterSelect
from harvest.backends import backend_of
from harvest.models import Source, Validation
from harvest.models.source import without_user
from portal.lib import crontabs
from portal.lib.errors import ServiceError

CONFIGURE, DETECT = "_configure", "_detect"  # the buttons that send the form without saving it
CUSTOM = "custom"
SCHEDULES = (
    ("", gettext_lazy("Never by itself")),
    ("0 */6 * * *", gettext_lazy("Every six hours")),
    ("0 0 * * *", gettext_lazy("Every night")),
    ("0 2 * * 1-5", gettext_lazy("Every working day, at 2:00")),
    ("0 2 * * 0", gettext_lazy("Every week, on Sunday at 2:00")),
    ("0 2 1 * *", gettext_lazy("Every month, on the 1st at 2:00")),
    (CUSTOM, gettext_lazy("At other times (crontab)")),
)


def choices_of_backend(current: str = "") -> list[tuple[str, str]]:
    """Return the harvesters to choose from, by their labels; the present one is kept even where it is gone."""
    found = sorted(((name, str(kind.label)) for name, kind in usable().items()), key=lambda one: one[1].lower())
    if current and current not in dict(found):
        found.append((current, _("%(name)s (not installed)") % {"name": current}))
    return found


class SourceForm(forms.ModelForm):
    """What describes a source. `kind` and `actor` are set on the class that is made for a request."""

    kind: Kind = None
    actor: Actor = Actor()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "backend" not in self.fields:  # who may only look
            return
        self.before = dict(self.instance.config) if isinstance(self.instance.config, dict) else {}
        self.url_before, self.backend_before = self.instance.url, self.instance.backend
        self.fields["backend"] = forms.ChoiceField(
            label=gettext_lazy("Harvester"), widget=HarvesterSelect,
            choices=[("", "—"), *choices_of_backend(self.backend_before)],
        )  # fmt: skip
        self.fields["url"].widget = forms.URLInput(attrs={"class": "vURLField", "spellcheck": "false"})
        if self.kind is not None:
            self.initial["backend"] = self.kind.name
            for name, field in fields_of(self.kind, self._config_for_kind()).items():
                self.fields[name] = field
        self._describe()

    def _describe(self) -> None:
        hidden = without_user(self.url_before or "")
        if self.url_before and hidden != self.url_before:
            self.initial["url"] = hidden
            self.fields["url"].help_text = _("A user name and a password are set with it; they are not shown.")
        else:
            self.fields["url"].help_text = _(
                "The home page of the catalogue, or the address of its API or of its file."
            )
        self.fields["autoarchive"].help_text = _(
            "What is gone from the catalogue for %(days)d days is archived here; it comes back if it returns."
        ) % {"days": settings.HARVEST_GRACE_DAYS}

    def _config_for_kind(self) -> dict[str, Any]:
        return self.before if self.kind is not None and self.kind.name == self.backend_before else {}

    def full_clean(self) -> None:
        """Check nothing where a button only asked for other fields: errors come with saving."""
        if self.is_bound and (CONFIGURE in self.data or DETECT in self.data):
            self._errors, self.cleaned_data = ErrorDict(), {}
            return
        super().full_clean()

    def is_valid(self) -> bool:
        asked = self.is_bound and (CONFIGURE in self.data or DETECT in self.data)
        return not asked and super().is_valid()

    def clean_url(self) -> str:
        """Take the address as it was shown for the one that is kept, with its user name and password."""
        url = self.cleaned_data["url"]
        return self.url_before if self.url_before and url == without_user(self.url_before) else url

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        url, backend = cleaned.get("url"), cleaned.get("backend")
        if url and backend:
            same_host = _host(url) == _host(self.url_before or url)
            kind = backend_of(backend)
            if kind is not None and (self.kind is None or kind.name != self.kind.name):
                kind = None  # its fields were not in the page
            before = self.before if backend == self.backend_before or not self.backend_before else {}
            cleaned["config"] = config_from(kind, cleaned, before, keep_secrets=same_host)
        self._check_owner(cleaned)
        return cleaned

    def _check_owner(self, cleaned: dict[str, Any]) -> None:
        if self.instance.pk and not self.instance._state.adding and "organization" in cleaned:
            try:
                ownership.changed_owner(self.actor, Source.objects.get(pk=self.instance.pk), cleaned)
            except ServiceError as error:
                raise ValidationError({error.field or "organization": str(error)}) from error

    @property
    def forgets_secrets(self) -> bool:
        """Whether a key was set and is dropped because the address leads to another host."""
        return bool(self.url_before) and _host(self.cleaned_data["url"]) != _host(self.url_before)


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").lower()


class ValidationForm(forms.Form):
    """Accepting or refusing a source; a refusal says why."""

    state = forms.ChoiceField(choices=[(Validation.ACCEPTED, ""), (Validation.REFUSED, "")])
    comment = forms.CharField(
        label=gettext_lazy("Comment"), required=False, max_length=5000,
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
        help_text=gettext_lazy("Sent to the producer. A refusal needs one."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("state") == Validation.REFUSED and not cleaned.get("comment", "").strip():
            raise ValidationError({"comment": _("Say why the source is refused.")})
        return cleaned


class ScheduleForm(forms.Form):
    """When a source runs by itself: one of the usual rhythms, or a crontab."""

    rhythm = forms.ChoiceField(label=gettext_lazy("When"), choices=SCHEDULES, required=False)
    crontab = forms.CharField(
        label=gettext_lazy("Crontab"), required=False, max_length=500,
        help_text=gettext_lazy("Minute, hour, day of month, month, day of week, in UTC: `30 4 * * 1`."),
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip

    @classmethod
    def of(cls, source: Source) -> "ScheduleForm":
        """Return the form that shows when the source runs now."""
        usual = source.schedule in dict(SCHEDULES)
        rhythm = source.schedule if usual else CUSTOM
        return cls(initial={"rhythm": rhythm, "crontab": "" if usual else source.schedule})

    def clean(self) -> dict[str, Any]:
        """Leave the crontab to keep under `schedule`, empty for never."""
        cleaned = super().clean() or self.cleaned_data
        rhythm = cleaned.get("rhythm", "")
        text = cleaned.get("crontab", "").strip() if rhythm == CUSTOM else rhythm
        if rhythm == CUSTOM and not text:
            raise ValidationError({"crontab": _("Say when: five fields.")})
        if text:
            try:
                crontabs.parse(text)
            except ValidationError as error:
                raise ValidationError({"crontab": error.messages}) from error
        return {**cleaned, "schedule": text}


def rhythm_of(schedule: str) -> str:
    """Return the words for a crontab: those of the usual rhythms, else the crontab itself."""
    return str(dict(SCHEDULES).get(schedule, schedule))
