"""The portal itself: one row for what its API tells and its pages show of it, and the links that its staff chooses."""

from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from portal.lib import request_ids
from portal.lib.addresses import MAX_LENGTH, validate_link
from portal.lib.pictures import LOGO, PictureField

FACTS_TTL = 60  # seconds until a change shows in the other processes
PAGE_COLUMNS = ("path", "title_en", "title_fr", "in_footer")
TEXTS = ("tagline_en", "tagline_fr", "notice_en", "notice_fr")
LANGUAGES = ("en", "fr")  # of the columns that hold a text in each
# The name of the request that is being answered, and the facts that it was given.
_known: ContextVar[tuple[str, dict[str, Any]] | None] = ContextVar("site_facts", default=None)


class NoticeKind(models.TextChoices):
    INFO = "info", _("information")
    WARNING = "warning", _("warning")
    ERROR = "error", _("alert")


class HomeBlock(models.TextChoices):
    """The parts of the home page under its search, in their usual order."""

    STATISTICS = "statistics", _("Statistics")
    FEATURED_DATASETS = "featured_datasets", _("Featured datasets")
    LATEST_DATASETS = "latest_datasets", _("Latest datasets")
    FEATURED_REUSES = "featured_reuses", _("Featured reuses")
    POSTS = "posts", _("News")
    CALLS = "calls", _("Publish data, use the API")


class DatasetFacet(models.TextChoices):
    """The filters beside the list of datasets, in their usual order; named as the arguments of the API."""

    FORMAT_FAMILY = "format_family", _("Kind of format")
    ORGANIZATION = "organization", _("Organization")
    TAG = "tag", _("Tag")
    LICENSE = "license", _("Licence")
    GEOZONE = "geozone", _("Territory")
    GRANULARITY = "granularity", _("Granularity")
    LAST_UPDATE = "last_update_range", _("Last update")
    FORMAT = "format", _("Format")
    PRODUCER_TYPE = "producer_type", _("Kind of producer")
    BADGE = "badge", _("Label")
    TOPIC = "topic", _("Topic")
    SCHEMA = "schema", _("Schema")
    ACCESS_TYPE = "access_type", _("Access")


class SiteManager(models.Manager["Site"]):
    def current(self) -> "Site":
        """Return the portal's row, made at the first call."""
        return self.get_or_create(pk=settings.SITE_ID)[0]

    def facts(self) -> dict[str, Any]:
        """Return what every page shows of the portal, in all languages, at most FACTS_TTL old.

        Three queries, remembered: the row's columns of that name, `logo` and `logo_dark` as addresses, `links`, and the
        published `pages`. Whoever makes one page is given the same facts.
        """
        request, known = request_ids.current.get(), _known.get()
        if known and known[0] is request:  # the name is made for each request: nothing else is that very object
            return known[1]
        facts = cache.get_or_set(self._key(), self._read, FACTS_TTL)
        if request != request_ids.NONE:
            _known.set((request, facts))
        return facts

    def page_address(self, path: str) -> str:
        """Return the address of an editorial page, or an empty text while it is not published."""
        return f"/pages/{path}/" if any(row["path"] == path for row in self.facts()["pages"]) else ""

    def forget_facts(self) -> None:
        """Have the facts read anew once the change is committed."""
        transaction.on_commit(self._forget, robust=True)

    def _forget(self) -> None:
        cache.delete(self._key())
        _known.set(None)

    def _key(self) -> str:
        return f"profile:{settings.SITE_ID}"  # not the older `site:`, whose answers lack the profile

    def _read(self) -> dict[str, Any]:
        site = self.filter(pk=settings.SITE_ID).first() or self.model(pk=settings.SITE_ID)
        names = ("title", "keywords", *TEXTS, "notice_kind", "home_blocks", "dataset_facets")
        return {
            **{name: getattr(site, name) for name in names},
            **{name: _moment(getattr(site, name)) for name in ("notice_from", "notice_until")},
            **{name: _address(getattr(site, name)) for name in ("logo", "logo_dark")},
            "links": list(PortalLink.objects.filter(site=site.pk).values(*LINK_COLUMNS)),
            "pages": list(apps.get_model("catalog.Page").objects.published().values(*PAGE_COLUMNS)),
        }


