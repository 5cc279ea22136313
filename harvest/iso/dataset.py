"""A record of ISO 19115 as a draft of a dataset."""

import re
from datetime import date, datetime

from django.utils.translation import gettext as _

from harvest.dcat.vocabulary import HVD_CATEGORIES
from harvest.drafts import CommonDraft, DatasetDraft
from harvest.errors import ItemInvalid
from harvest.iso.constraints import put_constraints
from harvest.iso.links import Link, links_of, page_of, put_resources
from harvest.iso.parties import contacts_of
from harvest.iso.tree import Element, Record, anchor, code, every, own_text
from harvest.mapping import dates, spatial
from harvest.mapping.frequencies import frequency
from harvest.mapping.tags import split, tags
from harvest.mapping.text import markdown, text, title
from harvest.mapping.urls import is_uri

INSPIRE_THEMES = re.compile(r"inspire[\s_-]*themes|thèmes? inspire|inspire\.ec\.europa\.eu/theme/", re.IGNORECASE)
HVD_TERMS = re.compile(r"high[\s-]*value[\s-]*dataset|data\.europa\.eu/bna/", re.IGNORECASE)
DATE_TYPES = {
    "creation": "created_at", "publication": "issued_at", "released": "issued_at", "revision": "modified_at",
    "lastRevision": "modified_at", "lastUpdate": "modified_at",
}  # fmt: skip
FREQUENCIES = {"biennially": "biennial", "semimonthly": "semimonthly", "unknown": "unknown"}  # ISO 19115-1 added some
LONGEST = 20_000  # characters of a lineage
METRES = {"": 1.0, "m": 1.0, "meter": 1.0, "metre": 1.0, "meters": 1.0, "metres": 1.0, "mètre": 1.0, "mètres": 1.0,
          "km": 1000.0, "cm": 0.01, "mm": 0.001, "ft": 0.3048}  # fmt: skip


def dataset_draft(record: Record) -> DatasetDraft:
    """Return the draft of a dataset or of a series. Raises ItemInvalid without a title."""
    draft = DatasetDraft(title="")
    links = links_of(record, draft)
    put_common(draft, record, links)
    about = record.identification
    acronyms = [title(record.say(one)) for one in every(about, "citation/CI_Citation/alternateTitle")]
    draft.acronym = next((one for one in acronyms if 1 < len(one) <= 20 and " " not in one and one != draft.title), "")
    draft.frequency = _frequency(about)
    _put_period(draft, about)
    _put_resolution(draft, about)
    put_resources(draft, record, links)
    return draft


def put_common(draft: CommonDraft, record: Record, links: list[Link]) -> None:
    """Give a draft what datasets and services share. Raises ItemInvalid without a title."""
    about = record.identification
    draft.title = title(record.says(about, "citation/CI_Citation/title"))
    if not draft.title:
        raise ItemInvalid(_("The record has no title."))
    draft.description = markdown(record.say(about.find("abstract")))
    _put_identity(draft, record)
    draft.remote_url = page_of(links, [draft.remote_id, *draft.aliases], draft.uri)
    _put_dates(draft, about)
    _put_keywords(draft, record)
    draft.contacts = contacts_of(record)
    put_constraints(draft, record)
    lineage = _lineage(record)
    if lineage:
        draft.extras["dcat"]["provenance"] = [lineage]
    if isinstance(draft, DatasetDraft):
        _put_boxes(draft, record)
    if not draft.extras["dcat"]:
        del draft.extras["dcat"]


def _put_identity(draft: CommonDraft, record: Record) -> None:
    """Say by what the record is known: the metadata's identifier, and those of the dataset itself."""
    names = record.identifiers
    draft.remote_id = record.record_id or (names[0] if names else "")
    uris = [name for name in names if is_uri(name)]
    draft.uri = uris[0] if uris else ""
    draft.identifier = next((name for name in [*uris, *names] if name != draft.remote_id), "")
    draft.aliases = [name for name in names if name not in (draft.remote_id, draft.uri)]


def _put_dates(draft: CommonDraft, about: Element) -> None:
    """Take the first creation and publication, and the last revision."""
    found: dict[str, list[datetime]] = {}
    for one in every(about, "citation/CI_Citation/date/CI_Date"):
        field, moment = DATE_TYPES.get(code(one.find("dateType"))), dates.moment(own_text(one.find("date")))
        if field and moment:
            found.setdefault(field, []).append(moment)
    for field, moments in found.items():
        setattr(draft, field, max(moments) if field == "modified_at" else min(moments))


