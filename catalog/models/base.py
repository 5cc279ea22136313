"""What the objects of the catalogue share: an owner, a slug with history, states, an image, a harvest origin."""

from typing import Any, Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models.slug import SlugHistory
from portal.lib.slugs import free_slug, normalize

type_of_user = AbstractBaseUser | AnonymousUser


def is_sysadmin(user: type_of_user) -> bool:
    """Tell whether `user` is an active system administrator (udata's role `admin`)."""
    return bool(getattr(user, "is_sysadmin", False))


def reads_all(user: type_of_user, model: type[models.Model]) -> bool:
    """Tell whether `user` may read every row of `model`, in whatever state: a system administrator, and who has a role
    of the administration with the permission to view them.
    """
    if is_sysadmin(user):
        return True
    options = model._meta
    return getattr(user, "is_staff", False) and user.has_perm(f"{options.app_label}.view_{options.model_name}")


def owned_by(user: type_of_user) -> Q:
    """Objects that `user` owns, alone or as a member (of any role) of the owning organization."""
    return Q(owner_id=user.pk) | Q(organization__members__user_id=user.pk)


class StatefulQuerySet(models.QuerySet):
    """Which objects, by state and by reader. Every list, page, dump, feed and admin screen asks here.

    The three states are independent: private (a draft), archived (readable, out of the lists), deleted (gone,
    kept for restoration).
    """

    PUBLIC = Q(private=False, deleted__isnull=True)
    LISTED = Q(private=False, deleted__isnull=True, archived__isnull=True)

    def public(self) -> Self:
        """What anybody may read by its address: archived objects are included."""
        return self.filter(self.PUBLIC)

    def listed(self) -> Self:
        """What anybody finds in lists: neither private, deleted nor archived."""
        return self.filter(self.LISTED)

    def unlisted(self) -> Self:
        """What is private, deleted or archived."""
        return self.exclude(self.LISTED)

    def visible_to(self, user: type_of_user) -> Self:
        """What `user` may read: public objects, all of her own, and everything with a role that reads everything."""
        return self.all() if reads_all(user, self.model) else self.open_to(user)

    def open_to(self, user: type_of_user) -> Self:
        """What `user` may read whatever her role in the administration: public objects, and all of her own."""
        return self._for(user, self.PUBLIC)

    def listed_to(self, user: type_of_user) -> Self:
        """What `user` finds in lists: listed objects and her own; a system administrator sees everything."""
        return self._for(user, self.LISTED)

    def _for(self, user: type_of_user, public: Q) -> Self:
        if not user.is_authenticated or not user.is_active:
            return self.filter(public)
        if is_sysadmin(user):
            return self.all()
        mine = self.model._base_manager.filter(owned_by(user)).values("pk")
        return self.filter(public | Q(pk__in=mine))


class OwnedModel(models.Model):
    """Owned by one user, by one organization, or (imported, abandoned) by nobody; never by both."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name=_("owner"),
        related_name="owned_%(class)ss",
    )  # fmt: skip
    organization = models.ForeignKey(
        "catalog.Organization", models.PROTECT, null=True, blank=True, verbose_name=_("organization"),
        related_name="%(class)ss",
    )  # fmt: skip

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(owner__isnull=True) | Q(organization__isnull=True),
                name="%(class)s_one_owner",
                violation_error_message=_("An object belongs to a user or to an organization, not to both."),
            )
        ]


class SluggedModel(models.Model):
    """Has an address made of its title; when the title changes, the old address leads to the new one.

    A subclass names the column that holds the title in `slug_source`.
    """

    slug = models.SlugField(max_length=255, unique=True, blank=True, editable=False)

    slug_source = "title"

    class Meta:
        abstract = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._loaded_slug = self.__dict__.get("slug", "")
        self._loaded_title = self.__dict__.get(self.slug_source)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; a new title makes a new slug and leaves a redirect behind (one hop, whatever the chain)."""
        title = getattr(self, self.slug_source)
        renamed = bool(self.slug) and not self._state.adding and title != self._loaded_title
        if not self.slug or (renamed and self.slug == self._loaded_slug and normalize(title) != self.slug):
            self.slug = free_slug(type(self), title, exclude=self.pk)
            if kwargs.get("update_fields") is not None:
                kwargs["update_fields"] = {*kwargs["update_fields"], "slug"}
        super().save(*args, **kwargs)
        if self._state.adding or self.slug != self._loaded_slug:
            SlugHistory.objects.record(self, old=self._loaded_slug)
        self._loaded_slug, self._loaded_title = self.slug, title


class TimestampedModel(models.Model):
    """`created_at` may be given (an import keeps dates); `last_modified` moves at each save unless given anew."""

    created_at = models.DateTimeField(_("created at"), default=timezone.now, db_index=True)
    last_modified = models.DateTimeField(_("last modified"), default=timezone.now)

    class Meta:
        abstract = True

    def touch(self) -> None:
        """Mark the object as modified now; the caller saves."""
        self.last_modified = timezone.now()


class BadgeModel(models.Model):
    """A badge of an object: its kind, when and by whom it was given. A subclass has `kind` and the object."""

    created = models.DateTimeField(_("created at"), default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True
        verbose_name = _("badge")
        verbose_name_plural = _("badges")
        ordering = ["created", "id"]

    def __str__(self) -> str:
        return self.get_kind_display()


def validate_extras(value: Any) -> None:
    """Extras are a JSON object with text keys. Raises ValidationError for anything else."""
    if not isinstance(value, dict):
        raise ValidationError(_("Extras must be an object of keys and values."))
