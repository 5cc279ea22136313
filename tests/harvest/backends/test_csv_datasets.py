"""CSV manifests: what their rows become."""

import pytest

from harvest.backends.csv_columns import NAMES
from harvest.backends.csv_manifest import CsvManifestBackend
from harvest.errors import ItemInvalid, ItemSkipped
from tests.harvest.backends.csv_files import listing
from tests.harvest.fixtures import backend, fixture, read_all, serving


def test_the_recorded_catalogue():
    """data.gouv.fr's own catalogue of resources: the second dataset is archived, and none has a title."""
    with serving({"/c.csv": fixture("csv-manifest/catalog.csv")}) as remote:
        one = backend(CsvManifestBackend, f"{remote.url}/c.csv")
        first, second = read_all(one)
    draft = one.map(first)
    assert one.identify(first) == "601ddcfc85a59c3a45c2435a"
    assert draft.title == "resource-1"
    assert draft.resources[0].remote_id == "c4e3a9fb-4415-488e-ba57-d05269b27adf"
    assert draft.resources[0].created_at.isoformat() == "2024-12-19T09:53:36.428000+00:00"
    assert one.identify(second) == "601ddcfc85a59c3a45c2435b"
    with pytest.raises(ItemSkipped, match="archived"):
        one.map(second)


FULL = {
    "dataset.id": "https://ville.example/id/1",
    "dataset.title": "T",
    "dataset.acronym": "A",
    "dataset.description": "<p>d</p>",
    "dataset.url": "https://ville.example/page",
    "dataset.organization": "Ville",
    "dataset.license": "ODbL",
    "dataset.frequency": "annuelle",
    "dataset.tags": "eau|santé",
    "dataset.theme": "Environnement",
    "dataset.private": "non",
    "dataset.archived": "False",
    "dataset.spatial": "Rennes, Brest",
    "dataset.granularity": "commune",
    "dataset.temporal_start": "2010",
    "dataset.temporal_end": "2011",
    "dataset.temporal": "",
    "dataset.created_at": "01/02/2020",
    "dataset.modified": "2021-03-04",
    "dataset.contact_name": "Ana",
    "dataset.contact_email": "ana@ville.example",
    "id": "r1",
    "url": "https://ville.example/a",
    "title": "R",
    "description": "rd",
    "format": "Excel",
    "type": "documentation",
    "mime": "application/vnd.ms-excel",
    "filesize": "1,5 Mo",
    "checksum.type": "sha1",
    "checksum.value": "a" * 40,
    "schema": "etalab/schema",
    "created_at": "2020",
    "modified": "2021",
    "Salle": "B12",
}


def test_every_column_has_its_place():
    assert FULL.keys() - {"Salle"} == NAMES.keys()
    draft = listing("\t".join(FULL) + "\n" + "\t".join(FULL.values()) + "\n")[1][0]
    found = draft.as_json()
    (resource,) = found.pop("resources")
    assert found == {
        "title": "T",
        "description": "d",
        "acronym": "A",
        "remote_id": "https://ville.example/id/1",
        "remote_url": "https://ville.example/page",
        "uri": "https://ville.example/id/1",
        "licenses": ["ODbL"],
        "tags": ["eau", "environnement", "sante"],
        "contacts": [
            {"name": "Ana", "email": "ana@ville.example", "role": "contact"},
            {"name": "Ville", "role": "publisher"},
        ],
        "issued_at": "2020-02-01T00:00:00+00:00",
        "modified_at": "2021-03-04T00:00:00+00:00",
        "extras": {"Salle": "B12"},
        "frequency": "annual",
        "temporal_start": "2010-01-01",
        "temporal_end": "2011-12-31",
        "zones": ["Rennes", "Brest"],
        "granularity": "commune",
    }
    assert resource == {
        "url": "https://ville.example/a",
        "title": "R",
        "description": "rd",
        "remote_id": "r1",
        "format": "xls",
        "mime": "application/vnd.ms-excel",
        "type": "documentation",
        "filesize": 1_500_000,
        "checksum_type": "sha1",
        "checksum_value": "a" * 40,
        "schema_name": "etalab/schema",
        "created_at": "2020-01-01T00:00:00+00:00",
        "modified_at": "2021-01-01T00:00:00+00:00",
    }


@pytest.mark.parametrize("column", ["private", "archive"])
@pytest.mark.parametrize("word", ["oui", "1", "True", "2022-01-30"])
def test_what_is_private_or_archived_is_skipped(column, word):
    with pytest.raises(ItemSkipped):
        listing(f"id;titre;url;{column}\na;T;https://x.example/a;{word}\n")


def test_values_that_cannot_be_read_are_said():
    draft = listing("id;titre;url;frequence;date_maj\na;T;https://x.example/a;parfois;hier\n")[1][0]
    assert (draft.frequency, draft.modified_at, len(draft.warnings)) == (None, None, 2)


@pytest.mark.parametrize("raw", [None, 3, "x", [], {}, {"id": " "}], ids=str)
def test_what_has_no_identifier_fails(raw):
    with pytest.raises(ItemInvalid):
        backend(CsvManifestBackend, "https://x.example").identify(raw)
