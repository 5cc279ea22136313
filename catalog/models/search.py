"""What search keeps in the database: the changes still to be indexed, whose catalogue it is, and synonyms."""

import uuid

from django.core.exceptions import ValidationError
from django.db import connection, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

MAX_SYNONYMS = 20  # of one group


class SearchChange(models.Model):
    """An object whose document in the index may have changed; triggers write it (ADR 0009).

    `kind` is a kind of object, or `of-organization`, `of-topic`, `of-tag` for all objects that show that one. On
    PostgreSQL the table also has `xid`, the transaction that wrote the row, unknown to the ORM.
    """

    kind = models.CharField(max_length=24)
    object_id = models.CharField(max_length=36)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("change to index")
        verbose_name_plural = _("changes to index")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class SearchLogManager(models.Manager["SearchLog"]):
    def current(self) -> "SearchLog":
        """Return the one row, made where it is missing."""
        return self.get_or_create(pk=1)[0]


class SearchLog(models.Model):
    """One row: a name for this catalogue, so that no index of another one is followed, and what was pruned.

    `pruned` is the highest number (transaction on PostgreSQL, row on SQLite) of a change that is there no more: an
    index that has not seen it must be rebuilt.
    """

    token = models.UUIDField(default=uuid.uuid4)
    pruned = models.BigIntegerField(default=0)

    objects = SearchLogManager()

    def __str__(self) -> str:
        return str(self.token)


class SearchSynonym(models.Model):
    """Words that mean the same to a search: `vélo, bicyclette, deux-roues`."""

    terms = models.TextField(
        _("synonyms"), help_text=_("Words or expressions that mean the same, separated by commas or new lines.")
    )

    class Meta:
        verbose_name = _("synonyms")
        verbose_name_plural = _("synonyms")
        ordering = ["terms"]

    def __str__(self) -> str:
        return ", ".join(self.words)

    @property
    def words(self) -> list[str]:
        """The words or expressions, in the order in which they were given."""
        given = (word.strip() for word in self.terms.replace("\n", ",").split(","))
        return list(dict.fromkeys(word for word in given if word))

    def clean(self) -> None:
        if not 2 <= len(self.words) <= MAX_SYNONYMS:
            message = _("Give between 2 and %(max)s words or expressions, separated by commas.")
            raise ValidationError({"terms": ValidationError(message, params={"max": MAX_SYNONYMS})})
        self.terms = ", ".join(self.words)


def has_transaction_ids() -> bool:
    """Tell whether changes bear the number of their transaction (PostgreSQL)."""
    return connection.vendor == "postgresql"
