"""The statistics for programs: our own form, data.gouv.fr's, and that both agree with the tables."""

import csv
import io
from datetime import date

import pytest
from django.urls import resolve
from django.utils import timezone
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from stats.api import metrics
from stats.kinds import Agent, Channel, Kind, Target
from stats.models import DayCount, HourCount, MonthCount, OrganizationMonth, SiteDay, StatsObject
from stats.periods import add_months, last_months
from tests.catalog.factories import DatasetFactory, OrganizationFactory, ResourceFactory, ReuseFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    """A dataset with a file, in an organization, and a reuse: ten times used a month, once more each month."""
    organization = OrganizationFactory()
    dataset, reuse = DatasetFactory(organization=organization), ReuseFactory()
    resource = ResourceFactory(dataset=dataset)
    owner = StatsObject.objects.create(target=Target.ORGANIZATION, ref=organization.pk)
    one = StatsObject.objects.create(target=Target.DATASET, ref=dataset.pk, organization_ref=organization.pk)
    file = StatsObject.objects.create(
        target=Target.RESOURCE, ref=str(resource.pk), parent=one, organization_ref=organization.pk
    )
    other = StatsObject.objects.create(target=Target.REUSE, ref=reuse.pk)
    for number, month in enumerate(last_months(14)):
        for target, kind, channel in ((one, Kind.VIEW, 1), (file, Kind.DOWNLOAD, 4), (other, Kind.VIEW, 1)):
            for agent in (Agent.HUMAN, Agent.MACHINE, Agent.ROBOT, Agent.INTERNAL):
                MonthCount.objects.create(
                    month=month,
                    target=target,
                    kind=kind,
                    channel=channel,
                    agent=agent,
                    hits=20,
                    uses=10 + number,
                    uniques=5,
                )
        OrganizationMonth.objects.create(
            month=month,
            organization=owner,
            target_kind=Target.DATASET,
            kind=Kind.VIEW,
            agent=0,
            hits=20,
            uses=10 + number,
        )
    return {"dataset": dataset, "organization": organization, "resource": resource, "reuse": reuse}


def test_a_dataset_has_its_months_without_robots(api, world):
    answer = api.get(f"/api/stats/1/datasets/{world['dataset'].slug}/")
    found = answer.json()
    assert answer.status_code == 200
    assert found["object"] == {
        "class": "Dataset", "id": world["dataset"].pk, "page": f"http://127.0.0.1:8000/datasets/{world['dataset'].slug}/",
    } | {"page": found["object"]["page"]}  # fmt: skip
    assert found["granularity"] == "month"
    assert len(found["data"]) == 13
    assert found["data"][-1] == {
        "period": f"{timezone.localdate():%Y-%m}", "views": 23, "downloads": 46, "api_calls": 0, "previews": 0,
    }  # fmt: skip
    assert found["next_page"] is None
    assert answer["Cache-Control"] == "public, max-age=300"
    assert answer["Access-Control-Allow-Origin"] == "*"
    again = api.get(f"/api/stats/1/datasets/{world['dataset'].pk}/", headers={"if-none-match": answer["ETag"]})
    assert again.status_code in (200, 304)


def test_an_answer_that_the_client_has_is_not_sent_again(api, world):
    address = f"/api/stats/1/datasets/{world['dataset'].slug}/"
    etag = api.get(address)["ETag"]
    assert api.get(address, headers={"if-none-match": etag}).status_code == 304


def test_agents_and_channels_are_chosen(api, world):
    address = f"/api/stats/1/datasets/{world['dataset'].slug}/"
    assert api.get(address, {"agent": "robot,machine"}).json()["data"][-1]["views"] == 46
    assert api.get(address, {"channel": "permalink"}).json()["data"][-1]["views"] == 0
    assert api.get(address, {"channel": "permalink"}).json()["data"][-1]["downloads"] == 46


