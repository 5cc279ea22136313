"""Slugs: how a title becomes an address, and how two equal titles get two addresses."""

import re

from django.db import models
from slugify import slugify

MAX_LENGTH = 255
UUID_LIKE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
OBJECT_ID_LIKE = re.compile(r"[0-9a-f]{24}")


def normalize(text: str, *, max_length: int = MAX_LENGTH) -> str:
    """Return `text` in ASCII, lower case, with `-` between words, at most `max_length` characters."""
    return slugify(text, max_length=max_length, word_boundary=False)


def base_slug(title: str, *, fallback: str) -> str:
    """Return the slug wished for `title`; one that looks like an id is marked, so that it can't shadow one."""
    slug = normalize(title) or fallback
    if UUID_LIKE.fullmatch(slug):
        return f"{slug}-uuid"
    if OBJECT_ID_LIKE.fullmatch(slug):
        return f"{slug}-id"
    return slug


def free_slug(model: type[models.Model], title: str, *, exclude: str | None = None) -> str:
    """Return the first free slug for `title` among `model`'s rows: `x`, `x-1`, `x-2`…

    One query fetches every slug of the family. `exclude` is the primary key of the row being renamed.
    """
    base = base_slug(title, fallback=model._meta.model_name or "object")
    rows = model._default_manager.filter(slug__startswith=base[: MAX_LENGTH - 8])
    taken = set(rows.exclude(pk=exclude).values_list("slug", flat=True))
    return next_free(base, taken)


def next_free(base: str, taken: set[str]) -> str:
    """Return `base`, or `base` with the first free number, trimmed to the column's length."""
    if base not in taken:
        return base
    number = 1
    while True:
        suffix = f"-{number}"
        candidate = base[: MAX_LENGTH - len(suffix)] + suffix
        if candidate not in taken:
            return candidate
        number += 1
