"""Editorial pages of the portal: legal notice, privacy, terms and the like, in each language."""

from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models.base import TimestampedModel
from catalog.models.site import Site

PATH = r"[a-z0-9]+(?:-[a-z0-9]+)*(?:/[a-z0-9]+(?:-[a-z0-9]+)*)*"
SITE_MAP = "site-map"  # a page that the portal makes itself
MAX_TEXT = 100_000  # characters, of which all are shown


class PageQuerySet(models.QuerySet["Page"]):
    def published(self) -> Self:
        """What anybody may read."""
        return self.filter(published=True)


class Page(TimestampedModel):
    """`path` is its address below `/pages/`. Where a language has no text, that of the other one is shown."""

    path = models.CharField(
        _("address"),
        max_length=120,
        unique=True,
        validators=[RegexValidator(rf"^{PATH}\Z", _("Small letters, digits, hyphens; parts are divided by a slash."))],
        help_text=_("What follows /pages/ in the address, such as “legal-notice”."),
    )
    title_en = models.CharField(_("title (English)"), max_length=255, blank=True)
    title_fr = models.CharField(_("title (French)"), max_length=255, blank=True)
    body_en = models.TextField(_("text (English)"), max_length=MAX_TEXT, blank=True)
    body_fr = models.TextField(_("text (French)"), max_length=MAX_TEXT, blank=True)
    published = models.BooleanField(_("published"), default=False)
    in_footer = models.BooleanField(_("in the footer"), default=False)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = PageQuerySet.as_manager()

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ["position", "path"]

    def __str__(self) -> str:
        return self.title_en or self.title_fr or self.path

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        Site.objects.forget_facts()

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        Site.objects.forget_facts()
        return super().delete(*args, **kwargs)

    def clean(self) -> None:
        if self.path == SITE_MAP:
            raise ValidationError({"path": _("The portal makes the page of this address itself.")})
        if not (self.title_en or self.title_fr):
            raise ValidationError(_("A page needs a title, in one language at least."))

    def get_absolute_url(self) -> str:
        return f"/pages/{self.path}/"

    def text(self, language: str) -> tuple[str, str, str]:
        """Return the title and the body in that language or else in the other one, and which it is."""
        codes = ["fr", "en"] if language == "fr" else ["en", "fr"]
        shown = next((code for code in codes if self._said("title", code) and self._said("body", code)), None)
        shown = shown or next((code for code in codes if self._said("title", code)), codes[0])
        return self._said("title", shown), self._said("body", shown), shown

    def _said(self, name: str, code: str) -> str:
        return getattr(self, f"{name}_{code}")
