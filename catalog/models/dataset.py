"""Datasets: the heart of the catalogue."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.fields.json import KT
from django.db.models.functions import Left
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import quality
from catalog.models.base import BadgeModel, OwnedModel, SluggedModel, StatefulQuerySet, validate_extras
from catalog.models.contact import ContactPoint
from catalog.models.license import License
from catalog.models.spatial import GeoZone
from catalog.models.tag import Tag
from catalog.models.vocabulary import AccessReason, AccessType, DatasetBadgeKind, Frequency
from portal.lib.ids import PublicIdModel

MAX_DESCRIPTION = 100_000  # characters
MANY_VIEWS = 100  # of a dataset's page, since it exists


HARVEST_KEYS = ("remote_id", "remote_url", "uri")  # of the harvest origin, by which a dataset is found again
KEY_LENGTH = 500  # characters of them that are indexed


def harvested_key(key: str) -> Left:
    """Return the indexed expression of one key of the harvest origin."""
    return Left(KT(f"harvest__{key}"), KEY_LENGTH)


class DatasetQuerySet(StatefulQuerySet):
    """See `StatefulQuerySet` for who may read what. What needs an editor's hand is asked of listed datasets."""

    def late(self, now: datetime) -> Self:
        """Those whose promised update is overdue."""
        return self.listed().filter(update_due_at__lt=now)

    def with_broken_files(self) -> Self:
        """Those of which a checked remote file did not answer (`check:available` is false)."""
        state = F("quality_flags").bitand(quality.HAS_RESOURCES | quality.ALL_AVAILABLE)
        return self.listed().alias(files_state=state).filter(files_state=quality.HAS_RESOURCES)

    def low_but_visited(self, now: datetime) -> Self:
        """Those of low quality that many people look at."""
        late = Q(update_due_at__lt=now, quality_flags__in=quality.low_flags(late=True))
        low = late | Q(quality_flags__in=quality.low_flags(late=False))
        return self.listed().filter(low, metric_views__gte=MANY_VIEWS)

    def with_company(self) -> Self:
        """Mark on each whether there is anything that others add: `has_reuses`, `has_dataservices`,
        `has_community_resources`, `has_discussions`, in whatever state that is.
        """
        linked = {name: getattr(self.model, name).through for name in ("reuses", "dataservices")}
        added = {name: getattr(self.model, name).rel.related_model for name in ("community_resources", "discussions")}
        rows = {name: model._base_manager.filter(dataset=OuterRef("pk")) for name, model in (linked | added).items()}
        return self.annotate(**{f"has_{name}": Exists(found) for name, found in rows.items()})


class AccessModel(models.Model):
    """On what terms one gets at the data; anything but `open` excludes a licence."""

    access_type = models.CharField(_("access"), max_length=32, choices=AccessType, default=AccessType.OPEN)
    access_audiences = models.JSONField(_("audiences"), default=list, blank=True)
    access_type_reason_category = models.CharField(
        _("ground for limiting access"), max_length=96, choices=AccessReason, blank=True
    )
    access_type_reason = models.TextField(_("explanation"), blank=True)
    authorization_request_url = models.URLField(_("where to ask for access"), max_length=2000, blank=True)
    license = models.ForeignKey(License, models.PROTECT, null=True, blank=True, verbose_name=_("licence"))

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(access_type=AccessType.OPEN) | Q(license__isnull=True),
                name="%(class)s_license_if_open",
                violation_error_message=_("Only open data has a licence."),
            ),
            models.CheckConstraint(condition=Q(access_type__in=AccessType.values), name="%(class)s_access_type"),
        ]


