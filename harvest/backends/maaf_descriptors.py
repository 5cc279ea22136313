"""What a MAAF descriptor says, as a draft. Pure.

`<ETALAB><metadata>…</metadata><digest/></ETALAB>`, where `extras` and `resources` are repeated. Its schema
(`etalab.xsd`) contradicts its own comments and all real use: each value is validated here instead, and one that is
wrong is left out, with a warning that names it.
"""

import re
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from harvest.drafts import DatasetDraft, ResourceDraft
from harvest.errors import ItemInvalid, ItemSkipped, ListingFailed
from harvest.mapping import contacts, dates, files, formats
from harvest.mapping.frequencies import frequency
from harvest.mapping.tags import split, tags
from harvest.mapping.text import markdown, text, title
from harvest.mapping.urls import MAX_RESOURCE_URL, web_address
from harvest.parsing import parse_xml

KEY = "cle"  # the format of a file that holds the SHA-256 of another
ABSENT = frozenset(["", "none", "null", "n/a"])
# Kinds of territories -> the beginning of our ids; their codes are INSEE's.
KINDS = {
    "communeoffrance": "fr:commune:", "departmentoffrance": "fr:departement:", "regionoffrance": "fr:region:",
    "intercommunalityoffrance": "fr:epci:", "cantonoffrance": "fr:canton:", "arrondissementoffrance":
    "fr:arrondissement:", "overseascollectivityoffrance": "fr:departement:",
}  # fmt: skip
WHOLES = {
    "country/fr": "country:fr", "country/monde": "country-group:world", "internationalorganization/ww":
    "country-group:world", "internationalorganization/ue": "country-group:ue", "metropoleofcountry/fr":
    "country-subset:fr:metro", "overseasofcountry/fr": "country-subset:fr:drom",
}  # fmt: skip
GRANULARITIES = {
    "commune": "fr:commune", "france": "country", "pays": "country", "epci": "fr:epci", "canton": "fr:canton",
    "department": "fr:departement", "departement": "fr:departement", "département": "fr:departement",
    "region": "fr:region", "région": "fr:region", "iris": "fr:iris", "poi": "poi",
}  # fmt: skip
MOST_EXTRAS = 200

Element = etree._Element


def metadata_of(raw: Any) -> Element:
    """Return the `metadata` of a descriptor. Raises ItemInvalid if it is none."""
    try:
        root = parse_xml(raw["xml"].encode("utf-8", "replace"))
    except (ListingFailed, TypeError, KeyError, AttributeError) as error:
        raise ItemInvalid(getattr(error, "message", "") or _("The descriptor is no XML.")) from error
    found = root.find("metadata") if root.tag == "ETALAB" else None
    if found is None:
        raise ItemInvalid(_("This XML is no descriptor of MAAF: it has no ETALAB/metadata."))
    return found


def own_id(metadata: Element) -> str:
    """Return the id of a descriptor."""
    return _text(metadata, "id")[:500]


def key_addresses(root: Element) -> list[str]:
    """Return the addresses of the resources that are checksums of others."""
    found = [one for one in root.iterfind("metadata/resources") if _text(one, "format").lower().strip(".") == KEY]
    return [address for one in found if (address := web_address(_text(one, "url"), limit=MAX_RESOURCE_URL))]


def descriptor_draft(raw: Any) -> DatasetDraft:
    """Return the draft of a descriptor. Raises ItemSkipped if it is not active, ItemInvalid without a title."""
    metadata = metadata_of(raw)
    state = _text(metadata, "state").lower()
    if state not in ABSENT and state != "active":
        raise ItemSkipped(_("The dataset is not active (%(state)s).") % {"state": state[:50]})
    name = title(_text(metadata, "title"))
    if not name:
        raise ItemInvalid(_("The descriptor has no title."))
    draft = DatasetDraft(
        title=name,
        description=markdown(_text(metadata, "notes")),
        remote_id=own_id(metadata),
        remote_url=web_address(raw.get("url")),
        licenses=[hint for tag in ("license_id", "license_url", "license_title") if (hint := _text(metadata, tag))],
        tags=tags(split(_text(metadata, "tags"))),
        contacts=_contacts(metadata),
        private=_text(metadata, "private").lower() in ("1", "true", "oui"),
    )
    _put_frequency(draft, metadata)
    _put_period(draft, metadata)
    _put_territory(draft, metadata)
    _put_extras(draft, metadata)
    _put_resources(draft, metadata, raw.get("keys") or {})
    return draft


def _contacts(metadata: Element) -> list[Any]:
    """Return who maintains it, its author, its supplier; one who is the same as the one before is named once."""
    found: list[Any] = []
    for tag, role in (("maintainer", "contact"), ("author", "creator"), ("supplier", "publisher")):
        one = contacts.contact(_text(metadata, tag), _text(metadata, f"{tag}_email"), as_role=role)
        if one is not None and (one.name, one.email) not in [(other.name, other.email) for other in found]:
            found.append(one)
    return contacts.distinct(found)


