"""The end of an account, what the archive tells, and an address that is confirmed."""

import json
from io import BytesIO
from zipfile import ZipFile

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.core import mail
from django.core.files.base import ContentFile
from PIL import Image

from catalog.documents import store
from catalog.models import (
    Activity,
    Assignment,
    ContactPoint,
    Dataset,
    DatasetDocument,
    Discussion,
    Follow,
    Member,
    MembershipRequest,
    Message,
    Notification,
    OutboxEvent,
    Report,
    Transfer,
)
from catalog.permissions import Actor
from catalog.services import (
    contacts,
    discussions,
    follows,
    membership,
    outbox,
    reports,
    reuses,
    transfers,
)
from harvest.models import Source
from portal.accounts.addresses import confirm
from portal.models import ApiToken, IdempotentRequest, User
from portal.services.account import delete_account, export_personal_data
from tests.catalog import factories

pytestmark = pytest.mark.django_db

FIRST, LAST, EMAIL = "Zoé-Canary", "Quetzal’d", "zoe.canary@quetzal.example"
AVATAR, SITE, ABOUT = "canaryavatar", "https://canary-site.example/", "I am the canary of the mine"
CANARIES = (FIRST, LAST, "Zo\\u00e9-Canary", "Quetzal\\u2019d", EMAIL, AVATAR, SITE, ABOUT, "zoe-canary", "quetzal")


def rows_with(*words: str) -> list[str]:
    """Return the rows of all tables that hold one of the words, whatever the column."""
    found = []
    for model in apps.get_models():
        for row in model._base_manager.values():
            text = " ".join(value.decode(errors="replace") if isinstance(value, bytes | memoryview) else
                            json.dumps(value) + str(value) if isinstance(value, dict | list) else str(value)
                            for value in map(plain, row.values())).lower()  # fmt: skip
            found += [f"{model.__name__}: {word}" for word in words if word.lower() in text]
    return found


def plain(value):
    return bytes(value) if isinstance(value, memoryview) else value


