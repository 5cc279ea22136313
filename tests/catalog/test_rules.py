"""What udata gets wrong and this portal does not, and rules of its models that no other test holds (specs: api.md 12,
models.md 11).
"""

from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.models import Assignment, Dataset, Member, Organization
from catalog.models.vocabulary import FREQUENCY_DELTAS, Frequency
from catalog.services import metrics
from tests.catalog.factories import (
    CommunityResourceFactory,
    DatasetFactory,
    DiscussionFactory,
    LicenseFactory,
    MemberFactory,
    MessageFactory,
    OrganizationFactory,
    ResourceFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

DELTAS = {
    timedelta(minutes=1): "oneMinute", timedelta(minutes=5): "fiveMinutes", timedelta(minutes=10): "tenMinutes",
    timedelta(minutes=15): "fifteenMinutes", timedelta(minutes=30): "thirtyMinutes", timedelta(hours=1): "hourly",
    timedelta(hours=2): "bihourly", timedelta(hours=3): "trihourly", timedelta(hours=12): "twelveHours",
    timedelta(days=1): "severalTimesADay threeTimesADay semidaily daily",
    timedelta(days=7): "fiveTimesAWeek threeTimesAWeek semiweekly weekly", timedelta(days=14): "biweekly",
    timedelta(days=31): "threeTimesAMonth semimonthly monthly", timedelta(days=62): "bimonthly",
    timedelta(days=93): "quarterly", timedelta(days=365): "threeTimesAYear semiannual annual",
    timedelta(days=730): "biennial", timedelta(days=1095): "triennial", timedelta(days=1460): "quadrennial",
    timedelta(days=1825): "quinquennial", timedelta(days=3650): "decennial", timedelta(days=7300): "bidecennial",
    timedelta(days=10950): "tridecennial",
}  # fmt: skip
ENDLESS = ["continuous", "punctual", "irregular", "never", "notPlanned", "other", "unknown"]
LEGACY = {"realtime": "continuous", "fourTimesADay": "severalTimesADay", "fourTimesAWeek": "other",
          "fortnighly": "biweekly", "biannual": "semiannual"}  # fmt: skip
HIDDEN = [{"private": True}, {"deleted": timezone.now()}]


@pytest.fixture
def editor(api):
    member = MemberFactory(role="editor")
    api.force_authenticate(member.user)
    api.user, api.organization = member.user, member.organization
    return api


def test_the_forty_frequencies_promise_what_they_say():
    wanted = {name: delta for delta, names in DELTAS.items() for name in names.split()}
    assert {one.value for one in Frequency} == wanted.keys() | set(ENDLESS)
    assert len(Frequency) == 40
    assert {frequency: FREQUENCY_DELTAS.get(frequency) for frequency in Frequency} == {
        **dict.fromkeys(ENDLESS), **wanted,
    }  # fmt: skip


@pytest.mark.parametrize(("old", "new"), LEGACY.items())
def test_legacy_frequencies_are_read(editor, old, new):
    one = f"/api/1/datasets/{DatasetFactory(organization=editor.organization).pk}/"
    assert editor.put(one, {"frequency": old}, format="json").json()["frequency"] == new


@pytest.mark.parametrize("frequency", ["zzz", ["daily"], {"id": 5}, 3])
def test_an_unknown_frequency_is_told_in_its_own_dialect(editor, frequency):
    one = f"/api/1/datasets/{DatasetFactory(organization=editor.organization).pk}/"
    answer = editor.put(one, {"frequency": frequency}, format="json")
    assert (answer.status_code, list(answer.json())) == (400, ["message"])
    assert answer.json()["message"].endswith(" is not a valid UpdateFrequency")


@pytest.mark.parametrize("state", HIDDEN, ids=["draft", "deleted"])
def test_a_permanent_link_does_not_lead_strangers_to_what_is_hidden(editor, state):
    dataset = DatasetFactory(organization=editor.organization, **state)
    files = [ResourceFactory(dataset=dataset), CommunityResourceFactory(dataset=dataset)]
    for file in files:
        assert editor.get(f"/api/1/datasets/r/{file.pk}")["Location"] == file.url
    editor.force_authenticate(None)
    for file in files:
        assert editor.get(f"/api/1/datasets/r/{file.pk}").status_code == 404
        assert editor.get(f"/api/2/datasets/resources/{file.pk}/").status_code == 404


def test_the_discussions_of_an_organization_leave_out_those_on_drafts(editor):
    for draft in (True, False):
        dataset = DatasetFactory(organization=editor.organization, private=draft, title=f"Draft {draft}")
        MessageFactory(discussion=DiscussionFactory(dataset=dataset, title=f"About draft {draft}"))
    editor.force_authenticate(None)
    one = f"/api/1/organizations/{editor.organization.pk}/"
    text = b"".join(editor.get(f"{one}discussions.csv")).decode()
    assert "About draft False" in text
    assert "About draft True" not in text
    assert [row["title"] for row in editor.get(f"{one}discussions/").json()] == ["About draft False"]


@pytest.mark.parametrize("name", ["datasets", "datasets-resources", "dataservices", "discussions"])
def test_a_deleted_organization_has_no_files(api, name):
    organization = OrganizationFactory(deleted=timezone.now())
    answer = api.get(f"/api/1/organizations/{organization.pk}/{name}.csv")
    assert (answer.status_code, answer.json()) == (410, {"message": "Organization has been deleted"})


def test_a_captcha_that_is_not_set_up_is_no_crash(api):
    assert api.get("/api/2/captchetat/?get=image&c=x&t=y").status_code in (404, 503)


def test_a_page_beyond_the_end_is_not_found_and_the_first_one_always_is(api):
    for path in (
        "/api/1/datasets/",
        "/api/2/datasets/search/",
        "/api/1/reuses/",
        "/api/1/discussions/",
        "/api/1/posts/",
    ):
        assert api.get(f"{path}?page=2").status_code == 404
        assert api.get(path).json()["data"] == []


def test_organizations_are_sorted_and_found_by_name_and_number_in_the_search_too(api):
    bees = OrganizationFactory(name="Bees", business_number_id="13002526500013")
    ants = OrganizationFactory(name="Ants")
    listed = api.get("/api/2/organizations/search/?sort=name").json()["data"]
    assert [one["id"] for one in listed] == [ants.pk, bees.pk]
    for query in ("name=bees", "business_number_id=13002526500013"):
        for path in ("/api/1/organizations/", "/api/2/organizations/search/"):
            assert [one["id"] for one in api.get(f"{path}?{query}").json()["data"]] == [bees.pk]


@pytest.mark.parametrize("body", [{}, {"tags": ["eau-pure"]}, {"temporal_coverage": {"start": "2021"}}])
def test_a_change_wipes_neither_tags_nor_the_period_that_it_does_not_name(editor, body):
    dataset = DatasetFactory(organization=editor.organization, tags=["budget"], temporal_start="2020-01-01")
    json = editor.put(f"/api/1/datasets/{dataset.pk}/", {"title": "t", **body}, format="json").json()
    assert json["tags"] == body.get("tags", ["budget"])
    assert json["temporal_coverage"]["start"] == ("2021-01-01" if "temporal_coverage" in body else "2020-01-01")
    emptied = editor.put(
        f"/api/1/datasets/{dataset.pk}/", {"tags": None, "temporal_coverage": None}, format="json"
    ).json()
    assert (emptied["tags"], emptied["temporal_coverage"]) == ([], None)


def test_one_kind_of_owner_takes_the_place_of_the_other_and_ends_the_assignments(editor):
    Member.objects.filter(user=editor.user).update(role="admin")
    dataset = DatasetFactory(organization=None, owner=editor.user)
    one = f"/api/1/datasets/{dataset.pk}/"
    json = editor.put(one, {"organization": editor.organization.pk}, format="json").json()
    assert (json["organization"]["id"], json["owner"]) == (editor.organization.pk, None)
    Assignment.objects.create(organization=editor.organization, user=UserFactory(), subject=dataset)
    assert editor.put(one, {"organization": None, "owner": None}, format="json").json()["organization"]
    assert Assignment.objects.count() == 1
    other = MemberFactory(user=editor.user, role="admin").organization
    json = editor.put(one, {"organization": {"class": "Organization", "id": other.pk}}, format="json").json()
    assert (json["organization"]["id"], json["owner"]) == (other.pk, None)
    assert not Assignment.objects.exists()
    assert editor.put(one, {"owner": UserFactory().pk}, format="json").json() == {
        "errors": {"owner": ["You can only set yourself as owner"]}
    }


def test_a_deleted_object_keeps_its_address(editor):
    body = {"title": "Eau", "description": "d"}
    first = editor.post("/api/1/datasets/", body, format="json").json()
    editor.delete(f"/api/1/datasets/{first['id']}/")
    second = editor.post("/api/1/datasets/", body, format="json").json()
    assert (first["slug"], second["slug"]) == ("eau", "eau-1")
    editor.put(f"/api/1/datasets/{first['id']}/", {"deleted": None}, format="json")
    assert editor.get("/api/1/datasets/eau/").json()["id"] == first["id"]


def test_a_chain_of_names_is_one_redirect_and_a_living_object_wins(editor):
    one = f"/api/1/datasets/{DatasetFactory(organization=editor.organization, title='One').pk}/"
    for title in ("Two", "Three"):
        editor.put(one, {"title": title}, format="json")
    for old in ("one", "two"):
        assert editor.get(f"/api/1/datasets/{old}/")["Location"].endswith("/api/1/datasets/three/")
    new = editor.post("/api/1/datasets/", {"title": "One", "description": "d"}, format="json").json()
    assert editor.get("/api/1/datasets/one/").json()["id"] == new["id"]


@pytest.mark.parametrize(
    ("words", "tags"),
    [(["Eau Potable", "eau-potable", "EAU_POTABLE"], ["eau-potable"]), (["zoo", "été"], ["ete", "zoo"]),
     (["x" * 96], ["x" * 96]), ([], [])],
)  # fmt: skip
def test_tags_have_one_spelling(editor, words, tags):
    one = f"/api/1/datasets/{DatasetFactory(organization=editor.organization).pk}/"
    assert editor.put(one, {"tags": words}, format="json").json()["tags"] == tags
    for bad in ("ab", "é", "x" * 97, "---", ""):
        answer = editor.put(one, {"tags": ["good", bad]}, format="json")
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["tags"])


