"""Community resources: files that others than the publisher attach to a dataset."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models.base import OwnedModel
from catalog.models.dataset import Dataset
from catalog.models.resource import FileModel


class CommunityResourceQuerySet(models.QuerySet["CommunityResource"]):
    def visible_to(self, user) -> "CommunityResourceQuerySet":
        """Community resources are public, but for those of a dataset that `user` may not read."""
        readable = Dataset.objects.visible_to(user).values("pk")
        return self.filter(models.Q(dataset__isnull=True) | models.Q(dataset__in=readable))


class CommunityResource(FileModel, OwnedModel):
    """The dataset may be gone (purged); the owner is never the dataset's."""

    dataset = models.ForeignKey(
        Dataset, models.SET_NULL, null=True, related_name="community_resources", verbose_name=_("dataset")
    )

    objects = CommunityResourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("community resource")
        verbose_name_plural = _("community resources")
        ordering = ["-created_at_internal", "id"]
        constraints = [*FileModel.Meta.constraints, *OwnedModel.Meta.constraints]

    def get_absolute_url(self) -> str:
        return f"/datasets/r/{self.id}"
