"""Queries that found nothing, counted by day: what the catalogue lacks, or calls by another name."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Count, Max, Sum
from django.utils.translation import gettext_lazy as _

MAX_QUERY = 100  # characters


class SearchMissQuerySet(models.QuerySet["SearchMiss"]):
    def since(self, day: date) -> Self:
        return self.filter(day__gte=day)

    def frequent(self, *, times: int, days: int) -> models.QuerySet["SearchMiss", dict]:
        """Return `{kind, query, times, days, last}` of what was asked so often, on so many days; the common first."""
        rows = self.order_by().values("kind", "query")
        totals = rows.annotate(times=Sum("count"), days=Count("day"), last=Max("day"))
        return totals.filter(times__gte=times, days__gte=days).order_by("-times", "query", "kind")


class SearchMiss(models.Model):
    """How often a query found nothing on one day. Who asked is not kept.

    `kind` is that of the objects looked for, empty for a search over all; `query` is folded (no case, no accents).
    """

    day = models.DateField(_("day"))
    kind = models.CharField(_("kind"), max_length=24, blank=True)
    query = models.CharField(_("query"), max_length=MAX_QUERY)
    count = models.PositiveIntegerField(_("times"), default=1)

    objects = SearchMissQuerySet.as_manager()

    class Meta:
        verbose_name = _("search without result")
        verbose_name_plural = _("searches without result")
        constraints = [models.UniqueConstraint(fields=["day", "kind", "query"], name="search_miss_once")]

    def __str__(self) -> str:
        return self.query
