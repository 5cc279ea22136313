"""CSV manifests: how spreadsheets of all sorts are read, what their rows become."""

import pytest

from harvest.backends import csv_tables
from harvest.backends.csv_columns import NAMES, header_of
from harvest.backends.csv_manifest import CsvManifestBackend
from harvest.errors import ConfigInvalid, ListingFailed, RemoteError
from tests.harvest.backends.csv_files import listing
from tests.harvest.fixtures import backend, read_all, serving

SHEET = """\
Identifiant;Titre;Description;Licence;Fréquence;Mots-clés;Producteur;Courriel;Titre du fichier;URL;Format
eau;Qualité de l’eau;Relevés;Licence Ouverte v2.0 (Etalab);mensuelle;eau, santé;Régie;eau@ville.example;2023;https://ville.example/eau-2023.csv;CSV
ecoles;Écoles;Liste;ODbL;annuelle;école;Ville;;Liste;https://ville.example/ecoles.xlsx;
eau;;;;;;;;2024;https://ville.example/eau-2024.csv;CSV
"""


# --- Reading -----------------------------------------------------------------------------------------------------


def test_a_sheet_of_a_town_in_full():
    pages, (water, schools) = listing(SHEET)
    assert (pages[0].total, pages[0].next_cursor, pages[0].failures) == (2, None, [])
    assert (water.remote_id, water.title, water.description) == ("eau", "Qualité de l’eau", "Relevés")
    assert water.licenses == ["Licence Ouverte v2.0 (Etalab)"]
    assert (water.frequency, schools.frequency) == ("monthly", "annual")
    assert water.tags == ["eau", "sante"]
    assert [(one.name, one.email, one.role) for one in water.contacts] == [
        ("eau@ville.example", "eau@ville.example", "contact"),
        ("Régie", "", "publisher"),
    ]
    assert [(one.title, one.url, one.format) for one in water.resources] == [
        ("2023", "https://ville.example/eau-2023.csv", "csv"),
        ("2024", "https://ville.example/eau-2024.csv", "csv"),
    ]
    assert schools.resources[0].format == "xlsx"
    assert water.warnings == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "mac-roman", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_encoding_delimiter_and_line_ends_are_found(encoding, delimiter, end):
    rows = [
        ["Référence", "Intitulé", "Lien"],
        ["été", "Été à Évreux, « fête »; etc.", "https://ville.example/été.csv"],
        ["noël", "Noël", "https://ville.example/noël.csv"],
    ]
    body = end.join(delimiter.join(f'"{cell}"' for cell in row) for row in rows) + end
    _pages, drafts = listing(body.encode(encoding))
    assert [(one.remote_id, one.title) for one in drafts] == [("été", rows[1][1]), ("noël", "Noël")]


def test_an_accent_beyond_what_is_looked_at_first_tells_the_encoding_too():
    rows = "".join(f"{n};T;{'plain ' * 200};https://x.example/{n}.csv\n" for n in range(2000))
    body = f"id;titre;description;url\n{rows}z;Été;;https://x.example/z.csv\n"
    assert len(rows) > 2 * csv_tables.CHUNK
    assert listing(body.encode("cp1252"))[1][-1].title == "Été"
    assert listing(body.encode())[1][-1].title == "Été"


@pytest.mark.parametrize("above", ["", "sep=|\n", "Catalogue de la ville\n\n", "\n\n\n", ";;;\nNote;;\n"])
def test_what_stands_above_the_header_is_passed_over(above):
    mark = "|" if "sep" in above else ";"
    body = f"{above}id;titre;url\na;T;https://x.example/a.csv\n".replace(";", mark)
    assert [one.title for one in listing(body)[1]] == ["T"]


def test_a_text_may_have_lines_quotation_marks_and_delimiters():
    body = 'id;titre;description;url\r\na;"Le ""T""; oui";"une\r\ndeux";https://x.example/a.csv\r\n'
    draft = listing(body)[1][0]
    assert (draft.title, draft.description) == ('Le "T"; oui', "une\r\ndeux")


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        ("id;title;url", ["dataset.id", "dataset.title", "url"]),
        ("dataset_id;dataset_title;id;title;url;description", ["dataset.id", "dataset.title", "id", "title", "url",
                                                               "description"]),
        ("COLL_NOM;ID;TITRE;DESCRIPTION;THEME;FREQ_MAJ;DATE_MAJ;LICENCE;URL", [
            "dataset.organization", "dataset.id", "dataset.title", "dataset.description", "dataset.theme",
            "dataset.frequency", "dataset.modified", "dataset.license", "url"]),
        ("Identifiant du jeu de données;Nom du jeu de données;Nom du fichier;Lien de téléchargement", [
            "dataset.id", "dataset.title", "title", "url"]),
    ],
)  # fmt: skip
def test_headers_are_understood(header, columns):
    found = header_of(header.split(";"))
    assert sorted(found.cells, key=found.cells.get) == columns
    assert found.extras == {}


