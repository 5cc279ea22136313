"""Choosing some objects among many: those chosen are check boxes, others are added by typing their name."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Case, Q, QuerySet, Value, When
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from catalog.models import Dataservice, Dataset, GeoZone
from catalog.models.base import type_of_user
from portal.lib.ids import is_object_id
from portal.lib.slugs import normalize

MOST = 200  # objects of one field
OFFERED = 12  # objects that a typed name may mean


class Kind(NamedTuple):
    """What a field chooses among. `rows` gives what a person may name, `find` the rows that a text means, best first;
    `suggest` is the address of the API that completes names.
    """

    rows: Callable[[type_of_user], QuerySet]
    find: Callable[[QuerySet, str], QuerySet]
    suggest: str


def _find_zones(rows: QuerySet[GeoZone], text: str) -> QuerySet[GeoZone]:
    slug = normalize(text)
    exact = rows.filter(Q(pk__iexact=text) | Q(code__iexact=text) | Q(name__iexact=text))
    if exact.exists():
        return exact.order_by("level__admin_level", "name", "pk")
    starts = Case(When(slug__startswith=slug, then=Value(0)), default=Value(1))
    return (
        rows.filter(slug__contains=slug).order_by(starts, "level__admin_level", "name", "pk") if slug else rows.none()
    )


def _find_titled(rows: QuerySet, text: str) -> QuerySet:
    key = text.rstrip("/").rsplit("/", 1)[-1]  # an address of its page is as good as its slug
    exact = rows.filter(Q(slug=key) | Q(title__iexact=text) | (Q(pk=key) if is_object_id(key) else Q(pk__in=[])))
    return (exact if exact.exists() else rows.filter(title__icontains=text)).order_by("title", "pk")


ZONES = Kind(lambda _user: GeoZone.objects.defer("geometry"), _find_zones, "/api/1/spatial/zones/suggest/")
DATASETS = Kind(
    lambda user: Dataset.objects.visible_to(user).only("pk", "title", "slug"),
    _find_titled,
    "/api/1/datasets/suggest/",
)
DATASERVICES = Kind(
    lambda user: Dataservice.objects.visible_to(user).only("pk", "title", "slug"),
    _find_titled,
    "/api/1/dataservices/suggest/",
)


class ChosenWidget(forms.Widget):
    """Check boxes of what is chosen, then a text for one more; both work without a script."""

    template_name = "catalog/publish/chosen.html"

    def __init__(self, suggest: str) -> None:
        super().__init__()
        self.suggest = suggest
        self.rows: QuerySet | None = None
        self.offered: list[Any] = []

    def value_from_datadict(self, data: QueryDict, files: Any, name: str) -> tuple[list[str], str]:
        chosen = data.getlist(name) if hasattr(data, "getlist") else list(data.get(name, []))
        return chosen, str(data.get(f"{name}_add", "")).strip()

    def value_omitted_from_data(self, data: QueryDict, files: Any, name: str) -> bool:
        return name not in data and f"{name}_add" not in data

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        chosen, typed = value if isinstance(value, tuple) else (value or [], "")
        found = {str(row.pk): row for row in self.rows.filter(pk__in=chosen[:MOST])} if chosen else {}
        context["widget"] |= {
            "chosen": [found[str(pk)] for pk in dict.fromkeys(chosen) if str(pk) in found],
            "offered": [row for row in self.offered if str(row.pk) not in found],
            "typed": typed,
            "suggest": self.suggest,
        }
        return context


class ChosenField(forms.Field):
    """Some objects of a kind; becomes their list, in the order chosen. A form gives it its reader (`choose_for`)."""

    def __init__(self, kind: Kind, **options: Any) -> None:
        super().__init__(**{"required": False, "widget": ChosenWidget(kind.suggest), **options})
        self.kind = kind

    def choose_for(self, user: type_of_user) -> None:
        """Let the field name what `user` may read."""
        self.widget.rows = self.kind.rows(user)

    def prepare_value(self, value: Any) -> Any:
        """Take objects as well as their ids."""
        return value if isinstance(value, tuple) else [getattr(one, "pk", one) for one in value or []]

    def has_changed(self, initial: Any, data: Any) -> bool:
        chosen, typed = data if isinstance(data, tuple) else ([], "")
        return bool(typed) or [str(one) for one in self.prepare_value(initial)] != chosen

    def clean(self, value: tuple[list[str], str]) -> list[Any]:
        """Return the objects. Raises ValidationError for an unknown id, a text that means none, or several."""
        chosen, typed = value
        if len(chosen) > MOST:
            raise ValidationError(_("At most %(most)s can be chosen."), params={"most": MOST})
        rows = self._known(chosen)
        return [*rows, *(one for one in self._typed(typed) if one not in rows)]

    def _known(self, chosen: Iterable[str]) -> list[Any]:
        ids = [text for text in dict.fromkeys(chosen) if "\x00" not in text and len(text) <= 100]
        found = {str(row.pk): row for row in self.widget.rows.filter(pk__in=ids)} if ids else {}
        if len(found) != len(set(chosen)):
            raise ValidationError(_("One of the choices is not there any more. The others are kept below."))
        return [found[pk] for pk in ids]

    def _typed(self, text: str) -> list[Any]:
        if not text:
            return []
        if "\x00" in text or len(text) > 500:
            raise ValidationError(_("Nothing is known by this name."))
        found = list(self.kind.find(self.widget.rows, text)[: OFFERED + 1])
        if not found:
            raise ValidationError(_("Nothing is known by the name “%(name)s”."), params={"name": text})
        if len(found) > 1:
            self.widget.offered = found[:OFFERED]
            raise ValidationError(_("“%(name)s” may mean several things: tick those you mean."), params={"name": text})
        return found
