"""Discussions, for the moderators: read, close, reopen, remove a message."""

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from catalog.admin.base import NOBODY, PortalAdmin
from catalog.admin.states import run_verb
from catalog.models import Discussion, Message
from catalog.models.discussion import SUBJECTS
from catalog.services import curation


class OpenFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("open", _("Open")), ("closed", _("Closed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(closed__isnull=self.value() == "open") if self.value() else queryset


class AnswerFilter(admin.SimpleListFilter):
    title = _("answer")
    parameter_name = "answer"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("none", _("Without an answer"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.unanswered() if self.value() == "none" else queryset


class SubjectFilter(admin.SimpleListFilter):
    title = _("subject")
    parameter_name = "subject"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [
            (column, Discussion._meta.get_field(column).related_model._meta.verbose_name)
            for column in SUBJECTS.values()
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        chosen = self.value()
        return queryset.filter(**{f"{chosen}__isnull": False}) if chosen in SUBJECTS.values() else queryset


class MessageInline(admin.StackedInline):
    """Nobody writes here in another's name: a moderator corrects or removes."""

    model = Message
    extra = 0
    fields = ["content", ("posted_on", "author")]
    readonly_fields = ["posted_on", "author"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("posted_by", "posted_by_organization")

    def has_add_permission(self, request: HttpRequest, obj: Discussion | None = None) -> bool:
        return False

    @admin.display(description=_("author"))
    def author(self, message: Message) -> str:
        return str(message.posted_by_organization or message.posted_by or NOBODY)


@admin.register(Discussion)
class DiscussionAdmin(PortalAdmin):
    list_display = ["title", "subject_name", "author", "message_count", "created", "closed"]
    list_filter = [OpenFilter, AnswerFilter, SubjectFilter, "created"]
    list_select_related = ["dataset", "reuse", "dataservice", "post", "user", "organization"]
    date_hierarchy = "created"
    search_fields = ["title"]
    search_help_text = _("Title or id.")
    fields = ["title", "subject_name", "author", "created", "closed", "closed_by", "extras", "id"]
    readonly_fields = ["subject_name", "author", "created", "closed", "closed_by", "id"]
    inlines = [MessageInline]
    actions = ["close", "reopen"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        messages = Message.objects.filter(discussion=OuterRef("pk")).order_by().values("discussion")
        count = Coalesce(Subquery(messages.annotate(count=Count("pk")).values("count")), 0)
        return super().get_queryset(request).annotate(messages_count=count)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=_("subject"))
    def subject_name(self, discussion: Discussion) -> str:
        return f"{discussion.subject._meta.verbose_name}: {discussion.subject}"

    @admin.display(description=_("author"))
    def author(self, discussion: Discussion) -> str:
        return str(discussion.organization or discussion.user or NOBODY)

    @admin.display(description=_("messages"), ordering="messages_count")
    def message_count(self, discussion: Discussion) -> int:
        return discussion.messages_count

    @admin.action(description=_("Close the selected discussions"), permissions=["change"])
    def close(self, request: HttpRequest, queryset: QuerySet) -> None:
        run_verb(self, request, queryset, curation.close_discussions, _("Close"))

    @admin.action(description=_("Reopen the selected discussions"), permissions=["change"])
    def reopen(self, request: HttpRequest, queryset: QuerySet) -> None:
        run_verb(self, request, queryset, curation.reopen_discussions, _("Reopen"))
