"""Resources: the files, remote or hosted, of a dataset."""

import uuid

from django.db import models
from django.db.models import Case, F, Max, Min, Q, Value, When
from django.db.models.functions import Left
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models.base import validate_extras
from catalog.models.dataset import Dataset, parse_date
from catalog.models.vocabulary import ChecksumType, FileType, ResourceType

MAX_URL = 10_000  # characters; long signed or OGC addresses exist in real catalogues
URL_KEY = 500  # characters of an address that are indexed


def url_key() -> Left:
    """Return the indexed expression by which files of the same address are found."""
    return Left("url", URL_KEY)


def kind_rank() -> Case:
    """Return the indexed expression that puts main files first, then each kind in the order of the vocabulary."""
    ranks = [When(type=kind, then=Value(number)) for number, kind in enumerate(ResourceType.values)]
    return Case(*ranks, output_field=models.IntegerField())


class FileModel(models.Model):
    """A file as the catalogue describes it: resource of a dataset or community resource.

    `created_at` and `last_modified` are the public dates (`derive`). The database refuses an id that the other
    kind of resource already has.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(_("title"), max_length=350)
    description = models.TextField(_("description"), blank=True, help_text=_("Markdown."))
    url = models.TextField(_("address"), max_length=MAX_URL)
    file = models.FileField(_("hosted file"), upload_to="resources/", max_length=500, blank=True, editable=False)
    filetype = models.CharField(_("hosting"), max_length=8, choices=FileType, default=FileType.REMOTE)
    type = models.CharField(_("type"), max_length=16, choices=ResourceType, default=ResourceType.MAIN)
    format = models.CharField(_("format"), max_length=64, blank=True)
    mime = models.CharField(_("media type"), max_length=255, blank=True)
    filesize = models.PositiveBigIntegerField(_("size (bytes)"), null=True, blank=True)
    checksum_type = models.CharField(_("checksum type"), max_length=8, choices=ChecksumType, blank=True)
    checksum_value = models.CharField(_("checksum"), max_length=255, blank=True)
    schema_name = models.CharField(_("schema"), max_length=255, blank=True)
    schema_url = models.CharField(_("schema address"), max_length=2000, blank=True)
    schema_version = models.CharField(_("schema version"), max_length=64, blank=True)
    extras = models.JSONField(_("extras"), default=dict, blank=True, validators=[validate_extras])
    harvest = models.JSONField(_("harvest origin"), null=True, blank=True, editable=False)

    created_at_internal = models.DateTimeField(_("created here at"), default=timezone.now, editable=False)
    last_modified_internal = models.DateTimeField(_("modified here at"), default=timezone.now, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    last_modified = models.DateTimeField(_("last modified"), default=timezone.now, editable=False)
    metric_views = models.PositiveIntegerField(_("downloads"), null=True, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(condition=Q(filetype__in=FileType.values), name="%(class)s_filetype"),
            models.CheckConstraint(condition=Q(type__in=ResourceType.values), name="%(class)s_type"),
            models.CheckConstraint(
                condition=Q(checksum_type="", checksum_value="")
                | Q(checksum_type__in=ChecksumType.values) & ~Q(checksum_value=""),
                name="%(class)s_checksum",
                violation_error_message=_("A checksum needs its type and its value."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: object, **kwargs: object) -> None:
        """Save, with the public dates that follow from the others."""
        self.derive()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        self.format = self.format.strip().lower()

    def derive(self) -> None:
        """Set the public dates: those of the analysis or of the harvest win over the portal's own."""
        origin = self.harvest or {}
        analysed_at = parse_date(self.extras.get("analysis:last-modified-at"))
        self.created_at = parse_date(origin.get("issued_at")) or self.created_at_internal
        self.last_modified = analysed_at or parse_date(origin.get("modified_at")) or self.last_modified_internal


class ResourceQuerySet(models.QuerySet["Resource"]):
    def same_file(self, files: "list[Resource]") -> "ResourceQuerySet":
        """Resources with the checksum or the address of one of `files`; none for none."""
        sums = {one.checksum_value for one in files if one.checksum_value}
        urls = {one.url for one in files if one.url}
        same_sum = Q(checksum_value__in=sums) & ~Q(checksum_value="")
        same_url = Q(url_key__in={url[:URL_KEY] for url in urls}) & Q(url__in=urls)
        return self.alias(url_key=url_key()).filter(same_sum | same_url)

    def in_listed_datasets(self) -> "ResourceQuerySet":
        return self.filter(dataset__private=False, dataset__deleted=None, dataset__archived=None)

    def with_a_shared(self, column: str) -> "ResourceQuerySet":
        """Resources of listed datasets whose `column` (a text, not empty) another listed dataset has, too.

        All are read once and put together by that text: asking for each whether there is another takes forty times
        as long.
        """
        known = Resource.objects.in_listed_datasets().exclude(**{column: ""}).order_by()
        ends = known.values(column).annotate(first=Min("dataset_id"), last=Max("dataset_id"))
        shared = ends.exclude(first=F("last")).values(column)
        return self.in_listed_datasets().filter(**{f"{column}__in": shared}).order_by()

    def visible_to(self, user) -> "ResourceQuerySet":
        """Resources of the datasets that `user` may read."""
        return self.filter(dataset__in=Dataset.objects.visible_to(user).values("pk"))


class Resource(FileModel):
    """A file of a dataset. `position` orders them, smallest first; a new one goes before the others."""

    dataset = models.ForeignKey(
        Dataset, models.CASCADE, related_name="resources", db_index=False, verbose_name=_("dataset")
    )
    position = models.IntegerField(_("position"), default=0)

    objects = ResourceQuerySet.as_manager()

    class Meta(FileModel.Meta):
        verbose_name = _("resource")
        verbose_name_plural = _("resources")
        ordering = ["position", "id"]
        indexes = [
            models.Index(fields=["dataset", "position", "id"], name="resource_in_order"),
            models.Index(F("dataset"), kind_rank(), F("position"), F("id"), include=["type"], name="resource_by_kind"),
            models.Index(
                fields=["dataset", "position", "id"], name="resource_hosted", condition=Q(filetype=FileType.FILE)
            ),
            models.Index(fields=["format", "dataset"], name="resource_by_format"),
            models.Index(fields=["schema_name", "dataset"], name="resource_by_schema", condition=~Q(schema_name="")),
            models.Index(fields=["checksum_value"], name="resource_by_checksum", condition=~Q(checksum_value="")),
            models.Index(url_key(), name="resource_by_url"),
            models.Index(fields=["last_modified", "id"], name="resource_by_date"),
        ]

    def get_absolute_url(self) -> str:
        return f"/datasets/r/{self.id}"