def _moment(value: datetime | None) -> str:
    return value.isoformat() if value else ""


def _address(picture: Any) -> str:
    return picture.url if picture else ""


def is_noticed(facts: dict[str, Any]) -> bool:
    """Tell whether the portal's notice is to be shown now."""
    now = timezone.now()
    begin, end = parse_datetime(facts["notice_from"] or ""), parse_datetime(facts["notice_until"] or "")
    has_text = any(facts[f"notice_{language}"] for language in LANGUAGES)
    return has_text and (begin is None or begin <= now) and (end is None or now < end)


def default_keywords() -> list[str]:
    return ["opendata"]


class Site(models.Model):
    """The portal. Lists of names (`home_blocks`, `dataset_facets`) are None where the usual ones hold."""

    id = models.CharField(primary_key=True, max_length=64)
    title = models.CharField(_("title"), max_length=255, default="Open data")
    keywords = models.JSONField(_("keywords"), default=default_keywords, blank=True)
    feed_size = models.PositiveSmallIntegerField(_("entries in feeds"), default=20)
    tagline_en = models.CharField(_("tagline (English)"), max_length=255, blank=True)
    tagline_fr = models.CharField(_("tagline (French)"), max_length=255, blank=True)
    logo = PictureField(_("logo"), kind=LOGO, blank=True)
    logo_dark = PictureField(_("logo on a dark ground"), kind=LOGO, blank=True)
    notice_en = models.TextField(_("notice (English)"), max_length=1000, blank=True)
    notice_fr = models.TextField(_("notice (French)"), max_length=1000, blank=True)
    notice_kind = models.CharField(_("kind of notice"), max_length=8, choices=NoticeKind, default=NoticeKind.INFO)
    notice_from = models.DateTimeField(_("shown from"), null=True, blank=True)
    notice_until = models.DateTimeField(_("shown until"), null=True, blank=True)
    home_blocks = models.JSONField(_("blocks of the home page"), null=True, blank=True, default=None)
    dataset_facets = models.JSONField(_("filters of the list of datasets"), null=True, blank=True, default=None)
    metrics = models.JSONField(default=dict, editable=False)
    datasets_blocs = models.JSONField(default=list, blank=True, editable=False)
    reuses_blocs = models.JSONField(default=list, blank=True, editable=False)
    dataservices_blocs = models.JSONField(default=list, blank=True, editable=False)

    objects = SiteManager()

    class Meta:
        verbose_name = _("portal")
        verbose_name_plural = _("portal")
        constraints = [
            models.CheckConstraint(condition=Q(notice_kind__in=NoticeKind.values), name="site_notice_kind"),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        Site.objects.forget_facts()

    def clean(self) -> None:
        if self.notice_from and self.notice_until and self.notice_until <= self.notice_from:
            raise ValidationError({"notice_until": _("The notice must end after it begins.")})


class Place(models.TextChoices):
    MENU = "menu", _("main menu")
    FOOTER = "footer", _("footer")


LINK_COLUMNS = ("place", "label_en", "label_fr", "address", "new_window")


class PortalLink(models.Model):
    """One entry of the main menu or of the footer; those of a place stand instead of the usual ones."""

    site = models.ForeignKey(Site, models.CASCADE, related_name="links")
    place = models.CharField(_("place"), max_length=8, choices=Place)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    label_en = models.CharField(_("text (English)"), max_length=80)
    label_fr = models.CharField(_("text (French)"), max_length=80)
    address = models.CharField(_("address"), max_length=MAX_LENGTH, validators=[validate_link])
    new_window = models.BooleanField(_("new window"), default=False)

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        ordering = ["place", "position", "id"]
        constraints = [models.CheckConstraint(condition=Q(place__in=Place.values), name="portal_link_place")]

    def __str__(self) -> str:
        return self.label_en

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        Site.objects.forget_facts()

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        Site.objects.forget_facts()
        return super().delete(*args, **kwargs)
