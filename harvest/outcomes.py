"""What became of the items of runs, as the pages show it: numbers by status, in the order of reading."""

from collections import Counter
from collections.abc import Iterable, Mapping

from django.db.models import Count
from django.utils.functional import Promise

from harvest.models import STATUS_OF, Action, ItemStatus, Job, JobItem
from portal.lib.stacks import Part, stack

TONES = {
    ItemStatus.DONE: "ok",
    ItemStatus.SKIPPED: "quiet",
    ItemStatus.ARCHIVED: "warn",
    ItemStatus.FAILED: "bad",
    ItemStatus.STARTED: "wait",
    ItemStatus.PENDING: "wait",
}  # fmt: skip
Numbers = Mapping[str, int]  # by status


def by_status(jobs: Iterable[Job]) -> dict[str, Numbers]:
    """Return, by job, the number of items of each status; one query, and none if all jobs have their counters."""
    found: dict[str, Numbers] = {}
    unknown = []
    for job in jobs:
        if job.counters:
            found[job.pk] = of_counters(job.counters)
        else:
            unknown.append(job.pk)
    return found | counted(unknown) if unknown else found


def of_counters(counters: Mapping[str, int]) -> Numbers:
    """Return numbers by status of numbers by action."""
    numbers: Counter[str] = Counter()
    for action in Action:
        numbers[str(STATUS_OF.get(action, ItemStatus.DONE))] += int(counters.get(str(action), 0))
    return numbers


def counted(ids: list[str]) -> dict[str, Numbers]:
    """Return, by job, the number of its items of each status, as they are; one query."""
    found: dict[str, Counter[str]] = {pk: Counter() for pk in ids}
    rows = JobItem.objects.filter(job__in=ids).order_by().values_list("job_id", "status").annotate(Count("pk"))
    for job_id, status, number in rows:
        found[job_id][status] = number
    return dict(found)


def parts_of(numbers: Numbers, top: int = 0) -> list[Part]:
    """Return the bar of these numbers; see `portal.lib.stacks.stack` for `top`."""
    rows: list[tuple[str | Promise, str, int]] = [
        (status.label, tone, numbers.get(str(status), 0)) for status, tone in TONES.items()
    ]
    always = len(TONES) - 2  # what waits is shown while something does
    return stack([row for index, row in enumerate(rows) if index < always or row[2]], top)
