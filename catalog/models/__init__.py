"""The objects of the catalogue: each file holds a QuerySet, which knows who may see what, then its model."""

from catalog.models.community_resource import CommunityResource
from catalog.models.contact import ContactPoint
from catalog.models.dataservice import Dataservice, DataserviceBadge
from catalog.models.dataset import Dataset, DatasetBadge
from catalog.models.discussion import Discussion, Message
from catalog.models.document import Change, DatasetDocument
from catalog.models.license import License
from catalog.models.organization import Member, Organization, OrganizationBadge
from catalog.models.post import Post
from catalog.models.resource import Resource
from catalog.models.reuse import Reuse
from catalog.models.site import Site
from catalog.models.slug import SlugHistory
from catalog.models.spatial import GeoLevel, GeoZone
from catalog.models.tag import Tag

__all__ = [
    "Change",
    "CommunityResource",
    "ContactPoint",
    "Dataservice",
    "DataserviceBadge",
    "Dataset",
    "DatasetBadge",
    "DatasetDocument",
    "Discussion",
    "GeoLevel",
    "GeoZone",
    "License",
    "Member",
    "Message",
    "Organization",
    "OrganizationBadge",
    "Post",
    "Resource",
    "Reuse",
    "Site",
    "SlugHistory",
    "Tag",
]
