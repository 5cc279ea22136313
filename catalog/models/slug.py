"""Old addresses: a renamed object is still found under each slug it ever had."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SlugHistoryManager(models.Manager["SlugHistory"]):
    def record(self, instance: models.Model, *, old: str) -> None:
        """Note that `instance` left the slug `old` for its present one.

        A live object wins over a redirect: a redirect *from* the slug now taken is removed, whoever left it.
        """
        kind = instance._meta.model_name
        self.filter(kind=kind, slug=instance.slug).delete()
        if old and old != instance.slug:
            self.update_or_create(kind=kind, slug=old, defaults={"object_id": instance.pk})

    def find(self, model: type[models.Model], slug: str) -> str | None:
        """Return the id of the object of `model` that once had `slug`, or None."""
        return self.filter(kind=model._meta.model_name, slug=slug).values_list("object_id", flat=True).first()


class SlugHistory(models.Model):
    """One slug that an object of `kind` (a model's name) no longer has."""

    kind = models.CharField(max_length=32)
    slug = models.CharField(max_length=255)
    object_id = models.CharField(max_length=24, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SlugHistoryManager()

    class Meta:
        verbose_name = _("old address")
        verbose_name_plural = _("old addresses")
        constraints = [models.UniqueConstraint(fields=["kind", "slug"], name="slug_history_unique")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.slug}"
