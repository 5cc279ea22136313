"""The `X-Fields` header: which keys of the answer the client wants (udata's flask-restx masks).

`a,b{c,d},*`: a list of names, each with its own list in braces; outer braces are optional; `*` keeps every other
key; unknown names are dropped without a word.
"""

import re
from typing import Any

TOKEN = re.compile(r"\s*([{}]|,|[^{},\s]+)")
MAX_LENGTH = 10_000  # characters
MAX_DEPTH = 20

Mask = dict[str, Any]


class MaskError(ValueError):
    """The mask can't be read; the text is udata's."""


def parse(text: str) -> Mask:
    """Return the mask as nested dictionaries: `{name: None or mask}`. Raises MaskError."""
    if len(text) > MAX_LENGTH:
        raise MaskError("Mask parse error: Mask too long")
    tokens = TOKEN.findall(text)
    if tokens and tokens[0] == "{":
        tokens.pop(0)
        if not tokens or tokens.pop() != "}":
            raise MaskError("Mask parse error: Missing closing bracket")
    mask, rest = _parse_names(tokens, depth=0)
    if rest:
        raise MaskError("Mask parse error: Unexpected closing bracket")
    return mask


def _parse_names(tokens: list[str], *, depth: int) -> tuple[Mask, list[str]]:
    """Read names until a closing brace; return the mask and the tokens from that brace on."""
    if depth > MAX_DEPTH:
        raise MaskError("Mask parse error: Mask too deep")
    mask: Mask = {}
    last: str | None = None
    position = 0
    while position < len(tokens):
        token = tokens[position]
        if token == "}":  # noqa: S105 - a brace, not a secret
            return mask, tokens[position:]
        position += 1
        if token == "{":  # noqa: S105
            if last is None:
                raise MaskError("Mask parse error: Unexpected opening bracket")
            mask[last], tokens = _parse_names(tokens[position:], depth=depth + 1)
            if not tokens:
                raise MaskError("Mask parse error: Missing closing bracket")
            position, last = 1, None
        elif token == ",":  # noqa: S105
            last = None
        else:
            mask[token], last = None, token
    return mask, []


def apply(mask: Mask | None, data: Any) -> Any:
    """Return `data` (decoded JSON) with only the keys of `mask`; lists are masked item by item."""
    if mask is None or data is None:
        return data
    if isinstance(data, list):
        return [apply(mask, item) for item in data]
    if not isinstance(data, dict):
        return data
    if "*" in mask:
        return {key: apply(mask.get(key), value) for key, value in data.items()}
    return {key: apply(inner, data[key]) for key, inner in mask.items() if key in data}
