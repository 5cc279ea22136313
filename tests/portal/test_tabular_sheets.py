"""Sheets of workbooks, read as tables."""

import zipfile
from datetime import date

import pytest

from portal.lib.tabular import engine
from portal.lib.tabular.engine import Query

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = """<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/></Types>"""


def cell(value):
    if isinstance(value, int | float):
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t>{value}</t></is></c>'


@pytest.fixture
def workbook(settings, tmp_path):
    """Write a workbook of one sheet; return its path."""
    settings.TABULAR_DIR = tmp_path / "tabular"

    def write(rows, more=""):
        lines = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
        parts = {
            "[Content_Types].xml": TYPES,
            "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{OFFICE}/officeDocument" '
            f'Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="A" sheetId="1" '
            f'r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" '
            f'Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{lines}{more}</sheetData></worksheet>',
        }
        path = tmp_path / "book.xlsx"
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in parts.items():
                archive.writestr(name, content)
        return path

    return write


def test_a_sheet_is_a_table(workbook):
    path = workbook(
        [["ville", "habitants", "depuis"], ["Ambérieu", 14204, "2021-03-14"], ["Ajaccio", 71361, "2020-12-01"]]
    )
    answer = engine.page(path, "xlsx", Query(sorts=(("habitants", "desc"),)))
    assert answer["columns"] == ["__id", "ville", "habitants", "depuis"]
    assert (answer["types"]["habitants"], answer["types"]["depuis"]) == ("int", "date")
    assert answer["rows"][0] == [2, "Ajaccio", 71361, date(2020, 12, 1).isoformat()]
    assert answer["total"] == 2


def test_a_formula_is_its_last_value_and_a_text_that_looks_like_one_stays_a_text(workbook):
    formula = "<row><c><f>1+1</f><v>2</v></c><c t='inlineStr'><is><t>=1+1</t></is></c></row>"
    answer = engine.page(workbook([["a", "b"], [1, "x"]], formula), "xlsx")
    assert answer["rows"] == [[1, 1, "x"], [2, 2, "=1+1"]]
