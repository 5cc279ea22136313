"""`X-Get-Datasets-Full-Objects: True`: objects in the place of ids in the documents of datasets."""

from typing import Any

from catalog.models import GeoLevel, GeoZone, License
from catalog.models.vocabulary import Frequency


def license_shape(license: License) -> dict[str, Any]:
    return {
        "id": license.pk,
        "title": license.title,
        "url": license.url or None,
        "maintainer": license.maintainer or None,
        "flags": license.flags,
        "alternate_urls": license.alternate_urls,
        "alternate_titles": license.alternate_titles,
    }


def zone_shape(zone: GeoZone) -> dict[str, Any]:
    return {
        "id": zone.pk,
        "name": zone.name,
        "code": zone.code,
        "level": zone.level_id,
        "uri": zone.uri or None,
        "slug": zone.slug,
    }


def expand(documents: list[dict[str, Any]]) -> None:
    """Replace, in place, the ids of licence, frequency, granularity and zones; three queries in all."""
    spatial = [document["spatial"] for document in documents if document["spatial"]]
    licenses = License.objects.in_bulk({document["license"] for document in documents} - {None})
    zones = GeoZone.objects.in_bulk({zone for coverage in spatial for zone in coverage["zones"]})
    levels = GeoLevel.objects.in_bulk({coverage["granularity"] for coverage in spatial})
    for document in documents:
        found = licenses.get(document["license"])
        document["license"] = license_shape(found) if found else None
        frequency = Frequency(document["frequency"])
        document["frequency"] = {"id": frequency.value, "label": str(frequency.label)}
    for coverage in spatial:
        granularity = coverage["granularity"]
        name = levels[granularity].name if granularity in levels else granularity.upper()
        coverage["granularity"] = {"id": granularity, "name": name}
        coverage["zones"] = [zone_shape(zones[pk]) for pk in coverage["zones"] if pk in zones]
