"""Pictures of organizations, reuses, posts and accounts: sent, cropped, refused."""

import re
import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from catalog.models import Activity, Organization
from tests.catalog.factories import PostFactory, ReuseFactory, UserFactory
from tests.catalog.pictures import BLUE, RED, files, image, organization, send, shown, sides

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]

MISSING = {"success": False, "error": "Missing file parameter", "message": ""}


# --- Sending -------------------------------------------------------------------------------------------------


def test_a_logo_is_kept_with_its_thumbnails_and_its_original(api, logo, media):
    answer = send(api, logo, image((900, 600)))
    assert answer.status_code == 200
    assert set(answer.json()) == {"image", "success"}
    assert answer.json()["success"] is True
    assert re.fullmatch(r"http://[^/]+/media/logos/[0-9a-f]{32}\.png", answer.json()["image"])
    assert shown(media, answer.json()["image"]).size == (500, 333)
    assert sides(media, "logos") == {(500, 333), (100, 100), (60, 60), (25, 25)}
    assert sides(media, "originals/logos") == {(900, 600)}


def test_the_organization_shows_its_logo_and_a_square_thumbnail(api, logo, media):
    address = send(api, logo).json()["image"]
    body = api.get(f"/api/1/organizations/{organization().slug}/").json()
    assert body["logo"] == address
    assert body["logo_thumbnail"] == address.replace(".png", "-100.png")
    assert shown(media, body["logo_thumbnail"]).size == (100, 100)
    assert Activity.objects.filter(key="organization:updated", changes=["logo"]).count() == 1


