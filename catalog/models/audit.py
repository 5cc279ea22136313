"""The audit log: who wrote what, when and whence. Rows are added, and removed by their age alone."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NoReturn

from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

PURGING = (
    "SELECT set_config('portal.audit_purge', 'on', true)"  # see migration 0020: what erases passes in this transaction
)
BATCH = 10_000  # rows deleted at once


def _open_for_erasure() -> None:
    """Let the trigger of PostgreSQL pass what erases, until this transaction ends."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(PURGING)


class AuditAction(models.TextChoices):
    """What happened to the object. Without a word of its own, a write is an update."""

    CREATE = "create", _("created")
    UPDATE = "update", _("changed")
    DELETE = "delete", _("deleted")
    RESTORE = "restore", _("restored")
    PUBLISH = "publish", _("published")
    UNPUBLISH = "unpublish", _("turned back into a draft")
    ARCHIVE = "archive", _("archived")
    UNARCHIVE = "unarchive", _("taken out of the archive")
    TRANSFER = "transfer", _("given to another owner")
    REVERT = "revert", _("brought back to an earlier state")
    SUBMIT = "submit", _("submitted for review")
    SEND_BACK = "send_back", _("sent back by the review")
    SCHEDULE = "schedule", _("publication scheduled")
    WITHDRAW = "withdraw", _("submission withdrawn")
    PROPOSE = "propose", _("change proposed")
    APPROVE = "approve", _("proposed change applied")
    REJECT = "reject", _("proposed change rejected")


class AuditOrigin(models.TextChoices):
    """By which way in."""

    API = "api", _("API")
    WEB = "web", _("pages")
    ADMIN = "admin", _("administration")
    HARVEST = "harvest", _("harvesting")
    COMMAND = "command", _("command line")


class AppendOnly(Exception):
    """The log was to be changed."""


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    """Reads and adds; every other way to write is closed, here and by the database's own triggers."""

    def update(self, **values: Any) -> NoReturn:
        raise AppendOnly("The audit log is not changed.")

    def bulk_update(self, objs: Iterable["AuditEntry"], *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly("The audit log is not changed.")

    def delete(self) -> NoReturn:
        raise AppendOnly("The audit log is only shortened by its age.")

    def older_than(self, moment: datetime) -> "AuditQuerySet":
        return self.filter(at__lt=moment)

    def forget_words_of(self, user_id: str) -> int:
        """Blank the comments of one person, whose account ends: all that she wrote in the log. Return how many."""
        rows = models.QuerySet(self.model, using=self.db).filter(actor_id=user_id).exclude(comment="")
        with transaction.atomic():
            _open_for_erasure()
            return rows.update(comment="")

    def purge(self, before: datetime) -> int:
        """Remove what is older than `before`, in batches with a transaction each; return how many."""
        done = 0
        while True:
            with transaction.atomic():
                _open_for_erasure()
                old = self.older_than(before).order_by("pk").values_list("pk", flat=True)[:BATCH]
                count = models.QuerySet(self.model, using=self.db).filter(pk__in=list(old))._raw_delete(self.db)
            done += count
            if count < BATCH:
                return done


class AuditEntry(models.Model):
    """One object written by one request, run or command.

    `actor_id` is the id of an account as text, so that the row outlives the account: once that is deleted it names
    nobody. `credential` tells the token or OAuth2 client (`token:<id>`, `oauth:<client id>`) or the harvest source.
    Titles of what people say or are (discussions, accounts) are never kept: they could not be forgotten.
    """

    at = models.DateTimeField(_("at"), default=timezone.now, db_index=True)
    actor_id = models.CharField(_("account"), max_length=24, blank=True)
    origin = models.CharField(_("way in"), max_length=8, choices=AuditOrigin)
    credential = models.CharField(_("token or client"), max_length=160, blank=True)
    action = models.CharField(_("action"), max_length=16, choices=AuditAction)
    kind = models.CharField(_("kind of object"), max_length=32)
    object_id = models.CharField(_("id of the object"), max_length=64, blank=True)
    title = models.CharField(_("title"), max_length=350, blank=True)
    organization_id = models.CharField(_("organization"), max_length=24, blank=True)
    changes = models.JSONField(_("changed fields"), default=list, blank=True)
    comment = models.CharField(_("comment"), max_length=500, blank=True)
    request_id = models.CharField(_("request"), max_length=64, blank=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of the audit log")
        verbose_name_plural = _("audit log")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["kind", "object_id", "-id"], name="audit_of_object"),
            models.Index(fields=["actor_id", "-id"], name="audit_of_actor"),
            models.Index(fields=["organization_id", "-id"], name="audit_of_organization"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.kind} {self.object_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly("The audit log is not changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly("The audit log is only shortened by its age.")
