"""The kinds of query arguments. Their error texts follow udata's, which clients show as they are."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import django_filters
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portal.lib.ids import is_object_id

IDENTIFIER = "identifier"  # code of the error that udata answers as a bare message


class ReferenceField(forms.CharField):
    """The id, or (better than udata) the slug where there is one, of an object; cleans to the id.

    A well-formed unknown id is kept: it selects nothing, as in udata.
    """

    def __init__(self, *args: Any, model: type[models.Model], label_in_error: str = "", **kwargs: Any) -> None:
        self.model = model
        self.name_in_error = label_in_error or model.__name__
        super().__init__(*args, **kwargs)

    def clean(self, value: Any) -> str:
        value = super().clean(value)
        if not value or is_object_id(value):
            return value
        found = self._by_slug(value)
        if found is None:
            raise ValidationError(f"{self.name_in_error} arg must be an identifier", code=IDENTIFIER)
        return found

    def _by_slug(self, value: str) -> str | None:
        if not any(one.name == "slug" for one in self.model._meta.get_fields()):
            return None
        return self.model._default_manager.filter(slug=value).values_list("pk", flat=True).first()


class ReferenceFilter(django_filters.CharFilter):
    """Selects by a related object; `lookup` is a column or a path through a many-to-many."""

    field_class = ReferenceField


class ChoiceFilter(django_filters.ChoiceFilter):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {"invalid_choice": _("The value '%(value)s' is not a valid choice.")})
        super().__init__(*args, **kwargs)


class BooleanField(forms.Field):
    """`true`, `1`, `on` or `false`, `0`, `off`, in any case; cleans to a boolean or None."""

    VALUES = {"true": True, "1": True, "on": True, "": None, "false": False, "0": False, "off": False}

    def clean(self, value: Any) -> bool | None:
        text = str(value or "").strip().lower()
        if text not in self.VALUES:
            raise ValidationError(f"Invalid literal for boolean(): {value}")
        return self.VALUES[text]


class BooleanFilter(django_filters.Filter):
    field_class = BooleanField
    openapi = {"type": "boolean"}


class StateFilter(BooleanFilter):
    """Whether a date of state (archived, deleted) is set."""

    def filter(self, qs: QuerySet, value: bool | None) -> QuerySet:
        return qs if value is None else qs.filter(**{f"{self.field_name}__isnull": not value})


class RepeatedField(forms.Field):
    """An argument that may be repeated; cleans to the list of its non-empty values."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> list[str]:
        values = [value] if isinstance(value, str) else value or []
        if any("\x00" in item for item in values):
            raise ValidationError(_("Null characters are not allowed."))
        return [text for text in (str(item).strip() for item in values) if text]


class RepeatedFilter(django_filters.Filter):
    """Selects rows that match any of the values."""

    field_class = RepeatedField
    openapi = {"type": "array", "items": {"type": "string"}}

    def filter(self, qs: QuerySet, value: list[str]) -> QuerySet:
        return qs.filter(**{f"{self.field_name}__in": value}) if value else qs


class RelatedFilter(RepeatedFilter):
    """Selects rows that have, for each value (or for any), a related row with it; never doubles a row."""

    def __init__(self, *args: Any, every: bool = False, **kwargs: Any) -> None:
        self.every = every
        super().__init__(*args, **kwargs)

    def filter(self, qs: QuerySet, value: list[str]) -> QuerySet:
        groups: Iterable[list[str]] = [[one] for one in value] if self.every else [value]
        for group in filter(None, groups):
            matching = qs.model._base_manager.filter(**{f"{self.field_name}__in": group})
            qs = qs.filter(pk__in=matching.values("pk"))
        return qs


class TagFilter(RelatedFilter):
    """Repeated `tag`: an object must have all of them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, field_name="tags__name", every=True, **kwargs)


class PeriodField(forms.CharField):
    """`YYYY-MM-DD-YYYY-MM-DD`; cleans to two dates, to () if malformed (udata: an empty list), or to None."""

    def clean(self, value: Any) -> tuple[date, ...] | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return date.fromisoformat(text[:10]), date.fromisoformat(text[11:])
        except ValueError:
            return ()


class PeriodFilter(django_filters.Filter):
    """Selects datasets whose period covered overlaps the given one."""

    field_class = PeriodField

    def filter(self, qs: QuerySet, value: tuple[date, ...] | None) -> QuerySet:
        if value is None:
            return qs
        if not value:
            return qs.none()
        start, end = value
        open_ended = models.Q(temporal_end__isnull=True) | models.Q(temporal_end__gte=start)
        return qs.filter(open_ended, temporal_start__lte=end)


class SearchFilter(django_filters.CharFilter):
    """Selects what the search index finds, and what it does not hold (drafts and the like) by its columns.

    Where there is no index, or too much is found, every word must stand in one of the columns.
    """

    def __init__(self, *columns: str, **kwargs: Any) -> None:
        self.columns = columns
        super().__init__(**{"help_text": "The search query", **kwargs})

    def filter(self, qs: QuerySet, value: str) -> QuerySet:
        if not (value or "").strip():
            return qs
        ids = self.parent.matching
        if ids is None:
            return self.by_words(qs, value)
        found = models.Q(pk__listed=ids)
        user = getattr(self.parent.request, "user", None)
        if user is not None and user.is_authenticated:
            found |= models.Q(pk__in=self.by_words(self.not_indexed(qs), value).order_by().values("pk"))
        return qs.filter(found)

    def not_indexed(self, qs: QuerySet) -> QuerySet:
        """Return those of `qs` that the index leaves out, for they are not for everybody."""
        public = getattr(qs, "LISTED", None)
        if public is not None:
            return qs.exclude(public)
        return qs.exclude(pk__in=qs.model._default_manager.visible_to(AnonymousUser()).values("pk"))

    def by_words(self, qs: QuerySet, value: str) -> QuerySet:
        """Return the rows in whose columns every word stands."""
        for word in value.split()[:20]:
            anywhere = models.Q()
            for column in self.columns:
                anywhere |= models.Q(**{f"{column}__icontains": word})
            qs = qs.filter(anywhere)
        return qs


class SortFilter(ChoiceFilter):
    """`name` or `-name`; ties are settled by the id, in the direction in which the index can be read."""

    def __init__(self, columns: dict[str, str], **kwargs: Any) -> None:
        self.columns = columns
        names = [*columns, *(f"-{name}" for name in columns)]
        super().__init__(
            choices=[(name, name) for name in names],
            help_text="The field (and direction) on which sorting apply",
            error_messages={"invalid_choice": _("The value '%(value)s' is not a valid choice for 'sort'.")},
            **kwargs,
        )

    def filter(self, qs: QuerySet, value: str) -> QuerySet:
        if not value:
            return qs
        column = self.columns[value.removeprefix("-")]
        natural_descent = column not in TEXT_COLUMNS
        descending = value.startswith("-")
        # Indexes hold numbers and dates downwards, texts upwards, the id upwards: read them forwards or backwards.
        tie = "id" if descending == natural_descent else "-id"
        return qs.order_by(f"-{column}" if descending else column, tie)


TEXT_COLUMNS = frozenset(["title", "name", "first_name", "last_name", "base_api_url"])
