"""Places in a text that its editor has still to fill: `[[name of the publisher]]`.

Readers see nothing of a line that holds one, nor of a heading that then stands over nothing.
"""

import re
from html import escape

PLACE = re.compile(r"\[\[(.+?)\]\]")
HEADING = re.compile(r"(#{1,6})\s")


def open_places(text: str) -> list[str]:
    """Return what the places of `text` ask for, in order."""
    return PLACE.findall(text)


def without_places(text: str) -> str:
    """Return a Markdown text without the lines that hold a place, and without headings over nothing."""
    lines = [line for line in text.splitlines() if not PLACE.search(line)]
    if len(lines) == len(text.splitlines()):
        return text
    kept: list[str] = []
    has_content, level_below = False, 0  # of what follows the line, read from the end
    for line in reversed(lines):
        heading = HEADING.match(line)
        if heading is None:
            has_content = has_content or bool(line.strip())
        elif has_content or level_below > len(heading[1]):
            has_content, level_below = False, len(heading[1])
        else:
            continue
        kept.append(line)
    return "\n".join(reversed(kept))


def with_marks(text: str) -> str:
    """Return a Markdown text whose places stand out."""
    return PLACE.sub(lambda found: f"<mark>{escape(found[1])}</mark>", text)
