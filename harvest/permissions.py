"""Who may do what to a source: its owner's editors describe it, administrators validate and schedule it."""

from catalog import permissions
from catalog.permissions import Actor
from harvest.models import Source


def source_permissions(actor: Actor, source: Source) -> dict[str, bool]:
    """Return the `permissions` object of a source."""
    edits = permissions.can_edit(actor, source)
    return {
        "delete": edits,
        "edit": edits,
        "preview": edits,
        "run": edits,
        "schedule": actor.is_sysadmin,
        "validate": actor.is_sysadmin,
    }
