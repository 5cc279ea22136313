"""A `csw:Record`: the Dublin Core that every CSW speaks, the last resort where it gives nothing richer."""

from typing import ClassVar

from django.utils.translation import gettext as _

from harvest.drafts import DataserviceDraft, DatasetDraft, Draft, ResourceDraft
from harvest.errors import ItemInvalid, ItemSkipped
from harvest.iso.links import DATA_EXTENSIONS, service_of
from harvest.iso.tree import Element, every, own_text
from harvest.mapping import contacts, dates, formats, spatial
from harvest.mapping.frequencies import frequency
from harvest.mapping.tags import split, tags
from harvest.mapping.text import markdown, title
from harvest.mapping.urls import MAX_RESOURCE_URL, is_uri, web_address

PARTIES = (("creator", "creator"), ("publisher", "publisher"), ("contributor", "contact"))
LINKS = ("URI", "references", "source", "relation")


class DublinCore:
    """A record without namespaces: csw:Record, csw:SummaryRecord or csw:BriefRecord."""

    ROOTS: ClassVar[frozenset[str]] = frozenset(["Record", "SummaryRecord", "BriefRecord"])

    def __init__(self, root: Element) -> None:
        self.root = root

    @property
    def identifiers(self) -> list[str]:
        """Its identifiers, in their order."""
        return [found for one in every(self.root, "identifier") if (found := own_text(one))]

    def draft(self) -> Draft:
        """Return it as a dataset, or a dataservice. Raises ItemSkipped (of another type), ItemInvalid (no title)."""
        kind = self._first("type").rpartition("/")[2].lower()
        if kind == "service":
            draft: Draft = DataserviceDraft(title="")
        elif kind in ("", "dataset", "series", "nongeographicdataset", "downloadabledata", "livedata"):
            draft = DatasetDraft(title="")
        else:
            raise ItemSkipped(_("The record is no dataset, but %(kind)s.") % {"kind": kind[:50]})
        draft.title = title(self._first("title"))
        if not draft.title:
            raise ItemInvalid(_("The record has no title."))
        self._put_common(draft)
        links = list(self._resources().values())
        if isinstance(draft, DatasetDraft):
            self._put_coverage(draft)
            draft.resources = links
        else:
            calls = [one.url for one in links if one.type == "api"]
            draft.format = "WMS" if any(one.format in ("wms", "wmts") for one in links) else "REST"
            draft.base_api_url = web_address(calls[0].partition("?")[0]) if calls else ""
            draft.machine_documentation_url = next((url for url in calls if "getcapabilities" in url.lower()), "")
        return draft

    def _put_common(self, draft: Draft) -> None:
        names = self.identifiers
        draft.remote_id = names[0] if names else ""
        draft.uri = next((name for name in names if is_uri(name)), "")
        draft.aliases = [name for name in names[1:] if name != draft.uri]
        draft.description = markdown(self._first("abstract") or self._first("description"))
        draft.tags = tags([word for one in every(self.root, "subject") for word in split(own_text(one), ",;|")])
        draft.licenses = [found for tag in ("license", "rights", "accessRights") for found in self._all(tag)][:20]
        draft.created_at = dates.moment(self._first("created"))
        draft.issued_at = dates.moment(self._first("issued"))
        draft.modified_at = dates.moment(self._first("modified")) or dates.moment(self._first("date"))
        named = [(name, role) for tag, role in PARTIES for name in self._all(tag)]
        draft.contacts = contacts.distinct([contacts.contact(name, name, as_role=role) for name, role in named])[:50]

    def _put_coverage(self, draft: DatasetDraft) -> None:
        draft.frequency = frequency(self._first("accrualPeriodicity"))
        boxes = []
        for tag in ("BoundingBox", "WGS84BoundingBox"):
            for one in every(self.root, tag):
                corners = [own_text(one.find(f"{corner}Corner")).split() for corner in ("Lower", "Upper")]
                if all(len(corner) == 2 for corner in corners):
                    sides = [*corners[0], *corners[1]]
                    boxes.append(spatial.box(*(_turned(sides) if _is_latitude_first(one) else sides)))
        draft.spatial_geom = spatial.merged(boxes)
        draft.temporal_start, draft.temporal_end = dates.period_of(self._first("temporal"))

    def _resources(self) -> dict[tuple[str, str], ResourceDraft]:
        """Return the links that are files, services or pages; those to thumbnails and to the record are none."""
        found: dict[tuple[str, str], ResourceDraft] = {}
        for tag in LINKS:
            for one in every(self.root, tag):
                protocol = one.get("protocol") or one.get("scheme") or ""
                address = web_address(own_text(one), limit=MAX_RESOURCE_URL)
                if not address or "image/" in protocol or "thumbnail" in protocol or "metadata" in protocol.lower():
                    continue
                resource = _resource(address, protocol, one)
                found.setdefault((resource.url, resource.title), resource)
        return found

    def _first(self, tag: str) -> str:
        return next(iter(self._all(tag)), "")

    def _all(self, tag: str) -> list[str]:
        return [found for one in every(self.root, tag) if (found := own_text(one))]


def _resource(address: str, protocol: str, one: Element) -> ResourceDraft:
    service, extension = service_of(protocol, address), formats.extension_of(address)
    is_file = "download" in protocol.lower() or extension in DATA_EXTENSIONS
    name = title(one.get("description")) or title(one.get("name"))
    return ResourceDraft(
        url=address,
        title=name or title(address.partition("?")[0].rstrip("/").rpartition("/")[2]) or title(address),
        format=formats.format_of(service or extension or ("" if is_file else "html")),
        type="api" if service else "main" if is_file else "documentation",
        same_url=bool(service),
    )


def _is_latitude_first(box: Element) -> bool:
    """Tell whether the corners of a box begin with the latitude: so they do in EPSG:4326 named as a URN."""
    crs = (box.get("crs") or "").lower()
    return crs.startswith("urn:") and crs.endswith(":4326")


def _turned(sides: list[str]) -> list[str]:
    return [sides[1], sides[0], sides[3], sides[2]]
