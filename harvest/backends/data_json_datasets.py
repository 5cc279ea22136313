"""What a dataset of a data.json says, as a draft: Project Open Data 1.0, 1.1 and DCAT-US 3. Pure.

Any field may be null, a number, one value or a list; 1.0 has plain texts where later versions have objects.
"""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from harvest.drafts import ContactDraft, DatasetDraft, ResourceDraft
from harvest.mapping import contacts, dates, files, formats, spatial
from harvest.mapping.frequencies import frequency
from harvest.mapping.names import extras, file_name
from harvest.mapping.tags import split, tags
from harvest.mapping.text import markdown, text, texts, title
from harvest.mapping.urls import MAX_RESOURCE_URL, is_uri, web_address

MAPPED = frozenset([
    "identifier", "title", "description", "keyword", "tags", "theme", "modified", "issued", "created",
    "accrualPeriodicity", "publisher", "contactPoint", "mbox", "license", "spatial", "temporal", "distribution",
    "landingPage", "accessLevel", "accessURL", "webService", "format",
])  # fmt: skip
PREFIX = "pod:"  # before the extras, so that none is taken for one of the portal's own
OPEN, CLOSED = frozenset(["", "public"]), frozenset(["non-public", "nonpublic", "private"])
PLACE_KEYS = ("geometry", "bbox", "centroid", "prefLabel", "name", "@id")


def identifier_of(raw: dict[str, Any]) -> str:
    """Return the identifier of a dataset, or ""."""
    return text(raw.get("identifier"))


def is_public(raw: dict[str, Any]) -> bool:
    """Tell whether the publisher shows the dataset to anybody."""
    return text(raw.get("accessLevel")).lower() not in CLOSED


def dataset_draft(raw: dict[str, Any]) -> DatasetDraft:
    """Return the draft of a dataset."""
    name = identifier_of(raw)
    landing = _address(raw.get("landingPage"))
    draft = DatasetDraft(
        title=title(raw.get("title")),
        description=markdown(raw.get("description")),
        remote_id=name,
        remote_url=landing or web_address(name),
        uri=next((one for one in (name, text(raw.get("@id"))) if is_uri(one)), ""),
        licenses=_licenses(raw),
        tags=tags([*_words(raw.get("keyword")), *_words(raw.get("tags")), *_words(raw.get("theme"))]),
        contacts=_contacts(raw),
        created_at=dates.moment(raw.get("created")),
        issued_at=dates.moment(raw.get("issued")),
        modified_at=dates.moment(raw.get("modified")),
    )
    _put_rhythm(draft, raw)
    _put_period(draft, raw.get("temporal"))
    for place in _list(raw.get("spatial")):
        _put_place(draft, place)
    level = text(raw.get("accessLevel")).lower()
    if level not in OPEN:
        draft.access_type = "restricted"
        draft.access_type_reason = text(raw.get("rights") or raw.get("accessLevelComment"), 2000)
    kept = [(f"{PREFIX}{key}", value) for key, value in raw.items() if key not in MAPPED and not key.startswith("@")]
    for key, value in extras(kept).items():
        draft.extras.setdefault(key, value)
    draft.resources = list(_resources(draft, raw))
    return draft


def _licenses(raw: dict[str, Any]) -> list[str]:
    """Return the licence of the dataset, else those of its files."""
    told = [_reference(raw.get("license"))]
    told += [_reference(one.get("license")) for one in _list(raw.get("distribution")) if isinstance(one, dict)]
    return list(dict.fromkeys(hint for hint in told[:20] if hint))


def _contacts(raw: dict[str, Any]) -> list[ContactDraft]:
    found: list[ContactDraft | None] = []
    for one in _list(raw.get("contactPoint"))[:20]:
        if isinstance(one, dict):
            mail = one.get("hasEmail") or one.get("email") or raw.get("mbox")
            found.append(contacts.contact(one.get("fn") or one.get("name"), mail, _address(one.get("hasURL"))))
        else:
            found.append(contacts.contact(one, raw.get("mbox")))
    for one in _list(raw.get("publisher"))[:5]:
        found.append(contacts.contact(one.get("name") if isinstance(one, dict) else one, as_role="publisher"))
    return contacts.distinct(found)


def _put_rhythm(draft: DatasetDraft, raw: dict[str, Any]) -> None:
    """Put how often the dataset is renewed; 1.1 lets `modified` tell that instead of a date (`R/P1W`)."""
    told, modified = _reference(raw.get("accrualPeriodicity")), text(raw.get("modified"), 100)
    draft.frequency = frequency(told) or (frequency(modified) if modified.upper().startswith("R/") else None)
    if told and draft.frequency is None:
        draft.extras[f"{PREFIX}accrualPeriodicity"] = told
    if modified and draft.modified_at is None and not modified.upper().startswith("R"):
        draft.warn(_("The date of the last change cannot be read: %(value)s") % {"value": modified})


