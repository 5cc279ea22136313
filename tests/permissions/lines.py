"""A line of the tables in `expected.py` and `expected_pages.py`."""

import re
from dataclasses import dataclass, field

from tests.permissions.policies import Policy

V1, V2 = "api/1/", "api/2/"


@dataclass(frozen=True, slots=True)
class Line:
    """Methods, route (a regular expression over the resolver's spelling), policy, kind of the object in the path."""

    methods: str
    route: re.Pattern[str]
    policy: Policy
    kind: str = ""
    parts: dict[str, str] = field(default_factory=dict)  # other variable parts -> kind of object
    asks_who: bool = True  # below `api/`: whether tokens are looked at, so that a bad one is refused
    other_admin: str = "user"  # the role whose rights the administrator of another organization has here
    refused: str = ""  # a caller that is refused, whatever the role it is like may do
    leads_to_login: bool = False  # whether it sends everybody to the login page, on purpose


def line(
    methods: str, route: str, policy: Policy, kind: str = "", *, asks_who: bool = True, other_admin: str = "user",
    refused: str = "", leads_to_login: bool = False, **parts: str,
) -> Line:  # fmt: skip
    """Return a line; `parts` names the kind of object of each other variable part of the route."""
    return Line(
        methods, re.compile(route), policy, kind, parts, asks_who=asks_who, other_admin=other_admin, refused=refused,
        leads_to_login=leads_to_login,
    )  # fmt: skip
