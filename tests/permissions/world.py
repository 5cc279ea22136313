"""One object of each kind in each state, and one caller in each role.

What strangers must not know of has `CANARY` in each of its texts: no answer to them may hold it.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django_celery_beat.models import CrontabSchedule, PeriodicTask

from catalog.models import (
    Assignment,
    ContactPoint,
    Follow,
    License,
    MembershipRequest,
    Notification,
    PendingChange,
    Report,
    TopicElement,
    Transfer,
)
from catalog.models.site import Site
from catalog.models.topic import Topic
from harvest.models import Job, Source
from portal.models import ApiToken, OAuthClient, User
from tests.catalog.factories import (
    CommunityResourceFactory,
    DataserviceFactory,
    DatasetFactory,
    DiscussionFactory,
    MemberFactory,
    MessageFactory,
    OrganizationFactory,
    PostFactory,
    ResourceFactory,
    ReuseFactory,
    UserFactory,
    VisualizationFactory,
)
from tests.permissions.roles import ROLES, Caller, with_access, with_token

CANARY = "zqcanary"
MEMBERS = frozenset(["partial", "assigned", "editor", "admin", "sysadmin"])
EDITORS = frozenset(["assigned", "editor", "admin", "sysadmin"])
STATES = ("public", "private", "archived", "deleted")


def columns(state: str, *, suffix: str = "") -> dict[str, Any]:
    """Return the columns of that state; dataservices name theirs with `_at`."""
    if state == "public":
        return {}
    return {"private": True} if state == "private" else {f"{state}{suffix}": timezone.now()}


def texts(state: str, *names: str) -> dict[str, str]:
    """Return texts for the columns `names` of an object in that state."""
    hidden = state in ("private", "deleted")
    return {name: f"{CANARY} {name}" if hidden else f"An open {name}" for name in names}


@dataclass
class World:
    """`objects` holds, by kind and state, the object that a path names; `people` the users by role."""

    people: dict[str, User | None] = field(default_factory=dict)
    callers: dict[str, Caller] = field(default_factory=dict)
    objects: dict[tuple[str, str], Any] = field(default_factory=dict)

    def get(self, kind: str, state: str = "public") -> Any:
        """Return the object of that kind in that state, or in the one state that its kind has."""
        return self.objects.get((kind, state)) or self.objects[kind, "public"]

    @property
    def strangers(self) -> dict[str, str]:
        """The ids of a user and of an organization that none of the roles acts for."""
        return {"other": self.get("stranger").pk, "elsewhere": self.get("organization", "elsewhere").pk}


def make_world() -> World:
    """Build it: everything belongs to one organization, whose members have each role."""
    Site.objects.current()
    License.objects.get_or_create(pk="lov2", defaults={"title": "Licence Ouverte"})
    world = World(people={"anonymous": None, "user": UserFactory(), "sysadmin": UserFactory(admin=True)})
    organization = OrganizationFactory(name="Owner", **texts("public", "description"))
    gone = OrganizationFactory(deleted=timezone.now(), **texts("deleted", "name", "description", "acronym"))
    for role in ("partial", "assigned", "editor", "admin"):
        membership = {"partial": "partial_editor", "assigned": "partial_editor"}.get(role, role)
        world.people[role] = MemberFactory(organization=organization, role=membership).user
        MemberFactory(organization=gone, user=world.people[role], role=membership)
    second = MemberFactory(organization=organization, role="admin")  # so that `admin` is never the last one
    world.objects["member", "public"] = MemberFactory(organization=organization, role="editor").user
    world.objects["organization", "public"] = organization
    world.objects["organization", "deleted"] = gone
    world.objects["organization", "elsewhere"] = OrganizationFactory()
    for state in STATES:
        _add_owned(world, organization, state)
    _add_charts(world, organization)
    _add_others(world, organization, second.user)
    _add_callers(world, organization)
    _add_own(world)
    return world


def _add_owned(world: World, organization: Any, state: str) -> None:
    named = texts(state, "title", "description")
    dataset = DatasetFactory(organization=organization, **texts(state, "acronym"), **named, **columns(state))
    dataservice = DataserviceFactory(organization=organization, **named, **columns(state, suffix="_at"))
    reuse = ReuseFactory(owner=None, organization=organization, **named, **columns(state))
    reuse.datasets.add(DatasetFactory(organization=organization))
    for kind, item in {"dataset": dataset, "dataservice": dataservice, "reuse": reuse}.items():
        world.objects[kind, state] = item
        Assignment.objects.create(organization=organization, user=world.people["assigned"], subject=item)
        discussion = DiscussionFactory(**{"dataset": None, kind: item}, **texts(state, "title"))
        world.objects[f"{kind}_discussion", state] = discussion
        world.objects[f"{kind}_message", state] = MessageFactory(discussion=discussion, **texts(state, "content"))
        MessageFactory(discussion=discussion, **texts(state, "content"))
    world.objects["resource", state] = ResourceFactory(dataset=dataset, **named)
    if state == "public":
        world.objects["hosted", state] = ResourceFactory(
            dataset=dataset, filetype="file", checksum_type="sha1", checksum_value="c" * 40, **named
        )
    world.objects["community_resource", state] = CommunityResourceFactory(
        dataset=dataset, owner=None, organization=organization, **named
    )


def _add_charts(world: World, organization: Any) -> None:
    """Each has a series on a hidden resource; the public chart is shown to strangers without it."""
    hidden = {"column_y": f"{CANARY} column", "resource_id": str(world.get("resource", "private").pk)}
    for state in ("public", "private", "deleted"):
        world.objects["visualization", state] = VisualizationFactory(
            owner=None, organization=organization, series=[hidden], **texts(state, "title", "description"),
            **columns(state, suffix="_at"),
        )  # fmt: skip


def _add_others(world: World, organization: Any, recipient: User) -> None:
    objects, dataset = world.objects, world.get("dataset")
    for state, published in {"public": timezone.now() - timedelta(days=1), "private": None}.items():
        objects["post", state] = PostFactory(published=published, **texts(state, "name", "headline", "content"))
        topic = Topic.objects.create(
            organization=organization, private=state == "private", **texts(state, "name", "description")
        )
        objects["topic", state] = topic
        objects["element", state] = TopicElement.objects.create(topic=topic, **texts(state, "title", "description"))
        objects["topic_discussion", state] = DiscussionFactory(dataset=None, topic=topic, **texts(state, "title"))
        objects["topic_message", state] = MessageFactory(discussion=objects["topic_discussion", state])
    objects["contact", "public"] = ContactPoint.objects.create(
        name="C", email="c@example.org", organization=organization
    )
    objects["user", "public"] = UserFactory()
    objects["myself", "public"], objects["site", "public"] = world.people["user"], Site.objects.current()
    for state in ("public", "deleted"):
        objects["source", state] = Source.objects.create(
            url=f"https://h.example.org/{state}", backend="dcat", organization=organization,
            deleted=timezone.now() if state == "deleted" else None, **texts(state, "name", "description"),
        )  # fmt: skip
        objects["job", state] = Job.objects.create(source=objects["source", state], status="done")
    crontab = CrontabSchedule.objects.create(hour="3")
    objects["schedule", "public"] = PeriodicTask.objects.create(
        name=f"{CANARY} nightly", task="catalog.tasks.purge_chunks", crontab=crontab
    )
    objects["membership", "public"] = MembershipRequest.objects.create(
        organization=organization, user=UserFactory(), comment=f"{CANARY} please"
    )
    # Of another parent, for addresses that do not hold together.
    objects["other_membership", "public"] = MembershipRequest.objects.create(
        organization=objects["organization", "elsewhere"], user=UserFactory(), comment="please"
    )
    objects["stranger", "public"] = MemberFactory(organization=objects["organization", "elsewhere"]).user
    objects["served", "public"] = DatasetFactory(organization=organization)
    objects["dataservice", "public"].datasets.add(objects["served", "public"])
    objects["transfer", "public"] = Transfer.objects.create(
        subject=dataset, user=recipient, owner_organization=organization, recipient_user=UserFactory(),
        comment=f"{CANARY} please",
    )  # fmt: skip
    objects["report", "public"] = Report.objects.create(subject=dataset, reason="spam", message=f"{CANARY} reported")
    Follow.objects.create(follower=UserFactory(), subject=dataset)


def _add_callers(world: World, organization: Any) -> None:
    """Add who is not one of the seven roles, and sign everybody in."""
    people, editor, sysadmin = world.people, world.people["editor"], world.people["sysadmin"]
    people["unconfirmed"] = UserFactory(confirmed_at=None)
    people["other_admin"] = MemberFactory(role="admin").user
    people["inactive"] = MemberFactory(organization=organization, role="admin").user
    away = MemberFactory(organization=organization, role="editor").user
    elsewhere = MemberFactory(user=away, role="admin").organization
    program, other_program = (
        OAuthClient.objects.create(
            name=name, client_type="public", authorization_grant_type="authorization-code",
            redirect_uris="https://app.example.org/", scopes=["default", "read"],
        )
        for name in ("Program", "Other")
    )  # fmt: skip
    world.objects["program", "public"], world.objects["other_program", "public"] = program, other_program
    with_access(people["user"], other_program, "write")
    world.callers = {name: Caller(people[name]) for name in people} | {
        "token_write": with_token(editor, "write"),
        "token_read": with_token(editor, "read"),
        "token_org": with_token(editor, f"write:org:{organization.pk}"),
        "token_elsewhere": with_token(away, f"write:org:{elsewhere.pk}"),
        "token_harvest": with_token(editor, "harvest"),
        "token_admin": with_token(sysadmin, "admin"),
        "token_powerless": with_token(sysadmin, "write"),
        "token_inactive": with_token(people["inactive"], "admin"),
        "oauth": with_access(editor, program, "default"),
        "oauth_read": with_access(editor, program, "read"),
    }
    people["inactive"].is_active = False
    people["inactive"].save(update_fields=["is_active"])


def _add_own(world: World) -> None:
    """Give each caller what only she may touch."""
    for role in ROLES:
        if person := world.callers[role].user:
            world.objects["notification", role] = Notification.objects.create(user=person, kind="NewBadge")
            world.objects["token", role] = ApiToken.objects.issue(person, name="t")[0]
            world.objects["change", role] = PendingChange.objects.create(
                subject=DatasetFactory(), author=person, values={"title": "T"}, base={"title": "S"}
            )
            world.objects["invitation", role] = MembershipRequest.objects.create(
                organization=OrganizationFactory(), user=person, kind="invitation"
            )