class World:
    """A person who did everything that one may do, and those she did it with."""

    def __init__(self) -> None:
        self.user = factories.UserFactory(
            first_name=FIRST, last_name=LAST, email=EMAIL, website=SITE, about=ABOUT, extras={"nick": FIRST},
            avatar_url=f"https://example.org/{AVATAR}.png", language="fr",
        )  # fmt: skip
        picture = BytesIO()
        Image.new("RGB", (8, 8)).save(picture, "PNG")
        self.user.avatar.save(f"{AVATAR}.png", ContentFile(picture.getvalue()))
        self.picture = self.user.avatar.name
        self.token, _text = ApiToken.objects.issue(self.user, name=f"{FIRST}'s script")
        self.actor = Actor.of(self.user)
        self.admin = factories.UserFactory(admin=True)
        self.alone = factories.MemberFactory(user=self.user, role="admin").organization
        self.member = factories.MemberFactory(organization=self.alone, role="editor").user
        self.partial = factories.MemberFactory(user=self.user, role="partial_editor").organization
        factories.MemberFactory(organization=self.partial, role="admin")
        self.dataset = factories.DatasetFactory(organization=None, owner=self.user)
        self.ours = factories.DatasetFactory(organization=self.partial)
        membership.assign(self.partial, self.user, [self.ours])
        self.talk()
        self.ask()
        self.leave_traces()

    def talk(self) -> None:
        self.theirs = factories.DatasetFactory(organization=factories.MemberFactory(role="admin").organization)
        values = {"subject": self.theirs, "title": f"By {FIRST}", "comment": f"Signed {FIRST} {LAST}"}
        self.lonely = discussions.start(values, by=self.user, actor=self.actor)
        self.shared = discussions.start(values, by=self.user, actor=self.actor)
        other = factories.UserFactory()
        discussions.answer(self.shared, {"comment": "An answer"}, by=other, actor=Actor.of(other))
        for subject in (self.theirs, self.partial, other, self.lonely.dataset.organization):
            follows.follow(subject, by=self.user)
        follows.follow(self.user, by=other)
        self.follower = other
        reports.create({"subject": self.theirs, "reason": "others", "message": "Look"}, by=self.user)
        reports.create({"subject": self.user, "reason": "spam", "message": ""}, by=other)
        values = {
            "title": "Hers", "description": "D", "type": "api", "topic": "health", "url": "https://example.org/hers",
            "datasets": [self.theirs],
        }  # fmt: skip
        self.reuse = reuses.create(values, by=self.user, actor=self.actor)

    def ask(self) -> None:
        organization = factories.MemberFactory(role="admin").organization
        self.waiting, _new = membership.ask(organization, by=self.user, comment=f"{FIRST} {LAST} asks")
        other = factories.MemberFactory(role="admin")
        self.answered, _new = membership.ask(other.organization, by=self.user, comment=f"{FIRST} asks again")
        membership.refuse(self.answered, by=other.user, comment=f"No, {FIRST}")
        MembershipRequest.objects.create(
            organization=other.organization, kind="invitation", email=EMAIL, created_by=other.user, comment=f"{FIRST}!"
        )
        guest = membership.Invitation(email="guest@example.org", comment=f"Yours, {FIRST}")
        membership.invite(self.alone, guest, by=self.user)
        transfers.ask(self.dataset, self.alone, by=self.user, comment=f"From {FIRST}")
        given = factories.DatasetFactory(organization=None, owner=other.user)
        transfers.ask(given, self.user, by=other.user, comment="Take it")
        contact = {"name": f"{FIRST} {LAST}", "email": EMAIL, "role": "contact"}
        self.contact, _new = contacts.get_or_create(contact, by=self.user, actor=self.actor)
        self.dataset.contact_points.set([self.contact])

    def leave_traces(self) -> None:
        store.refresh()
        Source.objects.create(name="S", url=f"https://{FIRST}:x@example.org", backend="ckan", owner=self.user,
                              config={"token": LAST})  # fmt: skip
        LogEntry.objects.log_actions(self.admin.pk, [self.user], CHANGE, change_message="[]")
        text = json.dumps([{"changed": {"object": f"{FIRST} {LAST} (Editor)"}}])
        LogEntry.objects.log_actions(self.admin.pk, Member.objects.filter(user=self.user), CHANGE, change_message=text)
        LogEntry.objects.log_actions(self.user.pk, [self.admin], CHANGE, change_message="[]")
        body = json.dumps({"owner": {"id": self.user.pk, "first_name": FIRST}}, ensure_ascii=False).encode()
        IdempotentRequest.objects.create(caller="user:" + "a" * 24, key="k", fingerprint="f", body=body)
        IdempotentRequest.objects.create(caller=f"user:{self.user.pk}", key="k", fingerprint="f", body=FIRST.encode())
        IdempotentRequest.objects.create(caller="user:" + "a" * 24, key="other", fingerprint="f", body=b"{}")
        EmailAddress.objects.get_or_create(user=self.user, email=EMAIL, defaults={"verified": True, "primary": True})


