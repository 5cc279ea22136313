"""The pages of discussions: all of them, and one with its messages, where it is answered and closed."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.generic import TemplateView

from catalog.filters.discussion import DiscussionPageFilter
from catalog.models import Discussion, Message, Report
from catalog.models.base import type_of_user
from catalog.models.discussion import SUBJECTS
from catalog.models.subject import model_of
from catalog.models.vocabulary import ReportReason
from catalog.permissions import actor_of
from catalog.services import discussions
from catalog.views import guard
from catalog.views.acting import TOO_MANY, WRITES, add_problem
from catalog.views.facets import LAST_UPDATE, Facet
from catalog.views.listing import Chip, ListPage, without
from catalog.views.objects import is_out_of_lists
from catalog.views.tabs import Tab
from catalog.views.talk_forms import AnswerForm
from catalog.views.threads import mark_messages
from portal.lib.errors import ServiceError
from portal.lib.paging import PAGE_SIZE, page_of

KINDS = [
    ("Dataset", _("Datasets")),
    ("Reuse", _("Reuses")),
    ("Dataservice", _("Dataservices")),
    ("Topic", _("Topics")),
    ("Post", _("News")),
]
IN_TABS = frozenset(["closed", "mine"])


class DiscussionList(ListPage):
    template_name = "catalog/discussion_list.html"
    model = Discussion
    filterset_class = DiscussionPageFilter
    api_url = "/api/1/discussions/"
    facets = (Facet(name="object_type", choices=lambda: KINDS), LAST_UPDATE)
    sorts = (
        ("-created", _("Newest first")),
        ("title", _("Title, A to Z")),
    )

    def rows(self) -> QuerySet[Discussion]:
        return discussion_cards()

    def _chips(self, filterset: Any, arguments: QueryDict, groups: Any) -> list[Chip]:
        shown = [name for name in arguments if name not in IN_TABS]
        kept = QueryDict(mutable=True)
        for name in shown:
            kept.setlist(name, arguments.getlist(name))
        chips = super()._chips(filterset, kept, groups)
        named = [(name, value) for name in kept if name not in ("q", "sort") for value in kept.getlist(name)]
        return [chip._replace(address=without(arguments, *pair)) for chip, pair in zip(chips, named, strict=True)]

    def _value(self, filterset: Any, name: str, value: str, labels: Any) -> str | Promise:
        if name != "for":
            return super()._value(filterset, name, value, labels)
        readable = (model_of(kind)._default_manager.visible_to(self.request.user) for kind in SUBJECTS)
        return str(next(filter(None, (rows.filter(pk=value).first() for rows in readable)), value))

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(tabs=self._tabs(context["links"]), **context)

    def _tabs(self, arguments: QueryDict) -> list[Tab]:
        """Return the states to choose from, and the reader's own; each keeps the other arguments."""
        choices: list[tuple[str | Promise, dict[str, str]]] = [
            (pgettext_lazy("discussions", "All"), {}),
            (pgettext_lazy("discussions", "Open"), {"closed": "false"}),
            (pgettext_lazy("discussions", "Closed"), {"closed": "true"}),
        ]
        if self.request.user.is_authenticated:
            choices.append((_("About what I publish, or my organizations"), {"mine": "true"}))
        now = {name: arguments[name].lower() for name in IN_TABS if name in arguments}
        found = []
        for label, chosen in choices:
            wanted = arguments.copy()
            for name in IN_TABS:
                wanted.pop(name, None)
            wanted.update(chosen)
            found.append(Tab(label, guard.address(self.request, wanted), "page" if now == chosen else ""))
        return found


def discussion_cards() -> QuerySet[Discussion]:
    """Return discussions with what their cards show: the subject, who opened it, the number of messages."""
    rows = Discussion.objects.select_related("user", "organization", *SUBJECTS.values())
    return rows.annotate(number=Count("messages"))


def find_discussion(user: type_of_user, key: str, *, lock: bool = False) -> Discussion:
    """Return a discussion on what `user` may read; with `lock` its row is locked. Raises Http404."""
    rows = Discussion.objects.visible_to(user).filter(pk=key)
    if lock:
        rows = Discussion.objects.select_for_update(of=("self",)).filter(pk__in=rows.values("pk"))
    found = rows.select_related(*SUBJECTS.values(), "user", "organization", "closed_by", "closed_by_organization")
    discussion = found.first()
    if discussion is None:
        raise Http404
    return discussion


def is_suspect(discussion: Discussion) -> bool:
    """Tell whether the spam filter reported it and nobody has looked yet."""
    waiting = Report.objects.open().about(discussion)
    return waiting.filter(reason=ReportReason.AUTO_SPAM).exists()


class DiscussionDetail(TemplateView):
    """One discussion, in pages of 20 messages; the form below answers it."""

    template_name = "catalog/discussion.html"

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        return self._page(find_discussion(request.user, key))

    def post(self, request: HttpRequest, key: str) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.path)
        refusal = guard.over_rate(request, WRITES, TOO_MANY)
        return refusal or self._answer(request, key)

    @transaction.atomic
    def _answer(self, request: HttpRequest, key: str) -> HttpResponse:
        found, actor = find_discussion(request.user, key, lock=True), actor_of(request)
        form = AnswerForm(request.POST, actor=actor)
        if not form.is_valid():
            return self._page(found, form)
        try:
            discussions.answer(found, form.values(), by=request.user, actor=actor)
        except discussions.NotAllowed as error:
            return self._page(found, form, problem=str(error.message), status=403)
        except ServiceError as error:
            add_problem(form, error)
            return self._page(found, form)
        messages.success(request, _("The discussion is closed.") if found.closed else _("Your answer is there."))
        return HttpResponseRedirect(last_page(found))

    def _page(
        self, found: Discussion, form: AnswerForm | None = None, *, problem: str = "", status: int = 200
    ) -> HttpResponse:
        actor, subject = actor_of(self.request), found.subject
        rows = Message.objects.select_related("posted_by", "posted_by_organization")
        page = page_of(self.request, found.messages.order_by("posted_on", "id"), rows)
        mark_messages(page.object_list, subject, actor)
        if form is None and self.request.user.is_authenticated and not found.closed:
            form = AnswerForm(actor=actor)
        own = self.request.user.is_authenticated and discussions.speaks_for(actor, found.user_id, found.organization_id)
        context = self.get_context_data(
            discussion=found, subject=subject, page=page, form=form, problem=problem, may_edit=own,
            may_close=form is not None and discussions.can_close(found, actor),
            noindex=bool(found.closed) or is_out_of_lists(subject) or is_suspect(found),
            canonical_url=f"{settings.SITE_URL}{address_of_page(found, page.number)}",
            api_url=f"/api/1/discussions/{found.pk}/",
        )  # fmt: skip
        return self.render_to_response(context, status=400 if form is not None and form.errors else status)


def address_of_page(discussion: Discussion, number: int) -> str:
    return f"{discussion.get_absolute_url()}?page={number}" if number > 1 else discussion.get_absolute_url()


def last_page(discussion: Discussion) -> str:
    """Return the address of the last message of a discussion, which has one."""
    rows = discussion.messages.order_by("-posted_on", "-id")
    number = max(1, -(-rows.count() // PAGE_SIZE))
    return f"{address_of_page(discussion, number)}#message-{rows.values_list('pk', flat=True).first()}"
