"""What the API of udata says of datasets and dataservices, as drafts. Pure."""

from typing import Any
from urllib.parse import urlsplit

from harvest.drafts import CommonDraft, ContactDraft, DataserviceDraft, DatasetDraft, ResourceDraft
from harvest.mapping import contacts, dates, files, formats, spatial
from harvest.mapping.frequencies import frequency
from harvest.mapping.tags import tags
from harvest.mapping.text import MAX_MARKDOWN, text, title
from harvest.mapping.urls import MAX_RESOURCE_URL, is_uri, web_address

BY_MACHINES = ("check:", "analysis:", "harvest:", "apidocUrl:", "datapusher:")  # beginnings of extras
MOST_EXTRAS, LONGEST_EXTRA = 200, 20_000
VOLATILE = frozenset([
    "metrics", "quality", "permissions", "internal", "last_update", "featured", "preview_url", "latest",
    "community_resources", "availability",
])  # fmt: skip
RESOURCE_TYPES = frozenset(["main", "documentation", "update", "api", "code", "other"])


def is_dataservice(raw: dict[str, Any]) -> bool:
    """Tell whether an object of the API is a dataservice."""
    return "base_api_url" in raw or "self_api_url" in raw


def harvested_from(raw: dict[str, Any]) -> str:
    """Return where the portal itself harvested an object, "" if it was made there."""
    origin = raw.get("harvest")
    if not isinstance(origin, dict):
        return ""
    keys = ("source_url", "domain", "backend", "source_id", "remote_id", "remote_url")
    return next((found for key in keys if (found := text(origin.get(key)))), "")


def meaning_of(raw: Any) -> Any:
    """Return an object without what changes by itself, its resources likewise."""
    if not isinstance(raw, dict):
        return raw
    kept = {key: value for key, value in raw.items() if key not in VOLATILE}
    if "extras" in kept:
        kept["extras"] = _extras(kept["extras"])
    if isinstance(kept.get("organization"), dict):
        kept["organization"] = {key: kept["organization"].get(key) for key in ("id", "name", "slug")}
    if isinstance(kept.get("resources"), list):
        kept["resources"] = [meaning_of(one) for one in kept["resources"]]
    return kept


def dataset_draft(raw: dict[str, Any], portal: str) -> DatasetDraft:
    """Return the draft of a dataset; `portal` is the address of the portal that has it."""
    draft = DatasetDraft(title="")
    _put_common(draft, raw, portal, "datasets")
    draft.frequency = frequency(_id_of(raw.get("frequency")))
    period = _dict(raw.get("temporal_coverage"))
    draft.temporal_start, draft.temporal_end = dates.period(period.get("start"), period.get("end"))
    place = _dict(raw.get("spatial"))
    draft.spatial_geom = spatial.geometry(place.get("geom"))
    draft.zones = [zone for one in _list(place.get("zones")) if (zone := _id_of(one))]
    draft.granularity = _id_of(place.get("granularity"))
    draft.schema_name, draft.schema_url, draft.schema_version = _schema(raw.get("schema"))
    for one in _list(raw.get("resources")):
        resource = _resource(draft, one)
        if resource is not None:
            draft.resources.append(resource)
    return draft


def dataservice_draft(raw: dict[str, Any], portal: str) -> DataserviceDraft:
    """Return the draft of a dataservice."""
    draft = DataserviceDraft(title="")
    _put_common(draft, raw, portal, "dataservices")
    draft.base_api_url = web_address(raw.get("base_api_url"))
    draft.machine_documentation_url = web_address(raw.get("machine_documentation_url"))
    draft.technical_documentation_url = web_address(raw.get("technical_documentation_url"))
    draft.format = text(raw.get("format"))
    draft.datasets = [found for one in _list(raw.get("datasets")) if (found := _id_of(one))]
    return draft


