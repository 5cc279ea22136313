"""What the forms of publishers share: their reader, tags, owners, and how editors notice each other."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from catalog.forms.chosen import ChosenField
from catalog.models import License, Organization
from catalog.models.tag import normalize_tags
from catalog.permissions import Actor, can_act_in_person
from portal.lib.markdown_field import MarkdownTextarea
from portal.models import User

MOST_TAGS = 5_000  # characters of the whole field
MODIFIED = ("last_modified_internal", "metadata_modified_at", "last_modified")  # of which a kind has one


def mark_of(item: Model) -> str:
    """Return what changes when somebody saves the object: the time of its last change here, exact."""
    found = next(getattr(item, name) for name in MODIFIED if hasattr(item, name))
    return found.isoformat() if isinstance(found, datetime) else ""


class TagsField(forms.CharField):
    """Words set apart by commas; become normalised tags, sorted, each once."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "label": _("Tags"), "max_length": MOST_TAGS, **options})

    def prepare_value(self, value: Any) -> Any:
        """Show a list as the text that gives it."""
        return value if isinstance(value, str) or value is None else ", ".join(str(one) for one in value)

    def clean(self, value: str | None) -> list[str]:
        """Return the tags. Raises ValidationError for one that is too short or too long."""
        words = super().clean(value).replace(";", ",").split(",")
        return normalize_tags(word for word in words if word.strip())


class Markdown(forms.CharField):
    """A long text; its lines end as everywhere else on the portal."""

    def __init__(self, *, rows: int = 10, **options: Any) -> None:
        super().__init__(**{"widget": MarkdownTextarea(attrs={"rows": rows}), "max_length": 100_000, **options})

    def to_python(self, value: Any) -> str:
        return super().to_python(value).replace("\r\n", "\n")


class WebAddressField(forms.URLField):
    """An address of the web."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"assume_scheme": "https", "max_length": 2000, "required": False, **options})
        self.widget.attrs.setdefault("placeholder", "https://")


class DayField(forms.DateField):
    """A day, chosen in the browser's calendar."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(**{"required": False, "widget": widget, "input_formats": ["%Y-%m-%d"], **options})


class OwnerField(forms.ChoiceField):
    """In whose name something is made: an organization that the actor edits for, or herself (None)."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"label": _("Published by"), "required": False, **options})
        self.organizations: dict[str, Organization] = {}

    def offer(self, actor: Actor, user: User) -> None:
        """Offer the organizations of the actor; where there is one alone, it is the first choice."""
        rows = Organization.objects.filter(pk__in=actor.edited_organizations, deleted=None).order_by("name", "pk")
        self.organizations = {row.pk: row for row in rows}
        mine = [("", _("Myself (%(name)s)") % {"name": user})] if can_act_in_person(actor) else []
        self.choices = [*((pk, row.name) for pk, row in self.organizations.items()), *mine]
        self.initial = next(iter(self.organizations), "")

    def clean(self, value: Any) -> Organization | None:
        return self.organizations.get(super().clean(value))


class LicenseChoice(forms.ModelChoiceField):
    """A licence that publishers are offered, or the one that the object has already."""

    def __init__(self, **options: Any) -> None:
        options = {"label": _("Licence"), "required": False, "empty_label": _("Not specified"), **options}
        super().__init__(License.objects.filter(active=True).exclude(pk=License.NOT_SPECIFIED), **options)

    def keep(self, license_id: str | None) -> None:
        """Offer that licence, too."""
        if license_id and license_id != License.NOT_SPECIFIED:
            self.queryset = License.objects.filter(pk=license_id) | self.queryset


class PublishForm(forms.Form):
    """A form for `user`. With `item` it changes that object, and notices who changed it meanwhile."""

    mark = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, actor: Actor, item: Any = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user, self.actor, self.item = user, actor, item
        self.was_overtaken = False
        if item is not None:
            self.initial["mark"] = mark_of(item)
        for field in self.fields.values():
            if isinstance(field, ChosenField):
                field.choose_for(user)
            elif isinstance(field, OwnerField):
                field.offer(actor, user)
            elif isinstance(field, LicenseChoice):
                field.keep(getattr(item, "license_id", None))

    def clean(self) -> dict[str, Any]:
        """Refuse, once, to write over what somebody else saved since the page was opened."""
        given, now = self.cleaned_data.get("mark", ""), mark_of(self.item) if self.item is not None else ""
        if given and now and given != now:
            self.was_overtaken = True
            self.data = self.data.copy()
            self.data[self.add_prefix("mark")] = now
            raise ValidationError(
                _("Somebody changed this while you were writing. Yours is kept below: compare, then save again."),
                code="overtaken",
            )
        return self.cleaned_data

    def values(self) -> dict[str, Any]:
        """Return what the services take, by the API's keys; of a form with errors, only what is right."""
        return {name: value for name, value in self.cleaned_data.items() if name != "mark"}
