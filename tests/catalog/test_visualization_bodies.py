"""The axes, series and filters of charts: what is refused and how, and series on what a reader may not read."""

import uuid

import pytest
from django.utils import timezone

from catalog.api.forms.visualization import MAX_DEPTH, MAX_FILTERS, MAX_SERIES
from catalog.models import Dataset, Visualization
from tests.catalog.factories import (
    CommunityResourceFactory,
    DatasetFactory,
    MemberFactory,
    ResourceFactory,
    UserFactory,
    VisualizationFactory,
)

pytestmark = pytest.mark.django_db

URL = "/api/1/visualizations/"
REQUIRED = "Field is required"
UNKNOWN = "Resource does not exist"
LEAF = {"column": "town", "condition": "exact", "value": "Lyon"}


@pytest.fixture
def author(api):
    member = MemberFactory(role="editor")
    api.force_authenticate(member.user)
    api.user, api.organization = member.user, member.organization
    return api


@pytest.fixture
def send(author):
    """Send a chart that is right but for what is given; `…` leaves a key out."""
    resource = str(ResourceFactory().pk)

    def sent(one=None, **values):
        body = {
            "title": "T",
            "description": "D",
            "x_axis": {"column_x": "year", "type": "discrete"},
            "series": [{"resource_id": resource, **(one or {})}],
            **values,
        }
        return author.post(URL, {key: value for key, value in body.items() if value is not ...}, format="json")

    return sent


def refused(answer):
    assert answer.status_code == 400, answer.content
    assert not Visualization.objects.exists()
    json = answer.json()
    assert set(json) == {"errors", "message"}
    return json


def test_what_lacks_is_said_in_the_words_of_newer_models(author):
    assert refused(author.post(URL, {}, format="json")) == {
        "errors": dict.fromkeys(["title", "description", "x_axis", "series"], REQUIRED),
        "message": f"ValidationError (Chart:None) ({REQUIRED}: ['title', 'description', 'x_axis', 'series'])",
    }


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"x_axis": "year"}, {"x_axis": "Expected an object."}),
        ({"x_axis": {"column_x": "", "type": "discrete"}}, {"x_axis": {"column_x": "This field may not be blank."}}),
        ({"x_axis": {"column_x": None, "type": "discrete"}}, {"x_axis": {"column_x": REQUIRED}}),
        ({"x_axis": {"column_x": "c", "type": "log"}}, {"x_axis": {"type": '"log" is not a valid choice.'}}),
        (
            {"x_axis": {"column_x": "c", "type": "discrete", "sort_x_by": "z", "sort_x_direction": "up"}},
            {"x_axis": {"sort_x_by": '"z" is not a valid choice.', "sort_x_direction": '"up" is not a valid choice.'}},
        ),
        ({"y_axis": []}, {"y_axis": "Expected an object."}),
        ({"y_axis": {"min": True}}, {"y_axis": {"min": "A valid number is required."}}),
        ({"y_axis": {"min": "nan"}}, {"y_axis": {"min": "A valid number is required."}}),
        ({"y_axis": {"max": "1e999"}}, {"y_axis": {"max": "A valid number is required."}}),
        ({"y_axis": {"min": "-1e30"}}, {"y_axis": {"min": "A valid number is required."}}),
        ({"y_axis": {"min": 2, "max": 1}}, {"y_axis": {"max": "The maximum is below the minimum."}}),
        ({"y_axis": {"unit_position": "over"}}, {"y_axis": {"unit_position": '"over" is not a valid choice.'}}),
        ({"series": {}}, {"series": "Expected a list."}),
        ({"series": []}, {"series": "Field is required and cannot be empty"}),
        ({"series": [None, "x"]}, {"series": {"0": "Expected an object.", "1": "Expected an object."}}),
        ({"series": [{}]}, {"series": {"0": {"resource_id": REQUIRED}}}),
        ({"series": [{"resource_id": "x"}]}, {"series": {"0": {"resource_id": "Must be a valid UUID."}}}),
        ({"series": [{}] * (MAX_SERIES + 1)}, {"series": f"There are more than {MAX_SERIES} series."}),
        ({"private": "maybe"}, {"private": "Must be a valid boolean."}),
        ({"extras": []}, {"extras": "Extras must be an object of keys and values."}),
    ],
)
def test_what_is_wrong_is_said_where_it_is(send, values, errors):
    assert refused(send(**values))["errors"] == errors


