"""Making, changing and deleting charts."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from catalog.models import Visualization
from catalog.models.visualization import files_of, readable_files
from catalog.permissions import Actor
from catalog.services import ownership, relations
from portal.models import User

COLUMNS = ("title", "description", "x_axis", "y_axis", "series", "extras", "private")


@transaction.atomic
def create(values: dict[str, Any], *, by: User, actor: Actor) -> Visualization:
    """Make a chart. Raises ServiceError (field `organization` or `owner`)."""
    chart = Visualization(**ownership.owner_of_new(actor, values, by))
    relations.assign(chart, COLUMNS, values)
    chart.save(force_insert=True)
    return chart


@transaction.atomic
def update(chart: Visualization, values: dict[str, Any], *, by: User, actor: Actor) -> list[str]:
    """Change what `values` names; return the keys that changed. Raises ServiceError."""
    if "series" in values:
        values = {**values, "series": values["series"] + _unseen(chart, by)}
    owner = ownership.changed_owner(actor, chart, values)
    changes = relations.change_owner(chart, owner) + relations.assign(chart, COLUMNS, values)
    if changes:
        chart.touch()
        chart.save()
    return changes


@transaction.atomic
def delete(chart: Visualization) -> None:
    """Mark a chart as deleted; the administration can restore it."""
    chart.deleted_at = timezone.now()
    chart.touch()
    chart.save()


def _unseen(chart: Visualization, by: User) -> list[dict[str, Any]]:
    """Return the series that `by` is not shown: she sends back the list as she could read it, and they stay.

    Those whose resource is gone for good are of no use to anybody.
    """
    named = files_of([chart])
    unseen = readable_files(named, None) - readable_files(named, by)
    return [one for one in chart.series if one["resource_id"] in unseen]
