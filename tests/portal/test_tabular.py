"""Tables in files: what is asked is answered, and what is hostile does nothing."""

import csv
import io
import json
import zipfile
from pathlib import Path

import duckdb
import pytest

from portal.lib.tabular import engine
from portal.lib.tabular.engine import Busy, Query, QueryRefused, TooLong, Unreadable

TOWNS = "code;nom;habitants;surface;le\n01004;Ambérieu;14204;24,6;14/03/2021\n2A004;Ajaccio;71361;82,03;01/12/2020\n"
HOSTILE = 'a"; DROP VIEW source; --'


@pytest.fixture(autouse=True)
def place(settings, tmp_path):
    settings.TABULAR_DIR, settings.TABULAR_WORKERS = tmp_path / "tabular", 2
    return settings.TABULAR_DIR


@pytest.fixture
def write(tmp_path):
    """Write bytes or a text into a file; return its path."""

    def _write(content, name="table.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return _write


def rows(path, kind="csv", **query):
    return engine.page(path, kind, Query(**query))["rows"]


def test_french_numbers_and_dates_are_understood_and_codes_stay_texts(write):
    answer = engine.page(write(TOWNS), "csv")
    assert answer["types"] == {"code": "string", "nom": "string", "habitants": "int", "surface": "float", "le": "date"}
    assert answer["rows"][0] == [1, "01004", "Ambérieu", 14204, 24.6, "2021-03-14"]
    assert answer["total"] == 2


def test_a_latin_1_file_is_read(write):
    assert rows(write(TOWNS.encode("latin-1")))[0][2] == "Ambérieu"


def test_a_utf_16_file_is_read(write):
    assert rows(write(TOWNS.encode("utf-16")))[0][2] == "Ambérieu"


def test_short_rows_are_filled(write):
    assert rows(write("a;b;c\n1;2;3\n4\n5;6;7\n"))[1] == [2, 4, None, None]


def test_a_value_of_another_form_than_its_column_is_shown_as_it_is(write):
    many = "n,m\n" + "1,1\n" * 20_100 + "unknown,2\n"
    answer = engine.page(write(many), "csv", Query(offset=20_100))
    assert answer["types"]["n"] == "int"
    assert answer["rows"] == [[20_101, "unknown", 2]]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ([("habitants", "greater", "20000")], [2]),
        ([("habitants", "strictly_less", "71361")], [1]),
        ([("surface", "exact", "24,6")], [1]),
        ([("nom", "contains", "AMB")], [1]),
        ([("nom", "notcontains", "amb")], [2]),
        ([("code", "in", "01004,nothing")], [1]),
        ([("code", "notin", "01004")], [2]),
        ([("le", "less", "31/12/2020")], [2]),
        ([("le", "exact", "2021-03-14")], [1]),
        ([("nom", "isnull", "")], []),
        ([("nom", "isnotnull", ""), ("nom", "differs", "Ajaccio")], [1]),
    ],
)
def test_rows_are_filtered(write, filters, found):
    assert [row[0] for row in rows(write(TOWNS), filters=filters)] == found


def test_rows_are_sorted_and_cut_into_pages(write):
    path = write(TOWNS)
    assert rows(path, columns=["nom"], sorts=[("habitants", "desc")], limit=1) == [[2, "Ajaccio"]]
    assert rows(path, columns=["nom"], sorts=[("habitants", "desc")], limit=1, offset=1) == [[1, "Ambérieu"]]


def test_rows_are_counted_by_group(write):
    path = write("k,v\na,1\nb,2\na,3\n")
    asked = Query(groups=["k"], aggregates=[("v", "sum"), ("v", "avg"), ("v", "count")], sorts=[("k", "asc")])
    answer = engine.page(path, "csv", asked)
    assert answer["columns"] == ["k", "v__sum", "v__avg", "v__count"]
    assert answer["rows"] == [["a", 4, 2.0, 2], ["b", 2, 2.0, 1]]
    assert answer["total"] == 2


def test_a_profile_tells_what_columns_hold(write):
    told = engine.profile(write("k,v\na,1\nb,\na,3\n"), "csv")
    assert told["total"] == 3
    assert told["columns"][0] | {"distinct": 2} == {
        "name": "k", "type": "string", "filled": 3, "distinct": 2, "min": "a", "max": "b", "top": [["a", 2], ["b", 1]],
    }  # fmt: skip
    assert told["columns"][1]["filled"] == 2