@pytest.mark.parametrize(
    ("series", "errors"),
    [
        ({"type": "pie"}, {"type": '"pie" is not a valid choice.'}),
        ({"aggregate_y": "median"}, {"aggregate_y": '"median" is not a valid choice.'}),
        ({"column_y": "c" * 501}, {"column_y": "Ensure this field has no more than 500 characters."}),
        ({"column_y": {}}, {"column_y": "Not a valid string."}),
        ({"filters": []}, {"filters": "Expected an object."}),
        ({"filters": {}}, {"filters": {"column": REQUIRED, "condition": REQUIRED}}),
        ({"filters": {**LEAF, "condition": "like"}}, {"filters": {"condition": '"like" is not a valid choice.'}}),
        ({"filters": {**LEAF, "value": True}}, {"filters": {"value": "Not a valid string."}}),
        ({"filters": {"filters": LEAF}}, {"filters": {"filters": "Expected a list."}}),
        (
            {"filters": {"filters": [LEAF, {"filters": [LEAF, {"column": "c"}]}, 3]}},
            {"filters": {"filters": {"1": {"filters": {"1": {"condition": REQUIRED}}}, "2": "Expected an object."}}},
        ),
    ],
)
def test_what_is_wrong_in_a_series_is_said_with_its_place(send, series, errors):
    assert refused(send(series))["errors"] == {"series": {"0": errors}}


def test_the_message_gives_the_path_to_what_is_wrong(send):
    assert refused(send({"filters": {"filters": [LEAF, {"column": "c"}]}}))["message"] == (
        f"series.0.filters.filters.1.condition: {REQUIRED}"
    )
    assert refused(send(private="maybe", y_axis=[]))["message"]


def nested(depth):
    return {"filters": [nested(depth - 1)]} if depth else LEAF


def test_filters_nest_and_are_many_up_to_a_limit(send):
    assert send({"filters": nested(MAX_DEPTH)}).status_code == 201
    assert send({"filters": {"filters": [LEAF] * (MAX_FILTERS - 1)}}).status_code == 201
    Visualization.objects.all().delete()
    assert f"deeper than {MAX_DEPTH} levels" in refused(send({"filters": nested(MAX_DEPTH + 1)}))["message"]
    errors = refused(send({"filters": {"filters": [LEAF] * MAX_FILTERS}}))["errors"]
    assert errors == {"series": {"0": {"filters": f"There are more than {MAX_FILTERS} filters."}}}


def test_a_tree_of_filters_is_kept_as_udata_shows_it(send):
    tree = {
        "filters": [{"column": "c", "condition": "is_null", "class": "Filter"}, {"filters": [{**LEAF, "value": 3}]}]
    }
    json = send({"filters": tree}).json()
    assert json["series"][0]["filters"] == {
        "filters": [
            {"column": "c", "condition": "is_null", "value": None},
            {"filters": [{**LEAF, "value": "3"}]},
        ]
    }


def test_a_body_of_another_kind_is_refused(author):
    answer = author.post(URL, [], format="json")
    assert (answer.status_code, answer.json()) == (400, {"errors": {"request": "expecting a JSON object"}})
    assert author.post(URL, {"title": "t"}, format="multipart").status_code == 400


