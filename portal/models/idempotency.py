"""Answers kept for requests that are sent twice: a client that lost one asks again with the same key."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

KEPT = timedelta(hours=24)


class IdempotentRequestQuerySet(models.QuerySet["IdempotentRequest"]):
    def expired(self) -> "IdempotentRequestQuerySet":
        """Answers that nobody is supposed to ask for any more."""
        return self.filter(created_at__lt=timezone.now() - KEPT)


class IdempotentRequest(models.Model):
    """One POST that a caller made under a key of her own, and its answer.

    The row is inserted in the transaction of the write itself: the unique index makes a second request of that key
    wait for the end of the first one.
    """

    caller = models.CharField(max_length=64)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=bytes)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = IdempotentRequestQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["caller", "key"], name="idempotent_request_once")]

    def __str__(self) -> str:
        return f"{self.caller} {self.key}"
