"""Which requests count, as what, and that nothing of who made them is kept."""

import logging
import os
from datetime import timedelta
from pathlib import Path

import crawleruseragents
import orjson
import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from stats import agents, loader, visitors
from stats.kinds import Agent, Channel, Kind, Target
from stats.middleware import counts
from stats.models import Event, Salt
from stats.recognition import Hit
from stats.spool import Spool
from tests.catalog.factories import (
    DataserviceFactory,
    DatasetFactory,
    MemberFactory,
    OrganizationFactory,
    ResourceFactory,
    ReuseFactory,
    UserFactory,
)
from tests.stats.conftest import BROWSER

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset():
    return DatasetFactory(title="Bus stops", organization=OrganizationFactory())


@pytest.fixture
def resource(dataset):
    return ResourceFactory(dataset=dataset, url="https://files.example.org/stops.csv")


def seen(line: dict) -> tuple:
    return Kind(line["k"]), Channel(line["c"]), Target(line.get("o", 0)), line.get("r", "")


def test_a_page_counts_for_its_object(browse, lines, dataset):
    browse(f"/datasets/{dataset.slug}/")
    assert [seen(line) for line in lines()] == [(Kind.VIEW, Channel.WEB, Target.DATASET, dataset.slug)]
    assert lines()[0]["a"] == Agent.HUMAN
    assert set(lines()[0]) == {"t", "k", "c", "a", "o", "r", "v"}


def test_each_kind_of_page_counts_for_its_object(browse, lines, dataset):
    reuse, dataservice = ReuseFactory(), DataserviceFactory()
    for one in (reuse, dataservice, dataset.organization):
        browse(one.get_absolute_url())
    assert [seen(line)[2:] for line in lines()] == [
        (Target.REUSE, reuse.slug), (Target.DATASERVICE, dataservice.slug),
        (Target.ORGANIZATION, dataset.organization.slug),
    ]  # fmt: skip


@pytest.mark.parametrize("path", ["/", "/datasets/", "/developpeurs/"])
def test_what_is_about_no_object_counts_for_the_portal(browse, lines, path):
    browse(path)
    assert [seen(line) for line in lines()] == [(Kind.VIEW, Channel.WEB, Target.SITE, "")]


@pytest.mark.parametrize("path", ["/nowhere/", "/datasets/nowhere/", "/account/login/", "/admin/login/", "/health/live",
                                  "/robots.txt", "/sitemap.xml", "/dataset/"])  # fmt: skip
def test_what_is_not_found_redirected_or_behind_the_scenes_does_not_count(browse, lines, path):
    browse(path)
    assert lines() == []


def test_an_object_shown_elsewhere_is_a_view_and_what_programs_fetch_of_it_is_none(browse, lines, dataset):
    browse(f"/embed/datasets/{dataset.slug}/")
    for part in ("picture.png", "citation.bib", "citation.json"):
        browse(f"/datasets/{dataset.slug}/{part}")
    browse(f"/oembed?url=http://127.0.0.1:8000/datasets/{dataset.slug}/")
    browse("/datasets/recent.atom")
    assert [seen(line) for line in lines()] == [
        (Kind.VIEW, Channel.EMBED, Target.DATASET, dataset.slug),
        (Kind.API, Channel.FEED, Target.SITE, ""),
    ]


@pytest.mark.parametrize("address", ["/datasets/r/{}", "/api/1/datasets/r/{}"])
def test_the_permanent_link_of_a_file_is_a_download(browse, lines, resource, address):
    assert browse(address.format(resource.pk)).status_code == 302
    assert [seen(line) for line in lines()] == [(Kind.DOWNLOAD, Channel.PERMALINK, Target.RESOURCE, str(resource.pk))]


def test_an_uploaded_file_is_a_download_and_its_picture_is_not(browse, lines, resource, settings):
    folder = settings.MEDIA_ROOT / "resources"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{resource.pk}.csv"
    file.write_bytes(b"a;b\n" * 9)
    resource.file = f"resources/{resource.pk}.csv"
    resource.save()
    try:
        b"".join(browse(f"/media/resources/{resource.pk}.csv"))
    finally:
        file.unlink()
    assert [seen(line)[:3] for line in lines()] == [(Kind.DOWNLOAD, Channel.STATIC, Target.RESOURCE)]
    loader.load()
    assert Event.objects.get().target.ref == str(resource.pk)


def test_head_post_and_preparations_of_a_browser_do_not_count(browse, lines, dataset):
    browse(f"/datasets/{dataset.slug}/", "head")
    browse(f"/datasets/{dataset.slug}/", "post")
    browse(f"/datasets/{dataset.slug}/", "options")
    browse(f"/datasets/{dataset.slug}/", sec_purpose="prefetch;prerender")
    browse(f"/datasets/{dataset.slug}/", x_moz="prefetch")
    browse(f"/datasets/{dataset.slug}/", purpose="preview")
    assert lines() == []