def test_periods_are_given_without_holes_and_in_pages(api, world):
    address = f"/api/stats/1/datasets/{world['dataset'].slug}/"
    first = add_months(last_months(1)[0], -20)
    periods, pages = [], 0
    found = api.get(address, {"from": f"{first:%Y-%m}", "page_size": 8}).json()
    while True:
        periods += [one["period"] for one in found["data"]]
        pages += 1
        if not found["next_page"]:
            break
        found = api.get(found["next_page"]).json()
    assert pages == 3
    assert periods == [f"{add_months(first, number):%Y-%m}" for number in range(21)]


def test_days_and_hours_are_given_too(api, world):
    today, one = timezone.localdate(), StatsObject.objects.get(target=Target.DATASET)
    DayCount.objects.create(day=today, target=one, kind=1, channel=1, agent=0, hits=9, uses=7, uniques=5)
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    HourCount.objects.create(hour=hour, target=one, kind=1, channel=1, agent=0, hits=9)
    address = f"/api/stats/1/datasets/{world['dataset'].slug}/"
    days = api.get(address, {"granularity": "day"}).json()["data"]
    hours = api.get(address, {"granularity": "hour"}).json()["data"]
    assert (len(days), days[-1]["period"], days[-1]["views"]) == (30, today.isoformat(), 7)
    assert (len(hours), hours[-1]["views"]) == (48, 9)
    assert hours[-1]["period"] == f"{hour:%Y-%m-%dT%H:%M:%SZ}"


def test_the_portal_and_organizations_have_columns_of_their_own(api, world):
    SiteDay.objects.create(day=timezone.localdate(), agent=0, visitors=3)
    site = api.get("/api/stats/1/site/").json()["data"][-1]
    assert (site["dataset_views"], site["downloads"], site["reuse_views"], site["views"]) == (23, 46, 23, 46)
    assert site["visitors"] == 3
    found = api.get(f"/api/stats/1/organizations/{world['organization'].slug}/").json()["data"][-1]
    assert found["dataset_views"] == 23


def test_the_same_is_had_as_csv(client, world):
    for address, headers in (
        (f"/api/stats/1/datasets/{world['dataset'].slug}.csv", {}),
        (f"/api/stats/1/datasets/{world['dataset'].slug}/?format=csv", {}),
        (f"/api/stats/1/datasets/{world['dataset'].slug}/", {"accept": "text/csv"}),
    ):
        answer = client.get(address, headers=headers)
        rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        assert len(rows) == 13
        assert rows[-1]["views"] == "23"


@pytest.mark.parametrize(
    "query",
    ["granularity=week", "from=yesterday", "from=2026-13", "to=2020-01", "agent=owner", "channel=9", "page_size=0",
     "page_size=-1", "page_size=99999", "cursor=2026", "from=0001-01&granularity=hour", "colour=red", "from=%00"],
)  # fmt: skip
def test_what_makes_no_sense_is_told(api, world, query):
    answer = api.get(f"/api/stats/1/datasets/{world['dataset'].slug}/?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"]


@pytest.mark.parametrize("query", ["granularity=hour", "channel=web"])
def test_organizations_have_neither_hours_nor_channels(api, world, query):
    assert api.get(f"/api/stats/1/organizations/{world['organization'].slug}/?{query}").status_code == 400


def test_who_may_not_read_an_object_may_not_read_its_audience(api, client):
    draft = DatasetFactory(private=True, owner=UserFactory(), organization=None)
    address = f"/api/stats/1/datasets/{draft.slug}/"
    assert api.get(address).status_code == 404
    assert client.get(f"/datasets/{draft.slug}/statistiques/").status_code == 404
    client.force_login(draft.owner)
    answer = client.get(address)
    assert answer.status_code == 200
    assert "private" in answer["Cache-Control"]
    assert client.get(f"/datasets/{draft.slug}/statistiques/").status_code == 200


@pytest.mark.parametrize("path", ["datasets/nobody/", "cats/x/", "resources/x/", "resources/%00/"])
def test_what_is_not_there_is_not_found(api, path):
    assert api.get(f"/api/stats/1/{path}").status_code == 404


