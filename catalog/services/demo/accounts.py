"""Three accounts to try the portal with. Their passwords are public: never on a portal that others can reach."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from catalog.models import Member, Organization
from catalog.models.vocabulary import MemberRole
from catalog.services.demo.names import object_id
from catalog.services.demo.organizations import organization_id
from portal.models import User

EDITED = "ville-port-serein"  # the organization of the editor


@dataclass(frozen=True, slots=True)
class Account:
    email: str
    password: str
    first_name: str
    last_name: str
    role: str

    @property
    def rights(self) -> dict[str, Any]:
        is_admin = self.role == "administrator"
        return {"is_staff": is_admin, "is_superuser": is_admin}


ACCOUNTS = (
    Account("admin@demo.local", "Demo-Admin-2026", "Adèle", "Ministre", "administrator"),
    Account("editor@demo.local", "Demo-Editor-2026", "Edgar", "Diteur", "editor of Ville de Port-Serein"),
    Account("visitor@demo.local", "Demo-Visitor-2026", "Violette", "Siteur", "visitor"),
)


def add_accounts() -> int:
    """Make the accounts that are missing; return how many. One that exists keeps its password and its rights."""
    added = 0
    for account in ACCOUNTS:
        if User.objects.filter(email=account.email).exists():
            continue
        user = User.objects.create_user(
            account.email,
            account.password,
            id=object_id("account", account.email),
            first_name=account.first_name,
            last_name=account.last_name,
            confirmed_at=timezone.now(),
            **account.rights,
        )
        added += 1
        if account.role.startswith("editor") and Organization.objects.filter(pk=organization_id(EDITED)).exists():
            Member.objects.create(organization_id=organization_id(EDITED), user=user, role=MemberRole.EDITOR)
    return added
