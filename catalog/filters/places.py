"""Territories found by what a person types: a name, a part of one, a code, an id."""

from django.db.models import Case, Q, QuerySet, When
from django.db.models.functions import Lower

from catalog.models import GeoZone
from catalog.search import suggestions
from portal.lib.slugs import normalize


def zones_named(words: str) -> QuerySet[GeoZone]:
    """Return the territories of that name or code: the very name first, then beginnings, the widest first."""
    words = words.replace("\x00", "").strip()
    if not words:
        return GeoZone.objects.none()
    slug = normalize(suggestions.without_elision(words))
    wanted = Q(slug__contains=slug) if slug else Q(name__icontains=words)  # a slug is the name without accents
    wanted |= Q(code__iexact=words) | Q(pk__iexact=words)
    named = Case(When(slug=slug, then=0), When(slug__startswith=slug, then=1), default=2)
    rows = GeoZone.objects.filter(wanted).order_by(named, "level__admin_level", Lower("name"), "pk")
    return rows.defer("geometry")
