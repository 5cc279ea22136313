"""Licences under which data may be reused."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class License(models.Model):
    """A licence; `notspecified` stands for none."""

    NOT_SPECIFIED = "notspecified"

    id = models.SlugField(primary_key=True, max_length=64)
    title = models.CharField(_("title"), max_length=255)
    url = models.URLField(_("address"), max_length=2000, blank=True)
    maintainer = models.CharField(_("maintainer"), max_length=255, blank=True)
    flags = models.JSONField(_("flags"), default=list, blank=True)
    alternate_urls = models.JSONField(_("other addresses"), default=list, blank=True)
    alternate_titles = models.JSONField(_("other titles"), default=list, blank=True)
    active = models.BooleanField(_("offered to publishers"), default=True)

    class Meta:
        verbose_name = _("licence")
        verbose_name_plural = _("licences")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.title
