"""Contrast of two colours, and the pairs of tokens that text is written in."""

import re

LEAST = 4.5  # WCAG 2.2, 1.4.3: text of the usual size
PAIRS = (
    ("fg", "bg"), ("fg", "soft"), ("muted", "bg"), ("muted", "soft"), ("accent", "bg"), ("accent", "soft"),
    ("accent-fg", "accent"), ("accent", "accent-soft"), ("fg", "accent-soft"), ("ok", "bg"), ("ok", "ok-soft"),
    ("warn", "bg"), ("warn", "warn-soft"), ("bad", "bg"), ("bad", "bad-soft"), ("info", "bg"),
)  # fmt: skip
HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})\Z", re.IGNORECASE)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
BLOCK = re.compile(r"([^{}]+)\{([^{}]*)\}")
TOKEN = re.compile(r"--p-([\w-]+)\s*:\s*([^;]+)")
Tokens = dict[str, str]


def luminance(colour: str) -> float | None:
    """Return the relative luminance (WCAG 2.2) of `#rgb` or `#rrggbb`, or None for what is written otherwise."""
    found = HEX.match(colour.strip())
    if found is None:
        return None
    digits = found[1] if len(found[1]) == 6 else "".join(digit * 2 for digit in found[1])
    parts = (int(digits[start : start + 2], 16) / 255 for start in (0, 2, 4))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float | None:
    """Return the contrast of two colours, from 1 to 21, or None if one of them is not to be read."""
    first, second = luminance(one), luminance(other)
    if first is None or second is None:
        return None
    return (max(first, second) + 0.05) / (min(first, second) + 0.05)


def tokens_of(style: str) -> tuple[Tokens, Tokens]:
    """Return the `--p-` tokens of a style sheet, those of the light form and those that the dark form changes.

    Dark is what stands in `prefers-color-scheme: dark` or under `data-theme="dark"`.
    """
    light: Tokens = {}
    dark: Tokens = {}
    style = COMMENT.sub("", style)
    for found in BLOCK.finditer(style):
        selector, values = found[1], dict(TOKEN.findall(found[2]))
        before = style[: found.start(2)]
        outer = before.rpartition("@media")[2] if before.count("{") - before.count("}") > 1 else ""
        if not values or "contrast" in outer:
            continue
        is_dark = "dark" in outer or ('="dark"' in selector and ":not(" not in selector)
        (dark if is_dark else light).update({name: value.strip() for name, value in values.items()})
    return light, dark


def poor(light: Tokens, dark: Tokens) -> list[tuple[str, str, str, float]]:
    """Return the pairs that are hard to read, as (form, text, ground, contrast)."""
    found = []
    for form, tokens in (("light", light), ("dark", {**light, **dark})):
        for text, ground in PAIRS:
            value = contrast(tokens.get(text, ""), tokens.get(ground, ""))
            if value is not None and value < LEAST:
                found.append((form, text, ground, value))
    return found
