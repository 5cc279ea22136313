"""Records to drafts: datasets (and series), data services."""

from typing import Any

from django.utils.translation import gettext as _

from harvest.dcat.coverage import numbers_of, put_spatial, put_temporal, resolution_of
from harvest.dcat.node import Node, in_best_language
from harvest.dcat.people import contacts_of
from harvest.dcat.resources import distributions_of, resources_of, schema_of
from harvest.dcat.rights import is_hvd, license_hints, put_access, raw_words
from harvest.dcat.vocabulary import EU, HVD_CATEGORIES, THEMES, last_part, service_in
from harvest.drafts import CommonDraft, DataserviceDraft, DatasetDraft
from harvest.errors import ItemSkipped
from harvest.mapping import dates
from harvest.mapping.frequencies import frequency
from harvest.mapping.tags import tags
from harvest.mapping.text import markdown, text, title
from harvest.mapping.urls import web_address

TITLE = ("dct:title", "schema:name", "dc:title", "rdfs:label")
DESCRIPTION = ("dct:description", "dct:abstract", "schema:description", "dc:description")
INSPIRE = ("GEMET - INSPIRE themes", "inspire.ec.europa.eu/theme")
MAX_ACRONYM = 255
MAX_ID = 500


def is_service(raw: Any) -> bool:
    """Tell whether a record is a data service."""
    kinds = Node(raw).kinds
    return "dcat:DataService" in kinds and not {"dcat:Dataset", "dcat:DatasetSeries"} & set(kinds)


def identifier_of(raw: Any) -> str:
    """Return what a record is known by: dct:identifier, else its address, else that of its catalogue record. Raises
    ItemSkipped.
    """
    node = Node(raw)
    own = node.word("dct:identifier", "schema:identifier")
    if own:
        return own
    others = [word for one in node.nodes("adms:identifier") for word in one.words("skos:notation")]
    records = [word for one in node.nodes("foaf:isPrimaryTopicOf") for word in one.words("dct:identifier")]
    found = node.iri or next(iter([*others, *node.literals("adms:identifier"), *records]), "")
    if not found:
        raise ItemSkipped(_("The record has no identifier: neither dct:identifier nor an address."))
    return found


def draft_of(raw: Any, *, prefix: str = "") -> DatasetDraft | DataserviceDraft:
    """Return the draft of a record. `prefix` and the identifier of its catalogue record make the address of its page,
    where a source has one. Raises ItemSkipped.
    """
    node = Node(raw)
    if not node.text(*TITLE):
        raise ItemSkipped(_("The record has no title."))
    draft = _service(node) if is_service(raw) else _dataset(node)
    draft.remote_id = identifier_of(raw)
    draft.uri = node.iri
    draft.aliases = _aliases(node, draft.remote_id)
    records = [word for one in node.nodes("foaf:isPrimaryTopicOf") for word in one.words("dct:identifier")]
    if prefix:
        draft.remote_url = web_address(prefix + next(iter(records), draft.remote_id))
    draft.remote_url = draft.remote_url or _page(node)
    return draft


def _dataset(node: Node) -> DatasetDraft:
    distributions = distributions_of(node)
    draft = DatasetDraft(title="")
    _put_common(draft, node, distributions)
    draft.acronym = text(node.text("skos:altLabel"), MAX_ACRONYM)
    _put_frequency(draft, node)
    put_temporal(draft, node)
    put_spatial(draft, node)
    for name, value in schema_of(node).items():
        setattr(draft, name, value)
    resolution = resolution_of(node)
    if resolution:
        draft.extras["spatial_resolution"] = resolution
    draft.resources = resources_of(draft, node)
    return draft


def _service(node: Node) -> DataserviceDraft:
    draft = DataserviceDraft(title="")
    _put_common(draft, node, [])
    draft.base_api_url = _first_address(node, "dcat:endpointURL")
    draft.machine_documentation_url = _first_address(node, "dcat:endpointDescription")
    draft.technical_documentation_url = _first_address(node, "foaf:page", "dcat:landingPage")
    protocol = service_in(node.words("geodcat:serviceProtocol", "dct:conformsTo", "dct:type", "geodcat:serviceType"))
    draft.format = "WMS" if protocol == "wms" else "" if protocol else "REST"
    for one in node.nodes("dcat:servesDataset"):
        draft.datasets += [word for word in (*one.words("dct:identifier"), one.iri) if word]
    draft.datasets += node.literals("dcat:servesDataset")
    return draft