def _put_period(draft: DatasetDraft, value: Any) -> None:
    """Put the whole of the periods: `a/b`, or objects with a beginning and an end."""
    found = []
    for one in _list(value)[:100]:
        if isinstance(one, dict):
            found.append(dates.period(_first(one, "startDate", "start"), _first(one, "endDate", "end")))
        else:
            found.append(dates.period_of(one))
    starts = [start for start, _end in found if start]
    ends = [end for start, end in found if start]
    if starts:
        draft.temporal_start = min(starts)
        draft.temporal_end = None if None in ends else max(ends)
    elif text(value):
        draft.extras[f"{PREFIX}temporal"] = text(value, 500)


def _put_place(draft: DatasetDraft, place: Any) -> None:
    """Put a place: a box, GeoJSON, WKT, a name, or an object that has some of them."""
    values = [place.get(key) for key in PLACE_KEYS] if _is_location(place) else [place]
    for value in values:
        geometry = spatial.geometry(value)
        if geometry is not None:
            draft.spatial_geom = spatial.merged([draft.spatial_geom, geometry])
            return
    words = text(next((value for value in values if text(value) and not isinstance(value, dict)), ""), 200)
    if words and not words.startswith(("{", "[", "POINT", "LINESTRING")):
        if len(draft.zones) < 50:
            draft.zones.append(words)
    elif place:
        draft.warn(_("A place is no polygon that can be read: left out."))


def _is_location(place: Any) -> bool:
    """Tell whether a place is an object of DCAT, not a geometry of GeoJSON."""
    return isinstance(place, dict) and not {"coordinates", "geometries", "features"} & place.keys()


def _resources(draft: DatasetDraft, raw: dict[str, Any]) -> Iterator[ResourceDraft]:
    own = {key: raw.get(key) for key in ("accessURL", "format") if raw.get(key)}
    service = {"accessURL": raw.get("webService"), "format": "api"}
    seen: set[str] = set()
    for one in [*_list(raw.get("distribution")), own, service]:
        resource = _resource(draft, one, given=one is not own and one is not service)
        if resource is not None and (one is not own or resource.url not in seen):
            seen.add(resource.url)
            yield resource


def _resource(draft: DatasetDraft, raw: Any, *, given: bool) -> ResourceDraft | None:
    """Return a file or an address; one that cannot be used costs itself alone."""
    body = raw if isinstance(raw, dict) else {"accessURL": raw}
    download, access = _address(body.get("downloadURL")), _address(body.get("accessURL"))
    url = download or access
    if not url:
        if given and raw:
            name = title(body.get("title"), 200) or "–"
            draft.warn(_("Resource left out, for it has no usable address: %(title)s") % {"title": name})
        return None
    stated = text(_reference(body.get("format")), 500)
    named = text(body.get("identifier") or body.get("@id"), 255)
    digest = body.get("checksum") if isinstance(body.get("checksum"), dict) else {}
    kind, value = files.checksum(_first(digest, "checksumValue", "value"), _reference(digest.get("algorithm")))
    is_service = stated.lower() == "api" or bool(body.get("accessService"))
    return ResourceDraft(
        url=url,
        title=title(body.get("title")) or file_name(url),
        description=markdown(body.get("description")),
        remote_id=named if named != url else "",
        format=formats.format_of(stated, body.get("mediaType"), url),
        mime=formats.mime_of(_reference(body.get("mediaType"))),
        type="api" if is_service else "main",
        filesize=files.size(body.get("byteSize")),
        checksum_type=kind,
        checksum_value=value,
        schema_url=_address(body.get("conformsTo")),
        created_at=dates.moment(body.get("issued")),
        modified_at=dates.moment(body.get("modified")),
        extras=extras((key, body.get(key)) for key in ("describedBy", "describedByType")),
    )


def _words(value: Any) -> list[str]:
    """Return words: a list, one text that separates them by commas, or concepts with a label. Addresses are none."""
    found: list[str] = []
    for one in _list(value):
        label = _first(one, "prefLabel", "name") if isinstance(one, dict) else one
        found += split(label) if isinstance(value, str) else texts(label)
    return [word for word in found if "://" not in word]


def _address(value: Any) -> str:
    return web_address(_reference(value), limit=MAX_RESOURCE_URL)


def _reference(value: Any) -> str:
    """Return a text, or what an object that stands for it is called: `{"@id": …}`, `{"prefLabel": …}`."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = _first(value, "@id", "accessURL", "prefLabel", "title", "name", "@value")
    return text(value, MAX_RESOURCE_URL + 1)


def _first(body: dict[str, Any], *keys: str) -> Any:
    return next((body[key] for key in keys if body.get(key) not in (None, "", [], {})), None)


def _list(value: Any) -> list[Any]:
    """Return what there is of it: nulls and empty values are left out."""
    values = value if isinstance(value, list) else [value]
    return [one for one in values if one not in (None, "", [], {})]
