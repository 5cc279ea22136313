"""Reuses: what people make of the data."""

import hashlib
from urllib.parse import urlsplit, urlunsplit

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models.base import OwnedModel, SluggedModel, StatefulQuerySet, TimestampedModel, validate_extras
from catalog.models.dataservice import Dataservice
from catalog.models.dataset import Dataset
from catalog.models.tag import Tag
from catalog.models.vocabulary import ReuseTopic, ReuseType
from portal.lib.ids import PublicIdModel
from portal.lib.pictures import REUSE, PictureField


class ReuseQuerySet(StatefulQuerySet):
    """See `StatefulQuerySet`."""


def url_hash(url: str) -> str:
    """Return the SHA-1 of `url` with its host in lower case and no fragment: two spellings, one reuse."""
    parts = urlsplit(url.strip())
    normal = urlunsplit((parts.scheme.lower(), parts.netloc.lower(), parts.path, parts.query, ""))
    return hashlib.sha1(normal.encode(), usedforsecurity=False).hexdigest()


class Reuse(PublicIdModel, OwnedModel, SluggedModel, TimestampedModel):
    title = models.CharField(_("title"), max_length=350)
    description = models.TextField(_("description"), help_text=_("Markdown."))
    type = models.CharField(_("type"), max_length=32, choices=ReuseType)
    topic = models.CharField(_("topic"), max_length=32, choices=ReuseTopic)
    url = models.URLField(_("address"), max_length=2000)
    urlhash = models.CharField(max_length=40, unique=True, editable=False)
    image = PictureField(_("image"), kind=REUSE, blank=True)
    image_url = models.URLField(_("remote image"), max_length=2000, blank=True)
    tags = models.ManyToManyField(Tag, blank=True, related_name="reuses", verbose_name=_("tags"))
    datasets = models.ManyToManyField(Dataset, blank=True, related_name="reuses", verbose_name=_("datasets"))
    dataservices = models.ManyToManyField(
        Dataservice, blank=True, related_name="reuses", verbose_name=_("dataservices")
    )
    extras = models.JSONField(_("extras"), default=dict, blank=True, validators=[validate_extras])

    private = models.BooleanField(_("draft"), default=False)
    featured = models.BooleanField(_("featured"), null=True, blank=True, default=None)
    archived = models.DateTimeField(_("archived at"), null=True, blank=True)
    deleted = models.DateTimeField(_("deleted at"), null=True, blank=True)

    metric_discussions = models.PositiveIntegerField(default=0, editable=False)
    metric_discussions_open = models.PositiveIntegerField(default=0, editable=False)
    metric_datasets = models.PositiveIntegerField(default=0, editable=False)
    metric_followers = models.PositiveIntegerField(default=0, editable=False)
    metric_views = models.PositiveIntegerField(default=0, editable=False)
    metric_months = models.JSONField(default=dict, editable=False)

    objects = ReuseQuerySet.as_manager()

    class Meta:
        verbose_name = _("reuse")
        verbose_name_plural = _("reuses")
        ordering = ["-created_at", "id"]
        constraints = [
            *OwnedModel.Meta.constraints,
            models.CheckConstraint(condition=Q(type__in=ReuseType.values), name="reuse_type"),
            models.CheckConstraint(condition=Q(topic__in=ReuseTopic.values), name="reuse_topic"),
        ]
        indexes = [models.Index(F("created_at").desc(), "id", name="reuse_newest")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"/reuses/{self.slug}/"

    @property
    def image_address(self) -> str:
        """The address of the image, uploaded or remote, or an empty string."""
        return self.image.url if self.image else self.image_url

    def save(self, *args: object, **kwargs: object) -> None:
        self.urlhash = url_hash(self.url)
        super().save(*args, **kwargs)

    def touch(self) -> None:
        self.last_modified = timezone.now()
