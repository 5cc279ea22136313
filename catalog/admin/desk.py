"""What of the catalogue waits for an editor or a curator: the tiles of the desk, with lists of just these rows.

Curators are led to the lists of the administration. Where an editor may not open one (discussions, requests,
transfers), the desk has a list of its own.
"""

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.admin.base import NOBODY, PER_PAGE
from catalog.admin.filters import DRAFT, WORK, StateFilter
from catalog.models import Dataset, Discussion, MembershipRequest, PendingChange, Report, Review, SearchMiss, Transfer
from catalog.models.discussion import SUBJECTS
from catalog.models.membership import MembershipKind
from catalog.models.review import PENDING
from catalog.models.subject import model_of
from catalog.models.transfer import TransferStatus
from catalog.models.vocabulary import MemberRole
from catalog.permissions import actor_of
from catalog.services import search_misses
from catalog.services.submissions import queue_of
from portal.lib import desk
from portal.lib.desk import Item, Work

MISSES_DAYS = 30


def listed(model: type[Model], request: HttpRequest) -> QuerySet | None:
    """Return the rows that the caller's list of `model` has, or None if she may not open it."""
    model_admin = admin.site.get_model_admin(model)
    return model_admin.get_queryset(request) if model_admin.has_view_permission(request) else None


def address_of(model: type[Model], request: HttpRequest | None = None, **filters: str) -> str:
    """Return the address of the list of `model` with these filters, whoever asks."""
    options = model._meta
    return f"{reverse(f'admin:{options.app_label}_{options.model_name}_changelist')}?{urlencode(filters)}"


def own_list(name: str, request: HttpRequest) -> str:
    return reverse("admin:work", args=[name])


# --- Datasets -------------------------------------------------------------------------------------------------------


def datasets(choose: Callable[[QuerySet], QuerySet], request: HttpRequest) -> QuerySet | None:
    rows = listed(Dataset, request)
    return None if rows is None else choose(rows)


desk.register(
    Work(
        "drafts", _("Drafts"), partial(datasets, lambda rows: rows.filter(StateFilter.conditions(Dataset, DRAFT))),
        partial(address_of, Dataset, state=DRAFT), is_dear=True, order=50,
    )
)  # fmt: skip
for order, (name, (title, choose)) in enumerate(WORK.items(), start=60):
    address = partial(address_of, Dataset, work=name, o="-6")  # the most visited first
    desk.register(Work(name, title, partial(datasets, choose), address, is_dear=True, order=order))


# --- Answers that somebody waits for --------------------------------------------------------------------------------


def administered(request: HttpRequest) -> list[str]:
    return [pk for pk, role in actor_of(request).roles.items() if role == MemberRole.ADMIN]


def requests_to_join(request: HttpRequest) -> QuerySet | None:
    """Requests to organizations that the caller administers; a system administrator answers them all."""
    rows = MembershipRequest.objects.pending().filter(kind=MembershipKind.REQUEST, organization__deleted=None)
    rows = rows.select_related("organization", "user")
    if actor_of(request).is_sysadmin:
        return rows
    return rows.filter(organization__in=administered(request)) if administered(request) else None


def request_item(request: HttpRequest, row: MembershipRequest) -> Item:
    return Item(row.created, f"{row.user} → {row.organization}", reverse("publish-members", args=[row.organization_id]))


def waiting_transfers(request: HttpRequest) -> QuerySet | None:
    """Transfers that the caller may answer."""
    rows = Transfer.objects.filter(status=TransferStatus.PENDING)
    rows = rows.select_related("owner_user", "owner_organization", "recipient_user", "recipient_organization")
    if actor_of(request).is_sysadmin:
        return rows
    mine = Q(recipient_user_id=request.user.pk) | Q(recipient_organization__in=administered(request))
    return rows.filter(mine)