def _put_common(draft: CommonDraft, node: Node, distributions: list[Node]) -> None:
    draft.title = title(node.text(*TITLE))
    draft.description = markdown(node.text(*DESCRIPTION))
    draft.licenses = license_hints(node, distributions)
    draft.tags = tags(_words(node))
    draft.contacts = contacts_of(node)
    draft.created_at = dates.moment(node.text("dct:created", "schema:dateCreated"))
    draft.issued_at = dates.moment(node.text("dct:issued", "schema:datePublished"))
    draft.modified_at = dates.moment(node.text("dct:modified", "schema:dateModified", "dct:updated"))
    put_access(draft, node, distributions)
    words = raw_words(node, distributions)
    if words:
        draft.extras["dcat"] = words


def _put_frequency(draft: DatasetDraft, node: Node) -> None:
    """Set the frequency: a term's address or name, or what a node of its own says."""
    said = []
    for value in node.values("dct:accrualPeriodicity"):
        one = Node(value)
        if one.data and "@value" not in one.data:
            said += [one.iri, one.label(), *one.literals("rdf:value"), *_lasting(one)]
        else:
            said.append(text(value))
    draft.frequency = next((found for word in said if word and (found := frequency(word))), None)
    unknown = next((word for word in said if word), "")
    if unknown and draft.frequency is None:
        draft.warn(f"The frequency is not known: {text(unknown, 200)}")
        draft.extras["dct:accrualPeriodicity"] = text(unknown, 500)


def _lasting(node: Node) -> list[str]:
    """Return a duration of OWL-Time as ISO 8601: `[rdf:value [time:years 1]]` is P1Y."""
    found = []
    for one in [node, *node.nodes("rdf:value")]:
        for unit, letter in (("years", "Y"), ("months", "M"), ("weeks", "W"), ("days", "D")):
            found += [f"P{number:g}{letter}" for number in numbers_of(one.values(f"time:{unit}"))]
    return found


def _words(node: Node) -> list[str]:
    """Return the tags: keywords and themes in the portal's language, `hvd` with its category, `inspire`."""
    found = in_best_language(node.values("dcat:keyword", "schema:keywords", "dct:subject", "dc:subject"))
    found = [word for one in found for word in (one.split(",") if len(one) > 96 else [one])]
    hvd = is_hvd(node)
    for value in node.values("dcat:theme", "dcatap:hvdCategory"):
        theme = Node(value)
        if not theme.data or "@value" in theme.data:
            continue
        code = last_part(theme.iri)
        category = HVD_CATEGORIES.get(code) if "/bna/" in theme.iri else None
        label = category or theme.label()
        if not label and theme.iri.startswith(f"{EU}data-theme/"):
            label = THEMES.get(code.upper(), "")
        hvd = hvd or category is not None
        schemes = " ".join([theme.iri, *(f"{one.iri} {one.label()}" for one in theme.nodes("skos:inScheme"))])
        found += [label, *(["inspire"] if any(mark in schemes for mark in INSPIRE) else [])]
    found += in_best_language(node.values("dcat:theme"))
    return [*found, *(["hvd"] if hvd else [])]


def _aliases(node: Node, own: str) -> list[str]:
    """Return what else a record may be known by: its other identifiers, and those that other catalogues gave it."""
    others = [word for one in node.nodes("adms:identifier") for word in one.words("skos:notation")]
    found = [*node.words("dct:identifier"), *others]
    return [one for one in dict.fromkeys(found) if one != own and len(one) <= MAX_ID][:10]


def _page(node: Node) -> str:
    """Return the page of a record: its landing page, else its own address."""
    return _first_address(node, "dcat:landingPage", "schema:url") or web_address(node.iri)


def _first_address(node: Node, *names: str) -> str:
    return next((found for word in node.words(*names) if (found := web_address(word))), "")
