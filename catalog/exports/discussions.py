"""Columns of `discussions.csv`."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, CharField, F, Func, OuterRef, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Coalesce, Concat, Replace

from catalog.exports import cells
from catalog.exports.base import Columns, Export
from catalog.models import Discussion, Message
from catalog.models.discussion import SUBJECTS


class JoinedMessages(cells.Joined):
    """Messages, each on one line, joined by a line feed."""

    template = "(SELECT STRING_AGG(list.joined, CHR(10)) FROM (%(subquery)s) AS list)"

    def as_sqlite(self, compiler, connection, **context):
        template = "(SELECT GROUP_CONCAT(list.joined, CHAR(10)) FROM (%(subquery)s) AS list)"
        return self.as_sql(compiler, connection, template=template, **context)


def messages() -> QuerySet[Message]:
    return Message.objects.filter(discussion=OuterRef("pk"))


def one_line() -> Func:
    unix = Replace(F("content"), Value("\r"), Value(""), output_field=TextField())
    return Replace(unix, Value("\n"), Value(" "), output_field=TextField())


def subject(column: str) -> Coalesce:
    """Return a value of the subject, whichever kind it is."""
    paths = [
        F(f"{name}__{'name' if name in ('post', 'topic') and column == 'title' else column}")
        for name in SUBJECTS.values()
    ]
    return Coalesce(*paths, output_field=CharField())


def subject_class() -> Case:
    kinds = [When(Q(**{f"{column}__isnull": False}), then=Value(kind)) for kind, column in SUBJECTS.items()]
    return Case(*kinds, output_field=TextField())


def full_name(user: str) -> Func:
    name = Concat(F(f"{user}__first_name"), Value(" "), F(f"{user}__last_name"), output_field=TextField())
    return Case(When(**{f"{user}__isnull": False}, then=name), default=Value(""), output_field=TextField())


def columns() -> Columns:
    participants = messages().exclude(posted_by=None).order_by("posted_by").values("posted_by").distinct()
    texts = messages().annotate(line=one_line()).order_by("posted_on", "pk")
    return [
        ("id", cells.Text("id")),
        ("user", cells.text(full_name("user"))),
        ("subject", cells.text(subject("title"))),
        ("subject_class", cells.Text(subject_class())),
        ("subject_id", cells.Text(subject("pk"))),
        ("title", cells.text("title")),
        ("size", cells.Number(cells.count_of(messages()))),
        ("participants", cells.Text(cells.Joined(participants, "posted_by"))),
        ("messages", cells.text(JoinedMessages(texts, "line"))),
        ("created", cells.DateTime("created")),
        ("closed", cells.DateTime("closed")),
        ("closed_by", cells.text(full_name("closed_by"))),
        ("closed_by_id", cells.Text("closed_by_id")),
        ("closed_by_organization", cells.text("closed_by_organization__name")),
        ("closed_by_organization_id", cells.Text("closed_by_organization_id")),
    ]


DISCUSSIONS = Export(
    name="discussions",
    columns=columns,
    objects=lambda: Discussion.objects.visible_to(AnonymousUser()).order_by(),
    kinds=("discussion", "dataset", "reuse", "dataservice", "post", "organization", "user"),
)
