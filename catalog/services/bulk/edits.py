"""What an edit is: one way to change a batch of objects, and to take that back.

Each is set-based: a constant number of queries for a batch. The rows are locked and their editor's rights are checked
by the caller (`running`).
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from catalog import permissions
from catalog.models import Assignment, Dataservice, Dataset, License, Organization, Reuse
from catalog.models.vocabulary import AccessType, Frequency
from catalog.services import curation, derivation, metrics
from portal.lib.errors import ServiceError
from portal.models import User

type_of_before = dict[str, Any]  # what a row had of what an edit writes, as JSON keeps it
type_of_befores = dict[str, type_of_before]  # by the row's id

STATEFUL = (Dataset, Reuse, Dataservice)


class Edit:
    """Made for one job, of its kind of object and of the values asked for. Raises ServiceError for impossible ones."""

    label: Any = ""
    targets: ClassVar[tuple[type[models.Model], ...]] = STATEFUL
    parameter = ""  # the name of the value that it needs
    permission = "change"
    curators_only = False
    is_content = True  # changes what an object says: not to be done to many by who needs a curator for each

    def __init__(self, model: type[models.Model], parameters: dict[str, Any]) -> None:
        self.model = model
        self.value = parameters.get(self.parameter)
        if self.parameter and not self.value:
            raise ServiceError(_("A value is missing."), field=self.parameter)

    def may(self, user: User) -> bool:
        """Tell whether this person may try at all; each row is asked for besides."""
        return not self.curators_only or permissions.curates(user, self.model)

    def permission_of(self, user: User) -> str:
        """Return the action that Django's permissions must allow this person, where she edits no row by herself."""
        return self.permission

    def rule(self, row: Any) -> str:
        """Return the reason to refuse a row, or an empty text."""
        return curation.not_deleted(row)

    def rule_back(self, row: Any) -> str:
        """As `rule`, for the way back."""
        return self.rule(row)

    def found(self, rows: list[Any]) -> type_of_befores:
        """Return what those rows have that the edit would change; the others are so already."""
        raise NotImplementedError

    def write(self, befores: type_of_befores, by: User) -> None:
        """Change these rows; `befores` is what `found` said of them."""
        raise NotImplementedError

    def changed_since(self, rows: list[Any], befores: type_of_befores) -> set[str]:
        """Return the ids of those of these rows that somebody has changed since the edit, which left `befores`."""
        return set(self.found(rows))

    def put_back(self, befores: type_of_befores, by: User) -> None:
        """Give these rows back what they had. Raises ServiceError where it is gone."""
        raise NotImplementedError

    def rows(self, ids: Any) -> models.QuerySet:
        return self.model._default_manager.filter(pk__in=list(ids))

    def touch(self, ids: list[str]) -> None:
        """Date rows of which no column was written, and bring up to date what follows from them."""
        self.rows(ids).update(**{curation.modified_column(self.model): timezone.now()})
        self.derive(ids)

    def derive(self, ids: list[str]) -> None:
        if self.model is Dataset:
            derivation.refresh(ids)


class StateEdit(Edit):
    """A verb of curators and editors, and the one that takes it back."""

    is_content = False
    verb: Callable[..., int]
    inverse: Callable[..., int]
    wanted = True
    back: Callable[[Any], str] = staticmethod(curation.not_deleted)

    def column(self) -> str:
        raise NotImplementedError

    def rule_back(self, row: Any) -> str:
        return type(self).back(row)

    def found(self, rows: list[Any]) -> type_of_befores:
        name = self.column()
        return {row.pk: {name: _plain(getattr(row, name))} for row in rows if bool(getattr(row, name)) != self.wanted}

    def write(self, befores: type_of_befores, by: User) -> None:
        type(self).verb(self.rows(befores), by=by)

    def put_back(self, befores: type_of_befores, by: User) -> None:
        type(self).inverse(self.rows(befores), by=by)
        name = self.column()
        dated = {pk: parse_datetime(old[name]) for pk, old in befores.items() if isinstance(old[name], str)}
        rows = list(self.rows(dated))
        for row in rows:
            setattr(row, name, dated[row.pk])
        self.model._default_manager.bulk_update(rows, [name])


