"""Telling which datasets of the portal are which records of a remote, before it is harvested for the first time."""

import csv
from collections.abc import Iterable, Iterator
from typing import TextIO

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import Dataset
from catalog.models.dataset import KEY_LENGTH, harvested_key
from harvest.mapping.urls import domain_of
from harvest.models import HarvestRecord, Source
from portal.lib.errors import ServiceError

KEYS = ("local", "remote")  # columns of the file
MAX_ID = 500  # characters


def read(file: TextIO) -> Iterator[tuple[str, str]]:
    """Give the pairs of a CSV file (`local;remote`, or with commas). Raises ServiceError for other columns."""
    header = file.readline()
    delimiter = ";" if ";" in header else ","
    names = [name.strip().strip('"\ufeff').lower() for name in header.split(delimiter)]
    if not set(KEYS) <= set(names):
        raise ServiceError(_("The file has the columns “local” and “remote”."))
    for row in csv.DictReader(file, fieldnames=names, delimiter=delimiter):
        yield (row["local"] or "").strip(), (row["remote"] or "").strip()[:MAX_ID]


def attach(pairs: Iterable[tuple[str, str]], *, source: Source | None, domain: str) -> tuple[int, list[str]]:
    """Make each dataset (id or slug) the record of that remote id; whoever held that id lets it go.

    Return how many were attached, and what is wrong with the others.
    """
    done, errors = 0, []
    for local, remote in pairs:
        try:
            _attach_one(local, remote, source, domain or (domain_of(source.url) if source else ""))
            done += 1
        except ServiceError as error:
            errors.append(f"{local}: {error.message}")
    return done, errors


@transaction.atomic
def _attach_one(local: str, remote: str, source: Source | None, domain: str) -> None:
    if not remote:
        raise ServiceError(_("It has no remote id."))
    dataset = Dataset.objects.select_for_update(of=("self",)).filter(Q(pk=local) | Q(slug=local)).first()
    if dataset is None:
        raise ServiceError(_("There is no such dataset."))
    _release(remote, domain, keep=dataset)
    origin = {
        **(dataset.harvest or {}),
        "domain": domain,
        "remote_id": remote,
        "last_update": timezone.now().isoformat(),
    }
    if source is not None:
        origin |= {"source_id": source.pk, "source_url": source.public_url}
    dataset.harvest = origin
    dataset.save(update_fields=["harvest"])
    if source is not None:
        HarvestRecord.objects.filter(source=source, dataset=dataset).exclude(remote_id=remote).delete()
        values = {"dataset": dataset, "content_hash": "", "mapper": "", "missing_since": None, "missing_runs": 0}
        HarvestRecord.objects.update_or_create(source=source, remote_id=remote, defaults=values)


def _release(remote: str, domain: str, *, keep: Dataset) -> None:
    """Forget the origin of other datasets with that remote id of that domain."""
    rows = Dataset.objects.annotate(key=harvested_key("remote_id")).filter(key=remote[:KEY_LENGTH])
    for other in rows.filter(harvest__domain=domain).exclude(pk=keep.pk).select_for_update(of=("self",)):
        detach(other)


@transaction.atomic
def detach(dataset: Dataset) -> None:
    """Forget that a dataset was harvested: it is its owner's own from now on, with its files."""
    dataset.harvest = None
    dataset.save(update_fields=["harvest"])
    dataset.resources.exclude(harvest=None).update(harvest=None)
    HarvestRecord.objects.filter(dataset=dataset).delete()
