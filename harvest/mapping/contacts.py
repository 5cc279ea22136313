"""Contact points."""

import re
from typing import Any

from harvest.drafts import ContactDraft
from harvest.mapping.text import text, title
from harvest.mapping.urls import web_address

ROLES = (
    "contact", "creator", "publisher", "rightsHolder", "custodian", "distributor", "originator",
    "principalInvestigator", "processor", "resourceProvider", "user",
)  # fmt: skip
OTHER_ROLES = {"author": "creator", "owner": "rightsHolder", "pointofcontact": "contact", "maintainer": "contact"}
EMAIL = re.compile(r"[^\s@<>()\[\],;:\"]{1,64}@[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\.[a-z]{2,63}", re.IGNORECASE)
MAX_NAME = 255


def email(value: Any) -> str:
    """Return the e-mail address in a text (`mailto:`, `Name <a@b.fr>`), lower case, or ""."""
    found = EMAIL.search(text(value, 500).removeprefix("mailto:"))
    return found[0].lower() if found and len(found[0]) <= 254 and ".." not in found[0] else ""


def role(value: Any) -> str:
    """Return the portal's role of an ISO 19115 or DCAT one, or ""."""
    found = text(value, 200).rpartition("/")[2].rpartition("#")[2].strip()
    known = {one.lower(): one for one in ROLES} | OTHER_ROLES
    return known.get(re.sub(r"[\s_-]", "", found).lower(), "")


def contact(name: Any = "", mail: Any = "", form: Any = "", *, as_role: str = "contact") -> ContactDraft | None:
    """Return a contact point, or None if nothing is known of it.

    A `contact` needs an e-mail address or a form: one that has neither becomes a publisher. Without a name, its
    address is its name.
    """
    address, page = email(mail), web_address(form)
    called = title(name, MAX_NAME)
    if not called and not address and not page:
        return None
    if as_role == "contact" and not address and not page:
        as_role = "publisher"
    return ContactDraft(name=called or address or page[:MAX_NAME], email=address, contact_form=page, role=as_role)


def distinct(contacts: list[ContactDraft | None]) -> list[ContactDraft]:
    """Return the contact points that are there, each once, in their order."""
    found: dict[tuple[str, str, str, str], ContactDraft] = {}
    for one in contacts:
        if one is not None:
            found.setdefault((one.name, one.email, one.contact_form, one.role), one)
    return list(found.values())
