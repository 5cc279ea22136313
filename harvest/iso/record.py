"""Any record that a geographic catalogue gives, as a draft: which mapper reads it, by its root."""

from django.utils.translation import gettext as _

from harvest.drafts import Draft
from harvest.errors import ItemSkipped
from harvest.iso.dataset import dataset_draft
from harvest.iso.dublin_core import DublinCore
from harvest.iso.service import dataservice_draft
from harvest.iso.tree import ROOTS, Element, Record, own_text, parse_record, without_namespaces

DATASETS = frozenset(["dataset", "series", "nonGeographicDataset", "tile", "collection", "coverage", "sensorSeries"])
SERVICES = frozenset(["service", "services", "api"])


def identify(raw: str) -> str:
    """Return the remote id of a record: that of its metadata, else of what it describes. Raises ItemSkipped."""
    root = parse_record(raw, bare=False)
    found = _file_identifier(root)
    if found:
        return found[:500]
    without_namespaces(root)
    if root.tag in DublinCore.ROOTS:
        names = DublinCore(root).identifiers
    else:
        record = Record(root)
        names = [record.record_id] if record.record_id else record.identifiers
    if not names:
        raise ItemSkipped(_("The record has no identifier."))
    return names[0][:500]


def draft_of(raw: str) -> Draft:
    """Return the draft of a record: a dataset (or series), or a service. Raises ItemSkipped, ItemInvalid."""
    root = parse_record(raw)
    if root.tag in DublinCore.ROOTS:
        return DublinCore(root).draft()
    record = Record(root)
    scope = record.scope
    if scope in SERVICES or record.identification.tag.endswith("SV_ServiceIdentification"):
        return dataservice_draft(record)
    if scope not in DATASETS:
        raise ItemSkipped(_("The record is no dataset, but %(kind)s.") % {"kind": scope[:50]})
    return dataset_draft(record)


def _file_identifier(root: Element) -> str:
    """Return the identifier that most records begin with: it spares them the taking away of their namespaces."""
    if root.tag.rpartition("}")[2] not in ROOTS or not len(root):
        return ""
    return own_text(root[0]) if root[0].tag.endswith("}fileIdentifier") else ""
