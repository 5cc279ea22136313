"""What one chooses between when datasets are merged: groups of columns and lists that only make sense together."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalog.models import Dataset
from catalog.services.history.putting import plain
from catalog.services.history.states import type_of_state


class Group(NamedTuple):
    """Columns and many-to-many fields that are chosen as one."""

    label: str | Promise
    columns: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()


GROUPS = {
    "title": Group(_("title"), ("title",)),
    "acronym": Group(_("acronym"), ("acronym",)),
    "description": Group(_("description"), ("description",)),
    "description_short": Group(_("summary"), ("description_short",)),
    "frequency": Group(_("frequency"), ("frequency", "frequency_date")),
    "temporal_coverage": Group(_("period covered"), ("temporal_start", "temporal_end")),
    "spatial": Group(_("territory"), ("spatial_granularity", "spatial_geom"), ("spatial_zones",)),
    "access": Group(
        _("access"),
        ("access_type", "license_id", "access_audiences", "access_type_reason_category", "access_type_reason",
         "authorization_request_url"),
    ),
    "schema": Group(_("schema"), ("schema_name", "schema_url", "schema_version")),
    "contact_points": Group(_("contact points"), (), ("contact_points",)),
    "extras": Group(_("extras"), ("extras",)),
}  # fmt: skip

type_of_choices = Mapping[str, str]  # key of GROUPS -> id of the dataset whose value stays


def differing(states: Mapping[str, type_of_state]) -> list[str]:
    """Return the keys of the groups in which these datasets differ."""
    return [key for key in GROUPS if len({repr(_value(key, state)) for state in states.values()}) > 1]


def choose(kept: Dataset, states: Mapping[str, type_of_state], chosen: type_of_choices) -> dict[str, Any]:
    """Give `kept` the values chosen of the other datasets; return what was there before, and what came, as JSON."""
    before: dict[str, Any] = {"columns": {}, "lists": {}}
    after: dict[str, Any] = {"columns": {}, "lists": {}}
    for key, pk in chosen.items():
        for room, names in (("columns", GROUPS[key].columns), ("lists", GROUPS[key].lists)):
            for name in names:
                old, new = states[kept.pk][room][name], states[pk][room][name]
                if old != new:
                    before[room][name], after[room][name] = old, new
    _write(kept, after)
    return {"before": before, "after": after}


def put_back(kept: Dataset, state: type_of_state, done: dict[str, Any]) -> None:
    """Undo `choose`, but for what somebody changed since; `state` is the present one."""
    before, after = done["before"], done["after"]
    wanted = {
        room: {name: value for name, value in before[room].items() if state[room][name] == after[room][name]}
        for room in ("columns", "lists")
    }
    _write(kept, wanted)


def _value(key: str, state: type_of_state) -> list[Any]:
    group = GROUPS[key]
    return [
        *(state["columns"][name] for name in group.columns),
        *(state["lists"][name] for name in group.lists),
    ]


def _write(dataset: Dataset, values: dict[str, Any]) -> None:
    """Write columns and lists; the address of the dataset stays, whatever its title."""
    columns = {name: plain(_column(name), value) for name, value in values["columns"].items()}
    if columns:
        Dataset.objects.filter(pk=dataset.pk).update(**columns)
    for name, keys in values["lists"].items():
        relation = getattr(dataset, name)
        relation.set(relation.model._base_manager.filter(pk__in=keys))


def _column(attname: str) -> models.Field:
    return next(one for one in Dataset._meta.concrete_fields if one.attname == attname)
