"""The dumps of the catalogue, by the name of their file."""

from catalog.exports.base import Export
from catalog.exports.datasets import DATASETS, RESOURCES
from catalog.exports.discussions import DISCUSSIONS
from catalog.exports.organizations import ORGANIZATIONS
from catalog.exports.reuses import DATASERVICES, REUSES
from catalog.exports.tags import TAGS

EXPORTS: dict[str, Export] = {
    export.name: export for export in [DATASETS, RESOURCES, ORGANIZATIONS, REUSES, DATASERVICES, TAGS, DISCUSSIONS]
}
# Of one organization: the name of the file -> the export.
ORGANIZATION_DUMPS = {
    "datasets": "datasets",
    "datasets-resources": "resources",
    "dataservices": "dataservices",
    "discussions": "discussions",
}