def test_a_resource_that_the_caller_may_not_read_is_refused_as_one_that_is_not_there(author, send):
    strangers = ResourceFactory(dataset=DatasetFactory(draft=True))
    hidden = CommunityResourceFactory(dataset=strangers.dataset)
    for pk in (strangers.pk, hidden.pk, uuid.uuid4()):
        json = refused(send({"resource_id": str(pk)}))
        assert json == {
            "errors": {"series": {"0": {"resource_id": UNKNOWN}}}, "message": f"series.0.resource_id: {UNKNOWN}"
        }  # fmt: skip
    own = ResourceFactory(dataset=DatasetFactory(draft=True, organization=author.organization))
    for pk in (own.pk, CommunityResourceFactory().pk):
        assert send({"resource_id": str(pk).upper()}).json()["series"][0]["resource_id"] == str(pk)


@pytest.fixture
def chart(author):
    """A chart of the author's on an open resource and on another's."""
    series = [
        {"type": "line", "column_y": name, "resource_id": str(ResourceFactory().pk), "filters": LEAF}
        for name in ("open", "secret")
    ]
    return VisualizationFactory(owner=author.user, series=series)


def dataset_of(chart, place=1):
    return Dataset.objects.get(resources=chart.series[place]["resource_id"])


def columns(client, chart):
    alone = [one["column_y"] for one in client.get(f"{URL}{chart.pk}/").json()["series"]]
    listed = [one["column_y"] for one in client.get(URL).json()["data"][0]["series"]]
    assert alone == listed
    return alone


@pytest.mark.parametrize("change", [{"private": True}, {"deleted": timezone.now()}])
def test_a_series_on_what_was_hidden_since_is_shown_to_nobody_else(author, chart, change):
    assert columns(author, chart) == ["open", "secret"]
    dataset = dataset_of(chart)
    Dataset.objects.filter(pk=dataset.pk).update(**change)
    publisher = MemberFactory(organization=dataset.organization).user
    for reader, seen in {None: ["open"], chart.owner: ["open"], publisher: ["open", "secret"]}.items():
        author.force_authenticate(reader)
        assert columns(author, chart) == seen
    author.force_authenticate(None)
    for address in (URL, f"{URL}{chart.pk}/"):
        content = author.get(address).content.decode()
        assert "secret" not in content
        assert chart.series[1]["resource_id"] not in content


def test_an_archived_dataset_is_still_read(author, chart):
    Dataset.objects.filter(pk=dataset_of(chart).pk).update(archived=timezone.now())
    author.force_authenticate(None)
    assert columns(author, chart) == ["open", "secret"]


def test_a_series_on_a_resource_that_is_gone_is_shown_to_nobody(author, chart):
    dataset_of(chart).resources.all().delete()
    for reader in (None, chart.owner, UserFactory(admin=True)):
        author.force_authenticate(reader)
        assert columns(author, chart) == ["open"]


def test_series_that_the_editor_can_not_see_survive_what_she_sends_back(author, chart):
    Dataset.objects.filter(pk=dataset_of(chart).pk).update(private=True)
    read = author.get(f"{URL}{chart.pk}/").json()
    assert author.patch(f"{URL}{chart.pk}/", {**read, "title": "New"}, format="json").status_code == 200
    Dataset.objects.update(private=False)
    assert columns(author, chart) == ["open", "secret"]


def test_a_chart_of_which_she_sees_no_series_can_be_sent_back(author, chart):
    Dataset.objects.update(private=True)
    read = author.get(f"{URL}{chart.pk}/").json()
    assert read["series"] == []
    assert author.patch(f"{URL}{chart.pk}/", {**read, "title": "New"}, format="json").json()["title"] == "New"
    Dataset.objects.update(private=False)
    assert columns(author, chart) == ["open", "secret"]
    assert author.patch(f"{URL}{chart.pk}/", {"series": []}, format="json").status_code == 400


def test_series_on_what_is_gone_go_with_the_next_change(author, chart):
    dataset_of(chart).resources.all().delete()
    read = author.get(f"{URL}{chart.pk}/").json()
    assert author.patch(f"{URL}{chart.pk}/", read, format="json").status_code == 200
    chart.refresh_from_db()
    assert [one["column_y"] for one in chart.series] == ["open"]
