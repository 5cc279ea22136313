"""What a backend makes of a record: drafts, plain data that know neither the database nor the network.

Everything is optional but the title. Values are normalised by the helpers of `harvest.mapping`, leniently: a value that
cannot be used is left out, and `warn` says so on the item. What needs the catalogue (licences, territories) is given
as hints, which the pipeline resolves.
"""

from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(slots=True)
class ContactDraft:
    """Somebody to write to. `role` is one of the portal's (ISO 19115): contact, creator, publisher, custodian…"""

    name: str
    email: str = ""
    contact_form: str = ""
    role: str = "contact"


@dataclass(slots=True)
class ResourceDraft:
    """A file or an address of a dataset.

    A resource keeps its id from run to run: it is found again by `remote_id`, else by its address (and title, where
    `same_url` says that several share one, as WMS layers do), else by its type, format and title.
    """

    url: str
    title: str = ""
    description: str = ""
    remote_id: str = ""
    format: str = ""
    mime: str = ""
    type: str = "main"  # main, documentation, update, api, code, other
    filesize: int | None = None  # bytes
    checksum_type: str = ""  # md5, sha1, sha2, sha256, crc
    checksum_value: str = ""
    schema_name: str = ""
    schema_url: str = ""
    schema_version: str = ""
    uri: str = ""
    created_at: datetime | None = None
    modified_at: datetime | None = None
    same_url: bool = False
    extras: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class CommonDraft:
    """What datasets and dataservices share."""

    title: str
    description: str = ""  # Markdown
    acronym: str = ""
    remote_id: str = ""  # left empty, it is what `identify` gave
    remote_url: str = ""  # the page of the record, for people
    uri: str = ""  # its URI, the same whoever lists it
    aliases: list[str] = field(default_factory=list)  # other remote ids or page addresses that it may be known by
    identifier: str = ""  # dct:identifier, where it is not the remote id
    slug: str = ""  # wished for, at creation only
    licenses: list[str] = field(default_factory=list)  # hints, best first: ids, titles, addresses, free texts
    tags: list[str] = field(default_factory=list)
    contacts: list[ContactDraft] = field(default_factory=list)
    badges: list[str] = field(default_factory=list)  # hvd, inspire
    access_type: str = ""  # open, open_with_account, restricted; empty: the portal's default
    access_type_reason_category: str = ""
    access_type_reason: str = ""
    private: bool = False
    created_at: datetime | None = None
    issued_at: datetime | None = None
    modified_at: datetime | None = None
    extras: dict[str, Any] = field(default_factory=dict)
    origin: dict[str, Any] = field(default_factory=dict)  # more keys of the harvest origin: ckan_name…
    warnings: list[str] = field(default_factory=list)

    def warn(self, message: str) -> None:
        """Note on the item what was left out, and why; at most 50 times."""
        if len(self.warnings) < 50:
            self.warnings.append(str(message)[:500])

    def as_json(self) -> dict[str, Any]:
        """Return the draft for a golden file: JSON values only, empty ones left out."""
        return {name: _plain(value) for name, value in asdict(self).items() if value not in (None, "", [], {}, False)}


@dataclass(slots=True)
class DatasetDraft(CommonDraft):
    """A dataset as the remote describes it."""

    frequency: str | None = None  # one of the portal's; None leaves what is there
    temporal_start: date | None = None
    temporal_end: date | None = None
    spatial_geom: dict[str, Any] | None = None  # GeoJSON MultiPolygon
    zones: list[str] = field(default_factory=list)  # hints: ids (`fr:commune:44109`), names, codes, URIs
    granularity: str = ""
    schema_name: str = ""
    schema_url: str = ""
    schema_version: str = ""
    resources: list[ResourceDraft] = field(default_factory=list)


@dataclass(slots=True)
class DataserviceDraft(CommonDraft):
    """An API as the remote describes it."""

    base_api_url: str = ""
    machine_documentation_url: str = ""
    technical_documentation_url: str = ""
    format: str = ""  # REST, WMS, WSL
    datasets: list[str] = field(default_factory=list)  # remote ids or URIs of the datasets that it serves


Draft = DatasetDraft | DataserviceDraft


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items() if item not in (None, "", [], {}, False)}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value
