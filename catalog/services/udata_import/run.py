"""The run: each record in a savepoint of its own, so that a bad one costs only itself."""

from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, transaction

from catalog.models import Dataset, Organization
from catalog.services import derivation
from catalog.services.udata_import.columns import Json, Notes
from catalog.services.udata_import.dataservices import upsert_dataservice
from catalog.services.udata_import.datasets import upsert_dataset
from catalog.services.udata_import.discussions import upsert_discussion
from catalog.services.udata_import.organizations import upsert_organization
from catalog.services.udata_import.posts import upsert_post, upsert_site
from catalog.services.udata_import.reader import Fixture
from catalog.services.udata_import.report import Report
from catalog.services.udata_import.resources import upsert_community_resource, upsert_resource
from catalog.services.udata_import.reuses import upsert_reuse
from catalog.services.udata_import.values import Refused, clean_text, shown

Progress = Callable[[int, int, str], None]  # done, of how many, the title
Upsert = Callable[[Any, Notes], Any]


def silent(done: int, total: int, title: str) -> None:
    """Show nothing."""


def run(fixture: Fixture, *, progress: Progress = silent) -> Report:
    """Write a fixture, one transaction a dataset with all that hangs on it; return what was done."""
    importer = Importer()
    for number, entry in enumerate(fixture.entries, start=1):
        with transaction.atomic():
            importer.entry(entry, f"#{number}")
        progress(number, len(fixture.entries), _title(entry))
    with transaction.atomic():
        importer.each("post", fixture.posts, upsert_post)
        if fixture.site is not None:
            importer.one("site", fixture.site, upsert_site, place="-")
    return importer.report


class Importer:
    """Writes records and keeps the report."""

    def __init__(self) -> None:
        self.report = Report()

    def one(self, kind: str, json: Any, upsert: Upsert, *, place: str) -> Any:
        """Write one record; return its row, or None if it was refused. `place` names a record without id."""
        given = json.get("id") if isinstance(json, dict) else None
        key = clean_text(given)[:64] if isinstance(given, str) else place
        notes: Notes = []
        try:
            with transaction.atomic():
                row = upsert(json, notes)
        except Refused as refusal:
            self.report.refuse(kind, key, str(refusal))
            return None
        except (DatabaseError, ValueError) as error:  # ValueError: a value that the driver cannot send
            self.report.refuse(kind, key, f"the database refuses it: {' '.join(str(error).split())[:200]}")
            return None
        self.report.take(kind, key, notes)
        return row

    def each(self, kind: str, records: Any, upsert: Upsert) -> None:
        """Write the records of a list."""
        if records is None:
            return
        if not isinstance(records, list):
            self.report.refuse(kind, "-", f"{shown(records)} is not a list")
            return
        for number, json in enumerate(records, start=1):
            self.one(kind, json, upsert, place=f"#{number}")

    def entry(self, entry: Any, place: str) -> None:
        """Write a dataset with its organization and all that hangs on it."""
        if not isinstance(entry, dict):
            self.report.refuse("dataset", place, f"{shown(entry)} is not an object")
            return
        organization = self._organization(entry, place)
        dataset = self._dataset(entry, organization, place)
        self._community_resources(entry, dataset)
        self.each("dataservice", entry.get("dataservices"), _hung(upsert_dataservice, dataset))
        self.each("reuse", entry.get("reuses"), _hung(upsert_reuse, dataset))
        self.each("discussion", entry.get("discussions"), _hung(upsert_discussion, dataset))

    def _organization(self, entry: Json, place: str) -> Organization | None:
        if entry.get("organization") is None:
            return None
        return self.one("organization", entry["organization"], upsert_organization, place=place)

    def _dataset(self, entry: Json, organization: Organization | None, place: str) -> Dataset | None:
        """Write the dataset and its resources, which older files keep inside it."""
        json = entry.get("dataset")
        dataset = self.one(
            "dataset", json, lambda one, notes: upsert_dataset(one, notes, organization=organization), place=place
        )
        inside = json.get("resources") if isinstance(json, dict) else None
        self._resources(dataset, entry.get("resources") or inside)
        if dataset:
            derivation.refresh_one(dataset)
        return dataset

    def _resources(self, dataset: Dataset | None, records: Any) -> None:
        """Write the resources in their order."""
        positions = iter(range(len(records) if isinstance(records, list) else 0))

        def upsert(json: Any, notes: Notes) -> Any:
            position = next(positions)
            if dataset is None:
                raise Refused("its dataset was refused")
            return upsert_resource(dataset, json, position, notes)

        self.each("resource", records, upsert)

    def _community_resources(self, entry: Json, dataset: Dataset | None) -> None:
        self.each("community resource", entry.get("community_resources"), _hung(upsert_community_resource, dataset))


def _hung(upsert: Callable[..., Any], dataset: Dataset | None) -> Upsert:
    """Return `upsert` for records that hang on `dataset`."""
    return lambda json, notes: upsert(json, notes, dataset=dataset)


def _title(entry: Any) -> str:
    dataset = entry.get("dataset") if isinstance(entry, dict) else None
    title = dataset.get("title") if isinstance(dataset, dict) else None
    return clean_text(title)[:100] if isinstance(title, str) else "?"
