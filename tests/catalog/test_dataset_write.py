"""Writing datasets through the API: what is asked for is written, the rest stays, and errors say what to mend."""

import pytest
from django.utils import timezone

from catalog.models import Activity, Assignment, Dataset, GeoLevel, GeoZone
from tests.catalog.factories import DatasetFactory, LicenseFactory, MemberFactory, UserFactory

pytestmark = pytest.mark.django_db

URL = "/api/1/datasets/"


@pytest.fixture
def editor(api):
    member = MemberFactory(role="editor")
    api.force_authenticate(member.user)
    api.organization = member.organization
    return api


@pytest.fixture
def zone():
    level, _made = GeoLevel.objects.get_or_create(pk="country", defaults={"name": "Country"})
    return GeoZone.objects.get_or_create(
        pk="country:fr", defaults={"level": level, "code": "fr", "name": "France", "slug": "france"}
    )[0]


def path(dataset):
    return f"{URL}{dataset.pk}/"


def test_a_dataset_is_made_with_all_that_it_says(editor, zone):
    LicenseFactory()
    body = {
        "title": "Jeu de données",
        "description": "d",
        "organization": {"class": "Organization", "id": editor.organization.pk},
        "tags": ["Eau Potable", "eau-potable", "budget"],
        "frequency": "realtime",
        "license": "lov2",
        "temporal_coverage": {"start": "2020", "end": "2021-03"},
        "spatial": {"zones": ["country/fr@1789-01-01"], "granularity": "country"},
        "extras": {"k": [1, {"a": None}]},
        "access_audiences": [{"role": "private", "condition": "no"}],
        "schema": {"url": "https://schema.example.org/s.json"},
    }
    answer = editor.post(URL, body, format="json")
    assert answer.status_code == 201, answer.content
    json = answer.json()
    assert json["organization"]["id"] == editor.organization.pk
    assert json["permissions"] == {"delete": True, "edit": True, "edit_resources": True}
    assert json["tags"] == ["budget", "eau-potable"]
    assert json["frequency"] == "continuous"
    assert json["temporal_coverage"] == {"start": "2020-01-01", "end": "2021-03-31"}
    assert json["spatial"] == {"geom": None, "zones": ["country:fr"], "granularity": "country"}
    assert (json["license"], json["extras"], json["schema"]["url"]) == ("lov2", body["extras"], body["schema"]["url"])
    assert json["quality"]["temporal_coverage"] is True
    editor.organization.refresh_from_db()
    assert editor.organization.metric_datasets == 1
    assert Activity.objects.get().key == "dataset:created"


def test_without_an_organization_the_caller_owns_it(editor):
    json = editor.post(URL, {"title": "t", "description": "d"}, format="json").json()
    assert json["organization"] is None
    assert json["owner"]["id"] == Dataset.objects.get().owner_id


@pytest.mark.parametrize("role", [None, "partial_editor"])
def test_nobody_publishes_for_an_organization_without_being_its_editor(api, role):
    member = MemberFactory(role=role or "editor")
    api.force_authenticate(member.user if role else UserFactory())
    body = {"title": "t", "description": "d", "organization": member.organization.pk}
    answer = api.post(URL, body, format="json")
    assert answer.status_code == 400
    assert answer.json() == {"errors": {"organization": ["Permission denied for this organization"]}}
    assert not Dataset.objects.exists()


def test_what_is_not_named_stays(editor):
    """udata #2468 wipes tags and coverage; nothing is lost here."""
    dataset = DatasetFactory(
        organization=editor.organization, tags=["budget"], temporal_start="2020-01-01", extras={"a": 1}
    )
    json = editor.put(path(dataset), {"title": "Autre"}, format="json").json()
    assert (json["title"], json["tags"], json["extras"]) == ("Autre", ["budget"], {"a": 1})
    assert json["temporal_coverage"] == {"start": "2020-01-01", "end": None}
    assert Activity.objects.get().changes == ["title"]


def test_the_whole_object_may_be_sent_back(editor):
    dataset = DatasetFactory(organization=editor.organization, tags=["budget"])
    before = editor.get(path(dataset)).json()
    after = editor.put(path(dataset), before, format="json").json()
    assert after == before
    assert not Activity.objects.exists()


def test_a_new_title_leaves_a_redirect(editor):
    dataset = DatasetFactory(organization=editor.organization, title="Ancien")
    editor.put(path(dataset), {"title": "Nouveau"}, format="json")
    answer = editor.get(f"{URL}ancien/")
    assert (answer.status_code, answer["Location"]) == (308, f"{URL}nouveau/")


def test_closing_the_access_takes_the_licence_away(editor):
    dataset = DatasetFactory(organization=editor.organization, license=LicenseFactory())
    json = editor.put(path(dataset), {"access_type": "restricted"}, format="json").json()
    assert (json["access_type"], json["license"]) == ("restricted", None)
    assert editor.put(path(dataset), {"license": "lov2"}, format="json").json()["license"] is None


