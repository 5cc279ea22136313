"""The portal itself, as its API describes it: one row."""

from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import models
from django.utils.translation import gettext_lazy as _

FACTS_TTL = 60  # seconds until a new title shows


class SiteManager(models.Manager["Site"]):
    def current(self) -> "Site":
        """Return the portal's row, made at the first call."""
        return self.get_or_create(pk=settings.SITE_ID)[0]

    def facts(self) -> dict[str, Any]:
        """Return the portal's `title` and `keywords`, at most FACTS_TTL old: every page shows them."""

        def read() -> dict[str, Any]:
            current = self.current()
            return {"title": current.title, "keywords": current.keywords}

        return cache.get_or_set(f"site:{settings.SITE_ID}", read, FACTS_TTL)


def default_keywords() -> list[str]:
    return ["opendata"]


class Site(models.Model):
    id = models.CharField(primary_key=True, max_length=64)
    title = models.CharField(_("title"), max_length=255, default="Open data")
    keywords = models.JSONField(_("keywords"), default=default_keywords, blank=True)
    feed_size = models.PositiveSmallIntegerField(_("entries in feeds"), default=20)
    metrics = models.JSONField(default=dict, editable=False)
    datasets_blocs = models.JSONField(default=list, blank=True, editable=False)
    reuses_blocs = models.JSONField(default=list, blank=True, editable=False)
    dataservices_blocs = models.JSONField(default=list, blank=True, editable=False)

    objects = SiteManager()

    class Meta:
        verbose_name = _("portal")
        verbose_name_plural = _("portal")

    def __str__(self) -> str:
        return self.title
