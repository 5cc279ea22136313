"""Territories: levels (country, region…) and zones (`country:fr`)."""

from urllib.parse import quote

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models import nesting

# Granularities that are not levels of territory.
POINT_OF_INTEREST, OTHER = "poi", "other"


class GeoLevel(models.Model):
    id = models.CharField(primary_key=True, max_length=64)
    name = models.CharField(_("name"), max_length=255)
    admin_level = models.PositiveSmallIntegerField(_("rank"), default=100, help_text=_("0 is the widest."))
    parents = models.ManyToManyField("self", symmetrical=False, blank=True, verbose_name=_("parents"))

    class Meta:
        verbose_name = _("territorial level")
        verbose_name_plural = _("territorial levels")
        ordering = ["admin_level", "id"]

    def __str__(self) -> str:
        return self.name


class GeoZoneQuerySet(models.QuerySet["GeoZone"]):
    def around(self, zone: "GeoZone") -> list["GeoZone"]:
        """Return the zones that hold this one, the widest first; one query at most."""
        ids = nesting.parents_of(zone.level_id, zone.code)
        found = self.in_bulk(ids)
        return [found[pk] for pk in ids if pk in found]

    def directly_in(self, zone: "GeoZone") -> "GeoZoneQuerySet":
        """Return the zones that lie directly in this one."""
        inside = nesting.children_of(zone.level_id, zone.code)
        return self.none() if inside is None else self.filter(inside)


class GeoZone(models.Model):
    id = models.CharField(primary_key=True, max_length=96, help_text="level:code")
    level = models.ForeignKey(GeoLevel, models.PROTECT, related_name="zones", verbose_name=_("level"))
    code = models.CharField(_("code"), max_length=64)
    name = models.CharField(_("name"), max_length=255)
    slug = models.SlugField(max_length=255)
    uri = models.URLField(max_length=500, blank=True)
    geometry = models.JSONField(_("geometry (GeoJSON)"), null=True, blank=True)

    objects = GeoZoneQuerySet.as_manager()

    class Meta:
        verbose_name = _("territory")
        verbose_name_plural = _("territories")
        ordering = ["level", "name"]
        constraints = [models.UniqueConstraint(fields=["level", "code"], name="geozone_level_code")]
        indexes = [models.Index(fields=["name"], name="geozone_name")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"/territories/{quote(self.level_id, safe=':')}/{quote(self.code, safe=':')}/"

    def clean(self) -> None:
        if self.id != f"{self.level_id}:{self.code}":
            raise ValidationError({"id": _("The id of a territory is its level and its code: level:code.")})

    @staticmethod
    def canonical_id(value: str) -> str:
        """Return `level:code` for that id or for the legacy forms `level/code` and `level/code@date`."""
        level, slash, rest = value.partition("/")
        return f"{level}:{rest.partition('@')[0]}" if slash else value
