"""What a token may do, of all that its owner may: the scopes of API tokens and of OAuth2 alike.

Every token reads what its owner reads. Scopes say what it may change, and whether it has administrators’ powers.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

ADMIN = "admin"  # everything; udata has no other, and gives it to each API token
WRITE = "write"  # everything but an administrator's powers
DEFAULT = "default"  # udata's name for the same, among the scopes of OAuth2
READ = "read"
HARVEST = "harvest"  # changes sources of harvesting, and nothing else
ORGANIZATION = "write:org"  # with an id, `write:org:<id>`: changes what that organization owns, and nothing else

SCOPES = (ADMIN, WRITE, READ, HARVEST)
ORGANIZATION_SCOPE = re.compile(r"write:org:([0-9a-f]{24})")
OAUTH_SCOPES = {  # what an OAuth2 client may ask for, as the user reads it
    DEFAULT: _("Act in your name, but not as an administrator"),
    READ: _("Read what you may read"),
    WRITE: _("Make, change and delete what you may, but not as an administrator"),
    ADMIN: _("Act in your name, with all your powers"),
}


@dataclass(frozen=True, slots=True)
class Powers:
    """What a set of scopes amounts to."""

    admin: bool = False
    write: bool = False
    harvest: bool = False
    organizations: frozenset[str] = frozenset()

    def covers(self, other: "Powers") -> bool:
        """Tell whether whoever has these powers may hand out the others."""
        return (
            self.admin >= other.admin
            and self.write >= other.write
            and (self.write or self.harvest >= other.harvest)
            and (self.write or self.organizations >= other.organizations)
        )


EVERYTHING = Powers(admin=True, write=True, harvest=True)


def powers_of(scopes: Iterable[str]) -> Powers:
    """Return what these scopes allow together; an unknown scope allows nothing."""
    held = frozenset(scopes)
    if ADMIN in held:
        return EVERYTHING
    found = (ORGANIZATION_SCOPE.fullmatch(scope) for scope in held)
    writes = bool(held & {WRITE, DEFAULT})
    return Powers(
        write=writes,
        harvest=writes or HARVEST in held,
        organizations=frozenset(match[1] for match in found if match),
    )


def is_scope(text: str) -> bool:
    """Tell whether an API token may have this scope."""
    return text in SCOPES or ORGANIZATION_SCOPE.fullmatch(text) is not None
