"""The pages of the statistics, what they put into those of the objects, and the door for operators."""

from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.models import SearchMiss
from portal.lib import charts
from stats import searches
from stats.kinds import Target
from stats.models import Bucket, DayCount, MonthCount, OrganizationMonth, SearchDay, StatsObject, Tally
from stats.periods import last_months
from tests.catalog.factories import DatasetFactory, OrganizationFactory, ReuseFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset():
    found = DatasetFactory(title="Bus stops", organization=OrganizationFactory(name="City"))
    one = StatsObject.objects.create(target=Target.DATASET, ref=found.pk, organization_ref=found.organization_id)
    common = {"target": one, "kind": 1, "channel": 1, "agent": 0, "hits": 1300, "uses": 1234, "uniques": 9}
    DayCount.objects.create(day=timezone.localdate(), **common)
    MonthCount.objects.create(month=last_months(1)[0], **common)
    owner = StatsObject.objects.create(target=Target.ORGANIZATION, ref=found.organization_id)
    OrganizationMonth.objects.create(
        month=last_months(1)[0], organization=owner, target_kind=1, kind=1, agent=0, hits=1300, uses=1234
    )
    return found


@pytest.mark.parametrize("granularity", ["", "month", "day", "hour", "century"])
def test_the_portal_shows_its_audience(client, dataset, granularity):
    answer = client.get(f"/statistiques/?granularity={granularity}")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.count('role="img"') == page.count("<table") == (4 if granularity == "hour" else 5)
    assert "Bus stops" in page
    assert not answer.cookies


@pytest.mark.parametrize("path", ["/datasets/bus-stops/", "/organizations/city/"])
def test_an_object_shows_its_audience_and_leads_to_the_whole(client, dataset, path):
    page = client.get(path).content.decode()
    assert f'href="{path}statistiques/"' in page
    assert "1,234" in page
    for granularity in ("month", "day", "hour"):
        answer = client.get(f"{path}statistiques/?granularity={granularity}")
        assert answer.status_code == 200
        assert "<svg" in answer.content.decode()


@pytest.mark.parametrize("path", ["/statistiques/", "/statistiques/methode/", "/datasets/bus-stops/statistiques/"])
def test_pages_need_no_script_and_no_style_of_their_own(client, dataset, path):
    page = client.get(path).content.decode()
    assert " style=" not in page
    assert "<style" not in page
    assert "<script>" not in page


def test_a_deleted_or_unknown_dataset_has_no_statistics(client, dataset):
    assert client.get("/datasets/nothing/statistiques/").status_code == 404
    dataset.deleted = timezone.now()
    dataset.save()
    assert client.get("/datasets/bus-stops/statistiques/").status_code == 410


@pytest.mark.parametrize("path", ["/dashboard/", "/statistics/"])
def test_other_names_lead_to_the_page(client, path):
    answer = client.get(f"{path}?granularity=day")
    assert (answer.status_code, answer["Location"]) == (301, "/statistiques/?granularity=day")


def test_the_pages_of_lists_cost_the_same_at_any_length(client, dataset, django_assert_max_num_queries):
    for number in range(2):
        for rest in range(9 * number):
            one = StatsObject.objects.create(target=Target.DATASET, ref=DatasetFactory().pk)
            DayCount.objects.create(
                day=timezone.localdate(), target=one, kind=1, channel=1, agent=0, hits=1, uses=1 + rest, uniques=1
            )
        with django_assert_max_num_queries(16):
            client.get("/statistiques/")


def test_who_opts_out_gets_the_only_cookie_and_can_come_back(client):
    answer = client.post("/statistiques/refus/", {"counted": "no"})
    assert answer.status_code == 302
    assert set(answer.cookies) == {"stats_optout"}
    assert "You are not counted" in client.get("/statistiques/methode/").content.decode()
    client.post("/statistiques/refus/", {"counted": "yes"})
    assert "You are not counted" not in client.get("/statistiques/methode/").content.decode()


def test_public_pages_set_no_cookie(client, dataset):
    for path in (
        "/",
        "/datasets/",
        "/datasets/bus-stops/",
        "/organizations/city/",
        "/statistiques/methode/",
        "/search/?q=a",
    ):
        assert not client.get(path).cookies, path