@pytest.fixture
def world(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    world = World()
    while outbox.run_due():
        pass
    OutboxEvent.objects.create(name="message", payload={"to": world.user.pk}, error=f"refused: {EMAIL}", held=True)
    context = {"by": world.user.pk, "comment": FIRST}
    OutboxEvent.objects.create(name="mail", payload={"to": [world.admin.pk], "context": context}, held=True)
    return world


def end(world, **options) -> None:
    delete_account(world.user, **options)
    while outbox.run_due():
        pass


def test_the_world_is_full_of_her_before(world):
    models = {found.partition(":")[0] for found in rows_with(*CANARIES)}
    assert {"User", "ContactPoint", "MembershipRequest", "Message", "DatasetDocument", "LogEntry", "Transfer", "Source",
            "IdempotentRequest", "OutboxEvent", "Report", "EmailAddress"} <= models  # fmt: skip


def test_nothing_tells_her_name_address_or_picture_after(world, tmp_path, django_capture_on_commit_callbacks):
    assert list(tmp_path.rglob("*.png"))
    with django_capture_on_commit_callbacks(execute=True):
        end(world, delete_comments=True)
    assert rows_with(*CANARIES, world.picture) == []
    assert list(tmp_path.rglob("*.png")) == []


def test_what_she_wrote_stays_if_she_wishes_without_her_name_on_it(world, api):
    end(world)
    assert {found.partition(":")[0] for found in rows_with(*CANARIES)} <= {"Discussion", "Message", "Report"}
    told = api.get(f"/api/1/discussions/{world.shared.pk}/").json()
    assert (told["user"]["first_name"], told["user"]["last_name"]) == ("DELETED", "")
    assert told["discussion"][0]["posted_by"]["first_name"] == "DELETED"
    assert told["discussion"][0]["content"] == f"Signed {FIRST} {LAST}"


def test_comments_go_with_her_where_nobody_answered_and_are_blank_elsewhere(world):
    end(world, delete_comments=True)
    assert not Discussion.objects.filter(pk=world.lonely.pk).exists()
    assert list(world.shared.messages.values_list("content", flat=True)) == ["DELETED", "An answer"]
    assert Discussion.objects.get(pk=world.shared.pk).title == "DELETED"
    world.theirs.refresh_from_db()
    assert world.theirs.metric_discussions == 1


def test_what_she_published_stays_under_the_name_of_the_deleted(world, api):
    end(world)
    told = api.get(f"/api/1/datasets/{world.dataset.pk}/").json()
    assert told["owner"]["id"] == world.user.pk
    assert told["owner"]["first_name"] == "DELETED"
    assert told["contact_points"] == []
    assert api.get(f"/api/1/reuses/{world.reuse.pk}/").json()["owner"]["first_name"] == "DELETED"
    assert Activity.objects.filter(actor=world.user).exists()


def test_her_part_in_organizations_and_all_that_waited_ends(world):
    end(world)
    pk = world.user.pk
    for model, column in [(Member, "user"), (Assignment, "user"), (Notification, "user"), (Follow, "follower")]:
        assert not model.objects.filter(**{column: pk}).exists(), model
    assert not Follow.objects.filter(subject_class="User", subject_id=pk).exists()
    assert not MembershipRequest.objects.pending().filter(user=pk).exists()
    assert MembershipRequest.objects.get(pk=world.answered.pk).comment == ""
    assert not Transfer.objects.filter(status="pending").exists()
    assert not ContactPoint.objects.filter(owner=pk).exists()
    assert not Notification.objects.unhandled().filter(cause=f"MembershipRequest:{world.waiting.pk}").exists()
    assert Report.objects.about(world.user).get().subject_deleted_at is not None
    world.token.refresh_from_db()
    assert (world.token.revoked_at is not None, world.token.name) == (True, "")


def test_counters_follow(world):
    world.theirs.refresh_from_db()
    assert world.theirs.metric_followers == 1
    end(world)
    for row in (world.theirs, world.partial, world.follower):
        row.refresh_from_db()
    assert (world.theirs.metric_followers, world.partial.metric_followers) == (0, 0)
    assert (world.follower.metric_followers, world.follower.metric_following) == (0, 0)
    assert world.partial.metric_members == 1


def test_an_organization_that_loses_its_last_administrator_is_told_and_so_are_the_portal_s(world):
    mail.outbox.clear()
    end(world)
    told = {message.to[0]: message.subject for message in mail.outbox}
    lost = f"[Open data] {world.alone.name} has no administrator any more"
    assert {address for address, subject in told.items() if subject == lost} == {world.member.email, world.admin.email}
    assert EMAIL not in told


def test_her_sources_stop_and_forget_their_secrets(world):
    end(world)
    source = Source.objects.get()
    assert (source.active, source.url, source.config) == (False, "https://example.org", {"token": "***"})


def test_only_answers_that_name_her_are_forgotten(world):
    end(world)
    assert list(IdempotentRequest.objects.values_list("key", flat=True)) == ["other"]


def test_nobody_else_loses_anything(world):
    counts = {model: model._base_manager.count() for model in (User, Dataset, Message, Member)}
    end(world)
    assert User.objects.count() == counts[User]
    assert (Dataset.objects.count(), Message.objects.count()) == (counts[Dataset], counts[Message])
    assert Member.objects.count() == counts[Member] - 2


def test_a_failure_leaves_everything_as_it_was(world, monkeypatch):
    before = sorted(rows_with(*CANARIES))

    def fail(user):
        raise RuntimeError

    monkeypatch.setattr("portal.services.account.erase", fail)
    with pytest.raises(RuntimeError):
        delete_account(world.user)
    assert sorted(rows_with(*CANARIES)) == before


def test_an_administrator_s_notice_reaches_her_and_leaves_no_trace(world, api, django_capture_on_commit_callbacks):
    mail.outbox.clear()
    api.force_authenticate(world.admin)
    with django_capture_on_commit_callbacks(execute=True):
        answer = api.delete(f"/api/1/users/{world.user.pk}/?send_legal_notice=true&delete_comments=true")
    assert answer.status_code == 204
    while outbox.run_due():
        pass
    (message,) = [message for message in mail.outbox if message.to == [EMAIL]]
    assert "administrateur" in message.body  # in her language
    assert "administrateur" in message.alternatives[0].content
    assert rows_with(*CANARIES) == []


def archive(user) -> dict:
    with ZipFile(BytesIO(export_personal_data(user))) as found:
        return {name: json.loads(found.read(name)) for name in found.namelist() if name.endswith(".json")}


def test_the_archive_has_all_that_is_keyed_to_her_and_no_secret(world):
    found = archive(world.user)
    sizes = {name.removesuffix(".json"): len(rows) for name, rows in found.items() if isinstance(rows, list)}
    expected = {
        "datasets": 1, "reuses": 1, "dataservices": 0, "topics": 0, "posts": 0, "community_resources": 0,
        "contact_points": 1, "discussions": 2, "messages": 2, "follows": 4, "memberships": 2, "assignments": 1,
        "membership_requests": 3, "reports": 1, "transfers": 2, "harvest_sources": 1, "api_tokens": 1,
    }  # fmt: skip
    assert {name: sizes[name] for name in expected} == expected
    assert sizes["activity"] == Activity.objects.filter(actor=world.user).count() > 0
    assert sizes["notifications"] == Notification.objects.filter(user=world.user).count() > 0
    text = json.dumps(found)
    assert world.token.token_hash not in text
    assert world.user.password not in text
    assert found["follows.json"][0]["subject"] == world.theirs.title
    assert "config" not in found["harvest_sources.json"][0]


def test_the_archive_has_nothing_of_others(world):
    other = factories.UserFactory()
    found = archive(other)
    assert all(not rows for name, rows in found.items() if isinstance(rows, list) and name != "addresses.json")


def test_every_table_that_names_a_user_is_exported_or_left_out_on_purpose():
    """A new table keyed to a person must be thought of here."""
    known = {
        "ApiToken", "OAuthClient", "Member", "Activity", "ContactPoint", "Dataset", "CommunityResource", "Dataservice",
        "Reuse", "Post", "Topic", "Discussion", "Message", "Follow", "MembershipRequest", "Assignment", "Notification",
        "Report", "Review", "PendingChange", "EditorNote", "Transfer", "Source", "MailChoice", "WaitingMail", "BulkJob",
        "OrganizationBadge", "DatasetBadge", "DataserviceBadge",  # who gave it: an administrator's act, not about her
        "Visualization",
        "Job", "SourcePreview",  # who asked for it: an act of upkeep, about a catalogue
        "SavedFilter",
        "Merge", "NotDuplicate",  # who put the catalogue in order
        "Sheet",  # a file that she imported, about datasets: it goes with her
    }  # fmt: skip
    ours = [model for model in apps.get_models() if model._meta.app_label in ("portal", "catalog", "harvest", "stats")]
    keyed = {model.__name__ for model in ours for field in model._meta.concrete_fields if field.related_model is User}
    assert keyed <= known
    assert DatasetDocument.__name__ not in keyed


def test_a_confirmed_address_finds_the_invitations_that_wait_for_it():
    organization = factories.MemberFactory(role="admin").organization
    inviter = organization.members.get().user
    wanted = membership.Invitation(email="New@Example.org", role="editor")
    request = membership.invite(organization, wanted, by=inviter)
    while outbox.run_due():
        pass
    assert mail.outbox[-1].to == ["new@example.org"]
    user = factories.UserFactory(email="new@example.org", confirmed_at=None)
    assert not Notification.objects.filter(user=user).exists()
    confirm(user)
    request.refresh_from_db()
    assert (request.user, request.email) == (user, "")
    assert Notification.objects.get(user=user).kind == "MembershipRequest"
    confirm(user)
    assert Notification.objects.filter(user=user).count() == 1