def _put_common(draft: CommonDraft, raw: dict[str, Any], portal: str, kind: str) -> None:
    origin = _dict(raw.get("harvest"))
    key = text(raw.get("id"))
    page = web_address(raw.get("page") or raw.get("self_web_url"))
    draft.title = title(raw.get("title"))
    draft.acronym = text(raw.get("acronym"), 255)
    draft.description = text(raw.get("description"), MAX_MARKDOWN)
    draft.remote_id = key
    draft.remote_url = page or f"{portal.rstrip('/')}/{kind}/{key}/"
    elsewhere = [found for name in ("uri", "remote_id") if is_uri(found := text(origin.get(name)))]
    # The address that the portal's own DCAT has for it, so that a source may change from one to the other.
    draft.uri = elsewhere[0] if elsewhere else f"{_origin(page) or portal.rstrip('/')}/{kind}/{key}"
    draft.aliases = [one for one in (web_address(origin.get("remote_url")),) if one]
    draft.slug = text(raw.get("slug"), 255)
    draft.licenses = _license(raw.get("license"))
    draft.tags = tags(_list(raw.get("tags")))
    draft.contacts = _contacts(raw)
    draft.access_type = text(raw.get("access_type"))
    draft.access_type_reason_category = text(raw.get("access_type_reason_category"))
    draft.access_type_reason = text(raw.get("access_type_reason"), 10_000)
    draft.created_at = dates.moment(raw.get("created_at"))
    draft.modified_at = dates.moment(raw.get("last_modified") or raw.get("metadata_modified_at"))
    draft.extras = _extras(raw.get("extras"))


def _contacts(raw: dict[str, Any]) -> list[ContactDraft]:
    """Return the contact points, and who publishes it there."""
    found: list[ContactDraft | None] = []
    for one in _list(raw.get("contact_points")):
        if isinstance(one, dict):
            role = contacts.role(one.get("role")) or "contact"
            found.append(contacts.contact(one.get("name"), one.get("email"), one.get("contact_form"), as_role=role))
    owner = _dict(raw.get("owner"))
    person = f"{text(owner.get('first_name'))} {text(owner.get('last_name'))}".strip()
    publisher = text(_dict(raw.get("organization")).get("name")) or person
    if publisher and not any(one and one.role == "publisher" for one in found):
        found.append(contacts.contact(publisher, as_role="publisher"))
    return contacts.distinct(found)


def _resource(draft: DatasetDraft, raw: Any) -> ResourceDraft | None:
    if not isinstance(raw, dict):
        return None
    address = web_address(raw.get("url"), limit=MAX_RESOURCE_URL) or web_address(raw.get("latest"))
    if not address:
        draft.warn(f"Resource left out, its address cannot be used: {text(raw.get('url'), 200) or '∅'}")
        return None
    checksum = _dict(raw.get("checksum"))
    algorithm, value = files.checksum(checksum.get("value"), checksum.get("type"))
    name, url, version = _schema(raw.get("schema"))
    form = formats.format_of(raw.get("format"), raw.get("mime"), address)
    return ResourceDraft(
        url=address,
        title=title(raw.get("title")),
        description=text(raw.get("description"), MAX_MARKDOWN),
        remote_id=text(raw.get("id"), 255),
        format=form,
        mime=formats.mime_of(raw.get("mime")),
        type=text(raw.get("type")) if text(raw.get("type")) in RESOURCE_TYPES else "main",
        filesize=files.size(raw.get("filesize")),
        checksum_type=algorithm,
        checksum_value=value,
        schema_name=name,
        schema_url=url,
        schema_version=version,
        uri=web_address(raw.get("latest")),
        created_at=dates.moment(raw.get("created_at")),
        modified_at=dates.moment(raw.get("last_modified")),
        same_url=form in ("wms", "wfs", "wmts"),
        extras=_extras(raw.get("extras")),
    )


def _schema(value: Any) -> tuple[str, str, str]:
    """Return name, address and version of a schema."""
    found = _dict(value)
    return text(found.get("name"), 255), web_address(found.get("url")), text(found.get("version"), 32)


def _license(value: Any) -> list[str]:
    """Return the id of a licence; with full objects, its title and address too."""
    one = _dict(value)
    found = [one.get("id"), one.get("url"), one.get("title")] if one else [value]
    return [hint for word in found if (hint := text(word, 500)) and hint != "notspecified"]


def _extras(value: Any) -> dict[str, Any]:
    """Return the extras that people or publishers gave; long ones, and those of crawlers, are left out."""
    kept = {
        str(key): item
        for key, item in _dict(value).items()
        if not str(key).startswith(BY_MACHINES) and item not in (None, "", [], {}) and len(str(item)) <= LONGEST_EXTRA
    }
    return dict(list(kept.items())[:MOST_EXTRAS])


def _id_of(value: Any) -> str:
    """Return an id that stands alone, or in an object."""
    return text(value.get("id")) if isinstance(value, dict) else text(value)


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
