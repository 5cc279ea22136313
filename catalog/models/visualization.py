"""Charts (udata's "visualizations"): how columns of tabular resources are drawn."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models.base import (
    OwnedModel,
    SluggedModel,
    StatefulQuerySet,
    TimestampedModel,
    type_of_user,
    validate_extras,
)
from catalog.models.community_resource import CommunityResource
from catalog.models.resource import Resource
from portal.lib.ids import PublicIdModel
from portal.lib.pictures import CHART, PictureField


class VisualizationQuerySet(StatefulQuerySet):
    """See `StatefulQuerySet`; charts are not archived, and their column is named as in udata's API."""

    PUBLIC = LISTED = Q(private=False, deleted_at__isnull=True)


class Visualization(PublicIdModel, OwnedModel, SluggedModel, TimestampedModel):
    """Axes and series are JSON as `catalog.api.forms.visualization` checks it: nothing but a chart's reader needs them.

    Series name resources by their ids. These may be deleted or hidden later: whoever shows a chart leaves out the
    series whose resource the reader may not read (`readable_files`).
    """

    title = models.CharField(_("title"), max_length=350)
    description = models.TextField(_("description"), help_text=_("Markdown."))
    x_axis = models.JSONField(_("horizontal axis"))
    y_axis = models.JSONField(_("vertical axis"), default=dict, blank=True)
    series = models.JSONField(_("series"), default=list)
    image = PictureField(_("image"), kind=CHART, blank=True)
    extras = models.JSONField(_("extras"), default=dict, blank=True, validators=[validate_extras])

    private = models.BooleanField(_("draft"), default=False)
    deleted_at = models.DateTimeField(_("deleted at"), null=True, blank=True)

    metric_views = models.PositiveIntegerField(default=0, editable=False)

    objects = VisualizationQuerySet.as_manager()

    class Meta:
        verbose_name = _("chart")
        verbose_name_plural = _("charts")
        ordering = ["-created_at", "id"]
        constraints = [*OwnedModel.Meta.constraints]
        indexes = [models.Index(F("created_at").desc(), "id", name="visualization_newest")]

    def __str__(self) -> str:
        return self.title

    @property
    def image_address(self) -> str:
        """The address of the image, or an empty string."""
        return self.image.url if self.image else ""


def files_of(charts: Iterable[Visualization]) -> set[str]:
    """Return the ids of the resources that the series of these charts name."""
    return {one["resource_id"] for chart in charts for one in chart.series}


def readable_files(ids: Iterable[str], user: type_of_user | None) -> set[str]:
    """Return those of these ids that are a resource or a community resource that `user` may read; two queries.

    Without a user: those that exist at all.
    """
    wanted = {UUID(one) for one in ids}
    found: set[Any] = set()
    for model in (Resource, CommunityResource) if wanted else ():
        rows = model.objects.filter(pk__in=wanted).order_by()
        found.update((rows if user is None else rows.visible_to(user)).values_list("pk", flat=True))
    return {str(pk) for pk in found}
