"""The edit of an imported spreadsheet: each object gets what its own line wants."""

from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from catalog.models import Dataset, SheetLine
from catalog.permissions import Actor
from catalog.services import datasets
from catalog.services.bulk.edits import Edit, type_of_befores
from catalog.services.sheets import changes, columns
from portal.lib.errors import ServiceError
from portal.models import User


class SheetEdit(Edit):
    """Uses the service of datasets for each row: activity, review and derived columns come with it."""

    targets = (Dataset,)
    parameter = "sheet"

    def __init__(self, model: type[models.Model], parameters: dict[str, Any]) -> None:
        super().__init__(model, parameters)
        self.overwrite = bool(parameters.get("overwrite"))
        if not SheetLine.objects.filter(sheet=self.value).exists():
            raise ServiceError(_("The imported file is gone."))

    def lines(self, rows: list[Any]) -> dict[str, SheetLine]:
        found = SheetLine.objects.filter(sheet=self.value, error="", object_id__in=[row.pk for row in rows])
        return {line.object_id: line for line in found}

    def wanted(self, rows: list[Any]) -> dict[str, dict[str, Any]]:
        by_id = self.lines(rows)
        models.prefetch_related_objects(rows, "tags")
        return {
            row.pk: changes.effective(by_id[row.pk], columns.current(row), overwrite=self.overwrite)
            for row in rows if row.pk in by_id
        }  # fmt: skip

    def found(self, rows: list[Any]) -> type_of_befores:
        now = {row.pk: row for row in rows}
        return {
            pk: {name: columns.current(now[pk])[name] for name in wanted}
            for pk, wanted in self.wanted(rows).items() if wanted
        }  # fmt: skip

    def changed_since(self, rows: list[Any], befores: type_of_befores) -> set[str]:
        """Only what the line really changed counts: its conflicts were left alone."""
        by_id = self.lines(rows)
        models.prefetch_related_objects(rows, "tags")
        now = {row.pk: columns.current(row) for row in rows if row.pk in by_id}
        return {
            pk for pk, values in now.items()
            if any(values[name] != by_id[pk].wanted[name] for name in befores.get(pk) or {})
        }  # fmt: skip

    def write(self, befores: type_of_befores, by: User) -> None:
        rows = list(self.rows(befores))
        wanted = self.wanted(rows)
        for row in rows:
            self._update(row, wanted[row.pk], by)

    def put_back(self, befores: type_of_befores, by: User) -> None:
        for row in self.rows(befores):
            self._update(row, befores[row.pk], by)

    def _update(self, row: Dataset, values: dict[str, Any], by: User) -> None:
        datasets.update(row, columns.to_service(row, values), by=by, actor=Actor.of(by))
