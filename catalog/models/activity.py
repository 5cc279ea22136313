"""Activity: what happened in the catalogue, for everybody who may read its subject."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models.organization import Organization
from catalog.models.subject import SubjectModel, SubjectQuerySet
from portal.lib.ids import PublicIdModel


class ActivityKey(models.TextChoices):
    """udata's 27 kinds of events, with the words that its API shows."""

    DATASET_CREATED = "dataset:created", _("created a dataset")
    DATASET_UPDATED = "dataset:updated", _("updated a dataset")
    DATASET_DELETED = "dataset:deleted", _("deleted a dataset")
    DATASET_DISCUSSED = "dataset:discussed", _("discussed a dataset")
    DATASET_FOLLOWED = "dataset:followed", _("followed a dataset")
    RESOURCE_ADDED = "dataset:resource:added", _("added a resource to a dataset")
    RESOURCE_UPDATED = "dataset:resource:updated", _("updated a resource")
    RESOURCE_DELETED = "dataset:resource:deleted", _("removed a resource from a dataset")
    REUSE_CREATED = "reuse:created", _("created a reuse")
    REUSE_UPDATED = "reuse:updated", _("updated a reuse")
    REUSE_DELETED = "reuse:deleted", _("deleted a reuse")
    REUSE_DISCUSSED = "reuse:discussed", _("discussed a reuse")
    REUSE_FOLLOWED = "reuse:followed", _("followed a reuse")
    DATASERVICE_CREATED = "dataservice:created", _("created a dataservice")
    DATASERVICE_UPDATED = "dataservice:updated", _("updated a dataservice")
    DATASERVICE_DELETED = "dataservice:deleted", _("deleted a dataservice")
    DATASERVICE_DISCUSSED = "dataservice:discussed", _("discussed a dataservice")
    DATASERVICE_FOLLOWED = "dataservice:followed", _("followed a dataservice")
    ORGANIZATION_CREATED = "organization:created", _("created an organization")
    ORGANIZATION_UPDATED = "organization:updated", _("updated an organization")
    ORGANIZATION_FOLLOWED = "organization:followed", _("followed an organization")
    TOPIC_CREATED = "topic:created", _("created a topic")
    TOPIC_UPDATED = "topic:updated", _("updated a topic")
    TOPIC_ELEMENT_CREATED = "topic:element:created", _("added an element to a topic")
    TOPIC_ELEMENT_UPDATED = "topic:element:updated", _("updated an element of a topic")
    TOPIC_ELEMENT_DELETED = "topic:element:deleted", _("removed an element from a topic")
    USER_FOLLOWED = "user:followed", _("followed a user")


class Activity(PublicIdModel, SubjectModel):
    """One event: `actor` did `key` to the subject, for the organization that owned it then."""

    key = models.CharField(_("event"), max_length=32, choices=ActivityKey)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="activities")
    organization = models.ForeignKey(Organization, models.SET_NULL, null=True, related_name="activities")
    created_at = models.DateTimeField(_("at"), default=timezone.now)
    changes = models.JSONField(_("changed fields"), default=list, blank=True)  # paths: "title", "members.1.role"
    extras = models.JSONField(default=dict, blank=True)

    objects = SubjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering = ["-created_at", "id"]
        indexes = [
            models.Index(fields=["-created_at", "id"], name="activity_newest"),
            models.Index(fields=["subject_class", "subject_id", "-created_at"], name="activity_of_subject"),
            models.Index(fields=["organization", "-created_at"], name="activity_of_organization"),
            models.Index(fields=["actor", "-created_at"], name="activity_of_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.actor} {self.get_key_display()}"