@pytest.mark.parametrize(
    ("folder", "largest", "thumbnails", "key"),
    [
        ("reuses", 800, {500, 100, 50, 25}, "image_thumbnail"),
        ("posts", 800, {100, 50}, "image_thumbnail"),
        ("avatars", 500, {500, 200, 100, 32, 25}, "avatar_thumbnail"),
    ],
)
def test_other_pictures_have_the_sizes_of_their_kind(api, media, folder, largest, thumbnails, key):
    user = UserFactory(admin=True)
    api.force_login(user)
    item = {"reuses": ReuseFactory(owner=user), "posts": PostFactory(), "avatars": user}[folder]
    path = "me/avatar/" if item is user else f"{folder}/{item.slug}/image/"
    answer = send(api, path, image((1000, 500)))
    assert answer.status_code == 200, answer.json()
    assert sides(media, folder) == {(largest, largest // 2), *((side, side) for side in thumbnails)}
    read = "me/" if item is user else f"{folder}/{item.slug}/"
    address = api.get(f"/api/1/{read}").json()[key]
    side = {"reuses": 500, "posts": 100, "avatars": 500}[folder]
    assert shown(media, address).size == (side, side)


@pytest.mark.parametrize(
    ("form", "mode"), [("PNG", "RGBA"), ("PNG", "L"), ("PNG", "P"), ("JPEG", "CMYK"), ("GIF", "P"), ("WEBP", "RGB")]
)
def test_every_raster_format_becomes_a_png_whatever_its_name(api, logo, media, form, mode):
    answer = send(api, logo, image(form=form, mode=mode), name="x.html")
    assert answer.status_code == 200
    assert shown(media, answer.json()["image"]).format == "PNG"
    assert all(name.endswith(".png") for name in files(media))


def test_nothing_but_pixels_is_kept(api, logo, media):
    exif = Image.Exif()
    exif[0x010E] = "SECRET description"
    exif[0x0112] = 6  # lies on its side
    answer = send(api, logo, image((300, 200), form="JPEG", exif=exif, comment=b"SECRET comment") + b"<?php SECRET")
    assert shown(media, answer.json()["image"]).size == (200, 300)
    assert not [name for name in files(media) if b"SECRET" in (media / name).read_bytes()]


def test_sixteen_bits_become_eight(api, logo, media):
    content = BytesIO()
    Image.new("I;16", (30, 30), 32768).save(content, "PNG")
    answer = send(api, logo, content.getvalue())
    assert shown(media, answer.json()["image"]).convert("L").getpixel((9, 9)) in (127, 128)


# --- The box -------------------------------------------------------------------------------------------------


def test_a_box_says_which_part_is_shown(api, logo, media):
    answer = send(api, logo, bbox="300,0,600,300")
    main = shown(media, answer.json()["image"]).convert("RGB")
    assert main.size == (300, 300)
    assert {main.getpixel(corner) for corner in [(0, 0), (299, 0), (0, 299), (299, 299)]} == {BLUE}
    thumbnail = shown(media, answer.json()["image"].replace(".png", "-100.png")).convert("RGB")
    assert thumbnail.getpixel((50, 50)) == BLUE
    assert sides(media, "originals/logos") == {(600, 400)}


def test_put_crops_the_original_anew(api, logo, media):
    first = send(api, logo, bbox="300,0,600,300").json()["image"]
    answer = send(api, logo, b"", method="put", bbox="0,0,200.4,199.6")
    assert answer.status_code == 200
    assert answer.json()["image"] != first
    main = shown(media, answer.json()["image"]).convert("RGB")
    assert (main.size, main.getpixel((0, 0))) == ((200, 200), RED)


def test_put_also_takes_another_file(api, logo, media):
    answer = send(api, logo, image((40, 40)), method="put")
    assert shown(media, answer.json()["image"]).size == (40, 40)


def test_a_box_counts_in_pixels_of_what_was_sent_even_where_the_original_is_kept_smaller(api, logo, media):
    send(api, logo, image((4000, 1000)))
    assert sides(media, "originals/logos") == {(2000, 500)}
    for _again in range(2):  # the size is kept at each turn
        answer = send(api, logo, b"", method="put", bbox="2000,0,4000,1000")
        main = shown(media, answer.json()["image"]).convert("RGB")
        assert main.size == (500, 250)
        assert {main.getpixel((5, 5)), main.getpixel((490, 240))} == {BLUE}
    assert send(api, logo, b"", method="put", bbox="0,0,4001,1000").status_code == 400


@pytest.mark.parametrize(
    "box", ["1,2,3", "1,2,3,4,5", "a,b,c,d", "nan,0,1,1", "inf,0,1,1", "1e999,0,1,1", "10,10,10,20", "20,0,10,10",
            "-1,0,10,10", "0,0,601,10", "0,0,10,401", ",,,", "0,0,1,1;--", "9" * 5000]
)  # fmt: skip
@pytest.mark.parametrize("method", ["post", "put"])
def test_a_bad_box_is_refused_and_nothing_changes(api, logo, media, box, method):
    send(api, logo)
    before, kept = files(media), organization().logo.name
    answer = send(api, logo, None if method == "post" else b"", method=method, bbox=box)
    assert answer.status_code == 400
    assert answer.json()["success"] is False
    assert "box" in answer.json()["error"]
    assert (files(media), organization().logo.name) == (before, kept)


def test_there_must_be_something_to_crop(api, logo):
    for column in ({}, {"logo": "logos/demo-insee.png"}, {"logo_url": "https://example.org/logo.png"}):
        Organization.objects.update(**column)
        answer = send(api, logo, b"", method="put", bbox="0,0,10,10")
        assert answer.status_code == 400
        assert "no image to crop" in answer.json()["error"]


# --- What is refused -------------------------------------------------------------------------------------------


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_of(width: int, height: int, pixels: bytes = b"") -> bytes:
    """Return a PNG that announces that size, whatever it holds."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def text_bomb() -> bytes:
    """Return a PNG whose text takes 100 MB once it is decompressed."""
    start, end = image((4, 4))[:33], image((4, 4))[33:]
    return start + chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"\0" * 100_000_000)) + end


REFUSED = {
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "html": b"<!doctype html><script>alert(1)</script>",
    "pdf": b"%PDF-1.7\n1 0 obj<</OpenAction 2 0 R>>endobj",
    "zip": b"PK\x03\x04" + b"\0" * 100,
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
    "tiff": image(form="TIFF"),
    "bmp": image(form="BMP"),
    "ico": image((32, 32), form="ICO"),
    "cut short": image()[:200],
    "head alone": b"GIF89a",
    "no pixels": png_of(0, 0),
    "41 million pixels": png_of(41_000, 1000),
    "a billion pixels": png_of(60_000, 60_000),
    "a bomb of text": text_bomb(),
    "no height": png_of(1000, 2**31 - 1),
}


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED)
def test_what_is_no_raster_image_of_a_sane_size_is_refused(api, logo, media, content):
    answer = send(api, logo, content)
    assert answer.status_code == 400, answer.content
    assert set(answer.json()) == {"success", "error", "message"}
    assert answer.json()["error"]
    assert not files(media)
    assert not organization().logo


def test_too_many_pixels_are_told_as_such(api, logo):
    assert "40 million pixels" in send(api, logo, png_of(41_000, 1000)).json()["error"]


def test_a_large_file_is_refused_by_its_announced_length_and_by_its_own(api, logo, media):
    for length in (5_000_001, 6_000_000):
        answer = send(api, logo, image() + b"\0" * (length - len(image())))
        assert answer.status_code == 400
        assert "larger than 5 MB" in answer.json()["error"]
    assert not files(media)


@pytest.mark.parametrize("method", ["post", "put"])
def test_a_missing_file_is_told(api, logo, method):
    answer = send(api, logo, b"", method=method)
    assert (answer.status_code, answer.json()) == (400, MISSING)
    answer = getattr(api, method)(f"/api/1/{logo}", {"file": "a text"}, format="multipart")
    assert (answer.status_code, answer.json()) == (400, MISSING)


def test_a_body_of_another_kind_is_refused(api, logo):
    answer = api.post(f"/api/1/{logo}", {"file": "x"}, format="json")
    assert answer.status_code == 400
    assert "multipart/form-data" in answer.json()["errors"]["Content-Type"]
