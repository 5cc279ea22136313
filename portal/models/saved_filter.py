"""Lists of the administration that a person comes back to: the arguments of one list, under a name of hers."""

from typing import ClassVar, Self

from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from portal.lib.ids import PublicIdModel
from portal.models.user import User

MOST = 30  # saved filters of one person in one list
MAX_NAME = 80  # characters
MAX_QUERY = 2_000  # characters
PASSING = ("p", "e", "all", "_popup", "_to_field", "_changelist_filters")  # say where in the list one is, not which


def kept_query(text: str) -> str:
    """Return the arguments of a list without those that say which page of it is open; "" where there is none."""
    query = QueryDict(text.removeprefix("?"), mutable=True)
    for name in PASSING:
        query.pop(name, None)
    return query.urlencode()


class SavedFilterQuerySet(models.QuerySet):
    def of(self, user: User) -> Self:
        return self.filter(user_id=user.pk)


class SavedFilter(PublicIdModel):
    """A filter that one person has named. `list` is a model's label ("catalog.dataset")."""

    user = models.ForeignKey(User, models.CASCADE, verbose_name=_("user"), related_name="saved_filters")
    list = models.CharField(_("list"), max_length=100)
    name = models.CharField(_("name"), max_length=MAX_NAME)
    query = models.CharField(_("query"), max_length=MAX_QUERY)

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("saved filter"), _("saved filters")
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "list", "name"], name="saved_filter_once"),
        ]

    def __str__(self) -> str:
        return self.name
