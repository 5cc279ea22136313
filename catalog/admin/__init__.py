"""The administration of the catalogue: one file an object. Importing this package registers them all."""

from catalog.admin import (
    community_resource,
    contact,
    dataservice,
    dataset,
    discussion,
    license,
    organization,
    post,
    resource,
    reuse,
    site,
    spatial,
    tag,
)

__all__ = [
    "community_resource",
    "contact",
    "dataservice",
    "dataset",
    "discussion",
    "license",
    "organization",
    "post",
    "resource",
    "reuse",
    "site",
    "spatial",
    "tag",
]
