"""Accounts. A user signs in with an e-mail address; imported people may have none and can't sign in."""

from typing import Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import AnonymousUser, Permission, PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.lib.ids import PublicIdModel
from portal.lib.pictures import AVATAR, PictureField
from portal.lib.scopes import EVERYTHING
from portal.lib.slugs import free_slug


class UserQuerySet(models.QuerySet["User"]):
    def active(self) -> Self:
        return self.filter(is_active=True, deleted__isnull=True)

    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Accounts anybody may see by name: those not deleted; a system administrator sees all."""
        return self.all() if getattr(user, "is_sysadmin", False) else self.active()

    def sysadmins(self) -> Self:
        return self.active().filter(is_superuser=True)

    def who_may(self, app: str, codename: str) -> Self:
        """Active people with that permission of Django's: by their powers, their groups, or their own."""
        named = models.Q(content_type__app_label=app, codename=codename)
        permission = Permission.objects.filter(named).order_by().values("pk")
        by_group = models.Q(groups__permissions__in=permission)
        rows = self.active().filter(models.Q(is_superuser=True) | models.Q(user_permissions__in=permission) | by_group)
        return rows.distinct()


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    """Makes users; the e-mail address is kept in lower case, so that it is unique whatever its spelling."""

    use_in_migrations = False

    def create_user(self, email: str | None, password: str | None = None, **fields: object) -> "User":
        user = self.model(email=email.strip().lower() if email else None, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        fields = {"first_name": "Admin", "last_name": "Admin", **fields}
        fields |= {"is_staff": True, "is_superuser": True, "confirmed_at": timezone.now()}
        return self.create_user(email, password, **fields)

    def get_by_natural_key(self, username: str) -> "User":
        return self.get(email=username.strip().lower())


class User(PublicIdModel, AbstractBaseUser, PermissionsMixin):
    """A person with an account. `is_superuser` is udata's role `admin` (the system administrator)."""

    email = models.EmailField(_("e-mail"), unique=True, null=True, blank=True)
    first_name = models.CharField(_("first name"), max_length=255)
    last_name = models.CharField(_("last name"), max_length=255)
    slug = models.SlugField(max_length=255, unique=True, editable=False)
    avatar = PictureField(_("avatar"), kind=AVATAR, blank=True)
    avatar_url = models.URLField(_("remote avatar"), max_length=2000, blank=True)
    website = models.URLField(_("website"), max_length=2000, blank=True)
    about = models.TextField(_("about"), blank=True)
    language = models.CharField(_("language"), max_length=8, blank=True)
    extras = models.JSONField(_("extras"), default=dict, blank=True)

    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("staff"), default=False, help_text=_("May enter the administration."))
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    deleted = models.DateTimeField(_("deleted at"), null=True, blank=True)
    password_rotation_demanded = models.DateTimeField(null=True, blank=True, editable=False)
    password_rotation_performed = models.DateTimeField(null=True, blank=True, editable=False)

    metric_datasets = models.PositiveIntegerField(default=0, editable=False)
    metric_reuses = models.PositiveIntegerField(default=0, editable=False)
    metric_dataservices = models.PositiveIntegerField(default=0, editable=False)
    metric_followers = models.PositiveIntegerField(default=0, editable=False)
    metric_following = models.PositiveIntegerField(default=0, editable=False)

    powers = EVERYTHING  # what she may do of what is hers to do; a token sets it on its request's own instance

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["first_name", "last_name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["last_name", "first_name", "id"]
        permissions = [("ban_user", "Can close and reopen accounts")]  # without the rest that changing one allows
        indexes = [models.Index(fields=["-created_at", "id"], name="user_created")]

    def __str__(self) -> str:
        return self.full_name or self.id  # never the e-mail address: this text is shown to others

    @property
    def is_sysadmin(self) -> bool:
        """Whether this is an active system administrator, here with all her powers."""
        return self.is_active and self.is_superuser and self.powers.admin

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.powers.admin and super().has_perm(perm, obj)

    @property
    def avatar_address(self) -> str:
        """The address of the picture, uploaded or remote, or an empty string."""
        return self.avatar.url if self.avatar else self.avatar_url

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def must_change_password(self) -> bool:
        """Whether an administrator demanded a new password, and none was set since."""
        asked, done = self.password_rotation_demanded, self.password_rotation_performed
        return asked is not None and (done is None or done < asked)

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.first_name

    def get_absolute_url(self) -> str:
        return f"/users/{self.slug}/"

    def clean(self) -> None:
        super().clean()
        self.email = self.email.strip().lower() if self.email else None

    def save(self, *args: object, **kwargs: object) -> None:
        """Save; the slug is made once from the full name and never changes (udata's rule)."""
        if not self.slug:
            self.slug = free_slug(type(self), self.full_name or "user")
        super().save(*args, **kwargs)
