"""Users, organizations, their members, badges and contact points."""

import random
from collections.abc import Iterator

from catalog.models import ContactPoint, Member, Organization, OrganizationBadge
from catalog.models.vocabulary import MemberRole
from catalog.services.synthetic import shapes, vocabulary
from catalog.services.synthetic.world import Rows, World, split
from portal.models import User

BATCH = 2_000
NO_PASSWORD = "!synthetic"  # noqa: S105 - Django's mark of an account without a password


def user_batches(world: World) -> Iterator[Rows]:
    rng = world.chance("users")
    for numbers in split(world.users.total, BATCH):
        yield {User: [_user(world, rng, number) for number in numbers]}


def _user(world: World, rng: random.Random, number: int) -> User:
    first, last = (word.capitalize() for word in vocabulary.places().many(rng, 2))
    return User(
        id=world.users.id(number),
        email=f"user-{world.size.seed}-{number}@example.org",
        password=NO_PASSWORD,
        first_name=first,
        last_name=last,
        slug=world.slug(f"{first} {last}", number),
        created_at=world.users.created(number),
        confirmed_at=world.users.created(number),
    )


def organization_batches(world: World) -> Iterator[Rows]:
    rng = world.chance("organizations")
    for numbers in split(world.organizations.total, BATCH):
        rows: Rows = {Organization: [], OrganizationBadge: [], Member: [], ContactPoint: []}
        for number in numbers:
            _add_organization(world, rng, number, rows)
        yield rows


def _add_organization(world: World, rng: random.Random, number: int, rows: Rows) -> None:
    name = shapes.ORGANIZATION_NAMES.draw(rng).format(vocabulary.places().one(rng))
    pk, created = world.organizations.id(number), world.organizations.created(number)
    rows[Organization].append(
        Organization(
            id=pk,
            name=name,
            slug=world.slug(name, number),
            description=vocabulary.paragraph(rng, rng.randint(80, 600)),
            url=f"https://organization-{number}.example.org/",
            created_at=created,
            last_modified=created,
            metric_followers=shapes.long_tail(rng, scale=2),
            metric_views=shapes.long_tail(rng, scale=200),
        )
    )
    for kind in shapes.ORGANIZATION_BADGES.draw(rng).split():
        rows[OrganizationBadge].append(OrganizationBadge(organization_id=pk, kind=kind, created=created))
    users = dict.fromkeys(rng.randrange(world.users.total) for _ in range(rng.randint(1, 4)))
    for rank, user in enumerate(users):
        role = MemberRole.EDITOR if rank else MemberRole.ADMIN
        rows[Member].append(Member(organization_id=pk, user_id=world.users.id(user), role=role, since=created))
    rows[ContactPoint].append(
        ContactPoint(
            id=world.contacts.id(number),
            name=f"Service des données, {name}"[:255],
            email=f"opendata@organization-{number}.example.org",
            organization_id=pk,
        )
    )
