"""Sources: the remote catalogues that the portal harvests."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models.base import OwnedModel, SluggedModel
from portal.lib.ids import PublicIdModel


class Validation(models.TextChoices):
    PENDING = "pending", _("Pending")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Refused")


class SourceQuerySet(models.QuerySet["Source"]):
    def listed(self) -> "SourceQuerySet":
        """Sources that are not deleted, whatever their validation."""
        return self.filter(deleted__isnull=True)


class Source(PublicIdModel, OwnedModel, SluggedModel):
    """A remote catalogue. `backend` is the name of a harvester, free text so that one can be added or removed."""

    name = models.CharField(_("name"), max_length=255)
    url = models.URLField(_("address"), max_length=2000)
    backend = models.CharField(_("harvester"), max_length=64)
    description = models.TextField(_("description"), blank=True)
    config = models.JSONField(_("configuration"), default=dict, blank=True)
    active = models.BooleanField(_("active"), default=True)
    autoarchive = models.BooleanField(_("archive what disappears"), default=True)
    validation = models.CharField(_("validation"), max_length=16, choices=Validation, default=Validation.PENDING)
    validation_comment = models.TextField(_("comment"), blank=True)
    validated_on = models.DateTimeField(_("validated on"), null=True, blank=True, editable=False)
    validated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    deleted = models.DateTimeField(_("deleted at"), null=True, blank=True)

    objects = SourceQuerySet.as_manager()

    slug_source = "name"

    class Meta:
        verbose_name = _("harvest source")
        verbose_name_plural = _("harvest sources")
        ordering = ["-created_at", "id"]
        constraints = [
            *OwnedModel.Meta.constraints,
            models.CheckConstraint(condition=Q(validation__in=Validation.values), name="source_validation"),
        ]

    def __str__(self) -> str:
        return self.name
