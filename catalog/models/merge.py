"""Merges of datasets: which took the place of which, and what to give back if they are split again."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models.base import type_of_user
from catalog.models.dataset import Dataset
from portal.lib.ids import PublicIdModel

SPLIT_WITHIN = timedelta(days=30)


class Merge(PublicIdModel):
    """Datasets that became one. `moved` holds what a split puts back (see `catalog.services.merging`)."""

    kept = models.ForeignKey(Dataset, models.CASCADE, related_name="merges", verbose_name=_("dataset"))
    at = models.DateTimeField(_("at"), default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    moved = models.JSONField(default=dict)
    split_at = models.DateTimeField(_("split at"), null=True)
    split_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        ordering = ["-at", "id"]

    def __str__(self) -> str:
        return f"{self.kept_id} {self.at:%Y-%m-%d %H:%M}"

    @property
    def split_until(self) -> datetime:
        return self.at + SPLIT_WITHIN

    @property
    def can_be_split(self) -> bool:
        return self.split_at is None and timezone.now() < self.split_until


class MergedDatasetManager(models.Manager["MergedDataset"]):
    def successor(self, key: str, user: type_of_user) -> Dataset | None:
        """Return the dataset that took the place of the one with this id or slug, if `user` may read it, else None.

        Follows merges of merges: one query a step.
        """
        seen: set[str] = set()
        while key not in seen:
            seen.add(key)
            row = self.filter(Q(pk=key) | Q(slug=key)).select_related("merge__kept").order_by("-merge__at").first()
            if row is None:
                return None
            kept = row.merge.kept
            if kept.deleted is None:
                return kept if Dataset.objects.visible_to(user).contains(kept) else None
            key = kept.pk
        return None


class MergedDataset(models.Model):
    """The former address of a dataset that was merged into another. Outlives the dataset's own row."""

    former_id = models.CharField(max_length=24, primary_key=True)
    slug = models.CharField(max_length=255, db_index=True)
    merge = models.ForeignKey(Merge, models.CASCADE, related_name="former")

    objects = MergedDatasetManager()

    class Meta:
        verbose_name = _("merged dataset")
        verbose_name_plural = _("merged datasets")

    def __str__(self) -> str:
        return self.slug


class Likeness(models.TextChoices):
    """Why datasets look like the same."""

    CHECKSUM = "checksum", _("same file")
    URL = "url", _("same address of a file")
    REMOTE = "remote", _("same identifier in a harvested catalogue")
    TITLE = "title", _("same title and producer")


KEY_LENGTH = 600  # characters


class NotDuplicate(models.Model):
    """A group of datasets that somebody found not to be the same. It shows again when it outgrows `size`."""

    reason = models.CharField(_("reason"), max_length=8, choices=Likeness)
    key = models.CharField(_("what they share"), max_length=KEY_LENGTH)
    size = models.PositiveIntegerField(_("datasets"))
    at = models.DateTimeField(_("at"), default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("group that is no duplicate")
        verbose_name_plural = _("groups that are no duplicates")
        constraints = [models.UniqueConstraint(fields=["reason", "key"], name="not_duplicate_once")]

    def __str__(self) -> str:
        return f"{self.reason} {self.key}"