def _put_keywords(draft: CommonDraft, record: Record) -> None:
    """Give tags: the keywords of all thesauri, `inspire` and `hvd` where one of theirs is used."""
    words: list[str] = []
    for block in every(record.identification, "descriptiveKeywords/MD_Keywords"):
        thesaurus = block.find("thesaurusName/CI_Citation/title")
        named = f"{record.say(thesaurus)} {anchor(thesaurus)}"
        said = [(record.say(one), anchor(one)) for one in every(block, "keyword")]
        words += [word for text_, _target in said for word in split(text_, ";|" if "," in text_ else ",;|")]
        whole = " ".join([named, *(target for _text, target in said)])
        words += [name for key, name in HVD_CATEGORIES.items() if f"data.europa.eu/bna/{key}" in whole]
        for badge, pattern in (("inspire", INSPIRE_THEMES), ("hvd", HVD_TERMS)):
            if said and pattern.search(whole):
                words.append(badge)
                draft.badges = sorted({*draft.badges, badge})
    draft.tags = tags(words)
    topics = [code(one) for one in every(record.identification, "topicCategory")]
    if any(topics):
        draft.extras["topic_category"] = list(dict.fromkeys(filter(None, topics)))[:50]


def _frequency(about: Element) -> str | None:
    for one in every(about, "resourceMaintenance/MD_MaintenanceInformation"):
        said = code(one.find("maintenanceAndUpdateFrequency"))
        found = FREQUENCIES.get(said) or frequency(said)
        period = own_text(one.find("userDefinedMaintenanceFrequency"))
        if found in (None, "other") and period:
            found = frequency(period) or found
        if found:
            return found
    return None


def _put_boxes(draft: DatasetDraft, record: Record) -> None:
    """Give the geometry: every bounding box, merged. Named places become hints for territories."""
    about = record.identification
    boxes = []
    for one in every(about, "extent/EX_Extent/geographicElement/EX_GeographicBoundingBox"):
        sides = [own_text(one.find(f"{side}Bound{line}itude")) for side, line in
                 (("west", "Long"), ("south", "Lat"), ("east", "Long"), ("north", "Lat"))]  # fmt: skip
        found = spatial.box(*(side.replace(",", ".") for side in sides))
        if found is None:
            draft.warn(_("Bounding box left out, it is none: %(box)s") % {"box": " ".join(sides)[:100]})
        boxes.append(found)
    draft.spatial_geom = spatial.merged(boxes)
    for one in every(about, "extent/EX_Extent/geographicElement/EX_GeographicDescription/geographicIdentifier/*"):
        name = text(own_text(one.find("code")), 500)
        if name and name not in draft.zones:
            draft.zones.append(name)


def _put_period(draft: DatasetDraft, about: Element) -> None:
    """Give the period: from the first beginning to the last end; one that goes on has no end."""
    starts: list[date] = []
    ends: list[date | None] = []
    for one in every(about, "extent/EX_Extent/temporalElement/*/extent/*"):
        first, last = _period(one)
        start, end = dates.period(first, last)
        if start is None:
            if first or last:
                said = f"{first[:50]} – {last[:50]}"
                draft.warn(_("Period left out, it cannot be read: %(period)s") % {"period": said})
            continue
        starts.append(start)
        ends.append(end)
    if starts:
        draft.temporal_start = min(starts)
        draft.temporal_end = None if None in ends else max(end for end in ends if end)


def _period(one: Element) -> tuple[str, str]:
    """Return the texts of a TimePeriod (of GML 3.1 or 3.2, by positions or instants) or of a TimeInstant."""
    if one.tag == "TimeInstant":
        said = own_text(one.find("timePosition"))
        return said, said
    found: list[str] = []
    for name in ("begin", "end"):
        position = one.find(f"{name}Position")
        if position is None:
            position = one.find(f"{name}/TimeInstant/timePosition")
        found.append(own_text(position))
    return found[0], found[1]


def _put_resolution(draft: DatasetDraft, about: Element) -> None:
    """Give the extra `spatial_resolution` as the mapping of DCAT does: `10 m`, else `1/25000`; the largest of all."""
    distances: list[float] = []
    scales: list[float] = []
    for one in every(about, "spatialResolution/MD_Resolution"):
        distance = one.find("distance/*")
        unit = text(distance.get("uom"), 100) if distance is not None else ""
        metres = METRES.get(unit.rpartition("/")[2].rpartition("#")[2].lower())
        found = _number(own_text(one.find("distance")))
        if found and metres:
            distances.append(found * metres)
        scale = _number(own_text(one.find("equivalentScale/MD_RepresentativeFraction/denominator")))
        if scale:
            scales.append(scale)
    if distances:
        draft.extras["spatial_resolution"] = f"{max(distances):g} m"
    elif scales:
        draft.extras["spatial_resolution"] = f"1/{max(scales):.0f}"


def _number(said: str) -> float | None:
    try:
        found = float(said.replace(",", "."))
    except ValueError:
        return None
    return found if 0 < found < 1e9 else None


def _lineage(record: Record) -> str:
    """Return how the data came about, by the statement of the quality report (19139) or of the resource (19115-3)."""
    paths = ("dataQualityInfo/DQ_DataQuality/lineage/LI_Lineage/statement", "resourceLineage/LI_Lineage/statement")
    return text(next(filter(None, (record.says(record.root, path) for path in paths)), ""), LONGEST)
