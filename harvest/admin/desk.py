"""What of harvesting waits: sources to validate and sources that fail."""

from functools import partial
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog.permissions import curates
from harvest.models import Health, Source, Validation
from portal.lib import desk
from portal.lib.desk import Item, Work


def shown(request: HttpRequest) -> QuerySet | None:
    """The sources that the caller's list has, those deleted apart."""
    model_admin = admin.site.get_model_admin(Source)
    return model_admin.get_queryset(request).listed() if model_admin.has_view_permission(request) else None


def failing(request: HttpRequest) -> QuerySet | None:
    rows = shown(request)
    return None if rows is None else rows.filter(health=Health.FAILING)


def to_validate(request: HttpRequest) -> QuerySet | None:
    """Sources that wait for a curator, who alone may accept them."""
    rows = shown(request) if curates(request.user, Source) else None
    return None if rows is None else rows.filter(validation=Validation.PENDING)


def item(request: HttpRequest, row: Source) -> Item:
    return Item(row.failing_since or row.created_at, row.name, reverse("admin:harvest_source_change", args=[row.pk]))


def address(request: HttpRequest, **filters: str) -> str:
    return f"{reverse('admin:harvest_source_changelist')}?{urlencode({'state': 'published', **filters})}"


desk.register(
    Work(
        "failing-sources", _("Failing harvests"), failing, partial(address, health=Health.FAILING.value), item,
        "failing_since", order=45,
    )
)  # fmt: skip
desk.register(
    Work(
        "sources-to-validate", _("Harvest sources to validate"), to_validate,
        partial(address, validation__exact=Validation.PENDING.value), item, "created_at", order=35,
    )
)  # fmt: skip