def test_a_304_is_a_call_of_the_api(browse, lines, dataset):
    etag = browse(f"/api/1/datasets/{dataset.slug}/")["ETag"]
    assert browse(f"/api/1/datasets/{dataset.slug}/", if_none_match=etag).status_code == 304
    assert [seen(line) for line in lines()] == [(Kind.API, Channel.API1, Target.DATASET, dataset.slug)] * 2


def test_the_api_and_dumps_are_known_by_their_way_in(browse, lines, dataset):
    browse(f"/api/2/datasets/{dataset.slug}/")
    browse("/api/1/site/")
    browse("/api/1/datasets/recent.atom")
    b"".join(browse("/datasets.csv"))
    assert [seen(line)[:3] for line in lines()] == [
        (Kind.API, Channel.API2, Target.DATASET), (Kind.API, Channel.API1, Target.SITE),
        (Kind.API, Channel.FEED, Target.SITE), (Kind.DOWNLOAD, Channel.FEED, Target.SITE),
    ]  # fmt: skip


def test_calls_of_our_own_pages_are_no_use_of_the_api(browse, lines):
    browse("/api/1/datasets/suggest/?q=bus", sec_fetch_site="same-origin")
    assert lines() == []


def test_a_search_keeps_what_was_looked_for_unless_it_may_tell_of_a_person(browse, lines):
    browse("/datasets/?q=Arrêts de bus")
    browse("/datasets/?q=jeanne@example.org")
    browse("/datasets/?q=bus&page=2")
    assert [(line["k"], line.get("q")) for line in lines()] == [
        (Kind.SEARCH, "arrets de bus"), (Kind.SEARCH, None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("status", "method", "range_", "kind", "expected"),
    [
        (200, "GET", "", Kind.DOWNLOAD, True),
        (206, "GET", "bytes=0-", Kind.DOWNLOAD, True),
        (206, "GET", "bytes=0-99", Kind.DOWNLOAD, True),
        (206, "GET", "bytes=100-", Kind.DOWNLOAD, False),
        (206, "GET", "bytes=-100", Kind.DOWNLOAD, False),
        (206, "GET", "", Kind.DOWNLOAD, False),
        (302, "GET", "", Kind.DOWNLOAD, True),
        (303, "GET", "", Kind.DOWNLOAD, True),
        (301, "GET", "", Kind.DOWNLOAD, False),
        (302, "GET", "", Kind.VIEW, False),
        (304, "GET", "", Kind.VIEW, True),
        (304, "GET", "", Kind.DOWNLOAD, False),
        (404, "GET", "", Kind.VIEW, False),
        (410, "GET", "", Kind.VIEW, False),
        (500, "GET", "", Kind.VIEW, False),
        (200, "HEAD", "", Kind.VIEW, False),
        (204, "POST", "", Kind.OUTLINK, True),
        (204, "GET", "", Kind.OUTLINK, False),
    ],
)
def test_which_answers_count(rf, status, method, range_, kind, expected):
    request = rf.generic(method, "/", headers={"range": range_} if range_ else {})
    hit = Hit(kind, Channel.PERMALINK, Target.RESOURCE, "x")
    assert counts(hit, request, HttpResponse(status=status)) is expected


@pytest.mark.parametrize("header", ["dnt", "sec_gpc"])
def test_who_asks_not_to_be_followed_is_counted_without_a_visitor(browse, lines, header):
    browse("/", **{header: "1"})
    assert [set(line) for line in lines()] == [{"t", "k", "c", "a"}]


def test_who_opted_out_is_not_counted(client, browse, lines):
    client.cookies["stats_optout"] = "1"
    browse("/")
    assert lines() == []


def test_owners_and_the_team_do_not_count_for_their_pages(client, browse, lines, dataset, resource):
    member = MemberFactory(organization=dataset.organization, role="editor").user
    client.force_login(member)
    addresses = (
        f"/datasets/{dataset.slug}/",
        f"/datasets/r/{resource.pk}",
        dataset.organization.get_absolute_url(),
        "/",
    )
    for address in addresses:
        browse(address)
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    browse(f"/datasets/{dataset.slug}/")
    client.force_login(UserFactory())
    browse(f"/datasets/{dataset.slug}/")
    assert [line["a"] for line in lines()] == [3, 3, 3, 0, 3, 0]


def test_a_full_disk_loses_hits_and_no_page_and_tells_how_many(browse, spool, lines, monkeypatch):
    write = os.write

    def full(file, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    assert [browse("/").status_code for _number in range(3)] == [200] * 3
    monkeypatch.setattr(os, "write", write)
    assert spool.dropped == 3
    browse("/")
    assert lines()[-1] == {"dropped": 3}
    assert spool.dropped == 0


def test_a_page_is_answered_whatever_happens_to_its_counting(browse, lines, monkeypatch, caplog):
    monkeypatch.setattr("stats.middleware.hit_of", lambda request: 1 / 0)
    with caplog.at_level(logging.CRITICAL):
        assert browse("/").status_code == 200


# --- Who came ------------------------------------------------------------------------------------------------------


def test_known_robots_are_robots_but_for_programs_that_people_use():
    path = Path(crawleruseragents.__file__).with_name("crawler-user-agents.json")
    examples = [one for entry in orjson.loads(path.read_bytes()) for one in entry.get("instances", [])]
    missed = [one for one in examples if agents.agent_of(one) == Agent.HUMAN]
    assert len(examples) > 1000
    assert missed == []


@pytest.mark.parametrize(
    "user_agent",
    [
        BROWSER,
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 "
        "Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 "
        "Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 "
        "Safari/537.36 Edg/141.0.0.0",
    ],
)
def test_browsers_are_people(user_agent):
    assert agents.agent_of(user_agent) == Agent.HUMAN


@pytest.mark.parametrize("user_agent", ["", "curl/8.5.0", "python-requests/2.32.3", "R (4.4.1 x86_64-pc-linux-gnu)",
                                        "Mozilla/5.0 QGIS/33411/Windows 10", "Wget/1.21.4", "Go-http-client/2.0",
                                        "Java/17.0.11", "PowerBI", "datagouv-client/0.5.1"])  # fmt: skip
def test_programs_that_use_data_are_machines(user_agent):
    assert agents.agent_of(user_agent) == Agent.MACHINE


def test_a_long_user_agent_is_looked_at_in_part():
    agents._classified.cache_clear()
    assert agents.agent_of("Mozilla/5.0 " + "x" * 1_000_000) == Agent.HUMAN
    assert agents._classified.cache_info().currsize == 1


# --- Nobody is known -----------------------------------------------------------------------------------------------


def test_a_visitor_is_a_network_and_a_browser_of_one_day():
    salt, other = os.urandom(32), os.urandom(32)
    one = visitors.visitor_of(salt, "203.0.113.7", BROWSER)
    assert len(one) == 8
    assert (
        one
        == visitors.visitor_of(salt, "203.0.113.99", BROWSER)
        == visitors.visitor_of(salt, "::ffff:203.0.113.1", BROWSER)
    )
    assert one != visitors.visitor_of(salt, "203.0.114.7", BROWSER)
    assert one != visitors.visitor_of(other, "203.0.113.7", BROWSER)
    six = visitors.visitor_of(salt, "2001:db8:1:2::1", BROWSER)
    assert six == visitors.visitor_of(salt, "2001:db8:1:ffff::2", BROWSER)
    assert six != visitors.visitor_of(salt, "2001:db8:2:2::1", BROWSER)


def test_salts_are_random_kept_for_two_days_and_destroyed(monkeypatch):
    today = timezone.localdate()
    values = [visitors.stored(today - timedelta(days=ago)) for ago in range(4)]
    assert len(set(values)) == 4
    assert visitors.stored(today) == values[0]
    assert visitors.destroy() == 2
    assert set(Salt.objects.values_list("day", flat=True)) == {today, today - timedelta(days=1)}
    assert visitors.stored(today - timedelta(days=2)) != values[2]


def test_canaries_are_found_nowhere(spool, dataset, resource, settings, caplog, tmp_path):
    """1,000 addresses and user agents, which nothing written may hold."""
    settings.TRUST_PROXY = True
    cheap = [f"/datasets/r/{resource.pk}", "/api/1/site/", "/robots.txt"]
    addresses = [f"198.{18 + number // 250}.{number % 250}.77" for number in range(1000)]
    with caplog.at_level(logging.DEBUG):
        client = Client()
        for number, address in enumerate(addresses):
            headers = {"user-agent": f"Canary-{number:04}-Agent", "x-forwarded-for": address}
            path = f"/datasets/{dataset.slug}/" if number % 20 == 0 else cheap[number % 3]
            answer = client.get(path, headers=headers)
            assert not answer.cookies
        content = b"".join(path.read_bytes() for path in spool.folder.iterdir())
        spool.close()
        counted = loader.load().rows
    rows = repr(list(Event.objects.values())) + repr([bytes(one.visitor) for one in Event.objects.all()])
    everything = content.decode() + rows + caplog.text
    assert "Canary" not in everything
    assert not [address for address in addresses if address in everything]
    assert Event.objects.values("visitor").distinct().count() == counted > 600


def test_a_fork_writes_to_a_file_of_its_own(tmp_path):
    spool = Spool(tmp_path)
    spool.write(b"{}")
    spool._owner += 1  # as in a child
    spool.write(b"{}")
    assert len(list(tmp_path.iterdir())) == 2
    spool.close()


def test_a_large_or_old_file_is_left_for_another(tmp_path):
    spool = Spool(tmp_path, max_size=3)
    for _number in range(3):
        spool.write(b"{}xx")
    assert len(list(tmp_path.iterdir())) == 3
    spool.close()