def test_it_costs_the_same_queries_at_any_number_of_periods(api, world, django_assert_max_num_queries):
    for size in ("1", "13"):
        with django_assert_max_num_queries(5):
            api.get(f"/api/stats/1/datasets/{world['dataset'].slug}/", {"page_size": size})


# --- data.gouv.fr's form -------------------------------------------------------------------------------------------

COLUMNS = {
    "datasets": ["__id", "dataset_id", "organization_id", "metric_month", "monthly_visit", "monthly_download_resource"],
    "resources": ["__id", "resource_id", "dataset_id", "metric_month", "monthly_download_resource"],
    "reuses": ["__id", "reuse_id", "metric_month", "monthly_visit"],
    "dataservices": ["__id", "dataservice_id", "metric_month", "monthly_visit"],
    "organizations": ["__id", "organization_id", "metric_month", "monthly_visit_dataset", "monthly_download_resource",
                      "monthly_visit_reuse", "monthly_visit_dataservice"],
    "site": ["__id", "metric_month", "monthly_visit_dataset", "monthly_download_resource", "monthly_visit_reuse",
             "monthly_visit_dataservice"],
    "datasets_total": ["__id", "dataset_id", "organization_id", "visit", "download_resource", "outlink"],
    "resources_total": ["__id", "resource_id", "dataset_id", "download_resource"],
    "reuses_total": ["__id", "reuse_id", "visit", "outlink"],
    "dataservices_total": ["__id", "dataservice_id", "visit"],
    "organizations_total": ["__id", "organization_id", "visit_dataset", "download_resource", "visit_reuse",
                            "visit_dataservice", "outlink"],
}  # fmt: skip


@pytest.mark.parametrize("model", COLUMNS)
def test_each_model_has_its_columns_in_json_and_csv(api, client, world, model):
    found = api.get(f"/api/{model}/data/").json()
    assert set(found) == {"data", "links", "meta"}
    assert set(found["links"]) == {"next", "prev"}
    assert set(found["meta"]) == {"page", "page_size", "total"}
    assert all(list(row) == COLUMNS[model] for row in found["data"])
    answer = client.get(f"/api/{model}/data/csv/")
    assert answer["Content-Disposition"] == f'attachment; filename="{model}.csv"'
    lines = b"".join(answer).decode().splitlines()
    assert lines[0] == ",".join(COLUMNS[model])
    assert len(lines) == found["meta"]["total"] + 1


def test_what_the_front_of_data_gouv_asks_is_answered(api, world):
    query = {"organization_id__exact": world["organization"].pk, "metric_month__sort": "desc", "page_size": 12}
    found = api.get("/api/organizations/data/", query).json()
    assert found["meta"] == {"page": 1, "page_size": 12, "total": 14}
    assert len(found["data"]) == 12
    assert found["data"][0]["metric_month"] == f"{timezone.localdate():%Y-%m}"
    assert found["data"][0]["monthly_visit_dataset"] == 23
    assert "page=2" in found["links"]["next"]
    second = api.get(found["links"]["next"]).json()
    assert len(second["data"]) == 2
    assert second["links"]["next"] is None
    datasets = api.get("/api/datasets/data/", query | {"page_size": 50}).json()["data"]
    assert datasets[0] == {
        "__id": datasets[0]["__id"], "dataset_id": world["dataset"].pk, "organization_id": world["organization"].pk,
        "metric_month": f"{timezone.localdate():%Y-%m}", "monthly_visit": 23, "monthly_download_resource": 46,
    }  # fmt: skip
    totals = api.get("/api/datasets_total/data/", {"dataset_id__exact": world["dataset"].pk}).json()["data"]
    assert [(row["visit"], row["download_resource"]) for row in totals] == [(14 * 10 + 91, 2 * (14 * 10 + 91))]


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("monthly_visit__exact=23", 1),
        ("monthly_visit__differs=23", 13),
        ("monthly_visit__less=11", 2),
        ("monthly_visit__strictly_less=11", 1),
        ("monthly_visit__greater=22", 2),
        ("monthly_visit__strictly_greater=22", 1),
        ("monthly_visit__in=10,11,99", 2),
        ("monthly_visit__notin=10,11,99", 12),
        ("monthly_visit__isnull=", 0),
        ("monthly_visit__isnotnull=", 14),
        ("metric_month__contains=-", 14),
        ("metric_month__notcontains=-", 0),
        ("metric_month__less=1999-01", 0),
        ("dataset_id__exact=nobody", 0),
        ("monthly_visit__greater=12&monthly_visit__strictly_less=15&metric_month__sort=asc", 3),
        ("columns=metric_month,monthly_visit", 14),
        ("or=(monthly_visit__exact.23,monthly_visit__less.11)", 3),
        ("or=(monthly_visit__exact.23,and(monthly_visit__less.11,monthly_visit__strictly_greater.10))", 2),
        ("or=(dataset_id__exact.nobody,monthly_visit__isnull)", 0),
        ('or=("dataset_id"__exact."nobody","monthly_visit"__in."10,11")', 2),
        ("or=(monthly_visit__less.11)&or=(monthly_visit__greater.11)", 1),
        ("or=(monthly_visit__less.11,monthly_visit__greater.22)&monthly_visit__differs=10", 3),
    ],
)
def test_each_operator_means_what_it_says(api, world, query, rows):
    assert api.get(f"/api/datasets/data/?{query}").json()["meta"]["total"] == rows


