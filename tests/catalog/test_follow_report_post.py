"""Followers, reports, posts, notifications, activity and `me` over the API."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from catalog.models import Activity, Follow, Notification, OutboxEvent, Post, Report
from catalog.models.topic import Topic
from catalog.services import outbox
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
)

pytestmark = pytest.mark.django_db

KINDS = {"datasets": DatasetFactory, "reuses": ReuseFactory, "dataservices": DataserviceFactory,
         "organizations": OrganizationFactory, "users": UserFactory}  # fmt: skip


@pytest.fixture
def person(api):
    api.user = UserFactory()
    api.force_authenticate(api.user)
    return api


@pytest.fixture
def sysadmin(api):
    api.user = UserFactory(admin=True)
    api.force_authenticate(api.user)
    return api


def reference(item):
    return {"class": type(item).__name__, "id": item.pk}


# --- Followers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [*KINDS, "topics"])
def test_following_is_counted_once_and_ended(person, kind):
    subject = KINDS[kind]() if kind in KINDS else Topic.objects.create(name="T")
    one = f"/api/{1 if kind in KINDS else 2}/{kind}/{subject.pk}/followers/"
    for code in (201, 200):
        answer = person.post(one)
        assert (answer.status_code, answer.json()) == (code, {"followers": 1})
    listed = person.get(one).json()
    assert [(row["follower"]["id"], set(row)) for row in listed["data"]] == [
        (person.user.pk, {"id", "follower", "since"})
    ]
    assert person.get(f"{one}?user={UserFactory().pk}").json()["total"] == 0
    assert person.get(f"{one}?user=%00").status_code == 200
    subject.refresh_from_db()
    assert getattr(subject, "metric_followers", 1) == 1
    answer = person.delete(one)
    assert (answer.status_code, answer.json()) == (200, {"followers": 0})
    assert person.delete(one).status_code == 404
    assert Follow.objects.get().until
    assert person.post(one).status_code == 201
    person.force_authenticate(None)
    assert (person.post(one).status_code, person.delete(one).status_code) == (401, 401)


def test_nobody_follows_herself_or_a_draft(person):
    assert person.post(f"/api/1/users/{person.user.pk}/followers/").status_code == 403
    assert person.post(f"/api/1/datasets/{DatasetFactory(draft=True).pk}/followers/").status_code == 404
    assert person.post("/api/1/datasets/nowhere/followers/").status_code == 404
    assert not Follow.objects.exists()


# --- Reports -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("signed_in", [True, False])
@pytest.mark.parametrize("factory", [*KINDS.values(), DiscussionFactory])
def test_anybody_reports(api, factory, signed_in):
    user, subject = UserFactory(), factory()
    api.force_authenticate(user if signed_in else None)
    body = {"subject": reference(subject), "reason": "spam", "message": "x"}
    answer = api.post("/api/1/reports/", body, format="json")
    assert answer.status_code == 201, answer.content
    json = answer.json()
    assert (json["subject"], json["reason"], json["message"], json["callbacks_count"]) == (
        reference(subject), "spam", "x", 0,
    )  # fmt: skip
    assert (json["by"] and json["by"]["id"]) == (user.pk if signed_in else None)
    assert json["subject_label"] == str(subject)


@pytest.mark.parametrize(
    ("change", "field"),
    [({"subject": None}, "subject"), ({"subject": {}}, "subject"), ({"subject": "x"}, "subject"),
     ({"subject": {"class": "Post", "id": "6" * 24}}, "subject"), ({"reason": "zz"}, "reason"),
     ({"subject": {"class": "Dataset", "id": "6" * 24}}, "subject"), ({"subject_embed_id": "zz"}, "subject_embed_id"),
     ({"message": "x" * 10_001}, "message"), ({"reason": None}, "reason")],
)  # fmt: skip
def test_a_report_names_its_subject_and_reason(api, change, field):
    body = {"subject": reference(DatasetFactory()), "reason": "spam", **change}
    answer = api.post("/api/1/reports/", body, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert not Report.objects.exists()


def test_a_report_without_subject_is_an_error_of_the_caller(api):
    """udata crashes."""
    answer = api.post("/api/1/reports/", {"reason": "spam"}, format="json")
    assert answer.status_code == 400
    assert answer.json()["errors"] == {"subject": "Field is required"}
    draft = {"subject": reference(DatasetFactory(draft=True)), "reason": "spam"}
    assert api.post("/api/1/reports/", draft, format="json").status_code == 400


def test_dismissing_lets_run_what_was_held_back_once(sysadmin):
    with outbox.held() as ids:
        outbox.emit("mail", to=[], template="new_reuse", context={})
    report = Report.objects.create(subject=DatasetFactory(), reason="auto_spam", callbacks=ids)
    one = f"/api/1/reports/{report.pk}/"
    assert sysadmin.get(one).json()["callbacks_count"] == 1
    for body in ({}, {"dismissed_at": None}, {"dismissed_at": "x"}):
        assert sysadmin.patch(one, body, format="json").status_code == 400
    assert OutboxEvent.objects.get().held
    json = sysadmin.patch(one, {"dismissed_at": timezone.now().isoformat()}, format="json").json()
    assert (json["dismissed_by"]["id"], OutboxEvent.objects.get().held) == (sysadmin.user.pk, False)
    again = sysadmin.patch(one, {"dismissed_at": timezone.now().isoformat()}, format="json").json()
    assert again["dismissed_at"] == json["dismissed_at"]


def test_reports_are_listed_for_administrators(sysadmin):
    open_one = Report.objects.create(subject=DatasetFactory(), reason="spam")
    done = Report.objects.create(subject=ReuseFactory(), reason="spam", dismissed_at=timezone.now())
    for query, wanted in (("handled=false", [open_one]), ("handled=true", [done]), ("subject_type=Reuse", [done]),
                          ("sort=reported_at", [open_one, done]), ("", [done, open_one])):  # fmt: skip
        listed = sysadmin.get(f"/api/1/reports/?{query}").json()["data"]
        assert [row["id"] for row in listed] == [row.pk for row in wanted], query
    assert sysadmin.get("/api/1/reports/?sort=zz").json()["message"] == "Input payload validation failed"
    assert sysadmin.get("/api/1/reports/?subject_type=%00").status_code == 200
    assert sysadmin.get(f"/api/1/reports/{'6' * 24}/").status_code == 404
    for user, code in ((UserFactory(), 403), (None, 401)):
        sysadmin.force_authenticate(user)
        one = f"/api/1/reports/{open_one.pk}/"
        for answer in (sysadmin.get("/api/1/reports/"), sysadmin.get(one), sysadmin.patch(one, {}, format="json")):
            assert answer.status_code == code


# --- Posts -------------------------------------------------------------------------------------------------


def test_a_post_is_a_draft_until_it_is_published(sysadmin):
    dataset, reuse = DatasetFactory(), ReuseFactory()
    body = {"name": "Nouvelle", "content": "c", "headline": "h", "tags": ["Eau"], "datasets": [dataset.pk],
            "reuses": [reuse.pk], "kind": "page", "body_type": "html", "credit_url": "https://e.org/"}  # fmt: skip
    answer = sysadmin.post("/api/1/posts/", body, format="json")
    assert answer.status_code == 201, answer.content
    json = answer.json()
    assert (json["published"], json["owner"]["id"], json["tags"]) == (None, sysadmin.user.pk, ["eau"])
    assert ([one["id"] for one in json["datasets"]], [one["id"] for one in json["reuses"]]) == (
        [dataset.pk], [reuse.pk],
    )  # fmt: skip
    one = f"/api/1/posts/{json['id']}/"
    for method, code in (("post", 200), ("delete", 404)):
        assert getattr(sysadmin, method)(f"{one}publish/").status_code == 200
        sysadmin.force_authenticate(None)
        assert sysadmin.get(one).status_code == code
        sysadmin.force_authenticate(sysadmin.user)
    changed = sysadmin.put(one, {"name": "Autre"}, format="json").json()
    assert (changed["name"], changed["tags"], changed["kind"], len(changed["datasets"])) == (
        "Autre",
        ["eau"],
        "page",
        1,
    )
    assert (sysadmin.delete(one).status_code, sysadmin.delete(one).status_code) == (204, 404)


@pytest.mark.parametrize(
    "body",
    [{"name": ""}, {"name": "x" * 256}, {"kind": "zz"}, {"body_type": "pdf"}, {"blocs": [{"class": "zz"}]},
     {"blocs": [{"class": "LinksListBloc", "title": "t", "links": [{"url": "javascript:x"}]}]}, {"blocs": None},
     {"image_url": "x"}, {"credit_url": "javascript:x"}, {"datasets": ["zz"]}, {"published": "x"}, {"tags": [1]}],
)  # fmt: skip
def test_a_bad_post_is_refused(sysadmin, body):
    post = PostFactory()
    for answer in (sysadmin.post("/api/1/posts/", {"name": "n", **body}, format="json"),
                   sysadmin.put(f"/api/1/posts/{post.pk}/", body, format="json")):  # fmt: skip
        assert (answer.status_code, list(answer.json()["errors"])) == (400, list(body))
        assert set(answer.json()) == {"errors", "message"}
    assert Post.objects.count() == 1


def test_only_administrators_write_posts(person):
    post, draft = PostFactory(), PostFactory(published=None)
    one = f"/api/1/posts/{post.pk}/"
    for answer in (person.post("/api/1/posts/", {"name": "n"}, format="json"), person.delete(one),
                   person.put(one, {}, format="json"), person.post(f"{one}publish/")):  # fmt: skip
        assert answer.status_code == 403
    assert person.put(f"/api/1/posts/{draft.pk}/", {}, format="json").status_code == 404


# --- Notifications and activity ----------------------------------------------------------------------------


def test_notifications_are_ones_own_and_marked_as_read(person):
    now = timezone.now()
    old, new = (Notification.objects.create(user=person.user, kind="NewBadge", created_at=now - timedelta(days=days))
                for days in (2, 1))  # fmt: skip
    other = Notification.objects.create(user=UserFactory(), kind="NewBadge")
    answer = person.post(f"/api/1/notifications/{old.pk}/read/")
    assert answer.status_code == 200
    assert answer.json()["handled_at"]
    again = person.post(f"/api/1/notifications/{old.pk}/read/")
    assert again.json()["handled_at"] == answer.json()["handled_at"]
    for query, wanted in (("", [new, old]), ("sort=created", [old, new]), ("handled=true", [old]),
                          ("handled=false", [new]), (f"user={other.user_id}", []),
                          (f"user={person.user.pk}", [new, old]),
                          ("sort=-last_modified", [old, new]), ("sort=handled_at&handled=1", [old])):  # fmt: skip
        listed = person.get(f"/api/1/notifications/?{query}").json()["data"]
        assert [row["id"] for row in listed] == [str(row.pk) for row in wanted], query
    assert person.get("/api/1/notifications/?sort=zz").status_code == 400
    for key in (other.pk, uuid4(), "zz"):
        assert person.post(f"/api/1/notifications/{key}/read/").status_code == 404
    other.refresh_from_db()
    assert other.handled_at is None
    person.force_authenticate(None)
    assert person.get("/api/1/notifications/").status_code == 401


def test_a_notification_of_a_deleted_or_hidden_discussion_shows_nothing_of_it(person):
    discussion = DiscussionFactory(dataset=DatasetFactory(draft=True))
    MessageFactory(discussion=discussion)
    details = {"discussion": discussion.pk, "status": "new_comment"}
    Notification.objects.create(user=person.user, kind="Discussion", details=details)
    shown = person.get("/api/1/notifications/").json()["data"][0]["details"]
    assert (shown["class"], shown["discussion"]) == ("DiscussionNotificationDetails", None)
    discussion.delete()
    assert person.get("/api/1/notifications/").json()["data"][0]["details"]["discussion"] is None


def test_activity_hides_what_its_reader_may_not_read(person):
    member = MemberFactory(role="editor")
    public, draft = (DatasetFactory(organization=member.organization, private=private) for private in (False, True))
    gone, vanished = DatasetFactory(organization=member.organization), DatasetFactory()
    for subject in (public, draft, gone, vanished, member.organization):
        name = type(subject).__name__.lower()
        Activity.objects.create(
            actor=member.user, key=f"{name}:updated", subject=subject, organization=member.organization
        )
    type(gone).objects.filter(pk=gone.pk).update(deleted=timezone.now())
    vanished.delete()
    shown = {public.pk, member.organization.pk}
    for user, wanted in ((person.user, shown), (None, shown), (member.user, shown | {draft.pk, gone.pk})):
        person.force_authenticate(user)
        listed = person.get("/api/1/activity/").json()
        assert ({row["related_to_id"] for row in listed["data"]}, listed["total"]) == (wanted, len(wanted))
    person.force_authenticate(None)
    for query, number in ((f"user={member.user_id}", 2), (f"organization={member.organization_id}", 2),
                          (f"related_to={public.pk}", 1), (f"related_to={draft.pk}", 0), ("user=%00", 0)):  # fmt: skip
        if "%00" not in query:
            assert person.get(f"/api/1/activity/?{query}").json()["total"] == number, query
        assert person.get(f"/api/1/activity/?{query}").status_code == 200


# --- Me ----------------------------------------------------------------------------------------------------


def test_what_is_mine_and_my_organizations_is_listed_drafts_included(person):
    member = MemberFactory(user=person.user, role="editor")
    own = DatasetFactory(organization=None, owner=person.user, draft=True, title="Eau")
    ours = DatasetFactory(organization=member.organization, draft=True)
    reuse = ReuseFactory(owner=person.user, private=True)
    our_reuse = ReuseFactory(owner=None, organization=member.organization, private=True)
    community = CommunityResourceFactory(dataset=ours)
    discussion = DiscussionFactory(dataset=ours)
    MessageFactory(discussion=discussion)
    DatasetFactory(), ReuseFactory(), DiscussionFactory(), CommunityResourceFactory()
    for part, wanted in {"datasets": own, "org_datasets": ours, "reuses": reuse, "org_reuses": our_reuse,
                         "org_community_resources": community, "org_discussions": discussion}.items():  # fmt: skip
        assert [one["id"] for one in person.get(f"/api/1/me/{part}/").json()] == [str(wanted.pk)], part
        assert person.get(f"/api/1/me/{part}/?q=nothing").json() == []
    assert [one["id"] for one in person.get("/api/1/me/datasets/?q=eau").json()] == [own.pk]


def test_my_counters(person):
    member = MemberFactory(user=person.user, role="editor")
    DatasetFactory(organization=None, owner=person.user)
    ours = DatasetFactory(organization=member.organization)
    for available in (True, False, None):
        extras = {} if available is None else {"check:available": available}
        ResourceFactory(dataset=ours, extras=extras)
    assert person.get("/api/1/me/metrics/").json() == {
        "id": person.user.pk, "resources_availability": 50.0, "datasets_org_count": 1, "followers_org_count": 0,
        "datasets_count": 1, "followers_count": 0,
    }  # fmt: skip


def test_my_profile_is_changed_in_part_and_checked(person):
    json = person.put("/api/1/me/", {"about": "moi", "website": "https://moi.example.org/"}, format="json").json()
    assert (json["about"], json["first_name"], json["email"]) == ("moi", "Ada", person.user.email)
    for body in ({"first_name": ""}, {"website": "javascript:x"}, {"last_name": None}):
        answer = person.put("/api/1/me/", body, format="json")
        assert (answer.status_code, list(answer.json()["errors"])) == (400, list(body))
    protected = {"email": "x@example.org", "roles": ["admin"], "is_superuser": True, "active": False, "id": "6" * 24}
    person.put("/api/1/me/", protected, format="json")
    person.user.refresh_from_db()
    assert (person.user.is_superuser, person.user.is_active, person.user.email != "x@example.org") == (
        False,
        True,
        True,
    )


@pytest.mark.parametrize("part", ["", "metrics/", "datasets/", "reuses/", "org_datasets/", "org_reuses/",
                                  "org_discussions/", "org_community_resources/", "org_invitations/"])  # fmt: skip
def test_without_an_account_there_is_no_me(api, part):
    assert api.get(f"/api/1/me/{part}").status_code == 401
