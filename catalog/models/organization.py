"""Organizations: who publishes; members with roles; badges."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models.base import (
    BadgeModel,
    SluggedModel,
    TimestampedModel,
    is_sysadmin,
    reads_all,
    type_of_user,
    validate_extras,
)
from catalog.models.business_number import validate_business_number
from catalog.models.spatial import GeoZone
from catalog.models.vocabulary import MemberRole, OrganizationBadgeKind
from portal.lib.ids import PublicIdModel
from portal.lib.pictures import LOGO, PictureField


class OrganizationQuerySet(models.QuerySet["Organization"]):
    def visible_to(self, user: type_of_user) -> Self:
        """Every organization that is not deleted; who has the role to read all sees the deleted ones too."""
        return self.all() if reads_all(user, self.model) else self.filter(deleted__isnull=True)

    def listed_to(self, user: type_of_user) -> Self:
        """Every organization that is not deleted; a system administrator finds the deleted ones too."""
        return self.all() if is_sysadmin(user) else self.filter(deleted__isnull=True)

    def of_member(self, user: type_of_user, *roles: str) -> Self:
        """Organizations of which `user` is a member, in one of `roles` (any role if none is given)."""
        members = Member.objects.filter(user_id=user.pk)
        if roles:
            members = members.filter(role__in=roles)
        return self.filter(pk__in=members.values("organization_id"))


class Organization(PublicIdModel, SluggedModel, TimestampedModel):
    name = models.CharField(_("name"), max_length=350)
    acronym = models.CharField(_("acronym"), max_length=128, blank=True)
    description = models.TextField(_("description"), help_text=_("Markdown."))
    url = models.URLField(_("website"), max_length=2000, blank=True)
    logo = PictureField(_("logo"), kind=LOGO, blank=True)
    logo_url = models.URLField(_("remote logo"), max_length=2000, blank=True)
    business_number_id = models.CharField(_("SIRET"), max_length=14, blank=True, validators=[validate_business_number])
    zone = models.ForeignKey(GeoZone, models.SET_NULL, null=True, blank=True, verbose_name=_("territory"))
    extras = models.JSONField(_("extras"), default=dict, blank=True, validators=[validate_extras])
    presentation_blocs = models.JSONField(default=list, blank=True, editable=False)
    presentation_blocs_published_at = models.DateTimeField(null=True, blank=True, editable=False)
    deleted = models.DateTimeField(_("deleted at"), null=True, blank=True)
    users = models.ManyToManyField(settings.AUTH_USER_MODEL, through="Member", related_name="organizations")

    metric_datasets = models.PositiveIntegerField(default=0, editable=False)
    metric_reuses = models.PositiveIntegerField(default=0, editable=False)
    metric_dataservices = models.PositiveIntegerField(default=0, editable=False)
    metric_followers = models.PositiveIntegerField(default=0, editable=False)
    metric_members = models.PositiveIntegerField(default=0, editable=False)
    metric_views = models.PositiveIntegerField(default=0, editable=False)
    metric_months = models.JSONField(default=dict, editable=False)

    objects = OrganizationQuerySet.as_manager()

    slug_source = "name"

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        ordering = ["name", "id"]
        indexes = [
            models.Index(fields=["name", "id"], name="organization_name"),
            models.Index(F("metric_datasets").desc(), "id", name="organization_by_datasets"),
            models.Index(F("metric_followers").desc(), "id", name="organization_by_followers"),
            models.Index(fields=["business_number_id"], name="organization_business_number"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"/organizations/{self.slug}/"

    @property
    def logo_address(self) -> str:
        """The address of the logo, uploaded or remote, or an empty string."""
        return self.logo.url if self.logo else self.logo_url

    @property
    def is_certified(self) -> bool:
        """Certified public services publish without delay (needs `badges`, prefetched in lists)."""
        return OrganizationBadgeKind.CERTIFIED in {badge.kind for badge in self.badges.all()}


class Member(models.Model):
    """A user's role in an organization."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="members")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships", verbose_name=_("user")
    )
    role = models.CharField(_("role"), max_length=16, choices=MemberRole, default=MemberRole.EDITOR)
    since = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        ordering = ["since", "id"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "user"], name="member_once"),
            models.CheckConstraint(condition=Q(role__in=MemberRole.values), name="member_role"),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"


class OrganizationBadge(BadgeModel):
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="badges")
    kind = models.CharField(_("kind"), max_length=32, choices=OrganizationBadgeKind)

    class Meta(BadgeModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organization", "kind"], name="organization_badge_once"),
            models.CheckConstraint(condition=Q(kind__in=OrganizationBadgeKind.values), name="organization_badge_kind"),
        ]
        indexes = [models.Index(fields=["kind", "organization"], name="organization_badge_by_kind")]
