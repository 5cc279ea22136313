"""Datasets that put pages and clients to the test: none or very many files, long titles, other scripts, a draft."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from catalog.models import Dataset, Resource, Tag
from catalog.services.demo.datasets import dataset_id
from catalog.services.demo.names import chance, read
from catalog.services.demo.organizations import organization_id, person_id
from catalog.services.demo.resources import hosted, remote
from catalog.services.demo.writer import Writer

FILES = 120


def add_oddities(writer: Writer) -> None:
    for raw in read("oddities"):
        if writer.lacks(Dataset, dataset_id(raw["key"])):
            _add(writer, raw)


def _add(writer: Writer, raw: dict[str, Any]) -> None:
    rng = chance(raw["key"])
    modified = writer.now - timedelta(days=rng.randint(1, 25))
    owner = {"organization_id": organization_id(raw["organization"])} if "organization" in raw else {}
    if "owner" in raw:
        owner = {"owner_id": person_id(raw["owner"])}
    dataset = Dataset(
        id=dataset_id(raw["key"]),
        created_at_internal=modified - timedelta(days=rng.randint(10, 400)),
        last_modified_internal=modified,
        metric_views=rng.randint(20, 4_000),
        **owner,
        **raw["values"],
    )
    writer.add(dataset, tags=Tag.objects.named(raw["tags"]))
    make = FILE_MAKERS.get(raw.get("files", ""), _no_file)
    for position, resource in enumerate(make(writer, raw["key"])):
        resource.dataset, resource.position = dataset, position
        resource.created_at_internal = resource.last_modified_internal = modified
        writer.add(resource)


def _no_file(writer: Writer, key: str) -> list[Resource]:
    return []


def _two_files(writer: Writer, key: str) -> list[Resource]:
    """Return a hosted file and a remote one."""
    rows = "mot,translation,traduction\nsel,salt,מלח\nmer,sea,بحر\nphare,lighthouse,灯台\n"
    return [
        hosted(key, "donnees.csv", rows, title="Données (CSV)"),
        remote(key, f"https://example.org/{key}.zip", checked=writer.now, title="Archive", format="zip"),
    ]


def _many_files(writer: Writer, key: str) -> list[Resource]:
    """Return 120 sheets of a map, as remote archives, and their hosted index."""
    index = "feuille,ligne,colonne\n" + "".join(f"F{n:03},{n // 12 + 1},{n % 12 + 1}\n" for n in range(1, FILES))
    sheets = [
        remote(
            key,
            f"https://example.org/igv/ortho/feuille-{number:03}.zip",
            checked=writer.now,
            title=f"Feuille F{number:03} (JPEG 2000)",
            format="zip",
            filesize=chance(f"sheet {number}").randint(40_000_000, 900_000_000),
        )
        for number in range(1, FILES)
    ]
    return [hosted(key, "index.csv", index, title="Index des feuilles", type="documentation"), *sheets]


FILE_MAKERS: dict[str, Callable[[Writer, str], list[Resource]]] = {"two": _two_files, "many": _many_files}
