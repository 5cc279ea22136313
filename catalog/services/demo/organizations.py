"""People and organizations, with logos, members, badges and contact points."""

from datetime import timedelta
from typing import Any

from catalog.models import ContactPoint, Member, Organization, OrganizationBadge
from catalog.models.vocabulary import MemberRole, OrganizationBadgeKind
from catalog.services.demo import files, pictures
from catalog.services.demo.names import chance, object_id, read
from catalog.services.demo.writer import Writer
from portal.lib.slugs import normalize
from portal.models import User

BADGES = {
    "state": ["public-service", "certified"],
    "agency": ["public-service", "certified"],
    "research": ["public-service"],
    "region": ["local-authority", "certified"],
    "city": ["local-authority"],
    "transport": ["public-service"],
    "association": ["association"],
    "company": ["company"],
}


def person_id(key: str) -> str:
    return object_id("person", key)


def organization_id(key: str) -> str:
    return object_id("organization", key)


def add_people(writer: Writer) -> None:
    """Add the people who write and reuse. They have neither address nor password: nobody signs in as one of them."""
    for key, first_name, last_name, about in read("people"):
        if writer.lacks(User, person_id(key)):
            user = User(id=person_id(key), first_name=first_name, last_name=last_name, about=about)
            user.created_at = user.confirmed_at = writer.now - timedelta(days=chance(key).randint(200, 1_900))
            user.set_unusable_password()
            writer.add(user)


def add_organizations(writer: Writer) -> None:
    people = [person_id(row[0]) for row in read("people")]
    for raw in read("organizations"):
        if writer.lacks(Organization, organization_id(raw["key"])):
            _add_organization(writer, raw, people)


def _add_organization(writer: Writer, raw: dict[str, Any], people: list[str]) -> None:
    pk, rng = organization_id(raw["key"]), chance(raw["key"])
    created = writer.now - timedelta(days=rng.randint(900, 3_600))
    site = f"https://{normalize(raw['name'])[:60].strip('-')}.example.org/"
    logo = files.store(f"logos/demo-{raw['key']}.png", pictures.logo(raw["name"]))
    writer.add(
        Organization(
            id=pk,
            name=raw["name"],
            acronym=raw["acronym"],
            description=f"{raw['text']}\n\n[{site}]({site})",
            url=site,
            logo=logo.name,
            created_at=created,
            last_modified=created,
            metric_followers=rng.randint(3, 240),
            metric_views=rng.randint(400, 48_000),
        )
    )
    for kind in BADGES[raw["group"]]:
        OrganizationBadge.objects.create(organization_id=pk, kind=OrganizationBadgeKind(kind), created=created)
    for rank, user in enumerate(rng.sample(people, rng.randint(1, 4))):
        role = MemberRole.EDITOR if rank else MemberRole.ADMIN
        Member.objects.create(organization_id=pk, user_id=user, role=role, since=created)
    _add_contact(writer, raw, site)


def _add_contact(writer: Writer, raw: dict[str, Any], site: str) -> None:
    has_form = raw["group"] in {"state", "company"}
    writer.add(
        ContactPoint(
            id=object_id("contact", raw["key"]),
            name=f"Équipe données – {raw['name']}",
            email="" if has_form else f"donnees@{raw['key']}.example.org",
            contact_form=f"{site}contact" if has_form else "",
            organization_id=organization_id(raw["key"]),
        )
    )
