"""Edits of what hangs on objects: tags and badges."""

from collections import defaultdict
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import Dataservice, Dataset, Tag
from catalog.models.tag import normalize_tags
from catalog.services import badges
from catalog.services.bulk.edits import Edit, type_of_befores
from portal.lib.errors import ServiceError
from portal.models import User


class TagEdit(Edit):
    """Tags given or taken; each row remembers those that were really given to it or taken from it."""

    parameter = "tags"

    def __init__(self, model: type[models.Model], parameters: dict[str, Any]) -> None:
        super().__init__(model, parameters)
        try:
            self.names = set(normalize_tags(map(str, self.value)))
        except ValidationError as error:
            raise ServiceError(error.messages[0], field="tags") from error
        self.through = model._meta.get_field("tags").remote_field.through
        self.own = f"{model._meta.model_name}_id"

    def borne(self, ids: list[str]) -> dict[str, set[str]]:
        """Return which of the tags these objects bear."""
        found: dict[str, set[str]] = defaultdict(set)
        links = self.through._base_manager.filter(**{f"{self.own}__in": ids}, tag__name__in=self.names)
        for pk, name in links.values_list(self.own, "tag__name"):
            found[pk].add(name)
        return found

    def differing(self, borne: set[str]) -> set[str]:
        """Return those of the tags that are to be given or taken."""
        raise NotImplementedError

    def found(self, rows: list[Any]) -> type_of_befores:
        borne = self.borne([row.pk for row in rows])
        differing = {row.pk: sorted(self.differing(borne[row.pk])) for row in rows}
        return {pk: {"tags": names} for pk, names in differing.items() if names}

    def give(self, wanted: dict[str, list[str]]) -> None:
        known = {tag.name: tag.pk for tag in Tag.objects.named({name for names in wanted.values() for name in names})}
        links = [
            self.through(**{self.own: pk, "tag_id": known[name]}) for pk, names in wanted.items() for name in names
        ]
        self.through._base_manager.bulk_create(links, ignore_conflicts=True)
        self.touch(list(wanted))

    def take(self, unwanted: dict[str, list[str]]) -> None:
        alike = defaultdict(list)
        for pk, names in unwanted.items():
            alike[tuple(names)].append(pk)
        for names, ids in alike.items():
            tags = list(Tag.objects.filter(name__in=names).values_list("pk", flat=True))
            self.through._base_manager.filter(**{f"{self.own}__in": ids}, tag_id__in=tags).delete()
        self.touch(list(unwanted))

    def _by_row(self, befores: type_of_befores) -> dict[str, list[str]]:
        return {pk: old["tags"] for pk, old in befores.items()}


class TagsGiven(TagEdit):
    def differing(self, borne: set[str]) -> set[str]:
        return self.names - borne

    def write(self, befores: type_of_befores, by: User) -> None:
        self.give(self._by_row(befores))

    def put_back(self, befores: type_of_befores, by: User) -> None:
        self.take(self._by_row(befores))


class TagsTaken(TagEdit):
    def differing(self, borne: set[str]) -> set[str]:
        return self.names & borne

    def write(self, befores: type_of_befores, by: User) -> None:
        self.take(self._by_row(befores))

    def put_back(self, befores: type_of_befores, by: User) -> None:
        self.give(self._by_row(befores))


class BadgeEdit(Edit):
    targets = (Dataset, Dataservice)
    parameter = "badge"
    curators_only = True

    def __init__(self, model: type[models.Model], parameters: dict[str, Any]) -> None:
        super().__init__(model, parameters)
        if self.value not in badges.kinds_of(model):
            raise ServiceError(_("This badge is not known."), field="badge")
        self.badge = model.badges.rel.related_model
        self.own = f"{model._meta.model_name}_id"

    def borne(self, ids: Any) -> models.QuerySet:
        return self.badge._base_manager.filter(**{f"{self.own}__in": list(ids)}, kind=self.value)

    def give(self, dates: dict[str, Any], by: User) -> None:
        """Give the badge to these rows, each at its date."""
        rows = [
            self.badge(**{self.own: pk, "kind": self.value, "created": date, "created_by_id": by.pk})
            for pk, date in dates.items()
        ]
        self.badge._base_manager.bulk_create(rows, ignore_conflicts=True)


class BadgeGiven(BadgeEdit):
    def found(self, rows: list[Any]) -> type_of_befores:
        bearers = set(self.borne([row.pk for row in rows]).values_list(self.own, flat=True))
        return {row.pk: {"badge": None} for row in rows if row.pk not in bearers}

    def write(self, befores: type_of_befores, by: User) -> None:
        self.give(dict.fromkeys(befores, timezone.now()), by)

    def put_back(self, befores: type_of_befores, by: User) -> None:
        self.borne(befores).delete()


class BadgeTaken(BadgeEdit):
    def found(self, rows: list[Any]) -> type_of_befores:
        borne = self.borne([row.pk for row in rows]).values_list(self.own, "created")
        return {pk: {"created": created.isoformat()} for pk, created in borne}

    def write(self, befores: type_of_befores, by: User) -> None:
        self.borne(befores).delete()

    def put_back(self, befores: type_of_befores, by: User) -> None:
        """Give the badges again, dated as they were; who gives them now is who takes the job back."""
        self.give({pk: old["created"] for pk, old in befores.items()}, by)