class Dataset(PublicIdModel, OwnedModel, SluggedModel, AccessModel):
    """A dataset. `created_at`, `last_modified` and `last_update` are the public dates, which take the harvested
    ones into account; they and `quality_flags` are kept by `catalog.services.derivation`.

    `version` is raised by the database itself at each change of the row or of what hangs on it (see ADR 0004).
    """

    title = models.CharField(_("title"), max_length=350)
    acronym = models.CharField(_("acronym"), max_length=128, blank=True)
    description = models.TextField(
        _("description"), help_text=_("Markdown."), validators=[MaxLengthValidator(MAX_DESCRIPTION)]
    )
    description_short = models.CharField(_("summary"), max_length=200, blank=True)
    tags = models.ManyToManyField(Tag, blank=True, related_name="datasets", verbose_name=_("tags"))
    frequency = models.CharField(_("frequency"), max_length=32, choices=Frequency, default=Frequency.UNKNOWN)
    frequency_date = models.DateTimeField(_("next expected update"), null=True, blank=True)
    temporal_start = models.DateField(_("covers from"), null=True, blank=True)
    temporal_end = models.DateField(_("covers until"), null=True, blank=True)
    spatial_zones = models.ManyToManyField(GeoZone, blank=True, related_name="datasets", verbose_name=_("territories"))
    spatial_geom = models.JSONField(_("geometry (GeoJSON MultiPolygon)"), null=True, blank=True)
    spatial_granularity = models.CharField(_("granularity"), max_length=64, blank=True)
    contact_points = models.ManyToManyField(
        ContactPoint, blank=True, related_name="datasets", verbose_name=_("contact points")
    )
    schema_name = models.CharField(_("schema"), max_length=255, blank=True)
    schema_url = models.URLField(_("schema address"), max_length=2000, blank=True)
    schema_version = models.CharField(_("schema version"), max_length=64, blank=True)
    extras = models.JSONField(_("extras"), default=dict, blank=True, validators=[validate_extras])
    harvest = models.JSONField(_("harvest origin"), null=True, blank=True, editable=False)

    private = models.BooleanField(_("draft"), default=False)
    featured = models.BooleanField(_("featured"), default=False)
    archived = models.DateTimeField(_("archived at"), null=True, blank=True)
    deleted = models.DateTimeField(_("deleted at"), null=True, blank=True)

    created_at_internal = models.DateTimeField(_("created here at"), default=timezone.now)
    last_modified_internal = models.DateTimeField(_("modified here at"), default=timezone.now)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    last_modified = models.DateTimeField(_("last modified"), default=timezone.now, editable=False)
    last_update = models.DateTimeField(_("last update of the data"), default=timezone.now, editable=False)

    quality_flags = models.PositiveSmallIntegerField(default=0, editable=False)
    update_due_at = models.DateTimeField(null=True, editable=False)
    resources_count = models.PositiveIntegerField(_("resources"), default=0, editable=False)
    version = models.PositiveBigIntegerField(default=1, editable=False)

    metric_discussions = models.PositiveIntegerField(default=0, editable=False)
    metric_discussions_open = models.PositiveIntegerField(default=0, editable=False)
    metric_reuses = models.PositiveIntegerField(default=0, editable=False)
    metric_dataservices = models.PositiveIntegerField(default=0, editable=False)
    metric_followers = models.PositiveIntegerField(default=0, editable=False)
    metric_views = models.PositiveIntegerField(default=0, editable=False)
    metric_resources_downloads = models.PositiveIntegerField(default=0, editable=False)
    metric_months = models.JSONField(default=dict, editable=False)

    objects = DatasetQuerySet.as_manager()

    class Meta:
        verbose_name = _("dataset")
        verbose_name_plural = _("datasets")
        ordering = ["-created_at", "id"]
        constraints = [
            *OwnedModel.Meta.constraints,
            *AccessModel.Meta.constraints,
            models.CheckConstraint(condition=Q(frequency__in=Frequency.values), name="dataset_frequency"),
            models.CheckConstraint(
                condition=Q(temporal_start__isnull=True)
                | Q(temporal_end__isnull=True)
                | Q(temporal_start__lte=F("temporal_end")),
                name="dataset_temporal_order",
                violation_error_message=_("The period covered ends before it begins."),
            ),
            models.CheckConstraint(
                condition=Q(temporal_start__isnull=False) | Q(temporal_end__isnull=True),
                name="dataset_temporal_start",
                violation_error_message=_("A period covered needs a beginning."),
            ),
        ]
        # Each sort of the public lists has its index, so that a page reads ids alone at any depth.
        indexes = [
            models.Index(F("created_at").desc(), "id", name="dataset_newest", condition=StatefulQuerySet.LISTED),
            models.Index(F("last_update").desc(), "id", name="dataset_updated", condition=StatefulQuerySet.LISTED),
            models.Index(F("title"), "id", name="dataset_by_title", condition=StatefulQuerySet.LISTED),
            models.Index(F("metric_views").desc(), "id", name="dataset_by_views", condition=StatefulQuerySet.LISTED),
            models.Index(F("metric_reuses").desc(), "id", name="dataset_by_reuses", condition=StatefulQuerySet.LISTED),
            models.Index(
                F("metric_followers").desc(), "id", name="dataset_by_followers", condition=StatefulQuerySet.LISTED
            ),
            models.Index(F("created_at").desc(), "id", name="dataset_all_newest"),
            models.Index(F("created_at").desc(), "id", name="dataset_featured", condition=Q(featured=True)),
            models.Index("organization", F("created_at").desc(), name="dataset_of_organization"),
            models.Index(fields=["update_due_at"], name="dataset_due"),
            models.Index(fields=["id"], name="dataset_unlisted", condition=~StatefulQuerySet.LISTED),
            # Where a harvester looks whether a record is here already.
            *(models.Index(harvested_key(key), name=f"dataset_harvest_{key}") for key in HARVEST_KEYS),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"/datasets/{self.slug}/"

    def clean(self) -> None:
        super().clean()
        if self.spatial_geom and self.spatial_geom.get("type") != "MultiPolygon":
            raise ValidationError({"spatial_geom": _("The geometry must be a GeoJSON MultiPolygon.")})
        if self.schema_name and self.schema_url:
            raise ValidationError({"schema_url": _("A schema is given by its name or by its address, not by both.")})
        if self.access_type != AccessType.OPEN:
            self.license = None

    def quality_at(self, now: datetime) -> dict[str, bool | float]:
        """Return the criteria met at `now` and the score (0 to 1)."""
        return quality.describe(self.quality_flags, late=quality.is_late(self.update_due_at, now))

    @property
    def quality(self) -> dict[str, bool | float]:
        return self.quality_at(timezone.now())

    def derive(self, resource_facts: list) -> None:
        """Set the derived columns from this row and its resources; the caller saves.

        `resource_facts` are the dataset's resources (or rows with the same attributes).
        """
        origin = self.harvest or {}
        self.created_at = parse_date(origin.get("issued_at") or origin.get("created_at")) or self.created_at_internal
        harvested_at = parse_date(origin.get("modified_at"))
        self.last_modified = harvested_at or self.last_modified_internal
        newest = max((facts.last_modified for facts in resource_facts), default=None)
        self.last_update = harvested_at or newest or self.last_modified
        delta = Frequency(self.frequency).delta
        self.update_due_at = self.last_update + delta + quality.GRACE if delta else None
        self.resources_count = len(resource_facts)
        self.quality_flags = self._own_quality_flags() | quality.resource_flags(resource_facts)

    def _own_quality_flags(self) -> int:
        has_zones = bool(self.spatial_geom) or (not self._state.adding and bool(self.spatial_zones.all()))
        described = len(self.description) > settings.QUALITY_DESCRIPTION_LENGTH
        return (
            (quality.LICENSE if self.license_id else 0)
            | (quality.TEMPORAL_COVERAGE if self.temporal_start else 0)
            | (quality.SPATIAL if has_zones or self.spatial_granularity else 0)
            | (quality.UPDATE_FREQUENCY if self.frequency != Frequency.UNKNOWN else 0)
            | (quality.DESCRIPTION if described else 0)
        )


def parse_date(value: object) -> datetime | None:
    """Return the aware datetime of an ISO text (UTC where it has no zone), or None if there is none."""
    if not value:
        return None
    try:
        parsed = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return parsed if timezone.is_aware(parsed) else parsed.replace(tzinfo=timezone.get_fixed_timezone(0))


class DatasetBadge(BadgeModel):
    dataset = models.ForeignKey(Dataset, models.CASCADE, related_name="badges")
    kind = models.CharField(_("kind"), max_length=32, choices=DatasetBadgeKind)

    class Meta(BadgeModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["dataset", "kind"], name="dataset_badge_once"),
            models.CheckConstraint(condition=Q(kind__in=DatasetBadgeKind.values), name="dataset_badge_kind"),
        ]
        indexes = [models.Index(fields=["kind", "dataset"], name="dataset_badge_by_kind")]
