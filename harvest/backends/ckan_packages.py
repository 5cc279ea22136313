"""What a CKAN package says, as a draft. Pure."""

import re
from typing import Any

from harvest.drafts import DatasetDraft, ResourceDraft
from harvest.mapping import contacts, dates, files, formats, spatial
from harvest.mapping.frequencies import frequency
from harvest.mapping.names import extra
from harvest.mapping.tags import tags
from harvest.mapping.text import markdown, text, title
from harvest.mapping.urls import MAX_RESOURCE_URL, web_address

RESERVED = frozenset(["spatial", "spatial-text", "spatial-uri", "spatial_text", "spatial_uri", "frequency",
                      "temporal_start", "temporal_end", "temporal-start", "temporal-end"])  # fmt: skip
DATED = "ckan:"  # before the keys of the portal's own extras
TYPES = {
    "documentation": "documentation", "doc": "documentation", "api": "api", "code": "code", "image": "other",
    "visualization": "other", "example": "other",
}  # fmt: skip
MOST_EXTRAS = 200


def package_draft(raw: dict[str, Any], page: str) -> DatasetDraft:
    """Return the draft of a package; `page` is its page on the remote, where it names no better one."""
    own_page = web_address(raw.get("url"))
    draft = DatasetDraft(
        title=title(raw.get("title") or raw.get("name")),
        description=markdown(raw.get("notes")),
        remote_id=text(raw.get("id") or raw.get("name")),
        remote_url=own_page or page,
        aliases=[page] if own_page else [],
        slug=text(raw.get("name"), 255),
        licenses=[hint for key in ("license_id", "license_url", "license_title") if (hint := text(raw.get(key), 500))],
        tags=tags(raw.get("tags") if isinstance(raw.get("tags"), list) else []),
        contacts=_contacts(raw),
        created_at=dates.moment(raw.get("metadata_created")),
        modified_at=dates.moment(raw.get("metadata_modified")) or dates.moment(raw.get("revision_timestamp")),
    )
    draft.origin["ckan_name"] = text(raw.get("name"), 255)
    source = text(raw.get("url"), 2000)
    if source and not own_page:
        draft.origin["ckan_source"] = source
    _put_extras(draft, _pairs(raw))
    found = raw.get("resources")
    for one in found if isinstance(found, list) else []:
        resource = _resource(draft, one)
        if resource is not None:
            draft.resources.append(resource)
    return draft


def _contacts(raw: dict[str, Any]) -> list[Any]:
    """Return author and maintainer; one who is both is named once, as the one to write to."""
    maintainer = contacts.contact(raw.get("maintainer"), raw.get("maintainer_email"))
    author = contacts.contact(raw.get("author"), raw.get("author_email"), as_role="creator")
    if maintainer and author and (maintainer.name, maintainer.email) == (author.name, author.email):
        author = None
    return contacts.distinct([maintainer, author])


def _pairs(raw: dict[str, Any]) -> dict[str, Any]:
    """Return the extras: a list of pairs in CKAN, an object in some of its forks; the first of a key wins."""
    found = raw.get("extras")
    if isinstance(found, dict):
        return {str(key): value for key, value in found.items()}
    pairs: dict[str, Any] = {}
    for one in found if isinstance(found, list) else []:
        if isinstance(one, dict) and text(one.get("key")):
            pairs.setdefault(text(one["key"], 255), one.get("value"))
    # What ckanext-scheming and its like make of some extras: keys of the package itself.
    for key in ("spatial", "frequency", "temporal_start", "temporal_end"):
        if raw.get(key) not in (None, "", [], {}):
            pairs.setdefault(key, raw[key])
    return pairs


def _put_extras(draft: DatasetDraft, pairs: dict[str, Any]) -> None:
    _put_spatial(draft, pairs)
    said = pairs.get("frequency")
    draft.frequency = frequency(said)
    if text(said) and draft.frequency is None:
        draft.extras["ckan:frequency"] = text(said, 500)
    first, last = (pairs.get(f"temporal_{end}") or pairs.get(f"temporal-{end}") for end in ("start", "end"))
    draft.temporal_start, draft.temporal_end = dates.period(first, last)
    if (text(first) or text(last)) and draft.temporal_start is None:
        draft.warn(f"The period covered cannot be read: {text(first, 100)} – {text(last, 100)}")
    kept = [(key, value) for key, value in pairs.items() if key not in RESERVED and value not in (None, "", [], {})]
    for key, value in kept[:MOST_EXTRAS]:
        draft.extras.setdefault(key, extra(value))


def _put_spatial(draft: DatasetDraft, pairs: dict[str, Any]) -> None:
    said = pairs.get("spatial")
    if said not in (None, "", {}, []):
        draft.spatial_geom = spatial.geometry(said)
        if draft.spatial_geom is None:
            words = said if isinstance(said, str) else ""
            if words and not words.lstrip().startswith(("{", "[")) and len(words) <= 200:
                draft.zones.append(words)
            else:
                draft.warn("The geometry is no polygon that can be read: left out.")
    for key in ("spatial-text", "spatial-uri"):
        value = text(pairs.get(key) or pairs.get(key.replace("-", "_")), 500)
        if value:
            draft.zones.append(value)
            draft.extras[f"ckan:{key}"] = value


def _resource(draft: DatasetDraft, raw: Any) -> ResourceDraft | None:
    if not isinstance(raw, dict):
        return None
    address = web_address(raw.get("url"), limit=MAX_RESOURCE_URL)
    name = title(raw.get("name") or raw.get("title"))
    if not address:
        draft.warn(f"Resource left out, its address cannot be used: {text(raw.get('url'), 200) or '∅'}")
        return None
    if text(raw.get("state")).lower() == "deleted":
        return None
    mime = formats.mime_of(raw.get("mimetype"))
    kind, value = files.checksum(raw.get("hash"))
    return ResourceDraft(
        url=address,
        title=name or _file_name(address),
        description=markdown(raw.get("description")),
        remote_id=text(raw.get("id"), 255),
        format=formats.format_of(raw.get("format"), raw.get("mimetype"), address),
        mime=mime,
        type=TYPES.get(text(raw.get("resource_type")).lower(), "main"),
        filesize=files.size(raw.get("size")),
        checksum_type=kind,
        checksum_value=value,
        created_at=dates.moment(raw.get("created")),
        modified_at=dates.moment(raw.get("last_modified")),
    )


def _file_name(address: str) -> str:
    """Return the last part of an address, which names its file for want of better."""
    path = re.split(r"[?#]", address, maxsplit=1)[0].rstrip("/")
    return title(path.rpartition("/")[2] if path.count("/") > 2 else address) or address[:350]