@pytest.mark.parametrize("access", ["open_with_account", "restricted"])
def test_the_licence_goes_with_the_open_access_and_its_criterion_with_it(editor, access):
    LicenseFactory()
    body = {"title": "t", "description": "d", "license": "lov2"}
    json = editor.post("/api/1/datasets/", body, format="json").json()
    assert (json["license"], json["quality"]["license"]) == ("lov2", True)
    one = f"/api/1/datasets/{json['id']}/"
    for json in (editor.put(one, {"access_type": access}, format="json").json(),
                 editor.post("/api/1/datasets/", {**body, "access_type": access}, format="json").json()):  # fmt: skip
        assert (json["license"], json["quality"]["license"]) == (None, False)


def test_counters_by_month_cover_thirteen_months(editor):
    DatasetFactory(organization=editor.organization)
    metrics.refresh_organization_metrics()
    found = Organization.objects.get(pk=editor.organization.pk).metric_months["datasets_by_months"]
    assert len(found) == 13
    assert list(found) == sorted(found)
    assert found[f"{timezone.now():%Y-%m}"] == 1


@pytest.mark.parametrize("kind", ["dataset", "reuse", "dataservice", "organization", "discussion"])
def test_read_only_mode_takes_nothing_but_from_administrators(editor, settings, kind):
    settings.READ_ONLY_MODE = True
    assert editor.post(f"/api/1/{kind}s/", {}, format="json").status_code == 423
    editor.force_authenticate(UserFactory(admin=True))
    assert editor.post(f"/api/1/{kind}s/", {}, format="json").status_code == 400
    assert not Dataset.objects.exists()


@pytest.mark.parametrize(("role", "status"), [("partial_editor", 400), ("editor", 400), ("admin", 200)])
def test_an_object_leaves_its_organization_by_an_administrator_only(api, role, status):
    member = MemberFactory(role=role)
    MemberFactory(organization=member.organization, role="admin")
    dataset = DatasetFactory(organization=member.organization)
    Assignment.objects.create(organization=member.organization, user=member.user, subject=dataset)
    api.force_authenticate(member.user)
    answer = api.put(f"/api/1/datasets/{dataset.pk}/", {"owner": member.user.pk}, format="json")
    assert answer.status_code == status
    if status == 400:
        assert list(answer.json()["errors"]) == ["owner"]
    dataset.refresh_from_db()
    assert (dataset.organization_id is None) is (status == 200)