def test_deleting_and_restoring(editor):
    dataset = DatasetFactory(organization=editor.organization)
    assert editor.delete(path(dataset)).status_code == 204
    gone = {"message": "Dataset has been deleted"}
    for answer in (editor.delete(path(dataset)), editor.put(path(dataset), {"title": "x"}, format="json")):
        assert (answer.status_code, answer.json()) == (410, gone)
    assert editor.put(path(dataset), {"deleted": None}, format="json").json()["deleted"] is None
    assert editor.put(path(dataset), {"deleted": timezone.now().isoformat()}, format="json").json()["deleted"] is None


def test_archiving_and_drafts(editor):
    dataset = DatasetFactory(organization=editor.organization)
    moment = "2026-01-02T03:04:05+00:00"
    json = editor.put(path(dataset), {"archived": moment, "private": True}, format="json").json()
    assert (json["archived"], json["private"]) == (moment, True)
    editor.organization.refresh_from_db()
    assert editor.organization.metric_datasets == 0


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({"title": ""}, {"title": ["This field may not be blank."]}),
        ({"title": "x" * 351}, {"title": ["Ensure this field has no more than 350 characters."]}),
        ({"tags": ["a"]}, {"tags": ['Tag "a" must be between 3 and 96 characters long.']}),
        ({"tags": "eau"}, {"tags": ["Expected a list of texts."]}),
        ({"extras": [1]}, {"extras": ["Extras must be an object of keys and values."]}),
        ({"license": "zz"}, {"license": ["Unknown license"]}),
        ({"spatial": {"zones": ["country:zz"]}}, {"spatial": {"zones": ["Unknown geoid(s): country:zz"]}}),
        ({"temporal_coverage": {"start": "hier"}}, {"temporal_coverage": {"start": ["Unable to parse date."]}}),
        ({"organization": "zz"}, {"organization": ["Organization does not exist"]}),
        ({"contact_points": ["6" * 24]}, {"contact_points": [f"ContactPoint does not exist: {'6' * 24}"]}),
        ({"extras": {"custom:x": 1}}, None),
        ({"access_audiences": [{"role": "private"}]}, None),
        ({"spatial": {"geom": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}}}, None),
        ({"schema": {"version": "1"}}, None),
        ({"archived": "demain"}, None),
    ],
)
def test_a_bad_body_is_refused_with_its_reason_and_changes_nothing(editor, body, errors):
    dataset = DatasetFactory(organization=editor.organization, title="Avant")
    answer = editor.put(path(dataset), body, format="json")
    assert answer.status_code == 400, answer.content
    assert errors is None or answer.json() == {"errors": errors}
    version = dataset.version
    dataset.refresh_from_db()
    assert (dataset.title, dataset.version) == ("Avant", version)


def test_custom_extras_need_a_declaration(editor):
    editor.organization.extras = {"custom": [{"title": "level", "type": "choice", "choices": ["a", "b"]}]}
    editor.organization.save()
    dataset = DatasetFactory(organization=editor.organization)
    extras = path(dataset).replace("/1/", "/2/") + "extras/"
    assert editor.put(extras, {"custom:level": "a"}, format="json").json() == {"custom:level": "a"}
    assert editor.put(extras, {"custom:level": "z"}, format="json").status_code == 400
    assert editor.put(extras, {"custom:other": "a"}, format="json").status_code == 400
    assert editor.put(extras, {"custom:level": None, "k": 2}, format="json").json() == {"k": 2}
    assert editor.put(extras, [1], format="json").status_code == 400
    assert editor.delete(extras, ["k", "zz"], format="json").status_code == 204
    assert editor.get(extras).json() == {}


def test_only_administrators_put_forward(editor):
    dataset = DatasetFactory(organization=editor.organization)
    assert editor.post(f"{path(dataset)}featured/").status_code == 403
    editor.force_authenticate(UserFactory(admin=True))
    assert editor.post(f"{path(dataset)}featured/").json()["featured"] is True
    assert editor.delete(f"{path(dataset)}featured/").json()["featured"] is False


def test_a_partial_editor_edits_what_she_was_given(api):
    member = MemberFactory(role="partial_editor")
    given, other = DatasetFactory.create_batch(2, organization=member.organization)
    Assignment.objects.create(organization=member.organization, user=member.user, subject=given)
    api.force_authenticate(member.user)
    assert api.put(path(given), {"title": "t"}, format="json").json()["permissions"]["edit"] is True
    assert api.put(path(other), {"title": "t"}, format="json").status_code == 403
    assert api.get(path(other)).json()["permissions"]["edit"] is False
