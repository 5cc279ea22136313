"""Errors by class: the same fault of many records is one line, with how often it came and one example."""

import re
from dataclasses import dataclass

from harvest.models import Action, Job, JobItem

READ = 5000  # failed items of a job that are looked at
SHOWN = 20  # classes
VARIABLE = re.compile(r"https?://\S+|“[^”]*”|\"[^\"]*\"|'[^']*'|«[^»]*»|[0-9a-f]{8}-[0-9a-f-]{27}|\b\d[\d.,:]*\b")


@dataclass(slots=True)
class ErrorClass:
    """`text` is the message with what varies left out, `example` one whole message, `item` the id of its item."""

    text: str
    count: int
    example: str
    remote_id: str


def class_of(message: str) -> str:
    """Return a message without the names, numbers and addresses in it."""
    return VARIABLE.sub("…", message)[:300]


def error_classes(job: Job) -> list[ErrorClass]:
    """Return the classes of errors of a job's items, the commonest first."""
    found: dict[str, ErrorClass] = {}
    rows = JobItem.objects.filter(job=job, action=Action.FAILED).order_by("pk")
    for errors, remote_id in rows.values_list("errors", "remote_id")[:READ]:
        for error in errors:
            message = str(error.get("message", ""))
            known = found.setdefault(class_of(message), ErrorClass(class_of(message), 0, message, remote_id))
            known.count += 1
    return sorted(found.values(), key=lambda one: (-one.count, one.text))[:SHOWN]