class ColumnEdit(Edit):
    """Columns that get the same values in all rows."""

    def values(self) -> dict[str, Any]:
        """Return the values by column (of keys, their ids)."""
        raise NotImplementedError

    def follow(self, befores: type_of_befores) -> None:
        """Do what comes with it."""
        self.derive(list(befores))

    def found(self, rows: list[Any]) -> type_of_befores:
        wanted = self.values()
        olds = {row.pk: {name: getattr(row, name) for name in wanted} for row in rows}
        return {pk: old for pk, old in olds.items() if old != wanted}

    def write(self, befores: type_of_befores, by: User) -> None:
        self.rows(befores).update(**self.values(), **{curation.modified_column(self.model): timezone.now()})
        self.follow(befores)

    def put_back(self, befores: type_of_befores, by: User) -> None:
        names = list(self.values())
        self._check_there(befores)
        rows, modified = list(self.rows(befores)), curation.modified_column(self.model)
        for row in rows:
            for name, value in befores[row.pk].items():
                setattr(row, name, value)
            setattr(row, modified, timezone.now())
        self.model._default_manager.bulk_update(rows, [*names, modified])
        self.follow(befores)

    def _check_there(self, befores: type_of_befores) -> None:
        """Raise ServiceError if what a column named is gone from the portal."""
        for name in self.values():
            target = self.model._meta.get_field(name).related_model
            wanted = {old[name] for old in befores.values() if old[name] is not None}
            if target is not None and target._base_manager.filter(pk__in=wanted).count() < len(wanted):
                raise ServiceError(_("what it had before is gone from the portal."))


class LicenseEdit(ColumnEdit):
    targets = (Dataset, Dataservice)
    parameter = "license"

    def __init__(self, model: type[models.Model], parameters: dict[str, Any]) -> None:
        super().__init__(model, parameters)
        if not License.objects.filter(pk=self.value).exists():
            raise ServiceError(_("This licence is not known."), field="license")

    def values(self) -> dict[str, Any]:
        return {"license_id": self.value}

    def rule(self, row: Any) -> str:
        closed = row.access_type != AccessType.OPEN
        return super().rule(row) or (_("only open data has a licence.") if closed else "")


class FrequencyEdit(ColumnEdit):
    targets = (Dataset,)
    parameter = "frequency"

    def __init__(self, model: type[models.Model], parameters: dict[str, Any]) -> None:
        super().__init__(model, parameters)
        if self.value not in Frequency.values:
            raise ServiceError(_("This frequency is not known."), field="frequency")

    def values(self) -> dict[str, Any]:
        return {"frequency": self.value}


class TransferEdit(ColumnEdit):
    """Gives the rows to an organization, without asking it: curators alone decide so."""

    parameter = "organization"
    curators_only = True

    def __init__(self, model: type[models.Model], parameters: dict[str, Any]) -> None:
        super().__init__(model, parameters)
        if not Organization.objects.filter(pk=self.value, deleted__isnull=True).exists():
            raise ServiceError(_("This organization is not known."), field="organization")

    def values(self) -> dict[str, Any]:
        return {"organization_id": self.value, "owner_id": None}

    def follow(self, befores: type_of_befores) -> None:
        super().follow(befores)
        Assignment.objects.filter(subject_class=self.model.__name__, subject_id__in=list(befores)).delete()
        former = {old["organization_id"] for old in befores.values()}
        metrics.refresh_organization_metrics(filter(None, {*former, self.value}))


def _plain(value: Any) -> Any:
    """Return a value as JSON keeps it, dates to the microsecond."""
    return value.isoformat() if isinstance(value, datetime) else value
