"""Making, sending and looking at pictures, for the tests."""

from io import BytesIO
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from catalog.models import Organization

RED, BLUE = (255, 0, 0), (0, 0, 255)


def files(media: Path) -> set[str]:
    return {str(path.relative_to(media)) for path in media.rglob("*") if path.is_file()}


def image(size=(600, 400), form="PNG", mode="RGB", **options) -> bytes:
    """Return a picture whose left half is red and whose right half is blue."""
    drawing = Image.new("RGB", size, RED)
    drawing.paste(BLUE, (size[0] // 2, 0, *size))
    content = BytesIO()
    drawing.convert(mode).save(content, form, **options)
    return content.getvalue()


def upload(content: bytes, name="picture.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/png")


def send(api, path, content=None, *, name="picture.png", method="post", **fields):
    data = fields | ({"file": upload(image() if content is None else content, name)} if content != b"" else {})
    return getattr(api, method)(f"/api/1/{path}", data, format="multipart")


def shown(media: Path, address: str) -> Image.Image:
    """Return the picture at an absolute address of the portal."""
    return Image.open(BytesIO((media / address.partition("/media/")[2]).read_bytes()))


def sides(media: Path, folder: str) -> set[tuple[int, int]]:
    return {Image.open(BytesIO(path.read_bytes())).size for path in (media / folder).iterdir()}


def organization() -> Organization:
    """Return the only organization there is."""
    return Organization.objects.get()
