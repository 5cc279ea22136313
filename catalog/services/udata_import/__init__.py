"""Reading udata's JSON: its fixture files, and the objects of its API v1, which have the same shape.

Ids, slugs and dates are kept. Each `upsert_…` takes one JSON object, writes it (made or brought up to date by its id)
and returns the row; it raises `Refused` with the reason when the object cannot be taken at all, and adds to `notes`
what was left out of it. They write several rows: call them inside a transaction.
"""

from catalog.services.udata_import.dataservices import upsert_dataservice
from catalog.services.udata_import.datasets import upsert_dataset
from catalog.services.udata_import.discussions import upsert_discussion
from catalog.services.udata_import.organizations import upsert_organization
from catalog.services.udata_import.posts import upsert_post, upsert_site
from catalog.services.udata_import.resources import upsert_community_resource, upsert_resource
from catalog.services.udata_import.reuses import upsert_reuse
from catalog.services.udata_import.users import upsert_user
from catalog.services.udata_import.values import Refused

__all__ = [
    "Refused",
    "upsert_community_resource",
    "upsert_dataservice",
    "upsert_dataset",
    "upsert_discussion",
    "upsert_organization",
    "upsert_post",
    "upsert_resource",
    "upsert_reuse",
    "upsert_site",
    "upsert_user",
]
