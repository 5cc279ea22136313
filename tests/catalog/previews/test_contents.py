"""What is shown of files that are no tables, hostile ones among them."""

import json
import struct
import zipfile

import pytest

from catalog.previews import contents
from catalog.previews.contents import Unshowable


@pytest.fixture
def file(tmp_path):
    """Write bytes to a file; return its path."""

    def written(content):
        path = tmp_path / "file"
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return path

    return written


def test_a_text_is_cut_without_breaking_a_letter(file):
    assert contents.text_of(file("é".encode() * 30_000)) == ("é" * 20_000, True)
    assert contents.text_of(file(b"a" + "é".encode() * 30_000)).text[-1] == "é"
    assert contents.text_of(file("été".encode("cp1252"))) == ("été", False)
    assert contents.text_of(file("été".encode("utf-16"))).text == "été"
    with pytest.raises(Unshowable):
        contents.text_of(file(b"MZ\x00\x00\x01"))


def test_a_structure_is_cut_where_it_is_wide_deep_or_long(file):
    wide = contents.tree_of(file(list(range(5000))))
    assert len(wide.children) + wide.hidden == 5000
    assert len(wide.children) < contents.MOST_NODES
    long = contents.tree_of(file({"k" * 999: "v" * 999}))
    assert (len(long.children[0].name), len(long.children[0].text)) == (contents.LONGEST,) * 2
    with pytest.raises(Unshowable):
        contents.tree_of(file(b"[" * 200_000))
    with pytest.raises(Unshowable):
        contents.tree_of(file(b"{'no': json}"))


def test_a_document_that_is_too_large_is_not_parsed(file, monkeypatch):
    monkeypatch.setattr(contents, "MOST_JSON", 100)
    with pytest.raises(Unshowable, match="too large"):
        contents.tree_of(file(list(range(100))))


def test_an_archive_is_listed_and_not_unpacked(tmp_path):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("../../etc/passwd", b"\x00" * 50_000_000)
        for number in range(contents.MOST_ENTRIES):
            made.writestr(f"{number}.csv", b"")
    found = contents.archive_of(path)
    assert found.entries[0] == ("../../etc/passwd", 50_000_000)
    assert (len(found.entries), found.total) == (contents.MOST_ENTRIES, contents.MOST_ENTRIES + 1)


@pytest.mark.parametrize(
    "end",
    [
        b"no archive",
        contents.END.pack(contents.END_MARK, 0, 0, 0xFFFF, 0xFFFF, 0, 0, 0),
        contents.END.pack(contents.END_MARK, 0, 0, 1, 1, 2**31, 0, 0),
        contents.END.pack(contents.END_MARK, 0, 0, 5, 5, 100, 7, 0),
    ],
)
def test_an_archive_that_lies_is_refused(file, end):
    with pytest.raises(Unshowable):
        contents.archive_of(file(b"PK\x03\x04" + b"x" * 50 + end))


def point(longitude=2.0, **properties):
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [longitude, 48.0]},
        "properties": properties,
    }


def test_places_are_bounded_and_their_properties_texts(file):
    found = contents.places_of(file({"type": "FeatureCollection", "features": [point(name="A", list=[1]), 3, None]}))
    assert (found.total, found.names, found.rows) == (3, ["name", "list"], [["A", "[1]"]])
    many = contents.places_of(file({"type": "FeatureCollection", "features": [point(n % 90) for n in range(4000)]}))
    assert (len(many.features), many.total) == (contents.MOST_FEATURES, 4000)
    line = {"type": "LineString", "coordinates": [[n / 1000, 1] for n in range(contents.MOST_POSITIONS + 1)]}
    assert contents.places_of(file(line)).features == []


@pytest.mark.parametrize(
    "document", [[], {}, {"type": "FeatureCollection"}, {"type": "FeatureCollection", "features": 3}]
)
def test_what_is_no_geojson_is_said(file, document):
    with pytest.raises(Unshowable):
        contents.places_of(file(document))


def test_a_picture_is_known_by_its_bytes_alone(file):
    assert contents.media_type_of(file(b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13))) == "image/png"
    assert contents.media_type_of(file(b"%PDF-1.7")) == "application/pdf"
    assert contents.media_type_of(file(b"RIFF\x00\x00\x00\x00WEBPVP8 ")) == "image/webp"
    for content in (b"<svg xmlns='http://www.w3.org/2000/svg'>", b"<html>", b""):
        with pytest.raises(Unshowable):
            contents.media_type_of(file(content))
