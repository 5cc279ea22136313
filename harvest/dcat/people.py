"""Who: contact points, publishers, and those in a role of ISO 19115."""

from typing import Any

from harvest.dcat.node import Node
from harvest.drafts import ContactDraft
from harvest.mapping import contacts
from harvest.mapping.text import text

# Property -> role. The contact point comes first, for it is whom people write to.
ROLES = {
    "dcat:contactPoint": "contact",
    "schema:contactPoint": "contact",
    "dct:publisher": "publisher",
    "schema:publisher": "publisher",
    "dct:creator": "creator",
    "schema:creator": "creator",
    "schema:author": "creator",
    "dct:rightsHolder": "rightsHolder",
    "geodcat:custodian": "custodian",
    "geodcat:distributor": "distributor",
    "geodcat:originator": "originator",
    "geodcat:principalInvestigator": "principalInvestigator",
    "geodcat:processor": "processor",
    "geodcat:resourceProvider": "resourceProvider",
    "geodcat:user": "user",
}
NAMES = (
    "vcard:fn", "foaf:name", "schema:name", "vcard:organization-name", "vcard:organisation-name", "vcard:hasFN",
    "vcard:nickname", "skos:prefLabel", "rdfs:label", "dct:title",
)  # fmt: skip
MAILS = ("vcard:hasEmail", "vcard:email", "foaf:mbox", "schema:email")
FORMS = ("vcard:hasURL", "vcard:hasUrl", "vcard:url", "foaf:page", "foaf:homepage", "schema:url")
MOST = 50


def contacts_of(node: Node) -> list[ContactDraft]:
    """Return the people of a dataset or a service, each once in a role, at most 50."""
    found = [_contact(value, role) for name, role in ROLES.items() for value in node.values(name)[:MOST]]
    for attribution in node.nodes("prov:qualifiedAttribution")[:MOST]:
        said = attribution.words("dcat:hadRole", "dct:type")
        role = next((one for word in said if (one := contacts.role(word))), "")
        found += [_contact(value, role) for value in attribution.values("prov:agent")[:MOST] if role]
    return contacts.distinct(found)[:MOST]


def _contact(value: Any, role: str) -> ContactDraft | None:
    """Return a person or an organization; a bare text is a name, or an e-mail address."""
    node = Node(value)
    if not node.data or "@value" in node.data:
        return contacts.contact(text(value), text(value), as_role=role)
    name = _first(node, NAMES) or _organization(node)
    mail, form = _first(node, MAILS).removeprefix("mailto:"), _first(node, FORMS)
    if mail.startswith(("http://", "https://")) and "@" in mail:
        mail = mail.rpartition("/")[2]  # an address without `mailto:`, taken as relative to the document
    if not name and not mail and node.iri.startswith("mailto:"):
        mail = node.iri
    return contacts.contact(name, mail, form, as_role=role)


def _first(node: Node, names: tuple[str, ...]) -> str:
    """Return the first of these properties that says something: a text, an address, or the value of a vCard node."""
    for name in names:
        found = node.text(name) or next(
            (word for one in node.nodes(name) if (word := one.word("vcard:hasValue", "rdf:value") or one.iri)), ""
        )
        if found:
            return found
    return ""


def _organization(node: Node) -> str:
    """Return the organization of a vCard without a name of its own."""
    inner = (_first(one, NAMES) for one in node.nodes("vcard:org", "org:memberOf", "vcard:hasOrganizationName"))
    return next((one for one in inner if one), node.text("vcard:org"))