@pytest.mark.parametrize(
    "query",
    [
        {"columns": ["nothing"]},
        {"filters": [("nothing", "exact", "1")]},
        {"filters": [("habitants", "exact", "many")]},
        {"filters": [("habitants", "near", "1")]},
        {"sorts": [("nom", "asc; DROP VIEW source")]},
        {"aggregates": [("nom", "sum")]},
        {"aggregates": [("habitants", "read_text")]},
    ],
)
def test_a_question_that_the_table_cannot_answer_is_refused(write, query):
    with pytest.raises(QueryRefused):
        rows(write(TOWNS), **query)


def test_sql_in_the_names_of_columns_and_files_is_but_a_name(write):
    quoted = HOSTILE.replace('"', '""')
    path = write(f'"{quoted}",b\n1,x\n2,y\n', name="t'); DROP VIEW source; --*.csv")
    asked = Query(columns=[HOSTILE], filters=[(HOSTILE, "exact", "2")], sorts=[(HOSTILE, "asc")])
    assert engine.page(path, "csv", asked)["rows"] == [[2, 2]]
    assert engine.profile(path, "csv")["columns"][0]["name"] == HOSTILE


def test_sql_in_a_value_is_but_a_value(write):
    assert rows(write(TOWNS), filters=[("nom", "exact", "' OR 1=1 --")]) == []
    assert rows(write(TOWNS), filters=[("nom", "contains", "'); SELECT * FROM read_text('/etc/passwd') --")]) == []


def test_json_ndjson_and_parquet_keep_their_types(write, tmp_path):
    assert rows(write('[{"a": 1, "b": {"c": [2]}}]', "t.json"), "json") == [[1, 1, {"c": [2]}]]
    assert rows(write('{"a": 1}\n{"a": null}\n', "t.ndjson"), "json") == [[1, 1], [2, None]]
    path = tmp_path / "t.parquet"
    duckdb.sql(f"COPY (SELECT 1 AS a, DATE '2026-01-02' AS d) TO '{path}'")
    assert rows(path, "parquet") == [[1, 1, "2026-01-02"]]


@pytest.mark.parametrize("kind", ["csv", "json", "parquet", "xlsx"])
def test_what_is_no_table_is_refused(write, kind):
    with pytest.raises(Unreadable):
        engine.page(write(b"\x00\xff\x00" * 50 if kind != "csv" else b""), kind)


def test_a_sheet_that_unpacks_to_too_much_is_refused(write, settings, tmp_path):
    settings.TABULAR_MAX_SHEET = 1 << 20
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (1 << 21))
    with pytest.raises(Unreadable, match="once unpacked"):
        engine.page(tmp_path / "bomb.xlsx", "xlsx")


def test_exports_hold_all_that_is_asked_for(write, tmp_path):
    path, asked = write(TOWNS), Query(columns=["nom", "habitants"], sorts=[("nom", "asc")])
    told = b"".join(engine.export(path, "csv", asked, "csv")).decode()
    assert list(csv.reader(io.StringIO(told))) == [["nom", "habitants"], ["Ajaccio", "71361"], ["Ambérieu", "14204"]]
    told = json.loads(b"".join(engine.export(path, "csv", asked, "json")))
    assert told[0] == {"nom": "Ajaccio", "habitants": 71361}
    (tmp_path / "out.parquet").write_bytes(b"".join(engine.export(path, "csv", asked, "parquet")))
    assert duckdb.sql(f"FROM '{tmp_path / 'out.parquet'}'").fetchall() == [("Ajaccio", 71361), ("Ambérieu", 14204)]


def test_a_formula_is_a_text_in_an_export(write, settings):
    settings.CSV_ESCAPE_FORMULAS = True
    told = b"".join(engine.export(write("a,b\n=1+1,-5\n"), "csv", Query(), "csv")).decode()
    assert told.splitlines() == ["a,b", "'=1+1,-5"]


def test_a_question_that_takes_too_long_is_killed(write, settings):
    settings.TABULAR_TIMEOUT = 0.001
    with pytest.raises(TooLong):
        engine.page(write(TOWNS), "csv")


def test_more_questions_than_places_are_sent_away(write, settings):
    settings.TABULAR_WORKERS = 1
    path = write("a\n" + "x" * 100 + "\n" + "1\n" * 200_000)
    held = engine.export(path, "csv", Query(), "csv")
    with pytest.raises(Busy):
        engine.page(path, "csv")
    assert len(list(held)) > 2
    assert engine.page(path, "csv")["total"] == 200_001


def test_nothing_is_left_on_disk(write, place):
    engine.page(write(TOWNS), "csv")
    held = engine.export(write(TOWNS), "csv", Query(), "csv")
    held.close()
    assert [one.name for one in place.iterdir() if not one.name.startswith("place-")] == []


def test_the_worker_imports_nothing_of_the_portal():
    assert engine.WORKER.is_dir()
    assert not [file for file in Path(engine.WORKER).glob("*.py") if "portal." in file.read_text()]