@pytest.mark.parametrize(
    "query",
    ["page_size=51", "page=0", "page=x", "nothing__exact=1", "monthly_visit__exact=many", "monthly_visit__contains=1",
     "monthly_visit__sort=up", "monthly_visit__sum=", "dataset_id__groupby=", "columns=none", "or=(a,b)", "x=1",
     "or=", "or=(", "or=()", "or=)(", "or=(monthly_visit__exact)", "or=(monthly_visit__exact.1,(", "or=(x__exact.1)",
     "or=(monthly_visit__sort.asc)", "or=(monthly_visit__isnull.1)", "or=(monthly_visit__exact.many)",
     'or=(dataset_id__exact."x)', "or=" + "(and" * 9 + "(monthly_visit__exact.1" + ")" * 10,
     "or=(" + ",".join(["monthly_visit__exact.1"] * 101) + ")",
     "monthly_visit__in=1,x"],
)  # fmt: skip
def test_a_question_that_makes_no_sense_is_told(api, world, query):
    answer = api.get(f"/api/datasets/data/?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["title"] == "Invalid query string"
    if "page" not in query:
        assert api.get(f"/api/datasets/data/csv/?{query}").status_code == 400


def test_the_totals_of_all_forms_agree(api, world):
    months = api.get("/api/site/data/", {"page_size": 50}).json()["data"]
    series = api.get("/api/stats/1/site/").json()["data"]
    ours = {one["period"]: one["dataset_views"] for one in series}
    assert all(
        ours[one["metric_month"]] == one["monthly_visit_dataset"] for one in months if one["metric_month"] in ours
    )
    assert date.fromisoformat(f"{months[0]['metric_month']}-01") == last_months(14)[0]


def test_channels_have_the_names_of_the_documentation():
    assert [one.name.lower() for one in Channel] == [
        "web", "api1", "api2", "permalink", "static", "feed", "embed", "tabular",
    ]  # fmt: skip


def test_the_openapi_document_is_valid_and_names_each_route(api):
    found = api.get("/api/stats/1/swagger.json").json()
    validate(found)
    for path, operations in found["paths"].items():
        match = resolve(path.replace("{key}", "x"))
        assert match.view_name != "api-unknown", path
        assert list(operations) == ["get"]
    assert {f"/api/{model}/data/" for model in metrics.TABLES} <= found["paths"].keys()


def test_the_document_says_what_an_answer_holds(api, world):
    schemas = api.get("/api/stats/1/swagger.json").json()["paths"]
    for path in ("/api/stats/1/site/", "/api/datasets/data/", "/api/organizations_total/data/"):
        content = schemas[path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        Draft202012Validator(content).validate(api.get(path).json())
        items = content["properties"]["data"]["items"]["properties"]
        assert items.keys() == api.get(path).json()["data"][0].keys()
