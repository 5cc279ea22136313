"""Logos and pictures: flat colours and letters, drawn here since uploads take no SVG."""

import io
from colorsys import hls_to_rgb

from PIL import Image, ImageDraw, ImageFont

from catalog.services.demo.names import chance


def _shade(hue: float, lightness: float) -> tuple[int, int, int]:
    red, green, blue = hls_to_rgb(hue, lightness, 0.5)
    return round(red * 255), round(green * 255), round(blue * 255)


def _png(image: Image.Image) -> bytes:
    content = io.BytesIO()
    image.save(content, "PNG", optimize=True)
    return content.getvalue()


def initials(name: str) -> str:
    """Return the first letters of the first and of the last word of `name`, small words left out; one for one word."""
    words = [word for word in name.replace("-", " ").replace("'", " ").split() if word[0].isalnum() and len(word) > 2]
    return "".join(word[0].upper() for word in dict.fromkeys(words[:1] + words[-1:]))


def logo(name: str, *, size: int = 160) -> bytes:
    """Return a square PNG: the initials of `name` on a disc, white on dark (contrast above 4.5)."""
    hue = chance(name).random()
    image = Image.new("RGB", (size, size), "white")
    draw = ImageDraw.Draw(image)
    draw.ellipse((4, 4, size - 4, size - 4), fill=_shade(hue, 0.28))
    font = ImageFont.load_default(size * 0.4)
    draw.text((size / 2, size / 2), initials(name), fill="white", font=font, anchor="mm")
    return _png(image)


def banner(name: str, *, width: int = 480, height: int = 270) -> bytes:
    """Return a picture for a reuse or a post: bars of one colour, as charts have."""
    rng = chance(name)
    hue = rng.random()
    image = Image.new("RGB", (width, height), _shade(hue, 0.92))
    draw = ImageDraw.Draw(image)
    bars = rng.randint(7, 13)
    step = width / bars
    for index in range(bars):
        top = height * rng.uniform(0.15, 0.85)
        draw.rectangle((index * step + 6, top, (index + 1) * step - 6, height), fill=_shade(hue, rng.uniform(0.3, 0.7)))
    return _png(image)
