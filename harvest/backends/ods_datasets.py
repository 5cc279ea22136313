"""What a dataset of Opendatasoft says, as a draft, whichever version of its interfaces gave it. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext as _

from harvest.client import join
from harvest.drafts import ContactDraft, DatasetDraft, ResourceDraft
from harvest.mapping import contacts, dates, formats, spatial
from harvest.mapping.frequencies import frequency
from harvest.mapping.names import extras
from harvest.mapping.tags import split, tags
from harvest.mapping.text import markdown, text, texts, title
from harvest.mapping.urls import MAX_RESOURCE_URL, web_address
from portal.lib.slugs import normalize

MOST_SHAPES = 50_000  # records, beyond which a portal makes no Shapefile
MOST_FIELDS = 100  # named in the description of an export
LICENSES = {  # what its form offers, by slug
    "open-database-license-odbl": "odc-odbl", "odbl": "odc-odbl", "licence-ouverte-etalab": "fr-lo",
    "licence-ouverte-open-licence": "fr-lo", "open-licence-etalab": "fr-lo", "licence-ouverte": "fr-lo",
    "licence-ouverte-v2-0-etalab": "lov2", "licence-ouverte-v2-0": "lov2", "open-licence-v2-0": "lov2",
    "cc-by-sa": "cc-by-sa", "cc-by": "cc-by", "public-domain": "other-pd", "domaine-public": "other-pd",
}  # fmt: skip
EXPORTS = (
    ("csv", "CSV", "text/csv"),
    ("json", "JSON", "application/json"),
    ("geojson", "GeoJSON", "application/geo+json"),
    ("shp", "Shapefile", ""),
)
FILES = (("alternative_exports", "alternative_export"), ("attachments", "attachment"))  # and their type
MEDIA_TYPES = {"application/xls": "application/vnd.ms-excel"}  # misnamed
WORKED_ON = frozenset(["metadata_processed", "data_processed"])  # dates that say nothing of the dataset itself


@dataclass(frozen=True, slots=True)
class Portal:
    """The addresses of a portal, from that of its home page."""

    root: str

    def page(self, name: str) -> str:
        """Return the page of a dataset."""
        return join(self.root, f"explore/dataset/{_safe(name)}/")

    def export(self, record: "OdsRecord", kind: str) -> str:
        """Return where the records of a dataset are in a format."""
        name = _safe(record.id)
        if record.version == "v1":
            query = f"format={kind}&timezone=Europe/Berlin&use_labels_for_header=false"
            return join(self.root, f"explore/dataset/{name}/download?{query}")
        path = "api/v2" if record.version == "v2.0" else "api/explore/v2.1"
        labels = "?use_labels=true" if kind == "csv" else ""
        return join(self.root, f"{path}/catalog/datasets/{name}/exports/{kind}{labels}")

    def file(self, record: "OdsRecord", folder: str, file: str) -> str:
        """Return where a file of a dataset is: one of its attachments, or an export that its producer made."""
        path = "api/datasets/1.0" if record.version == "v1" else "api/v2/catalog/datasets"
        return join(self.root, f"{path}/{_safe(record.id)}/{folder}/{_safe(file)}")


@dataclass(slots=True)
class OdsRecord:
    """A dataset, its metadata by template. Empty ones are left out."""

    id: str = ""
    version: str = "v2.1"
    body: dict[str, Any] = field(default_factory=dict)
    default: dict[str, Any] = field(default_factory=dict)
    dcat: dict[str, Any] = field(default_factory=dict)
    inspire: dict[str, Any] = field(default_factory=dict)
    custom: dict[str, Any] = field(default_factory=dict)

    @property
    def source(self) -> str:
        """The portal that the dataset comes from, if it is another one."""
        told = text(self.default.get("source_domain_title") or self.default.get("source_domain"), 200)
        if told or _is_true(self.default.get("federated")):
            return told or "?"
        return self.id.partition("@")[2]

    def meaning(self) -> Any:
        """Return what of the dataset counts as a change."""
        told = {name: value for name, value in self.body.items() if name not in ("links", "metas")}
        default = {name: value for name, value in self.default.items() if name not in WORKED_ON}
        return [told, default, self.dcat, self.inspire, self.custom]


def record_of(raw: Any) -> OdsRecord:
    """Return a dataset as Explore 2.1, Explore 2.0 (wrapped, with links) or the first search gives it."""
    if not isinstance(raw, dict):
        return OdsRecord()
    if isinstance(raw.get("dataset"), dict):
        return _by_template(raw["dataset"], "v2.0")
    if "datasetid" in raw:
        interop = _object(raw.get("interop_metas"))
        return OdsRecord(
            text(raw["datasetid"]), "v1", raw, _told(raw.get("metas")), *(_told(interop.get(name)) for name in
            ("dcat", "inspire")), custom=_told(raw.get("extra_metas")),
        )  # fmt: skip
    return _by_template(raw, "v2.1")


def _by_template(body: dict[str, Any], version: str) -> OdsRecord:
    metas = _object(body.get("metas"))
    told = [_told(metas.get(name)) for name in ("default", "dcat", "inspire", "custom")]
    return OdsRecord(text(body.get("dataset_id")), version, body, *told)


def dataset_draft(record: OdsRecord, portal: Portal) -> DatasetDraft:
    """Return the draft of a dataset."""
    said, dcat = record.default, record.dcat
    page = portal.page(record.id)
    draft = DatasetDraft(
        title=title(said.get("title")) or record.id,
        description=markdown(said.get("description")),
        remote_id=record.id,
        remote_url=page,
        aliases=[page, page.rstrip("/")],
        licenses=_licenses(said),
        tags=tags([*texts(said.get("keyword")), *split(said.get("theme"))]),
        contacts=_contacts(record),
        created_at=dates.moment(dcat.get("created")),
        issued_at=dates.moment(dcat.get("issued")),
        modified_at=dates.moment(said.get("modified")),
    )
    _put_coverage(draft, record)
    draft.origin = {
        "ods_url": page,
        "ods_has_records": _is_true(record.body.get("has_records")),
        "ods_geo": "geo" in texts(record.body.get("features")),
        "ods_references": text(said.get("references"), 2000),
    }
    kept = [("records_count", said.get("records_count")), ("attributions", said.get("attributions"))]
    draft.extras.update(extras((f"ods:{name}", value) for name, value in kept))
    draft.extras.update(extras((f"ods:{name}", value) for name, value in record.custom.items()))
    if record.inspire:
        draft.badges.append("inspire")
    draft.resources = [*_exports(record, portal, draft), *_files(record, portal, draft)]
    return draft


def _licenses(said: dict[str, Any]) -> list[str]:
    named, address = text(said.get("license"), 500), text(said.get("license_url"), 500)
    hints = [LICENSES.get(normalize(named), ""), address, named]
    return [hint for hint in hints if hint]


def _contacts(record: OdsRecord) -> list[ContactDraft]:
    dcat, inspire = record.dcat, record.inspire
    found = contacts.contact(dcat.get("contact_name"), dcat.get("contact_email"))
    if found is None and inspire:
        found = contacts.contact(inspire.get("contact_individual_name"), inspire.get("contact_email"))
    return contacts.distinct(
        [
            found,
            contacts.contact(record.default.get("publisher"), as_role="publisher"),
            contacts.contact(dcat.get("creator"), as_role="creator"),
        ]
    )


def _put_coverage(draft: DatasetDraft, record: OdsRecord) -> None:
    """Put how often the dataset is renewed, and the time and the places that it tells of."""
    dcat, said = record.dcat, record.default
    rhythm = dcat.get("accrualperiodicity") or said.get("update_frequency")
    draft.frequency = frequency(rhythm)
    if text(rhythm) and draft.frequency is None:
        draft.extras["ods:frequency"] = text(rhythm, 500)
    first, last = dcat.get("temporal_coverage_start"), dcat.get("temporal_coverage_end")
    spoken = dcat.get("temporal")
    draft.temporal_start, draft.temporal_end = dates.period(first, last) if first else dates.period_of(spoken)
    if draft.temporal_start is None and text(spoken):
        draft.extras["ods:temporal"] = text(spoken, 500)
    sides = [record.inspire.get(f"extend_bounding_box_{side}") for side in
             ("westbound_longitude", "southbound_latitude", "eastbound_longitude", "northbound_latitude")]  # fmt: skip
    place = dcat.get("spatial")
    draft.spatial_geom = spatial.geometry(said.get("geographic_area")) or spatial.geometry(place) or spatial.box(*sides)
    words = text(place, 200)
    if words and not words.startswith(("{", "[")) and spatial.geometry(words) is None:
        draft.zones.append(words)
    draft.zones += [name[:200] for name in texts(said.get("territory"))[:50]]


def _exports(record: OdsRecord, portal: Portal, draft: DatasetDraft) -> Iterator[ResourceDraft]:
    """Give the exports that the portal makes of the records. They go by their format, for their addresses change."""
    if not _is_true(record.body.get("has_records")) or record.body.get("data_visible") is False:
        return
    kinds = {"csv", "json"}
    if "geo" in texts(record.body.get("features")):
        kinds |= {"geojson"} | ({"shp"} if _count(record) <= MOST_SHAPES else set())
    described = _fields(record.body.get("fields"))
    for kind, name, mime in EXPORTS:
        if kind in kinds:
            yield ResourceDraft(
                url=portal.export(record, kind),
                title=f"{name} format export",
                description=described,
                remote_id=f"export:{kind}",
                format=kind,
                mime=mime,
                modified_at=draft.modified_at,
                extras={"ods:type": "api"},
            )


def _files(record: OdsRecord, portal: Portal, draft: DatasetDraft) -> Iterator[ResourceDraft]:
    """Give the files that the producer put beside the records."""
    for folder, kind in FILES:
        found = record.body.get(folder)
        for one in found if isinstance(found, list) else []:
            if not isinstance(one, dict):
                continue
            name, given = text(one.get("id"), 200), text(one.get("url"), 2000)
            own = web_address(one.get("href"), limit=MAX_RESOURCE_URL) or web_address(given, limit=MAX_RESOURCE_URL)
            if not name and not own:
                name_of = {"title": title(one.get("title"), 200) or "–"}
                draft.warn(_("File left out, it has neither an id nor an address: %(title)s") % name_of)
                continue
            stated = text(one.get("mimetype") or one.get("mime_type"), 200)
            yield ResourceDraft(
                url=portal.file(record, folder, name) if name else own,
                title=title(one.get("title")) or name or own[:300],
                description=markdown(one.get("description")),
                remote_id=f"{kind}:{name}" if name else "",
                format=formats.format_of("", MEDIA_TYPES.get(stated, stated), f"http://x/{given.rpartition('/')[2]}"),
                mime=formats.mime_of(MEDIA_TYPES.get(stated, stated)),
                modified_at=draft.modified_at,
                extras={"ods:type": kind},
            )


def _fields(value: Any) -> str:
    """Return the fields of the records as a list in Markdown."""
    lines = []
    for one in (value if isinstance(value, list) else [])[:MOST_FIELDS]:
        if not isinstance(one, dict) or not text(one.get("name")):
            continue
        name, label, kind = text(one["name"], 100), title(one.get("label"), 200), text(one.get("type"), 50)
        more = title(one.get("description"), 300)
        head = f"**{label}** (`{name}`)" if label and label != name else f"`{name}`"
        lines.append(f"- {head}{f', {kind}' if kind else ''}{f': {more}' if more else ''}")
    return "\n".join(lines)


def _count(record: OdsRecord) -> int:
    found = text(record.default.get("records_count"), 20)
    return int(found) if found.isdecimal() else 0


def _told(value: Any) -> dict[str, Any]:
    """Return the fields of a template that hold something."""
    return {name: one for name, one in _object(value).items() if one not in (None, "", [], {})}


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _is_true(value: Any) -> bool:
    return value is True or text(value, 10).lower() in ("true", "1")


def _safe(name: str) -> str:
    return quote(name, safe="@")
