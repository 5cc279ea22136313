"""Contact points: whom to write to about an object, and in what capacity."""

from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models.base import OwnedModel, type_of_user
from catalog.models.vocabulary import ContactRole
from portal.lib.ids import PublicIdModel


class ContactPointQuerySet(models.QuerySet["ContactPoint"]):
    def visible_to(self, user: type_of_user) -> Self:
        """Contact points are made to be seen: anybody reads them."""
        return self.all()


class ContactPoint(PublicIdModel, OwnedModel):
    name = models.CharField(_("name"), max_length=255)
    email = models.EmailField(_("e-mail"), max_length=255, blank=True)
    contact_form = models.URLField(_("contact form"), max_length=2000, blank=True)
    role = models.CharField(_("role"), max_length=32, choices=ContactRole, default=ContactRole.CONTACT)

    objects = ContactPointQuerySet.as_manager()

    class Meta(OwnedModel.Meta):
        verbose_name = _("contact point")
        verbose_name_plural = _("contact points")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.role == ContactRole.CONTACT and not (self.email or self.contact_form):
            raise ValidationError(_("A contact needs an e-mail address or a contact form."))
