"""Sources: the remote catalogues that the portal harvests."""

import re
from typing import Any
from urllib.parse import unquote_plus, urlsplit, urlunsplit

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models.base import OwnedModel, SluggedModel, owned_by, reads_all, type_of_user
from portal.lib.ids import PublicIdModel


class Validation(models.TextChoices):
    PENDING = "pending", _("Pending")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Refused")


class Health(models.TextChoices):
    UNKNOWN = "", _("Unknown")
    GOOD = "good", _("Good")
    ERRORS = "errors", _("Some items fail")
    FAILING = "failing", _("Failing")


class SourceQuerySet(models.QuerySet["Source"]):
    def listed(self) -> "SourceQuerySet":
        """Sources that are not deleted, whatever their validation."""
        return self.filter(deleted__isnull=True)

    def runnable(self) -> "SourceQuerySet":
        """Sources that may run: accepted, active, not deleted."""
        return self.listed().filter(active=True, validation=Validation.ACCEPTED)

    def visible_to(self, user: type_of_user) -> "SourceQuerySet":
        """Sources that are not deleted, and one's own; who has the role to read all sees all."""
        if not user.is_authenticated or not user.is_active:
            return self.listed()
        if reads_all(user, self.model):
            return self.all()
        mine = Source.objects.filter(owned_by(user)).values("pk")
        return self.filter(Q(deleted__isnull=True) | Q(pk__in=mine))


SECRET = re.compile(r"pass|token|secret|api.?key|authori[sz]ation|credential|cookie", re.IGNORECASE)
MASK = "***"


def without_user(url: str) -> str:
    """Return `url` without the user name and password it may carry."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


SECRET_ARGUMENT = re.compile(rf"{SECRET.pattern}|^(key|auth|sig|signature|sas)$", re.IGNORECASE)
ADDRESS = re.compile(r"[a-z][a-z0-9+.-]{1,15}://[^\s<>\"'«»“”]+", re.IGNORECASE)


def without_secrets(url: str) -> str:
    """Return `url` as strangers may read it: without user name, password, and arguments that tell a secret.

    What is no address that can be taken apart becomes an empty text.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    query = "&".join(one for one in parts.query.split("&") if not SECRET_ARGUMENT.search(argument_name(one)))
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query=query))


def argument_name(argument: str) -> str:
    """Return the name in `name=value`, as whoever receives it reads it."""
    return unquote_plus(argument.partition("=")[0])


def without_secret_addresses(text: str) -> str:
    """Return a message with each address in it as strangers may read it."""
    return ADDRESS.sub(lambda match: without_secrets(match[0]), text)


def masked(value: Any, *, secret: bool = False) -> Any:
    """Return a copy of a configuration with what stands under a telling name replaced by `***`.

    `{"key": "token", "value": "abc"}`, the form of a source's filters and settings, is masked too.
    """
    if isinstance(value, dict):
        named = bool(SECRET.search(str(value.get("key", ""))))
        return {
            name: masked(item, secret=bool(SECRET.search(str(name))) or (named and name == "value"))
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [masked(item, secret=secret) for item in value]
    if secret and value is not None:
        return MASK
    return without_secrets(value) if isinstance(value, str) and "://" in value else value


class Source(PublicIdModel, OwnedModel, SluggedModel):
    """A remote catalogue. `backend` is the name of a harvester, free text so that one can be added or removed."""

    name = models.CharField(_("name"), max_length=255)
    url = models.URLField(_("address"), max_length=2000)
    backend = models.CharField(_("harvester"), max_length=64)
    description = models.TextField(_("description"), blank=True)
    config = models.JSONField(_("configuration"), default=dict, blank=True)
    public_url = models.TextField(editable=False, default="")
    public_config = models.JSONField(editable=False, default=dict)
    active = models.BooleanField(_("active"), default=True)
    schedule = models.CharField(_("schedule"), max_length=500, blank=True, help_text=_("Crontab, in UTC."))
    autoarchive = models.BooleanField(_("archive what disappears"), default=True)
    validation = models.CharField(_("validation"), max_length=16, choices=Validation, default=Validation.PENDING)
    validation_comment = models.TextField(_("comment"), blank=True)
    validated_on = models.DateTimeField(_("validated on"), null=True, blank=True, editable=False)
    validated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    next_run_at = models.DateTimeField(_("next run"), null=True, blank=True, editable=False)
    health = models.CharField(_("health"), max_length=16, choices=Health, default="", blank=True, editable=False)
    failures = models.PositiveIntegerField(_("failed runs in a row"), default=0, editable=False)
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True, editable=False)
    last_complete_at = models.DateTimeField(_("last complete run"), null=True, blank=True, editable=False)
    memory = models.JSONField(default=dict, blank=True, editable=False)  # what its backend keeps from run to run
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    deleted = models.DateTimeField(_("deleted at"), null=True, blank=True)

    objects = SourceQuerySet.as_manager()

    slug_source = "name"

    class Meta:
        verbose_name = _("harvest source")
        verbose_name_plural = _("harvest sources")
        ordering = ["-created_at", "id"]
        constraints = [
            *OwnedModel.Meta.constraints,
            models.CheckConstraint(condition=Q(validation__in=Validation.values), name="source_validation"),
        ]
        indexes = [
            models.Index(fields=["next_run_at"], name="source_due", condition=Q(next_run_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_runnable(self) -> bool:
        """Tell whether the source may run: accepted, active, not deleted."""
        return self.active and self.deleted is None and self.validation == Validation.ACCEPTED

    def save(self, *args: object, **kwargs: object) -> None:
        """Save, with what may be published of the address and of the configuration."""
        self.public_url, self.public_config = without_secrets(self.url), masked(self.config)
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return f"/harvest/{self.slug}/"
