"""Posts: the portal's news and editorial pages."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models.base import SluggedModel, TimestampedModel, is_sysadmin, reads_all, type_of_user
from catalog.models.dataset import Dataset
from catalog.models.reuse import Reuse
from catalog.models.tag import Tag
from catalog.models.vocabulary import BodyType, PostKind
from portal.lib.ids import PublicIdModel
from portal.lib.pictures import POST, PictureField


class PostQuerySet(models.QuerySet["Post"]):
    def published(self) -> Self:
        return self.filter(published__lte=timezone.now())

    def visible_to(self, user: type_of_user) -> Self:
        """Published posts; who has the role to write them also reads drafts."""
        return self.all() if reads_all(user, self.model) else self.published()

    def listed_to(self, user: type_of_user) -> Self:
        """Published posts; system administrators also find drafts."""
        return self.all() if is_sysadmin(user) else self.published()


class Post(PublicIdModel, SluggedModel, TimestampedModel):
    name = models.CharField(_("title"), max_length=255)
    headline = models.TextField(_("headline"), blank=True)
    kind = models.CharField(_("kind"), max_length=8, choices=PostKind, default=PostKind.NEWS)
    body_type = models.CharField(_("form of the body"), max_length=16, choices=BodyType, default=BodyType.MARKDOWN)
    content = models.TextField(_("body"), blank=True)
    blocs = models.JSONField(_("blocks"), default=list, blank=True)
    image = PictureField(_("image"), kind=POST, blank=True)
    image_url = models.URLField(_("remote image"), max_length=2000, blank=True)
    credit_to = models.CharField(_("image credit"), max_length=255, blank=True)
    credit_url = models.URLField(_("address of the credit"), max_length=2000, blank=True)
    tags = models.ManyToManyField(Tag, blank=True, related_name="posts", verbose_name=_("tags"))
    datasets = models.ManyToManyField(Dataset, blank=True, related_name="posts", verbose_name=_("datasets"))
    reuses = models.ManyToManyField(Reuse, blank=True, related_name="posts", verbose_name=_("reuses"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="posts",
        verbose_name=_("owner"),
    )
    published = models.DateTimeField(_("published at"), null=True, blank=True)

    objects = PostQuerySet.as_manager()

    slug_source = "name"

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        ordering = ["-published", "id"]
        indexes = [models.Index(F("published").desc(), "id", name="post_newest")]

    def __str__(self) -> str:
        return self.name

    @property
    def image_address(self) -> str:
        """The address of the image, uploaded or remote, or an empty string."""
        return self.image.url if self.image else self.image_url

    def get_absolute_url(self) -> str:
        return f"/posts/{self.slug}/"
