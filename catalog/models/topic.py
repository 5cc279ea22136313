"""Topics: a chosen list of datasets, reuses and dataservices around a theme; its elements stand in their own table."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models.base import (
    OwnedModel,
    SluggedModel,
    TimestampedModel,
    is_sysadmin,
    owned_by,
    reads_all,
    type_of_user,
    validate_extras,
)
from catalog.models.spatial import GeoZone
from catalog.models.subject import SubjectModel, SubjectQuerySet
from catalog.models.tag import Tag
from portal.lib.ids import PublicIdModel

ELEMENT_CLASSES = ("Dataset", "Reuse", "Dataservice")


class TopicQuerySet(models.QuerySet["Topic"]):
    def public(self) -> "TopicQuerySet":
        return self.exclude(private=True)

    listed = public

    def visible_to(self, user: type_of_user) -> "TopicQuerySet":
        """Topics that are not private, and one's own; all, with a role that reads them."""
        return self.all() if reads_all(user, self.model) else self.listed_to(user)

    def listed_to(self, user: type_of_user) -> "TopicQuerySet":
        """Topics that are not private, and one's own; system administrators find all."""
        if not user.is_authenticated or not user.is_active:
            return self.public()
        if is_sysadmin(user):
            return self.all()
        mine = Topic.objects.filter(owned_by(user)).values("pk")
        return self.filter(Q(private=False) | Q(private__isnull=True) | Q(pk__in=mine))


class Topic(PublicIdModel, OwnedModel, SluggedModel, TimestampedModel):
    name = models.CharField(_("name"), max_length=350)
    description = models.TextField(_("description"), blank=True, help_text=_("Markdown."))
    tags = models.ManyToManyField(Tag, blank=True, related_name="topics", verbose_name=_("tags"))
    color = models.CharField(_("colour"), max_length=32, blank=True)
    featured = models.BooleanField(_("featured"), default=False)
    private = models.BooleanField(_("draft"), null=True, blank=True, default=None)  # null until set, as in udata
    extras = models.JSONField(_("extras"), default=dict, blank=True, validators=[validate_extras])
    spatial_zones = models.ManyToManyField(GeoZone, blank=True, related_name="topics", verbose_name=_("territories"))
    spatial_geom = models.JSONField(_("geometry (GeoJSON MultiPolygon)"), null=True, blank=True)
    spatial_granularity = models.CharField(_("granularity"), max_length=64, blank=True)

    objects = TopicQuerySet.as_manager()

    slug_source = "name"

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["-created_at", "id"]
        constraints = [*OwnedModel.Meta.constraints]
        indexes = [models.Index(F("created_at").desc(), "id", name="topic_newest")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"/topics/{self.slug}/"


class TopicElement(SubjectModel):
    """One entry of a topic: an object of the catalogue, or a title alone (a place kept, a link in the description)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    topic = models.ForeignKey(Topic, models.CASCADE, related_name="elements")
    position = models.PositiveIntegerField(_("position"), default=0)
    title = models.CharField(_("title"), max_length=350, blank=True)
    description = models.TextField(_("description"), blank=True)
    tags = models.ManyToManyField(Tag, blank=True, related_name="topic_elements", verbose_name=_("tags"))
    extras = models.JSONField(_("extras"), default=dict, blank=True, validators=[validate_extras])
    subject_class = models.CharField(_("kind of object"), max_length=20, blank=True)
    subject_id = models.CharField(_("id of the object"), max_length=36, blank=True)

    objects = SubjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("element of a topic")
        verbose_name_plural = _("elements of topics")
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(subject_class="", subject_id="") & ~Q(title="")
                | Q(subject_class__in=ELEMENT_CLASSES) & ~Q(subject_id=""),
                name="topic_element_says_something",
                violation_error_message=_("A topic element must have a title or an element."),
            )
        ]
        indexes = [
            models.Index(fields=["topic", "position", "id"], name="topic_element_in_order"),
            models.Index(fields=["subject_class", "subject_id"], name="topic_element_of_subject"),
        ]

    def __str__(self) -> str:
        loaded = self.__dict__.get("_subject")  # nothing is asked of the database for a name
        return self.title or str(loaded or f"{self.subject_class} {self.subject_id}")
