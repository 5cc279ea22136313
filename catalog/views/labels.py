"""Names of filters, of sorts and of quality's criteria, for people."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalog.models.vocabulary import OrganizationBadgeKind

FILTERS = {
    "access_type": _("Access"),
    "archived": _("Archived"),
    "badge": _("Label"),
    "contact_point": _("Contact point"),
    "dataservice": _("Dataservice"),
    "dataset": _("Dataset"),
    "deleted": _("Deleted"),
    "for": _("About"),
    "featured": _("Featured"),
    "format": _("Format"),
    "format_family": _("Kind of format"),
    "geozone": _("Territory"),
    "granularity": _("Granularity"),
    "last_update_range": _("Last update"),
    "license": _("Licence"),
    "object_type": _("Kind of object"),
    "org": _("Organization"),
    "organization": _("Organization"),
    "organization_badge": _("Producer’s label"),
    "organization_name": _("Organization"),
    "owner": _("Producer"),
    "private": _("Drafts"),
    "producer_type": _("Kind of producer"),
    "q": _("Search"),
    "reuse": _("Reuse"),
    "schema": _("Schema"),
    "schema_version": _("Schema version"),
    "sort": _("Sort"),
    "tag": _("Tag"),
    "temporal_coverage": _("Period covered"),
    "topic": _("Topic"),
    "type": _("Type"),
    "user": _("Opened by"),
}

FORMAT_FAMILIES = [
    ("tabular", _("Tables (CSV, XLSX…)")),
    ("machine_readable", _("Structured (JSON, XML…)")),
    ("geographical", _("Geographical (GeoJSON, SHP…)")),
    ("documents", _("Documents (PDF, DOCX…)")),
    ("other", pgettext_lazy("formats", "Other")),
]
PRODUCER_TYPES = [
    *[(kind.value, kind.label) for kind in OrganizationBadgeKind if kind != OrganizationBadgeKind.CERTIFIED],
    ("user", _("Individual")),
    ("not-specified", _("Not specified")),
]
UPDATE_RANGES = [
    ("last_30_days", _("In the last 30 days")),
    ("last_12_months", _("In the last 12 months")),
    ("last_3_years", _("In the last 3 years")),
]

# Criterion -> what it asks, and what the producer can do about it.
CRITERIA = {
    "dataset_description_quality": (
        _("The description is detailed"),
        _("Describe the content, how it is made, and what it may be used for."),
    ),
    "resources_documentation": (
        _("The files are documented"),
        _("Add a file of documentation, or describe the files one by one."),
    ),
    "license": (_("A licence is given"), _("Choose the licence under which the data may be reused.")),
    "update_frequency": (_("The update frequency is given"), _("Say how often the data are updated.")),
    "update_fulfilled_in_time": (
        _("The update frequency is kept"),
        _("Update the data, or choose the frequency that fits."),
    ),
    "has_open_format": (_("One file has an open format"), _("Publish one file in an open format such as CSV or JSON.")),
    "temporal_coverage": (_("The period covered is given"), _("Give the dates that the data cover.")),
    "spatial": (_("The territory covered is given"), _("Give the territories that the data cover, or their detail.")),
    "all_resources_available": (_("All files can be reached"), _("Mend or remove the links that lead nowhere.")),
}
