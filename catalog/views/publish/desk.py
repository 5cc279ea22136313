"""`/publish/`: what one may make, what one has begun, and what waits for an answer."""

from typing import Any

from django.db.models import Q, QuerySet

from catalog.models import Dataservice, Dataset, MembershipRequest, Organization, PendingChange, Reuse, Transfer
from catalog.models.base import owned_by
from catalog.models.membership import MembershipKind
from catalog.models.subject import load_subjects
from catalog.models.transfer import TransferStatus
from catalog.models.vocabulary import MemberRole
from catalog.views.publish.base import PublishPage

SHOWN = 10  # of each list; the lists of the portal and of the administration have them all


class Desk(PublishPage):
    """A fixed number of queries, whatever the reader owns."""

    template_name = "catalog/publish/desk.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        user = self.request.user
        administered = [pk for pk, role in self.actor.roles.items() if role == MemberRole.ADMIN]
        drafts = _own(Dataset, user).filter(private=True).order_by("-last_modified_internal", "pk")
        return super().get_context_data(
            drafts=list(drafts[:SHOWN]),
            datasets=list(_own(Dataset, user).filter(private=False).order_by("-last_modified_internal", "pk")[:SHOWN]),
            reuses=list(_own(Reuse, user).order_by("-last_modified", "pk")[:SHOWN]),
            dataservices=list(_own(Dataservice, user, "deleted_at").order_by("-metadata_modified_at", "pk")[:SHOWN]),
            organizations=[
                (one, self.actor.administers(one.pk))
                for one in Organization.objects.of_member(user).filter(deleted=None).order_by("name", "pk")
            ],
            invitations=list(
                MembershipRequest.objects.pending()
                .filter(user=user, kind=MembershipKind.INVITATION, organization__deleted=None)
                .select_related("organization")
            ),
            requests=list(
                MembershipRequest.objects.pending()
                .filter(organization__in=administered, kind=MembershipKind.REQUEST)
                .select_related("organization", "user")[:SHOWN]
            ),
            transfers=_transfers(user.pk, administered),
            changes=_changes(user.pk),
            **context,
        )


def _own(model: type, user: Any, deleted: str = "deleted") -> QuerySet:
    mine = model._base_manager.filter(owned_by(user)).values("pk")
    return model.objects.filter(pk__in=mine, **{deleted: None}).select_related("organization").defer("description")


def _changes(user_id: str) -> list[tuple[PendingChange, Any]]:
    """Return the reader's changes that wait for a curator, or for her, each with its subject."""
    rows = list(PendingChange.objects.undecided().filter(author=user_id)[:SHOWN])
    subjects = load_subjects(rows)
    keys = [(row, (row.subject_class, row.subject_id)) for row in rows]
    return [(row, subjects[key]) for row, key in keys if key in subjects]


def _transfers(user_id: str, administered: list[str]) -> list[tuple[Transfer, Any]]:
    """Return the transfers that wait for the reader, each with its subject."""
    wanted = Q(recipient_user_id=user_id) | Q(recipient_organization__in=administered)
    rows = Transfer.objects.filter(wanted, status=TransferStatus.PENDING)
    rows = list(rows.select_related("user", "owner_user", "owner_organization", "recipient_organization")[:SHOWN])
    subjects = load_subjects(rows)
    keys = [(row, (row.subject_class, row.subject_id)) for row in rows]
    return [(row, subjects[key]) for row, key in keys if key in subjects]
