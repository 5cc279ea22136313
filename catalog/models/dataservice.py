"""Dataservices: the APIs that serve data."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models.base import BadgeModel, OwnedModel, SluggedModel, StatefulQuerySet, validate_extras
from catalog.models.contact import ContactPoint
from catalog.models.dataset import AccessModel, Dataset
from catalog.models.tag import Tag
from catalog.models.vocabulary import DataserviceBadgeKind, DataserviceFormat
from portal.lib.ids import PublicIdModel


class DataserviceQuerySet(StatefulQuerySet):
    """See `StatefulQuerySet`; here the columns are named as in udata's API."""

    PUBLIC = Q(private=False, deleted_at__isnull=True)
    LISTED = Q(private=False, deleted_at__isnull=True, archived_at__isnull=True)


class Dataservice(PublicIdModel, OwnedModel, SluggedModel, AccessModel):
    title = models.CharField(_("title"), max_length=350)
    acronym = models.CharField(_("acronym"), max_length=128, blank=True)
    description = models.TextField(_("description"), blank=True, help_text=_("Markdown."))
    base_api_url = models.URLField(_("base address"), max_length=2000, blank=True)
    machine_documentation_url = models.URLField(_("OpenAPI document"), max_length=2000, blank=True)
    technical_documentation_url = models.URLField(_("technical documentation"), max_length=2000, blank=True)
    business_documentation_url = models.URLField(_("business documentation"), max_length=2000, blank=True)
    rate_limiting = models.TextField(_("rate limit"), blank=True)
    rate_limiting_url = models.URLField(_("address of the rate limits"), max_length=2000, blank=True)
    availability = models.FloatField(
        _("availability (%)"), null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    availability_url = models.URLField(_("address of the availability"), max_length=2000, blank=True)
    format = models.CharField(_("format"), max_length=8, choices=DataserviceFormat, blank=True)
    tags = models.ManyToManyField(Tag, blank=True, related_name="dataservices", verbose_name=_("tags"))
    datasets = models.ManyToManyField(Dataset, blank=True, related_name="dataservices", verbose_name=_("datasets"))
    contact_points = models.ManyToManyField(
        ContactPoint, blank=True, related_name="dataservices", verbose_name=_("contact points")
    )
    extras = models.JSONField(_("extras"), default=dict, blank=True, validators=[validate_extras])
    harvest = models.JSONField(_("harvest origin"), null=True, blank=True, editable=False)

    private = models.BooleanField(_("draft"), default=False)
    featured = models.BooleanField(_("featured"), null=True, blank=True, default=None)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    metadata_modified_at = models.DateTimeField(_("last modified"), default=timezone.now)
    archived_at = models.DateTimeField(_("archived at"), null=True, blank=True)
    deleted_at = models.DateTimeField(_("deleted at"), null=True, blank=True)

    metric_discussions = models.PositiveIntegerField(default=0, editable=False)
    metric_discussions_open = models.PositiveIntegerField(default=0, editable=False)
    metric_followers = models.PositiveIntegerField(default=0, editable=False)
    metric_reuses = models.PositiveIntegerField(default=0, editable=False)
    metric_views = models.PositiveIntegerField(default=0, editable=False)
    metric_months = models.JSONField(default=dict, editable=False)

    objects = DataserviceQuerySet.as_manager()

    class Meta:
        verbose_name = _("dataservice")
        verbose_name_plural = _("dataservices")
        ordering = ["-created_at", "id"]
        constraints = [
            *OwnedModel.Meta.constraints,
            *AccessModel.Meta.constraints,
            models.CheckConstraint(
                condition=Q(availability__isnull=True) | Q(availability__range=(0, 100)),
                name="dataservice_availability",
            ),
        ]
        indexes = [models.Index(F("created_at").desc(), "id", name="dataservice_newest")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"/dataservices/{self.slug}/"


class DataserviceBadge(BadgeModel):
    dataservice = models.ForeignKey(Dataservice, models.CASCADE, related_name="badges")
    kind = models.CharField(_("kind"), max_length=32, choices=DataserviceBadgeKind)

    class Meta(BadgeModel.Meta):
        constraints = [models.UniqueConstraint(fields=["dataservice", "kind"], name="dataservice_badge_once")]
