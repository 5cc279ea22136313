"""Identicons: an avatar drawn from any text, always the same for the same text."""

from hashlib import sha256
from io import BytesIO

from PIL import Image

SIDE = 5  # blocks; the left half is mirrored on the right
SEEN = (SIDE + 1) // 2  # columns that the text decides


def digest(text: str) -> bytes:
    """Return the 32 bytes that decide how the identicon of `text` looks."""
    return sha256(text.encode("utf-8", "replace")).digest()


def draw(text: str, size: int) -> bytes:
    """Return the identicon of `text` as a PNG of `size` by `size` pixels on a transparent ground."""
    seed = digest(text)
    # Each channel stays under 192 of 255, so that the drawing shows on white.
    ink = (*(channel * 3 // 4 for channel in seed[:3]), 255)
    blocks = Image.new("RGBA", (SIDE, SIDE), (255, 255, 255, 0))
    for column in range(SEEN):
        for row in range(SIDE):
            if seed[3 + column * SIDE + row] % 2:
                blocks.putpixel((column, row), ink)
                blocks.putpixel((SIDE - 1 - column, row), ink)
    content = BytesIO()
    blocks.resize((size, size), Image.Resampling.NEAREST).save(content, "PNG", optimize=True)
    return content.getvalue()
