"""The home page."""

from typing import Any
from uuid import uuid4

from django.core.cache import cache
from django.views.generic import TemplateView

from catalog.models import Change, Dataset, Organization, Resource, Reuse, Site
from catalog.models.site import HomeBlock
from catalog.models.vocabulary import PostKind
from catalog.views import structured
from catalog.views.cards import add_formats, dataset_cards, post_cards, reuse_cards

DATASETS, REUSES, POSTS = 6, 4, 3  # cards of each kind
CACHE_TTL = 3600  # seconds; the key changes with the catalogue, so that age is only housekeeping


class Home(TemplateView):
    """What everybody sees is read once for each state of the catalogue: one query tells which it is."""

    template_name = "portal/home.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        position = Change.objects.position()
        content = cache.get_or_set(f"home:{'.'.join(map(str, position))}", read_content, CACHE_TTL)
        facts = Site.objects.facts()
        names = HomeBlock.values if facts["home_blocks"] is None else facts["home_blocks"]
        return super().get_context_data(
            **content,
            parts=[f"portal/home/{name}.html" for name in names if name in HomeBlock.values],
            structured=structured.site(facts["title"], facts["keywords"]),
            **context,
        )


def read_content() -> dict[str, Any]:
    """Return the figures and the cards of the home page, as a visitor sees them, and a name for this reading."""
    featured = list(dataset_cards().listed().filter(featured=True)[:DATASETS])
    latest = list(dataset_cards().listed()[:DATASETS])
    add_formats([*featured, *latest])
    return {
        "reading": uuid4().hex,
        "datasets_count": Dataset.objects.listed().count(),
        "resources_count": Resource.objects.count(),
        "organizations_count": Organization.objects.filter(deleted__isnull=True).count(),
        "reuses_count": Reuse.objects.listed().count(),
        "featured_datasets": featured,
        "latest_datasets": latest,
        "featured_reuses": list(reuse_cards().listed().filter(featured=True)[:REUSES]),
        "posts": list(post_cards().published().filter(kind=PostKind.NEWS)[:POSTS]),
    }
