"""Writing what is missing, and nothing else."""

from collections import Counter
from datetime import datetime
from typing import Any

from django.db import models


class Writer:
    """Adds rows that are not there yet; a row that is there, changed or not by people, is left alone.

    `now` is the moment from which the dates of the demonstration are counted back.
    """

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.added: Counter[str] = Counter()

    def lacks(self, model: type[models.Model], pk: Any) -> bool:
        return not model._base_manager.filter(pk=pk).exists()

    def add(self, row: models.Model, **related: list[Any]) -> None:
        """Insert a row that is lacking, with its many-to-many relations."""
        row.save(force_insert=True)
        for name, targets in related.items():
            getattr(row, name).set(targets)
        self.added[str(row._meta.verbose_name_plural)] += 1
