"""Matomo: hits leave without a person in them and count once; its numbers replace, and a bad report changes nothing."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from stats import loader
from stats.kinds import Target
from stats.matomo import pull, push
from stats.matomo.client import MatomoError, TruncatedReport
from stats.models import Event, ExternalValue, MatomoBatch, StatsObject, Tally
from tests.catalog.factories import DatasetFactory, ResourceFactory, ReuseFactory
from tests.stats.conftest import BROWSER
from tests.stats.fake_matomo import FakeMatomo, serving

pytestmark = pytest.mark.django_db


@pytest.fixture
def matomo(settings):
    with serving(FakeMatomo()) as fake:
        settings.STATS_MATOMO_URL, settings.STATS_MATOMO_TOKEN = fake.url, "a" * 32
        settings.STATS_MATOMO_PUSH = settings.STATS_MATOMO_PULL = True
        yield fake


@pytest.fixture
def hits(spool, settings):
    """Return a function that makes hits of a dataset, its file and a reuse, and loads them."""
    settings.TRUST_PROXY = True
    dataset = DatasetFactory()
    resource = ResourceFactory(dataset=dataset)
    reuse = ReuseFactory()
    client = Client()

    def make(number: int = 1) -> None:
        for one in range(number):
            headers = {"user-agent": BROWSER, "x-forwarded-for": f"198.18.{one % 250}.77"}
            client.get(f"/datasets/r/{resource.pk}", headers=headers)
        client.get(dataset.get_absolute_url(), headers=headers)
        client.post(f"/reuses/{reuse.slug}/outlink/", headers=headers)
        client.get("/api/1/site/", headers=headers)
        client.get("/", headers={"user-agent": "Googlebot/2.1"})
        spool.close()
        loader.load()

    make.dataset, make.resource, make.reuse = dataset, resource, reuse
    return make


def test_nothing_leaves_unless_it_is_asked_for(matomo, hits, settings):
    hits()
    settings.STATS_MATOMO_PUSH = False
    assert push.push() == 0
    settings.STATS_MATOMO_URL = ""
    assert (push.push(), pull.pull_recent(), matomo.paths) == (0, [], [])


def test_hits_are_sent_once_without_a_person_in_them(matomo, hits, settings):
    hits()
    assert push.push() == 3
    assert push.push() == 0
    file, page, reuse = matomo.hits
    assert file["download"] == file["url"] == f"{settings.SITE_URL}/datasets/r/{hits.resource.pk}"
    assert page["url"] == f"{settings.SITE_URL}{hits.dataset.get_absolute_url()}"
    assert reuse["link"] == f"{settings.SITE_URL}{hits.reuse.get_absolute_url()}"
    for one in matomo.hits:
        assert set(one) <= {"idsite", "rec", "bots", "cdt", "url", "cid", "download", "link", "search"}
        assert len(one["cid"]) == 16
    everything = repr(matomo.bodies)
    assert "198.18" not in everything
    assert "Firefox" not in everything
    visitors = {bytes(one).hex() for one in Event.objects.exclude(visitor=None).values_list("visitor", flat=True)}
    assert not [one for one in visitors if one in everything]
    assert matomo.bodies[0]["token_auth"] == "a" * 32
    assert matomo.paths == ["/matomo.php"]


def test_many_hits_go_in_batches_and_in_order(matomo, hits):
    hits(450)
    assert push.push() == 452
    assert [len(body["requests"]) for body in matomo.bodies] == [200, 200, 52]
    times = [int(one["cdt"]) for one in matomo.hits]
    assert times == sorted(times)


@pytest.mark.parametrize("fault", ["error", "no json", "fails after recording"])
def test_what_nobody_knows_is_not_sent_again_and_is_told(matomo, hits, fault):
    hits()
    matomo.fault = fault
    assert push.push() == 0
    recorded = len(matomo.hits)
    matomo.fault = ""
    push.push()
    assert len(matomo.hits) == recorded
    assert MatomoBatch.objects.get().state == "skipped"
    assert dict(Tally.objects.values_list("name", "value")) == {"matomo_unknown_batches": 1, "matomo_lost_hits": 3}
    hits()
    assert push.push() == 3


def test_what_nobody_knows_is_sent_again_where_the_operator_wants_it(matomo, hits, settings):
    settings.STATS_MATOMO_ON_UNKNOWN = "resend"
    hits()
    matomo.fault = "error"
    push.push()
    matomo.fault = ""
    push.push()
    assert len(matomo.hits) == 3


def test_what_was_surely_refused_is_tried_again(matomo, hits):
    hits()
    matomo.fault = "refuses"
    assert push.push() == 0
    matomo.fault = ""
    push.push()
    assert len(matomo.hits) == 3
    assert MatomoBatch.objects.get().state == "sent"
    assert MatomoBatch.objects.get().attempts == 2


def test_what_is_refused_for_ever_does_not_hold_back_the_rest(matomo, hits):
    hits()
    matomo.fault = "refuses"
    push.push()
    MatomoBatch.objects.update(attempts=push.ATTEMPTS)
    matomo.fault = ""
    hits()
    assert push.push() == 3
    assert set(MatomoBatch.objects.values_list("state", flat=True)) == {"skipped", "sent"}


def test_hits_that_matomo_lost_are_counted(matomo, hits):
    matomo.fault = "loses one"
    hits()
    push.push()
    assert Tally.objects.get(name="matomo_lost_hits").value == 1


def test_everything_sent_is_accounted_for(matomo, hits):
    for fault in ("", "error", "refuses", "", "no json", "loses one", ""):
        hits(3)
        matomo.fault = fault
        push.push()
    produced = Event.objects.filter(agent__lt=2).exclude(kind=3).count()
    assert sum(MatomoBatch.objects.values_list("size", flat=True)) == produced
    assert set(MatomoBatch.objects.values_list("state", flat=True)) == {"sent", "skipped"}


# --- Reading -------------------------------------------------------------------------------------------------------


@pytest.fixture
def reports(matomo, settings):
    """A dataset with a file, as Matomo saw them."""
    dataset = DatasetFactory()
    resource = ResourceFactory(dataset=dataset)
    page = f"{settings.SITE_URL}{dataset.get_absolute_url()}"
    matomo.reports["Actions.getPageUrls"] = [
        {"label": "/a", "url": page, "nb_hits": 30},
        {"label": "/b", "url": f"{settings.SITE_URL}/datasets/{dataset.pk}/", "nb_hits": 4},
        {"label": "/c", "url": "https://elsewhere.example.org/datasets/x/", "nb_hits": 9},
        {"label": "/d", "url": f"{settings.SITE_URL}/nowhere/", "nb_hits": 9},
    ]
    matomo.reports["Actions.getDownloads"] = [{"url": f"{settings.SITE_URL}/datasets/r/{resource.pk}", "nb_hits": 7}]
    return dataset, resource


def stored() -> dict:
    return {
        (target, metric): value
        for target, metric, value in ExternalValue.objects.values_list("target__target", "metric", "value")
    }


EXPECTED = {
    (Target.DATASET, "views"): 34, (Target.RESOURCE, "downloads"): 7, (Target.SITE, "visits"): 12,
    (Target.SITE, "actions"): 40, (Target.SITE, "visitors"): 9,
}  # fmt: skip


def test_the_numbers_of_a_day_are_replaced_never_added(matomo, reports):
    day = timezone.localdate()
    for _number in range(3):
        pull.pull(day)
    assert stored() == EXPECTED
    matomo.reports["Actions.getPageUrls"][0]["nb_hits"] = 10
    pull.pull(day)
    assert stored() == EXPECTED | {(Target.DATASET, "views"): 14}
    assert all("token" not in path for path in matomo.paths)


def test_today_and_yesterday_are_read(matomo, reports):
    today = timezone.localdate()
    assert pull.pull_recent() == [today - timedelta(days=1), today]
    assert set(ExternalValue.objects.values_list("day", flat=True)) == {today - timedelta(days=1), today}


@pytest.mark.parametrize(
    "fault",
    ["result error", "Actions.getDownloads", "VisitsSummary.get", "report 500", "report no json", "cut off",
     "other zone", "no number"],
)  # fmt: skip
def test_a_report_that_fails_changes_nothing(matomo, reports, fault):
    day = timezone.localdate()
    pull.pull(day)
    matomo.reports["VisitsSummary.get"]["nb_visits"] = 99
    matomo.fault = fault
    with pytest.raises(MatomoError):
        pull.pull(day)
    assert pull.pull_recent() == []
    assert stored() == EXPECTED


def test_a_report_that_is_cut_off_is_told_from_others(matomo, reports):
    matomo.fault = "cut off"
    with pytest.raises(TruncatedReport):
        pull.pull(timezone.localdate())
    assert not ExternalValue.objects.exists()


def test_nobody_answers(settings):
    settings.STATS_MATOMO_URL, settings.STATS_MATOMO_PULL = "http://127.0.0.1:9", True
    settings.OUTBOUND_ALLOWED_HOSTS = []
    assert pull.pull_recent() == []
    assert not StatsObject.objects.filter(target=Target.DATASET).exists()


def test_two_pushes_at_once_send_nothing_twice(matomo, hits):
    """What another run is sending is under way, not of unknown outcome: the second leaves it alone."""
    hits()
    others = []

    def other():
        with push.alone() as is_alone:
            others.append(is_alone)
        connection.close()

    with push.alone() as is_alone:
        assert is_alone
        second = Thread(target=other)
        second.start()
        second.join()
    assert others == [False]
    assert push.push() == len(matomo.hits) > 0
