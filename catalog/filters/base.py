"""What all filter sets share: the caller, and udata's rule on hidden states."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portal.lib.errors import LoginRequired


class FilterSet(django_filters.FilterSet):
    """Query arguments of a list, the same for the API, the pages and the dumps; unknown ones are ignored.

    `login_required` names the arguments that an anonymous caller may not use (LoginRequired is raised).
    """

    login_required: tuple[str, ...] = ()

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        user = getattr(self.request, "user", None)
        asked = [name for name in self.login_required if self.form.cleaned_data.get(name) is not None]
        if asked and not (user and user.is_authenticated):
            raise LoginRequired(_("Sign in to filter by “%(name)s”.") % {"name": asked[0]})
        return super().filter_queryset(queryset)

    def bare_errors(self) -> dict[str, Any]:
        """Return `{argument: [errors]}` with the errors' codes, for the interface that renders them."""
        return self.form.errors.as_data()
