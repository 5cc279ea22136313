"""Where a person's name stays behind beside her own rows: the administration's journal, answers kept for a day."""

import json
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import BinaryField, BooleanField, F, Func, Q, Value
from django.db.models.functions import Replace

from portal.models import IdempotentRequest, User

NOBODY = "DELETED"


class Contains(Func):
    """Whether the bytes of a column contain others; databases spell it differently."""

    output_field = BooleanField()
    template = "INSTR(%(expressions)s) > 0"

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, Any]:
        turned = self.copy()
        turned.set_source_expressions(self.get_source_expressions()[::-1])
        return turned.as_sql(
            compiler, connection, template="POSITION(%(expressions)s) > 0", arg_joiner=" IN ", **context
        )


def erase_traces(user: User) -> None:
    """Remove the name and address of `user` where other people's actions wrote them down."""
    erase_from_journal(user)
    names_her = Contains(F("body"), Value(user.pk.encode(), output_field=BinaryField()))
    answers = IdempotentRequest.objects.alias(names_her=names_her)
    answers.filter(Q(names_her=True) | Q(caller=f"user:{user.pk}")).delete()


def erase_from_journal(user: User) -> None:
    """Rename the person in the journal of the administration, whose entries stay."""
    kind = ContentType.objects.get_for_model(User)
    LogEntry.objects.filter(content_type=kind, object_id=user.pk).update(object_repr=NOBODY)
    for text in filter(None, (user.full_name, user.email)):
        spelled = json.dumps(text)[1:-1]  # as the messages spell it, which are JSON
        LogEntry.objects.filter(object_repr__contains=text).update(
            object_repr=Replace("object_repr", Value(text), Value(NOBODY))
        )
        LogEntry.objects.filter(change_message__contains=spelled).update(
            change_message=Replace("change_message", Value(spelled), Value(NOBODY))
        )
