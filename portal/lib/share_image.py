"""The picture that other sites show beside a link: a title, who publishes it, and some facts, drawn by Pillow.

The font is Source Sans Pro (SIL Open Font License): Latin, Greek and Cyrillic. Other scripts show as empty boxes.
"""

from dataclasses import dataclass, field
from functools import cache
from io import BytesIO

from font_source_sans_pro import font_files_ttf
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1200, 630  # pixels, as OpenGraph has it
MARGIN = 80
BAR = 24
TITLE_SIZES = (72, 60, 50)  # the largest in which the title fits
TITLE_LINES = 4
TITLE_TOP, TITLE_END = 200, 500
LONGEST = 300  # characters of a text
COLOURS = {"fg": "#1b2230", "bg": "#ffffff", "muted": "#465064", "line": "#c3c9d3", "accent": "#1f50a8"}


@dataclass(frozen=True, kw_only=True)
class Card:
    """What the picture says. `share` is a part between 0 and 1, drawn as a bar with `share_label`; None: no bar."""

    site: str
    kind: str
    title: str
    by: str = ""
    facts: tuple[str, ...] = ()
    share: float | None = None
    share_label: str = ""
    colours: dict[str, str] = field(default_factory=lambda: COLOURS)


def draw(card: Card) -> bytes:
    """Return the picture of `card` as PNG."""
    colours = {**COLOURS, **card.colours}
    image = Image.new("RGB", (WIDTH, HEIGHT), colours["bg"])
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, BAR, HEIGHT), fill=colours["accent"])
    room = WIDTH - 2 * MARGIN
    pen.text(
        (MARGIN, 64), _fitted(clean(card.site), _font("Semibold", 36), room), colours["accent"], _font("Semibold", 36)
    )
    pen.text((MARGIN, 140), clean(card.kind), colours["muted"], _font("Regular", 32))
    font, lines = _title(clean(card.title), room)
    for number, line in enumerate(lines):
        pen.text((MARGIN, TITLE_TOP + number * int(font.size * 1.1)), line, colours["fg"], font)
    _foot(pen, card, colours, room)
    out = BytesIO()
    image.quantize(64, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def clean(text: str) -> str:
    """Return a text on one line, without what can't be drawn, at most LONGEST characters."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text[:LONGEST]).split())


def _foot(pen: ImageDraw.ImageDraw, card: Card, colours: dict[str, str], room: int) -> None:
    facts = " · ".join(clean(fact) for fact in card.facts)
    strong, plain = _font("Semibold", 34), _font("Regular", 28)
    pen.text((MARGIN, 512), _fitted(clean(card.by), strong, room), colours["fg"], strong)
    wide = room - 330 if card.share is not None else room
    pen.text((MARGIN, 560), _fitted(facts, plain, wide), colours["muted"], plain)
    if card.share is None:
        return
    left, right, filled = WIDTH - MARGIN - 300, WIDTH - MARGIN, 300 * min(1.0, max(0.0, card.share))
    pen.text((left, 524), clean(card.share_label), colours["muted"], plain)
    pen.rounded_rectangle((left, 570, right, 586), 8, fill=colours["line"])
    if filled >= 16:  # a narrower one has no round ends
        pen.rounded_rectangle((left, 570, left + filled, 586), 8, fill=colours["accent"])


def _title(text: str, room: int) -> tuple[ImageFont.FreeTypeFont, list[str]]:
    """Return the font of the title and its lines: at most TITLE_LINES of them, the last one cut if need be."""
    for size in TITLE_SIZES:
        font, most = _font("Bold", size), min(TITLE_LINES, (TITLE_END - TITLE_TOP) // int(size * 1.1))
        lines = _wrap(text, font, room)
        if len(lines) <= most:
            return font, lines
    return font, [*lines[: most - 1], _fitted(" ".join(lines[most - 1 :]), font, room)]


def _wrap(text: str, font: ImageFont.FreeTypeFont, room: int) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(longer) <= room:
            lines[-1] = longer
        else:
            lines.append(_fitted(word, font, room))
    return lines


def _fitted(text: str, font: ImageFont.FreeTypeFont, room: int) -> str:
    """Return as much of `text` as fits into `room` pixels, with an ellipsis where something is left out."""
    if font.getlength(text) <= room:
        return text
    fitting, too_long = 0, len(text)
    while too_long - fitting > 1:
        middle = (fitting + too_long) // 2
        if font.getlength(f"{text[:middle]}…") <= room:
            fitting = middle
        else:
            too_long = middle
    return f"{text[:fitting].rstrip()}…"


@cache
def _font(weight: str, size: int) -> ImageFont.FreeTypeFont:
    name = "SourceSansPro" if weight == "Regular" else f"SourceSansPro{weight}"
    return ImageFont.truetype(font_files_ttf[name], size)
