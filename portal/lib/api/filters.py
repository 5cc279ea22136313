"""Query arguments of lists through django-filter, with udata's error texts."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django_filters.filterset import FilterSet
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.request import Request

from portal.lib.api.errors import BadArguments, BadRequest


def raise_for(filterset: FilterSet) -> None:
    """Raise BadRequest or BadArguments for the errors of an invalid filter set.

    An error whose code is `identifier` is udata's bare message; the others name their argument, after its help.
    """
    errors: dict[str, str] = {}
    for name, problems in filterset.form.errors.as_data().items():
        problem: ValidationError = problems[0]
        text = problem.messages[0]
        if problem.code == "identifier":
            raise BadRequest(text)
        field = filterset.form.fields.get(name)
        errors[name] = " ".join(filter(None, [str(field.help_text) if field else "", text]))
    raise BadArguments(errors)


class FilterBackend(DjangoFilterBackend):
    """Applies the view's filter set; without any of its arguments none is made (it costs a millisecond)."""

    def filter_queryset(self, request: Request, queryset: QuerySet, view: Any) -> QuerySet:
        filterset_class = self.get_filterset_class(view, queryset)
        if filterset_class is None or request.GET.keys().isdisjoint(filterset_class.base_filters):
            return queryset
        filterset = self.get_filterset(request, queryset, view)
        if not filterset.is_valid():
            raise_for(filterset)
        return filterset.qs
