"""The catalogue of the judged queries: the demonstration, udata's fixture, and datasets of recorded remote catalogues.

The recordings (`SHARED_DIR`, else `../shared`) are no part of this repository; without them only the demonstration is
there, and only its judgements count.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from catalog.models import Dataset, Organization, Resource, Tag
from catalog.services.demo import run as demo
from catalog.services.udata_import import reader
from catalog.services.udata_import import run as udata

SHARED = Path(os.environ.get("SHARED_DIR") or settings.BASE_DIR.parent / "shared")
UDATA = SHARED / "fixtures" / "udata" / "results.json"
REMOTE = SHARED / "fixtures" / "harvest"
CKAN = [
    "ckan/dados.gov.br/package_search-default.json", "ckan/dados.gov.br/package_search-name-bolsa.json",
    "ckan/dados.gov.br/package_search-organization.json", "ckan/data.gov.au/search-result.json",
    "ckan/ckan-2.12.0-live/package_search-p1.json",
]  # fmt: skip
OPENDATASOFT = "ods-v2/datasets.json"
DCAT_US = "pod-json/datagov-harvester/dcatus.json"


@dataclass(frozen=True, slots=True)
class Remote:
    """What a remote catalogue says of a dataset, as far as search sees it."""

    title: str
    description: str
    organization: str
    tags: list[str] = field(default_factory=list)
    files: list[tuple[str, str]] = field(default_factory=list)  # title, format


def is_complete() -> bool:
    """Tell whether the recordings are there."""
    return UDATA.is_file() and REMOTE.is_dir()


def load() -> None:
    """Fill an empty catalogue."""
    demo.load(with_accounts=False)
    if not is_complete():
        return
    udata.run(reader.arrange(_read(UDATA)))
    for remote in remotes():
        write(remote)


def remotes() -> Iterator[Remote]:
    """Yield the datasets of the recorded catalogues: Brazil's, Australia's, Campbelltown's, a regulator's, and a CKAN
    whose titles are random French words (what a careless publisher might add)."""
    for name in CKAN:
        answer = _read(REMOTE / name)
        for package in answer.get("result", answer)["results"]:
            yield _of_ckan(package)
    for entry in _read(REMOTE / OPENDATASOFT)["datasets"]:
        yield _of_opendatasoft(entry["dataset"]["metas"]["default"])
    for entry in _read(REMOTE / DCAT_US)["dataset"]:
        files = [(one.get("title") or "", one.get("format") or "") for one in entry.get("distribution", [])]
        yield Remote(
            entry["title"], entry["description"], entry["publisher"]["name"], entry.get("keyword") or [], files
        )


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _of_ckan(package: dict[str, Any]) -> Remote:
    return Remote(
        package["title"],
        package.get("notes") or "",
        (package.get("organization") or {}).get("title") or "CKAN",
        [tag["display_name"] for tag in package["tags"]],
        [(one.get("name") or "", one.get("format") or "") for one in package["resources"]],
    )


def _of_opendatasoft(metas: dict[str, Any]) -> Remote:
    return Remote(
        metas["title"], metas.get("description") or "", metas.get("publisher") or "Campbelltown",
        metas.get("keyword") or [], [(metas["title"], "csv")],
    )  # fmt: skip


def write(remote: Remote) -> None:
    """Write one dataset as a harvest would."""
    organization = Organization.objects.filter(name=remote.organization).first()
    if organization is None:
        organization = Organization.objects.create(name=remote.organization, description=remote.organization)
    dataset = Dataset.objects.create(
        title=remote.title, description=remote.description or remote.title, organization=organization
    )
    dataset.tags.set(Tag.objects.named(remote.tags))
    for number, (title, form) in enumerate(remote.files):
        Resource.objects.create(
            dataset=dataset, title=title[:255] or "data", url=f"https://example.org/{dataset.pk}/{number}",
            format=form.lower()[:32], position=number,
        )  # fmt: skip