def test_every_column_is_known_by_its_own_name():
    found = header_of(list(NAMES))
    assert found.cells == {column: position for position, column in enumerate(NAMES)}


def test_a_source_says_which_header_means_what():
    body = "N°;Libellé;Où\n1;T;https://x.example/a.csv\n"
    with pytest.raises(ListingFailed, match=r"Line 1: no column holds the identifier .*N°, Libellé, Où"):
        listing(body)
    settings = {"columns": "dataset.id = N° ; dataset.title=libelle; url = Où"}
    assert listing(body, settings=settings)[1][0].title == "T"


@pytest.mark.parametrize(
    ("chosen", "good"),
    [
        ({"delimiter": "tab", "encoding": "latin-1"}, True),
        ({"delimiter": "::"}, False),
        ({"columns": "nonsense"}, False),
        ({"columns": "no.such = A"}, False),
    ],
    ids=str,
)
def test_settings_are_checked(chosen, good):
    body = "id\ttitre\turl\na\tÉté\thttps://x.example/a.csv\n".encode("latin-1")
    if good:
        assert listing(body, settings=chosen)[1][0].title == "Été"
    else:
        with pytest.raises(ConfigInvalid):
            listing(body, settings=chosen)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"PK\x03\x04rest", "save it as CSV"),
        (b"<!DOCTYPE html><p>", "web page"),
        (b"id;titre\na;T\n", "Line 1: no column holds the address"),
        (b"\n\nA;B\n1;2\n", "Line 3: no column holds the identifier"),
        (b'id;titre;url\na;T;https://x.example/a\nb;"T;https://x.example/b\nc;T;u\n', "Line 3: this row cannot"),
        (b'id;titre;url\na;"T"x;u\n', "Line 2: this row cannot be read"),
        (b"id;titre;url\na;" + b"x" * 200_000 + b";u\n", "Line 2: this row cannot be read"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_with_its_line(body, reason):
    with pytest.raises(ListingFailed, match=reason):
        listing(body)


def test_an_unknown_encoding_is_said():
    for name in ("no-such", "rot13", "hex"):
        with pytest.raises(ListingFailed, match="encoding"):
            listing(SHEET, settings={"encoding": name})


def test_a_server_in_trouble_fails_the_listing():
    with serving({}) as remote, pytest.raises(RemoteError):
        read_all(backend(CsvManifestBackend, f"{remote.url}/c.csv"))


# --- Rows --------------------------------------------------------------------------------------------------------


def test_many_datasets_come_by_pages_in_their_order_and_can_be_resumed():
    rows = [f"d{n % 450};T{n % 450};https://x.example/{n}.csv" for n in range(900)]  # each dataset's rows far apart
    body = "\n".join(["id;titre;url", *rows])
    with serving({"/c.csv": body}) as remote:
        one = backend(CsvManifestBackend, f"{remote.url}/c.csv")
        pages = list(one.pages())
        assert [len(page.records) for page in pages] == [200, 200, 50]
        assert [page.next_cursor for page in pages] == [{"given": 200}, {"given": 400}, None]
        everything = [record for page in pages for record in page.records]
        assert [record["id"] for record in everything] == [f"d{n}" for n in range(450)]
        assert [len(record["resources"]) for record in everything] == [2] * 450
        assert read_all(one, {"given": 200}) == everything[200:]


def test_a_row_that_is_wrong_costs_itself_and_says_its_line():
    body = """id;titre;url
a;T;https://x.example/a.csv
;T;https://x.example/b.csv
c;T;https://x.example/c.csv;too;much
a;U;javascript:alert(1)
a;T;https://x.example/d.csv;more
a;T;;

e;T;
"""
    pages, (first, last) = listing(body)
    assert pages[0].failures == [
        ("", "Line 3: no identifier of a dataset."),
        ("c", "Line 4 has more cells than the header: is a text with the delimiter not quoted?"),
    ]
    assert [one.url for one in first.resources] == ["https://x.example/a.csv"]
    assert first.warnings == [
        "Line 5 says otherwise than line 2 (dataset.title).",
        "Line 6 has more cells than the header: is a text with the delimiter not quoted?",
        "Line 5: the address of the file cannot be used.",
    ]
    assert (last.remote_id, last.resources) == ("e", [])


def test_rows_that_move_are_no_change():
    with serving({"/a.csv": SHEET, "/b.csv": "\n\n" + SHEET}) as remote:
        old, new = (read_all(backend(CsvManifestBackend, f"{remote.url}/{n}.csv")) for n in "ab")
    one = backend(CsvManifestBackend, "https://x.example/c.csv")
    assert old != new
    assert [one.meaning(raw) for raw in old] == [one.meaning(raw) for raw in new]


def test_a_dataset_of_very_many_files_is_cut():
    rows = "".join(f"a;T;https://x.example/{n}.csv\n" for n in range(5_010))
    draft = listing(f"id;titre;url\n{rows}")[1][0]
    assert len(draft.resources) == 5_000
    assert "first 5000" in draft.warnings[0]
