"""Charts over the API: lists, reading, writing, who may, and what a bad body is told."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from catalog.models import Visualization
from tests.catalog.factories import (
    MemberFactory,
    OrganizationFactory,
    ResourceFactory,
    UserFactory,
    VisualizationFactory,
)

pytestmark = pytest.mark.django_db

URL = "/api/1/visualizations/"
REQUIRED = "Field is required"
NULLS = {"min": None, "max": None, "label": None, "unit": None, "unit_position": None}


@pytest.fixture
def editor(api):
    member = MemberFactory(role="editor")
    api.force_authenticate(member.user)
    api.user, api.organization = member.user, member.organization
    return api


@pytest.fixture
def body():
    return {
        "title": "Visiteurs par an",
        "description": "Les visiteurs des musées.",
        "x_axis": {"column_x": "year", "type": "discrete"},
        "series": [{"type": "line", "column_y": "visitors", "resource_id": str(ResourceFactory().pk)}],
    }


def path(chart):
    return f"{URL}{chart.pk}/"


def titles(answer):
    return [one["title"] for one in answer.json()["data"]]


def test_a_chart_is_made_with_all_that_it_says(editor, body):
    resource = ResourceFactory()
    body |= {
        "organization": {"class": "Organization", "id": editor.organization.pk},
        "x_axis": {"column_x": " year ", "type": "continuous", "sort_x_by": "axis_y", "sort_x_direction": "desc"},
        "y_axis": {"label": "Visitors", "min": 0, "max": 10.5, "unit": "k", "unit_position": "prefix"},
        "series": [
            {
                "type": "histogram", "column_y": "visitors", "aggregate_y": "sum", "resource_id": str(resource.pk),
                "column_x_name_override": "annee",
                "filters": {"filters": [{"column": "town", "condition": "exact", "value": "Lyon"}]},
            }
        ],
        "extras": {"k": [1]},
        "private": True,
    }  # fmt: skip
    answer = editor.post(URL, body, format="json")
    assert answer.status_code == 201, answer.content
    json = answer.json()
    assert set(json) == {
        "created_at", "deleted_at", "description", "extras", "id", "image", "image_thumbnail", "last_modified",
        "metrics", "organization", "owner", "permissions", "private", "series", "slug", "title", "x_axis", "y_axis",
    }  # fmt: skip
    for name in ("title", "description", "x_axis", "series", "extras", "private"):
        assert json[name] == body[name], name
    assert json["y_axis"] == {**body["y_axis"], "min": 0.0}
    assert (json["organization"]["id"], json["owner"]) == (editor.organization.pk, None)
    assert (json["slug"], json["metrics"], json["deleted_at"]) == ("visiteurs-par-an", {"views": 0}, None)
    assert json["permissions"] == {"delete": True, "edit": True}
    assert (json["image"], json["image_thumbnail"]) == (None, None)
    assert editor.get(f"{URL}{json['id']}/").json() == json
    assert editor.get(f"{URL}visiteurs-par-an/").json() == json


def test_what_is_not_said_has_udatas_values(editor, body):
    json = editor.post(URL, body, format="json").json()
    assert json["owner"]["id"] == editor.user.pk
    assert json["x_axis"] == {
        "column_x": "year", "type": "discrete", "sort_x_by": "axis_x", "sort_x_direction": "asc"
    }  # fmt: skip
    assert json["y_axis"] == NULLS
    assert json["series"] == [
        {**body["series"][0], "aggregate_y": None, "column_x_name_override": None, "filters": None}
    ]
    assert (json["private"], json["extras"]) == (False, {})
    json = editor.post(URL, {**body, "y_axis": {"label": "L"}, "title": "Other"}, format="json").json()
    assert json["y_axis"] == {**NULLS, "label": "L", "unit_position": "suffix"}


def test_a_list_has_the_newest_first_and_can_be_sorted_and_paged(api):
    for number, title in enumerate(["b", "a", "c"]):
        VisualizationFactory(
            title=title,
            created_at=datetime(2026, 1, 1 + number, tzinfo=UTC),
            last_modified=datetime(2026, 2, 9 - number, tzinfo=UTC),
        )
    assert titles(api.get(URL)) == ["c", "a", "b"]
    for sort, expected in {"title": "abc", "-title": "cba", "created": "bac", "last_modified": "cab"}.items():
        assert "".join(titles(api.get(URL, {"sort": sort}))) == expected, sort
    page = api.get(URL, {"sort": "title", "page": 2, "page_size": 2}).json()
    assert ([one["title"] for one in page["data"]], page["total"], page["next_page"]) == (["c"], 3, None)
    assert page["previous_page"].endswith(f"{URL}?sort=title&page=1&page_size=2")
    assert api.get(URL, {"page": 9}).status_code == 404
    refused = api.get(URL, {"sort": "views"})
    assert refused.status_code == 400
    assert "'views' is not a valid choice" in refused.json()["errors"]["sort"]


def test_a_list_is_filtered_by_its_owners(api):
    mine, organization = VisualizationFactory(title="mine"), OrganizationFactory()
    VisualizationFactory(title="ours", owner=None, organization=organization)
    assert titles(api.get(URL, {"owner": mine.owner_id})) == ["mine"]
    assert titles(api.get(URL, {"organization": organization.pk})) == ["ours"]
    assert titles(api.get(URL, {"organization": organization.slug})) == ["ours"]
    assert api.get(URL, {"organization": "nobody"}).status_code == 400


def test_the_number_in_all_follows_each_change(api):
    """The count is remembered: it is the log of changes that makes it forgotten."""
    assert api.get(URL).json()["total"] == 0
    chart = VisualizationFactory()
    assert api.get(URL).json()["total"] == 1
    Visualization.objects.filter(pk=chart.pk).update(private=True)
    assert api.get(URL).json()["total"] == 0
    chart.delete()
    VisualizationFactory()
    assert api.get(URL).json()["total"] == 1


def test_drafts_and_deleted_charts_are_for_their_owners(api):
    member = MemberFactory(role="partial_editor")
    ours = {"owner": None, "organization": member.organization}
    public = VisualizationFactory(title="public")
    draft, gone = VisualizationFactory(title="draft", draft=True, **ours), VisualizationFactory(gone=True, **ours)
    for stranger in (None, UserFactory()):
        api.force_authenticate(stranger)
        assert titles(api.get(URL)) == ["public"]
        assert api.get(path(draft)).status_code == 404
        answer = api.get(path(gone))
        assert (answer.status_code, answer.json()) == (410, {"message": "Visualization has been deleted"})
    assert titles(api.get(URL, {"private": "true"})) == []
    api.force_authenticate(member.user)
    assert api.get(path(draft)).status_code == api.get(path(gone)).status_code == 200
    assert titles(api.get(URL, {"private": "true"})) == ["draft"]
    assert public.title in titles(api.get(URL, {"private": "false"}))
    api.force_authenticate(None)
    assert api.get(URL, {"private": "true"}).status_code == 401


def test_a_list_costs_the_same_at_any_length(api, django_assert_num_queries, django_assert_max_num_queries):
    VisualizationFactory.create_batch(2)
    api.get(URL)
    with django_assert_max_num_queries(8) as few:
        api.get(URL)
    before = len(few)
    VisualizationFactory.create_batch(10)
    api.get(URL)
    with django_assert_num_queries(before):
        assert len(titles(api.get(URL))) == 12


def test_a_patch_changes_only_what_it_names(editor, body):
    made = editor.post(URL, {**body, "extras": {"a": 1}, "y_axis": {"unit": "€"}}, format="json").json()
    address = f"{URL}{made['id']}/"
    json = editor.patch(address, {"description": "Autre"}, format="json").json()
    assert json == {**made, "description": "Autre", "last_modified": json["last_modified"]}
    assert json["last_modified"] > made["last_modified"]
    assert editor.patch(address, json, format="json").json() == json, "sent back as it was read, it is no change"
    json = editor.patch(address, {"y_axis": None, "extras": None, "private": True}, format="json").json()
    assert (json["y_axis"], json["extras"], json["private"]) == (NULLS, {}, True)


def test_a_part_is_replaced_and_never_mended(editor, body):
    made = editor.post(URL, body, format="json").json()
    answer = editor.patch(f"{URL}{made['id']}/", {"x_axis": {"sort_x_by": "axis_y"}}, format="json")
    assert answer.status_code == 400
    assert answer.json() == {
        "errors": {"x_axis": {"column_x": REQUIRED, "type": REQUIRED}}, "message": f"x_axis.column_x: {REQUIRED}"
    }  # fmt: skip


def test_a_new_title_leaves_a_redirect(editor, body):
    made = editor.post(URL, body, format="json").json()
    json = editor.patch(f"{URL}{made['slug']}/", {"title": "Nouveau"}, format="json").json()
    assert json["slug"] == "nouveau"
    for answer in (editor.get(f"{URL}visiteurs-par-an/"), editor.patch(f"{URL}visiteurs-par-an/", {}, format="json")):
        assert (answer.status_code, answer["Location"]) == (308, f"{URL}nouveau/")


def test_what_is_deleted_stays_deleted(editor, body):
    """udata restores no chart: `deleted_at` is not for callers."""
    made = editor.post(URL, body, format="json").json()
    address = f"{URL}{made['id']}/"
    deleted = editor.delete(address)
    assert (deleted.status_code, deleted.content) == (204, b"")
    gone = {"message": "Visualization has been deleted"}
    for answer in (
        editor.delete(address),
        editor.patch(address, {"title": "x"}, format="json"),
        editor.patch(address, {"deleted_at": None}, format="json"),
    ):
        assert (answer.status_code, answer.json()) == (410, gone)
    assert editor.get(address).json()["deleted_at"]
    homonym = editor.post(URL, body, format="json").json()
    assert homonym["slug"] == "visiteurs-par-an-1"
    assert editor.patch(f"{URL}{homonym['id']}/", {"deleted_at": "2026-01-01"}, format="json").json()[
        "deleted_at"
    ] is None  # fmt: skip


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("anonymous", 401),
        ("stranger", 403),
        ("partial_editor", 403),
        ("editor", 200),
        ("admin", 200),
        ("sysadmin", 200),
    ],
)
def test_who_may_change_the_chart_of_an_organization(api, role, allowed):
    chart = VisualizationFactory(owner=None, organization=OrganizationFactory())
    people = {"stranger": UserFactory, "sysadmin": lambda: UserFactory(admin=True), "anonymous": lambda: None}
    make = people.get(role) or (lambda: MemberFactory(organization=chart.organization, role=role).user)
    api.force_authenticate(make())
    may = allowed == 200
    assert api.get(path(chart)).json()["permissions"] == {"delete": may, "edit": may}
    assert api.patch(path(chart), {"title": "New"}, format="json").status_code == allowed
    assert Visualization.objects.get().title == ("New" if may else chart.title)
    assert api.delete(path(chart)).status_code == (204 if may else allowed)
    assert Visualization.objects.filter(deleted_at=None).exists() is not may


def test_charts_are_made_by_whoever_signed_in_and_for_her_organizations_alone(api, body):
    assert api.post(URL, body, format="json").status_code == 401
    partial = MemberFactory(role="partial_editor")
    api.force_authenticate(partial.user)
    refused = api.post(URL, {**body, "organization": partial.organization.pk}, format="json")
    assert refused.status_code == 400
    assert refused.json()["errors"] == {"organization": "Permission denied for this organization"}
    refused = api.post(URL, {**body, "owner": UserFactory().pk}, format="json")
    assert refused.json()["errors"] == {"owner": "You can only set yourself as owner"}
    assert not Visualization.objects.exists()


def test_a_stale_if_match_changes_nothing(editor, body):
    address = f"{URL}{editor.post(URL, body, format='json').json()['id']}/"
    etag = editor.get(address)["ETag"]
    assert editor.patch(address, {"title": "First"}, format="json", headers={"if-match": etag}).status_code == 200
    for late in (
        editor.patch(address, {"title": "Second"}, format="json", headers={"if-match": etag}),
        editor.delete(address, headers={"if-match": etag}),
    ):
        assert late.status_code == 412
    assert Visualization.objects.get().title == "First"
    assert Visualization.objects.get().deleted_at is None


def picture():
    content = BytesIO()
    Image.new("RGB", (900, 300), "teal").save(content, "PNG")
    return SimpleUploadedFile("chart.png", content.getvalue(), content_type="image/png")


@pytest.fixture
def storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def test_an_image_is_drawn_anew_and_shown(editor, storage):
    chart = VisualizationFactory(owner=editor.user)
    answer = editor.post(f"{path(chart)}image/", {"file": picture(), "bbox": "0,0,300,300"}, format="multipart")
    assert answer.status_code == 200, answer.content
    json = editor.get(path(chart)).json()
    assert answer.json() == {"success": True, "image": json["image"]}
    assert json["image_thumbnail"].endswith("-500.png")
    assert json["last_modified"] > chart.last_modified.isoformat()
    assert any(storage.rglob("visualizations/**/*.png"))


def test_an_image_that_can_not_be_kept_changes_nothing(editor, storage):
    chart = VisualizationFactory(owner=editor.user)
    address = f"{path(chart)}image/"
    disguised = SimpleUploadedFile("chart.png", b"<svg onload='alert(1)'/>", content_type="image/png")
    for data in ({}, {"file": disguised}, {"file": picture(), "bbox": "9,9,1,1"}):
        answer = editor.post(address, data, format="multipart")
        assert answer.status_code == 400
        assert answer.json()["success"] is False
    editor.force_authenticate(UserFactory())
    assert editor.post(address, {"file": picture()}, format="multipart").status_code == 403
    editor.force_authenticate(None)
    assert editor.post(address, {"file": picture()}, format="multipart").status_code == 401
    assert not Visualization.objects.get().image
    assert not any(storage.rglob("*.png"))