def _put_frequency(draft: DatasetDraft, metadata: Element) -> None:
    said = _text(metadata, "frequency")
    draft.frequency = frequency(said)
    if said and draft.frequency is None:
        draft.warn(_("[%(field)s] is left out: %(value)s") % {"field": "frequency", "value": said[:100]})
        draft.extras["maaf:frequency"] = said[:500]


def _put_period(draft: DatasetDraft, metadata: Element) -> None:
    first, last = (_text(metadata, f"temporal_coverage_{end}") for end in ("from", "to"))
    draft.temporal_start, draft.temporal_end = dates.period(first, last)
    if (first or last) and draft.temporal_start is None:
        said = f"{first[:50]} – {last[:50]}"
        draft.warn(_("[%(field)s] is left out: %(value)s") % {"field": "temporal_coverage", "value": said})


def _put_territory(draft: DatasetDraft, metadata: Element) -> None:
    """Give the territories and the granularity: below `territorial_coverage`, or beside it in old descriptors."""
    within = metadata.find("territorial_coverage")
    for parent in (within, metadata) if within is not None else (metadata,):
        for said in split(_text(parent, "territorial_coverage_code")):
            hint = _zone(said)
            if hint and hint not in draft.zones:
                draft.zones.append(hint)
            elif not hint:
                values = {"field": "territorial_coverage.territorial_coverage_code", "value": said[:100]}
                draft.warn(_("[%(field)s] is left out: %(value)s") % values)
        level = _text(parent, "territorial_coverage_granularity").lower()
        if level and not draft.granularity:
            draft.granularity = GRANULARITIES.get(level, "")
            if not draft.granularity:
                values = {"field": "territorial_coverage.territorial_coverage_granularity", "value": level[:100]}
                draft.warn(_("[%(field)s] is left out: %(value)s") % values)


def _zone(said: str) -> str:
    """Return the id of a territory (`CommuneOfFrance/44109`, `Country/FR/FRANCE`), or ""."""
    kind, _slash, rest = said.strip().lower().partition("/")
    code = rest.partition("/")[0].strip()
    if not re.fullmatch(r"[0-9a-z]{1,12}", code):
        return ""
    whole = WHOLES.get(f"{kind}/{code}")
    if whole:
        return whole
    if kind == "country" and len(code) == 2:
        return f"country:{code}"
    return f"{KINDS[kind]}{code}" if kind in KINDS else ""


def _put_extras(draft: DatasetDraft, metadata: Element) -> None:
    for number, one in enumerate(metadata.iterfind("extras")):
        key, value = _text(one, "key")[:255], _text(one, "value")[:20_000]
        if key and value and number < MOST_EXTRAS:
            draft.extras.setdefault(key, value)
    groups = split(_text(metadata, "groups"))
    if groups:
        draft.extras.setdefault("groups", groups[:50])


def _put_resources(draft: DatasetDraft, metadata: Element, keys: dict[str, str]) -> None:
    """Give the files; those that are checksums become the checksum of the file that they go with."""
    sums: dict[str, str] = {}
    for number, one in enumerate(metadata.iterfind("resources")):
        address = web_address(_text(one, "url"), limit=MAX_RESOURCE_URL)
        if not address:
            values = {"field": f"resources.{number}.url", "value": _text(one, "url")[:200] or "∅"}
            draft.warn(_("[%(field)s] is left out: %(value)s") % values)
        elif _text(one, "format").lower().strip(".") == KEY:
            sums[_stem(address)] = keys.get(address, "")
        else:
            draft.resources.append(_resource(one, address))
    data = [one for one in draft.resources if one.format == "csv"] or draft.resources[:1]
    for stem, said in sums.items():
        beside = [one for one in data if _stem(one.url) == stem] or (data if len(data) == len(sums) == 1 else [])
        kind, value = files.checksum(said, "sha256")
        if beside and len(value) == 64:
            beside[0].checksum_type, beside[0].checksum_value = kind, value
        elif beside:
            draft.warn(_("The checksum of %(file)s cannot be read.") % {"file": beside[0].title[:100]})


def _resource(one: Element, address: str) -> ResourceDraft:
    said = _text(one, "format")
    name = title(_text(one, "name")) or title(address.rstrip("/").rpartition("/")[2]) or title(address)
    found = formats.format_of(said, _text(one, "mimetype"), address)
    return ResourceDraft(
        url=address,
        title=name,
        description=markdown(_text(one, "description")),
        format=found,
        type="documentation" if found in ("pdf", "doc", "docx", "odt", "html") else "main",
        modified_at=dates.moment(_text(one, "last_modified")),
    )


def _stem(address: str) -> str:
    """Return the name of a file without its folder and its extension."""
    name = address.partition("?")[0].rpartition("/")[2]
    return name.rpartition(".")[0] or name


def _text(parent: Element | None, tag: str) -> str:
    """Return the text of a child, or ""; its own children are no text."""
    found = text(parent.findtext(tag)) if parent is not None else ""
    return "" if found.lower() in ABSENT else found