def transfer_item(request: HttpRequest, row: Transfer) -> Item:
    """The page where one answers; for another's transfer, the form of the object, if there is one."""
    model = model_of(row.subject_class)
    text = f"{model._meta.verbose_name}: {row.owner or NOBODY} → {row.recipient}"
    is_mine = row.recipient_user_id == request.user.pk or row.recipient_organization_id in administered(request)
    if is_mine or not admin.site.is_registered(model):
        return Item(row.created, text, reverse("publish"))
    address = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
    return Item(row.created, text, reverse(address, args=[row.subject_id]))


def unanswered(request: HttpRequest) -> QuerySet | None:
    """Discussions about the objects of the caller's organizations; those of the whole portal for moderators."""
    rows = listed(Discussion, request)
    if rows is not None:
        return rows.unanswered().select_related(*SUBJECTS.values())
    edited = actor_of(request).edited_organizations
    rows = Discussion.objects.unanswered().select_related(*SUBJECTS.values())
    return rows.about_objects_of(edited) if edited else None


def discussions_address(request: HttpRequest) -> str:
    if listed(Discussion, request) is None:
        return own_list("discussions", request)
    return address_of(Discussion, answer="none")


def discussion_item(request: HttpRequest, row: Discussion) -> Item:
    return Item(row.created, f"{row.title} ({row.subject})", f"{row.subject.get_absolute_url()}#discussion-{row.pk}")


def open_reports(request: HttpRequest) -> QuerySet | None:
    rows = listed(Report, request)
    return None if rows is None else rows.open()


def report_item(request: HttpRequest, row: Report) -> Item:
    return Item(row.reported_at, str(row), reverse("admin:catalog_report_change", args=[row.pk]))


def misses(request: HttpRequest) -> QuerySet | None:
    """Queries that found nothing, as their list shows them."""
    if not admin.site.get_model_admin(SearchMiss).has_view_permission(request):
        return None
    return search_misses.frequent(days=MISSES_DAYS)


def to_review(model: type[Model], request: HttpRequest) -> QuerySet | None:
    """What waits for a curator, where the caller is one; nothing where publications are not reviewed (any more)."""
    rows = listed(model, request)
    waiting = None if rows is None else rows.filter(status=PENDING)
    return waiting if waiting is not None and (settings.PUBLICATION_REVIEW or waiting.exists()) else None


def review_item(request: HttpRequest, row: Review | PendingChange) -> Item:
    return Item(row.submitted_at, str(row.subject or NOBODY), queue_of(row))


for work in (
    Work(
        "reviews", _("Submissions to review"), partial(to_review, Review), partial(address_of, Review), review_item,
        "submitted_at", order=5,
    ),
    Work(
        "changes", _("Changes to review"), partial(to_review, PendingChange), partial(address_of, PendingChange),
        review_item, "submitted_at", order=6,
    ),
    Work(
        "requests", _("Requests to join"), requests_to_join, partial(own_list, "requests"), request_item, "created",
        order=10,
    ),
    Work("transfers", _("Transfers to answer"), waiting_transfers, partial(own_list, "transfers"), transfer_item,
         "created", order=20),
    Work("reports", _("Reports to handle"), open_reports, partial(address_of, Report, handled="no"), report_item,
         "reported_at", order=30),
    Work("discussions", _("Discussions without an answer"), unanswered, discussions_address, discussion_item, "created",
         order=40),
    Work("misses", _("Searches without result"), misses, partial(address_of, SearchMiss, days=str(MISSES_DAYS)),
         is_dear=True, order=90),
):  # fmt: skip
    desk.register(work)


@admin.site.page("work/<slug:name>/", name="work")
def work_page(request: HttpRequest, name: str) -> HttpResponse:
    """List what waits, the longest first. Raises Http404 for what has no list here, or not for the caller."""
    work = desk.WORKS.get(name)
    rows = work.rows(request) if work and work.item else None
    if rows is None:
        raise Http404(gettext("There is no such list."))
    page = Paginator(rows.order_by(work.since, "pk"), PER_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": work.title,
        "items": [work.item(request, row) for row in page],
        "page": page,
    }
    return TemplateResponse(request, "admin/work.html", context)