def test_the_link_of_a_reuse_is_counted_by_a_beacon(client, lines):
    reuse = ReuseFactory(url="https://example.org/app")
    page = client.get(reuse.get_absolute_url()).content.decode()
    assert f'data-report="/reuses/{reuse.slug}/outlink/"' in page
    assert client.post(f"/reuses/{reuse.slug}/outlink/").status_code == 204
    assert client.post("/reuses/nothing/outlink/").status_code == 404
    assert client.get(f"/reuses/{reuse.slug}/outlink/").status_code == 405
    assert [(line["k"], line["r"]) for line in lines()] == [(1, reuse.slug), (4, reuse.slug)]


def test_a_search_is_shown_only_if_enough_visitors_made_it(settings):
    settings.STATS_LEAST_VISITORS = 5
    today = timezone.localdate()
    SearchDay.objects.bulk_create(
        [
            SearchDay(day=today, term="bus", hits=9, visitors=5),
            SearchDay(day=today, term="jean martin", hits=99, visitors=4),
        ]
    )
    SearchMiss.objects.bulk_create([SearchMiss(day=today, kind="", query="bus", count=4)])
    assert searches.top(days=30, limit=10) == [("bus", 9)]
    misses = [{"query": "bus", "times": 4}, {"query": "jean martin", "times": 50}]
    assert searches.without_result(misses, days=30, limit=10) == [("bus", 4)]


# --- Charts --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("values", [[], [0], [0, 0], [1], [7, 0, 3], [999_999_999, 1], list(range(48))])
@pytest.mark.parametrize("draw", [charts.bars, charts.line])
def test_a_chart_fits_its_frame(draw, values):
    chart = draw("x", "Title", "Unit", [(str(index), value) for index, value in enumerate(values)])
    for bar in chart.bars:
        assert chart.left <= bar.x
        assert bar.x + bar.width <= chart.right
        assert 0 <= bar.y <= bar.y + bar.height == chart.base
        assert (bar.height > 0) == (bar.value > 0)
    for point in chart.points.split():
        x, y = map(int, point.split(","))
        assert chart.left <= x <= chart.right
        assert 0 <= y <= chart.base
    assert len(chart.scale) <= 7
    assert len(chart.names) <= 7
    assert all(0 <= tick.position <= chart.base for tick in chart.scale)


@pytest.mark.parametrize(("highest", "step"), [(0, 1), (5, 1), (6, 2), (11, 5), (26, 10), (1234, 500)])
def test_a_scale_has_round_steps(highest, step):
    assert charts.step_of(highest) == step


# --- Operators -----------------------------------------------------------------------------------------------------


def test_gauges_are_for_operators_alone(client, settings):
    assert client.get("/metrics").status_code == 404
    settings.STATS_METRICS_TOKEN = "a-long-token"
    assert client.get("/metrics", headers={"authorization": "Bearer wrong"}).status_code == 404
    assert client.get("/metrics", headers={"authorization": "Bearer a-long-token"}).status_code == 200
    settings.STATS_METRICS_TOKEN, settings.STATS_METRICS_NETWORKS = "", ["10.0.0.0/8"]
    assert client.get("/metrics", REMOTE_ADDR="10.1.2.3").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="11.1.2.3").status_code == 404
    assert client.get("/metrics", headers={"x-forwarded-for": "10.1.2.3"}, REMOTE_ADDR="11.1.2.3").status_code == 404


def test_gauges_tell_what_waits_and_what_was_lost(client, settings, tmp_path):
    settings.STATS_METRICS_TOKEN, settings.STATS_SPOOL_DIR = "a-long-token", tmp_path
    (tmp_path / "host-1-1.ndjson").write_bytes(b"x" * 123)
    Bucket.objects.create(span=1, start=timezone.now() - timedelta(hours=1))
    Tally.objects.create(name="dropped", value=7)
    text = client.get("/metrics", headers={"authorization": "Bearer a-long-token"}).content.decode()
    values = dict(line.split(" ") for line in text.splitlines() if not line.startswith("#"))
    assert values["stats_spool_bytes"] == "123"
    assert values["stats_dirty_hours"] == "1"
    assert values["stats_dropped_total"] == "7"
    assert 3600 <= float(values["stats_lag_seconds"]) < 3700
