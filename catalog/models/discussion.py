"""Discussions between publishers and users about one object."""

import uuid
from collections.abc import Iterable
from functools import reduce
from operator import or_

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models.base import validate_extras
from catalog.models.dataservice import Dataservice
from catalog.models.dataset import Dataset
from catalog.models.organization import Organization
from catalog.models.post import Post
from catalog.models.reuse import Reuse
from catalog.models.topic import Topic
from portal.lib.ids import PublicIdModel

SUBJECTS = {"Dataset": "dataset", "Reuse": "reuse", "Dataservice": "dataservice", "Post": "post", "Topic": "topic"}
MAX_CONTENT = 50_000  # characters


def one_subject() -> Q:
    """The condition that exactly one of the subject columns is filled."""
    condition = Q()
    for chosen in SUBJECTS.values():
        condition |= Q(**{f"{name}__isnull": name != chosen for name in SUBJECTS.values()})
    return condition


class DiscussionQuerySet(models.QuerySet["Discussion"]):
    def visible_to(self, user) -> "DiscussionQuerySet":
        """Discussions whose subject `user` may read."""
        return self._about(model.objects.visible_to(user) for model in (Dataset, Reuse, Dataservice, Post, Topic))

    def listed_to(self, user) -> "DiscussionQuerySet":
        """Discussions that `user` finds in lists: all that she may read whatever her role in the administration."""
        open_ones = (model.objects.open_to(user) for model in (Dataset, Reuse, Dataservice))
        return self._about([*open_ones, Post.objects.listed_to(user), Topic.objects.listed_to(user)])

    def _about(self, subjects: Iterable[models.QuerySet]) -> "DiscussionQuerySet":
        """Keep those whose subject is in one of these querysets, each of another kind."""
        wanted = (Q(**{f"{SUBJECTS[rows.model.__name__]}__in": rows.values("pk")}) for rows in subjects)
        return self.filter(reduce(or_, wanted))

    def unanswered(self) -> "DiscussionQuerySet":
        """Open ones about objects that are still there, in which only who began has written."""
        present = {"dataset__deleted": None, "reuse__deleted": None, "dataservice__deleted_at": None}
        by_others = Message.objects.filter(discussion=OuterRef("pk")).exclude(posted_by=OuterRef("user")).order_by()
        return self.filter(~Exists(by_others), closed__isnull=True, **present)

    def about_objects_of(self, organizations: list[str]) -> "DiscussionQuerySet":
        """Discussions whose subject one of these organizations (their ids) owns."""
        wanted = Q()
        for column in SUBJECTS.values():
            if column != "post":
                wanted |= Q(**{f"{column}__organization__in": organizations})
        return self.filter(wanted)


class Discussion(PublicIdModel):
    """A thread. Its subject is one object, kept in the column of its kind."""

    title = models.CharField(_("title"), max_length=255)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="discussions"
    )
    organization = models.ForeignKey(Organization, models.SET_NULL, null=True, blank=True, related_name="+")
    dataset = models.ForeignKey(Dataset, models.CASCADE, null=True, blank=True, related_name="discussions")
    reuse = models.ForeignKey(Reuse, models.CASCADE, null=True, blank=True, related_name="discussions")
    dataservice = models.ForeignKey(Dataservice, models.CASCADE, null=True, blank=True, related_name="discussions")
    post = models.ForeignKey(Post, models.CASCADE, null=True, blank=True, related_name="discussions")
    topic = models.ForeignKey(Topic, models.CASCADE, null=True, blank=True, related_name="discussions")
    created = models.DateTimeField(_("created at"), default=timezone.now)
    closed = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    closed_by_organization = models.ForeignKey(Organization, models.SET_NULL, null=True, blank=True, related_name="+")
    extras = models.JSONField(default=dict, blank=True, validators=[validate_extras])

    objects = DiscussionQuerySet.as_manager()

    class Meta:
        verbose_name = _("discussion")
        verbose_name_plural = _("discussions")
        ordering = ["-created", "id"]
        constraints = [models.CheckConstraint(condition=one_subject(), name="discussion_one_subject")]
        indexes = [models.Index(F("created").desc(), "id", name="discussion_newest")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"/discussions/{self.pk}/"

    @property
    def subject_class(self) -> str:
        return next(name for name, column in SUBJECTS.items() if getattr(self, f"{column}_id"))

    @property
    def subject(self) -> Dataset | Reuse | Dataservice | Post | Topic:
        return getattr(self, SUBJECTS[self.subject_class])


class Message(models.Model):
    """One message of a discussion; the first one opens it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    discussion = models.ForeignKey(Discussion, models.CASCADE, related_name="messages")
    content = models.TextField(_("message"), validators=[MaxLengthValidator(MAX_CONTENT)])
    posted_on = models.DateTimeField(_("posted on"), default=timezone.now)
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="messages"
    )
    posted_by_organization = models.ForeignKey(Organization, models.SET_NULL, null=True, blank=True, related_name="+")
    last_modified_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["posted_on", "id"]

    def __str__(self) -> str:
        return self.content[:80]

    def is_by_publisher_of(self, subject: Dataset | Reuse | Dataservice | Post | Topic) -> bool:
        """Tell whether it was written in the name of whoever publishes `subject`: the organization, or the owner."""
        organization = getattr(subject, "organization_id", None)
        if organization:
            return self.posted_by_organization_id == organization
        alone = subject.owner_id is not None and self.posted_by_organization_id is None
        return alone and self.posted_by_id == subject.owner_id
