"""The addresses of objects, as Matomo sees them, and back again."""

from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db.models import Model
from django.urls import Resolver404, resolve

from stats.dimension import MODELS, Key
from stats.kinds import Target
from stats.models import StatsObject
from stats.recognition import PAGES


def of(objects: Iterable[StatsObject]) -> dict[int, str]:
    """Return the absolute address of each object, by its number; those of objects that are gone are left out."""
    found: dict[int, str] = {}
    by_target: dict[int, dict[str, int]] = {}
    for one in objects:
        by_target.setdefault(one.target, {})[one.ref] = one.pk
    for target, refs in by_target.items():
        if target == Target.SITE:
            found |= dict.fromkeys(refs.values(), f"{settings.SITE_URL}/")
        elif target == Target.RESOURCE:
            found |= {pk: f"{settings.SITE_URL}/datasets/r/{ref}" for ref, pk in refs.items()}
        else:
            model: type[Model] = MODELS[Target(target)]
            for one in model._base_manager.filter(pk__in=list(refs)):
                found[refs[one.pk]] = f"{settings.SITE_URL}{one.get_absolute_url()}"
    return found


def key_of(address: str) -> Key | None:
    """Return what an address of this portal is about, or None for another one's or a page of no object."""
    parts = urlsplit(address)
    if parts.netloc and parts.netloc != urlsplit(settings.SITE_URL).netloc:
        return None
    try:
        match = resolve(unquote(parts.path))
    except Resolver404:
        return None
    if match.url_name in PAGES:
        return PAGES[match.url_name], match.kwargs["key"]
    if match.url_name in ("resource-redirect", "v1-resource-redirect"):
        return Target.RESOURCE, match.kwargs["rid"]
    return None
