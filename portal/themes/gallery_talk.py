"""The examples of the components on which readers talk to each other and to the portal."""

from datetime import UTC, datetime
from types import SimpleNamespace as Example
from typing import Any


class Producer(Example):
    def __str__(self) -> str:
        return "Ville de Port-Serein"


WHEN = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
MESSAGE = Example(
    pk="00000000-0000-4000-8000-000000000000",
    author=None,
    posted_on=WHEN,
    content="Is **2025** coming?",
    last_modified_at=WHEN,
    own=True,
)
ANSWER = Example(
    **vars(MESSAGE) | {"author": Producer(get_absolute_url="/organizations/"), "official": True, "own": False,
                       "last_modified_at": None, "content": "It comes in March."}
)  # fmt: skip
THREAD = Example(
    pk="1",
    title="Missing year",
    created=WHEN,
    closed=WHEN,
    number=5,
    shown=[MESSAGE, ANSWER],
    get_absolute_url="/discussions/1/",
    subject="Mesures de la qualité de l’air",
    user="Camille Martin",
    organization=None,
)
EXAMPLES: dict[str, list[dict[str, Any]]] = {
    "card_discussion": [{"item": THREAD}],
    "discussions": [{"discussions": Example(rows=[THREAD], more_url="/discussions/"), "discuss_url": "#"}],
    "follow_button": [
        {
            "follow": Example(address="#", following=following, followers=12, title="Air"),
            "signed_in": signed_in,
            "csrf_token": "example",
        }
        for following, signed_in in ((False, False), (False, True), (True, True))
    ],
    "message": [{"message": one, "discussion": THREAD} for one in (MESSAGE, ANSWER)],
}
