"""The objects of the catalogue: each file holds a QuerySet, which knows who may see what, then its model."""

from catalog.models.activity import Activity
from catalog.models.audit import AuditEntry
from catalog.models.bulk import BulkItem, BulkJob
from catalog.models.community_resource import CommunityResource
from catalog.models.contact import ContactPoint
from catalog.models.dataservice import Dataservice, DataserviceBadge
from catalog.models.dataset import Dataset, DatasetBadge
from catalog.models.discussion import Discussion, Message
from catalog.models.document import Change, DatasetDocument
from catalog.models.follow import Follow
from catalog.models.license import License
from catalog.models.link_check import LinkCheck
from catalog.models.mail_choice import MailChoice, WaitingMail
from catalog.models.membership import Assignment, MembershipRequest
from catalog.models.merge import Merge, MergedDataset, NotDuplicate
from catalog.models.note import EditorNote
from catalog.models.notification import Notification
from catalog.models.organization import Member, Organization, OrganizationBadge
from catalog.models.outbox import OutboxEvent
from catalog.models.page import Page
from catalog.models.pending_change import PendingChange
from catalog.models.post import Post
from catalog.models.report import Report
from catalog.models.resource import Resource
from catalog.models.reuse import Reuse
from catalog.models.review import Review, TrustedOrganization
from catalog.models.search import SearchChange, SearchLog, SearchSynonym
from catalog.models.search_miss import SearchMiss
from catalog.models.sheet import Sheet, SheetLine
from catalog.models.site import PortalLink, Site
from catalog.models.slug import SlugHistory
from catalog.models.spatial import GeoLevel, GeoZone
from catalog.models.tag import Tag, TagAlias
from catalog.models.topic import Topic, TopicElement
from catalog.models.transfer import Transfer
from catalog.models.visualization import Visualization

__all__ = [
    "Activity",
    "Assignment",
    "AuditEntry",
    "BulkItem",
    "BulkJob",
    "Change",
    "CommunityResource",
    "ContactPoint",
    "Dataservice",
    "DataserviceBadge",
    "Dataset",
    "DatasetBadge",
    "DatasetDocument",
    "Discussion",
    "EditorNote",
    "Follow",
    "GeoLevel",
    "GeoZone",
    "License",
    "LinkCheck",
    "MailChoice",
    "Member",
    "MembershipRequest",
    "Merge",
    "MergedDataset",
    "Message",
    "NotDuplicate",
    "Notification",
    "Organization",
    "OrganizationBadge",
    "OutboxEvent",
    "Page",
    "PendingChange",
    "PortalLink",
    "Post",
    "Report",
    "Resource",
    "Reuse",
    "Review",
    "SearchChange",
    "SearchLog",
    "SearchMiss",
    "SearchSynonym",
    "Sheet",
    "SheetLine",
    "Site",
    "SlugHistory",
    "Tag",
    "TagAlias",
    "Topic",
    "TopicElement",
    "Transfer",
    "TrustedOrganization",
    "Visualization",
    "WaitingMail",
]
