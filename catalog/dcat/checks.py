"""What the application profile DCAT-AP asks of a dataset, read from its columns: for who reviews it."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalog.models import Dataset

MANDATORY, RECOMMENDED = "mandatory", "recommended"


@dataclass(frozen=True, slots=True)
class Check:
    """A property of DCAT-AP (`dct:title`), its level, what it is called, and whether the dataset has it."""

    name: str
    level: str
    label: str | Promise
    met: bool


def checks_of(dataset: Dataset) -> list[Check]:
    """Return the properties in the order of their weight; five queries."""
    files = list(dataset.resources.only("title", "url", "file", "format", "dataset"))
    found = [
        ("dct:title", MANDATORY, _("title"), bool(dataset.title.strip())),
        ("dct:description", MANDATORY, _("description"), bool(dataset.description.strip())),
        ("dcat:accessURL", MANDATORY, _("an address for each file"), all(one.url or one.file for one in files)),
        ("dcat:distribution", RECOMMENDED, _("files"), bool(files)),
        ("dct:publisher", RECOMMENDED, _("publisher"), bool(dataset.organization_id or dataset.owner_id)),
        ("dcat:contactPoint", RECOMMENDED, _("contact point"), dataset.contact_points.exists()),
        ("dcat:keyword", RECOMMENDED, _("tags"), dataset.tags.exists()),
        ("dct:license", RECOMMENDED, _("licence"), dataset.license_id is not None),
        ("dct:format", RECOMMENDED, _("a format for each file"), bool(files) and all(one.format for one in files)),
        ("dct:spatial", RECOMMENDED, _("territory"), bool(dataset.spatial_geom) or dataset.spatial_zones.exists()),
        ("dct:temporal", RECOMMENDED, _("period covered"), dataset.temporal_start is not None),
        ("dct:accrualPeriodicity", RECOMMENDED, _("frequency of update"), dataset.frequency != "unknown"),
    ]
    return [Check(*one) for one in found]
