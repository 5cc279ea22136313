"""Objects in the words of schema.org, for search engines: JSON-LD in the page.

Fields are those that Google's documentation of `Dataset` requires (name, description of 50 to 5,000 characters) and
recommends. What is not known is left out.
"""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from catalog.models import Dataservice, Dataset, GeoZone, License, Organization, Post, Resource, Reuse
from catalog.models.vocabulary import AccessType
from portal.lib.addresses import WEB
from portal.lib.text import excerpt
from portal.models import User

CONTEXT = "https://schema.org"
DISTRIBUTIONS = 50  # at most: some datasets have thousands of files
SHORTEST, LONGEST = 50, 5000  # characters of a description
ADDRESSES = ("url", "sameAs", "logo", "image", "contentUrl", "documentation")
COUNTRY = "country"  # a level of territories

Fields = dict[str, Any]


def absolute(path: str) -> str:
    """Return the whole address of a path of this site; a whole address stays as it is."""
    return f"{settings.SITE_URL}{path}" if path.startswith("/") else path


def _known(fields: Fields) -> Fields:
    """Leave out what is not known, and addresses of strangers that a reader should not follow."""
    found = {name: value for name, value in fields.items() if value not in (None, "", [], {})}
    return {name: value for name, value in found.items() if name not in ADDRESSES or value.startswith(WEB)}


def organization(item: Organization) -> Fields:
    """Return an organization."""
    kinds = {badge.kind for badge in item.badges.all()}
    return _known(
        {
            "@type": "GovernmentOrganization" if "public-service" in kinds else "Organization",
            "@id": absolute(f"/organizations/{item.pk}/"),
            "name": item.name,
            "alternateName": item.acronym,
            "url": absolute(item.get_absolute_url()),
            "sameAs": item.url,
            "logo": absolute(item.logo_address) if item.logo_address else "",
            "description": excerpt(item.description, LONGEST),
        }
    )


def _producer(item: Any) -> Fields:
    if item.organization:
        named = {"name": item.organization.name, "url": absolute(item.organization.get_absolute_url())}
        return {"@type": "Organization", **named}
    owner: User | None = item.owner
    return {"@type": "Person", "name": owner.full_name, "url": absolute(owner.get_absolute_url())} if owner else {}


def catalogue() -> Fields:
    """Return the catalogue that everything is in; the home page says more of it."""
    return {"@type": "DataCatalog", "@id": f"{settings.SITE_URL}/#catalogue", "url": f"{settings.SITE_URL}/"}


def dataset(item: Dataset, resources: Iterable[Resource]) -> Fields:
    """Return a dataset with at most DISTRIBUTIONS of its files."""
    address = absolute(item.get_absolute_url())
    license_ = item.license
    return _known(
        {
            "@type": "Dataset",
            "@id": absolute(f"/datasets/{item.pk}/"),
            "name": item.title,
            "alternateName": item.acronym,
            "description": description(item),
            "url": address,
            "identifier": [item.pk, address],
            "sameAs": (item.harvest or {}).get("remote_url", ""),
            "keywords": [tag.name for tag in item.tags.all()],
            "license": _license(license_),
            "isAccessibleForFree": True if item.access_type == AccessType.OPEN else None,
            "creator": _producer(item),
            "publisher": _producer(item),
            "dateCreated": item.created_at.isoformat(),
            "datePublished": item.created_at.isoformat(),
            "dateModified": item.last_update.isoformat(),
            "temporalCoverage": _period(item),
            "spatialCoverage": [place(zone) for zone in item.spatial_zones.all()],
            "includedInDataCatalog": catalogue(),
            "distribution": [_distribution(one) for _n, one in zip(range(DISTRIBUTIONS), resources, strict=False)],
        }
    )


def description(item: Dataset) -> str:
    """Return what a dataset is in at least SHORTEST characters: what its publisher says, else that and who it is."""
    said = excerpt(item.description, LONGEST)
    if len(said) >= SHORTEST:
        return said
    producer = _producer(item).get("name", "")
    facts = _("“%(title)s”: open data published by %(producer)s.") if producer else _("“%(title)s”: open data.")
    parts = [said, facts % {"title": item.title, "producer": producer}, _("It can be downloaded and reused.")]
    return " ".join(part for part in parts if part)[:LONGEST]


