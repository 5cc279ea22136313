"""Who is responsible for what a record describes."""

from collections.abc import Iterator

from harvest.drafts import ContactDraft
from harvest.iso.tree import Element, Record, code, every, own_text
from harvest.mapping import contacts

MOST = 50  # contact points of a dataset
PATHS = ("pointOfContact", "citation/CI_Citation/citedResponsibleParty")
DISTRIBUTORS = (
    "distributionInfo/MD_Distribution/distributor/MD_Distributor/distributorContact",
    "distributionInfo/MD_Distribution/distributor/MD_Distributor/distributorTransferOptions/distributorContact",
)


def contacts_of(record: Record) -> list[ContactDraft]:
    """Return the contact points of what is described, by role; those of the metadata only if there are no others."""
    named = [party for path in PATHS for party in every(record.identification, path)]
    named += [party for path in DISTRIBUTORS for party in every(record.root, path)]
    found = [one for party in named for one in _contacts(record, party)]
    if not found:
        found = [one for party in every(record.root, "contact") for one in _contacts(record, party)]
    return contacts.distinct(found)[:MOST]  # type: ignore[arg-type]


def _contacts(record: Record, party: Element) -> Iterator[ContactDraft]:
    """Give the contact point of a CI_ResponsibleParty (19139) or CI_Responsibility (19115-3).

    An organization's name goes first, then that of a position or a person. Roles that the portal does not know
    (funder, contributor…) are left out.
    """
    for one in party:
        said = code(one.find("role"))
        role = contacts.role(said) if said else "contact"
        if not role:
            continue
        name, mail, form = _new_style(record, one) if one.find("party") is not None else _old_style(record, one)
        found = contacts.contact(name, mail, form, as_role=role)
        if found is not None:
            yield found


def _old_style(record: Record, one: Element) -> tuple[str, str, str]:
    names = (record.say(one.find(tag)) for tag in ("organisationName", "individualName", "positionName"))
    name = next(filter(None, names), "")
    mail, form = _reached(one, "contactInfo/CI_Contact")
    return name, mail, form


def _new_style(record: Record, one: Element) -> tuple[str, str, str]:
    party = one.find("party/*")
    if party is None:
        return "", "", ""
    paths = ("name", "individual/CI_Individual/name", "positionName", "individual/CI_Individual/positionName")
    name = next(filter(None, (record.says(party, path) for path in paths)), "")
    own = _reached(party, "contactInfo/CI_Contact")
    person = _reached(party, "individual/CI_Individual/contactInfo/CI_Contact")
    return name, own[0] or person[0], own[1] or person[1]


def _reached(parent: Element, path: str) -> tuple[str, str]:
    """Return the e-mail address and the page of a CI_Contact."""
    mails = (contacts.email(own_text(one)) for one in every(parent, f"{path}/address/CI_Address/electronicMailAddress"))
    pages = (own_text(one) for one in every(parent, f"{path}/onlineResource/CI_OnlineResource/linkage"))
    return next(filter(None, mails), ""), next(filter(None, pages), "")