def _license(item: License | None) -> str:
    if item is None or item.pk == License.NOT_SPECIFIED:
        return ""
    return item.url or item.title


def _period(item: Dataset) -> str:
    """Return an interval of ISO 8601, open at its end where the data go on."""
    if not item.temporal_start:
        return ""
    return f"{item.temporal_start.isoformat()}/{item.temporal_end.isoformat() if item.temporal_end else '..'}"


def place(zone: GeoZone) -> Fields:
    """Return a territory."""
    kind = "Country" if zone.level_id == COUNTRY else "AdministrativeArea"
    return {"@type": kind, "name": zone.name, "url": absolute(zone.get_absolute_url())}


def _distribution(item: Resource) -> Fields:
    checksum = item.checksum_value if item.checksum_type == "sha256" else ""
    return _known(
        {
            "@type": "DataDownload",
            "@id": absolute(item.get_absolute_url()),
            "name": item.title,
            "contentUrl": absolute(item.get_absolute_url()),
            "encodingFormat": item.mime or item.format,
            "contentSize": f"{item.filesize} B" if item.filesize else "",
            "sha256": checksum,
            "dateModified": item.last_modified.isoformat(),
        }
    )


def reuse(item: Reuse, datasets: Iterable[Dataset]) -> Fields:
    """Return a reuse, based on its datasets."""
    return _known(
        {
            "@type": "SoftwareApplication" if item.type in ("application", "api") else "CreativeWork",
            "@id": absolute(f"/reuses/{item.pk}/"),
            "name": item.title,
            "description": excerpt(item.description, LONGEST),
            "url": item.url,
            "mainEntityOfPage": absolute(item.get_absolute_url()),
            "image": absolute(item.image_address) if item.image_address else "",
            "keywords": [tag.name for tag in item.tags.all()],
            "creator": _producer(item),
            "datePublished": item.created_at.isoformat(),
            "dateModified": item.last_modified.isoformat(),
            "isBasedOn": [absolute(one.get_absolute_url()) for one in datasets],
        }
    )


def dataservice(item: Dataservice) -> Fields:
    """Return a dataservice as a WebAPI."""
    return _known(
        {
            "@type": "WebAPI",
            "@id": absolute(f"/dataservices/{item.pk}/"),
            "name": item.title,
            "alternateName": item.acronym,
            "description": excerpt(item.description, LONGEST),
            "url": item.base_api_url or absolute(item.get_absolute_url()),
            "mainEntityOfPage": absolute(item.get_absolute_url()),
            "documentation": item.machine_documentation_url or item.technical_documentation_url,
            "provider": _producer(item),
            "dateModified": item.metadata_modified_at.isoformat(),
        }
    )


def post(item: Post) -> Fields:
    """Return an article of the portal's news."""
    return _known(
        {
            "@type": "NewsArticle",
            "headline": item.name[:110],
            "description": excerpt(item.headline, LONGEST),
            "url": absolute(item.get_absolute_url()),
            "image": absolute(item.image_address) if item.image_address else "",
            "datePublished": item.published.isoformat() if item.published else "",
            "dateModified": item.last_modified.isoformat(),
            "publisher": {"@type": "Organization", "url": f"{settings.SITE_URL}/"},
        }
    )


def trail(list_name: str, label: str, item: Any) -> Fields:
    """Return the way from the home page to an object."""
    steps = [
        (_("Home"), "/"),
        (label, reverse(list_name)),
        (str(getattr(item, "title", None) or item.name), item.get_absolute_url()),
    ]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": number, "name": name, "item": absolute(path)}
            for number, (name, path) in enumerate(steps, 1)
        ],
    }


def site(title: str, keywords: list[str]) -> Fields:
    """Return the site, its search and its catalogue."""
    search = {"@type": "EntryPoint", "urlTemplate": f"{settings.SITE_URL}{reverse('search')}?q={{query}}"}
    action = {"@type": "SearchAction", "target": search, "query-input": "required name=query"}
    home = f"{settings.SITE_URL}/"
    return graph(
        {"@type": "WebSite", "@id": f"{home}#site", "name": title, "url": home, "potentialAction": action},
        {**catalogue(), "name": title, "keywords": keywords},
    )


def graph(*things: Fields) -> Fields:
    """Return things as one document."""
    return {"@context": CONTEXT, "@graph": list(things)}
