"""Rates: exact under concurrency, by caller and by scope, told in headers; and what happens without Redis."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
from django.test import RequestFactory

from portal.lib.api import throttling
from portal.lib.clients import network_of
from tests.catalog.factories import DatasetFactory, UserFactory

REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/13")
URL = "/api/1/datasets/"


@pytest.fixture
def on_redis(settings):
    """Count on a real Redis, under keys of this test alone."""
    try:
        client = redis.Redis.from_url(REDIS, socket_connect_timeout=1)
        client.ping()
    except redis.RedisError:
        pytest.skip("No Redis here.")
    settings.REDIS_URL = REDIS
    yield settings
    for key in client.scan_iter(f"{settings.API_RATES_PREFIX}*"):
        client.delete(key)


@pytest.fixture
def in_memory(settings):
    settings.REDIS_URL = ""
    return settings


@pytest.fixture(params=["on_redis", "in_memory"])
def counting(request):
    return request.getfixturevalue(request.param)


def test_400_parallel_requests_at_a_limit_of_20_admit_exactly_20(counting):
    counting.API_RATES = {"anonymous": "20/hour"}
    with ThreadPoolExecutor(64) as pool:
        verdicts = list(pool.map(lambda _one: throttling.count("anonymous", "net:192.0.2.1"), range(400)))
    assert sum(one.allowed for one in verdicts) == 20
    assert {one.remaining for one in verdicts if not one.allowed} == {0}


@pytest.mark.django_db
def test_beyond_the_rate_a_caller_is_told_when_to_come_back(api, counting):
    counting.API_RATES = {"anonymous": "2/hour"}
    left = [api.get(URL)["RateLimit-Remaining"] for _one in range(2)]
    assert left == ["1", "0"]
    refused = api.get(URL)
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 3600
    assert refused["RateLimit-Limit"] == refused["X-RateLimit-Limit"] == "2"
    assert 0 < int(refused["RateLimit-Reset"]) <= 3600
    assert list(refused.json()) == ["message"]


@pytest.mark.django_db
def test_callers_and_scopes_are_counted_apart(api, counting):
    counting.API_RATES = {"anonymous": "1/hour", "authenticated": "1/hour", "writes": "1/hour"}
    assert [api.get(URL).status_code for _one in range(2)] == [200, 429]
    assert api.get(URL, REMOTE_ADDR="192.0.2.9").status_code == 200
    for _user in range(2):
        api.force_authenticate(UserFactory())
        assert [api.get(URL).status_code for _one in range(2)] == [200, 429]
        assert [api.post(URL, {}, format="json").status_code for _one in range(2)] == [400, 429]


@pytest.mark.django_db
def test_without_a_rate_nothing_is_counted(api, in_memory):
    in_memory.API_RATES = {"anonymous": "0", "writes": ""}
    assert "RateLimit-Limit" not in api.get(URL)


@pytest.fixture
def broken(settings, monkeypatch):
    """A Redis that nobody answers for."""
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    settings.API_RATES = {"anonymous": "1/hour", "login": "1/hour"}
    return settings


@pytest.mark.django_db
def test_without_redis_reads_pass_and_guessing_does_not(api, broken, monkeypatch):
    DatasetFactory()
    assert [api.get(URL).status_code for _one in range(3)] == [200, 200, 200]
    monkeypatch.setattr("catalog.api.dataset.DatasetViewSet.throttle_scope", "login", raising=False)
    api.force_authenticate(UserFactory())
    refused = api.post(URL, {}, format="json")
    assert refused.status_code == 503
    assert int(refused["Retry-After"]) > 0


def test_a_script_that_redis_forgot_is_loaded_again(on_redis):
    on_redis.API_RATES = {"anonymous": "20/hour"}
    assert throttling.count("anonymous", "net:192.0.2.1").remaining == 19
    redis.Redis.from_url(REDIS).script_flush()
    assert throttling.count("anonymous", "net:192.0.2.1").remaining == 18


def request_from(address, forwarded=None):
    extra = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    return RequestFactory().get("/", REMOTE_ADDR=address, **extra)


def test_a_client_is_known_by_its_address_and_can_not_choose_it(settings):
    settings.TRUST_PROXY = False
    assert network_of(request_from("192.0.2.1", "198.51.100.7")) == "192.0.2.1"
    settings.TRUST_PROXY = True
    assert network_of(request_from("10.0.0.1", "203.0.113.5, 198.51.100.7")) == "198.51.100.7"
    assert network_of(request_from("10.0.0.1", "nonsense")) == network_of(request_from("", ""))
    assert network_of(request_from("10.0.0.1")) == "10.0.0.1"


def test_one_home_with_ipv6_is_one_client(settings):
    settings.TRUST_PROXY = False
    assert network_of(request_from("2001:db8:1:2::1")) == network_of(request_from("2001:db8:1:2:ffff::9"))
    assert network_of(request_from("2001:db8:1:2::1")) != network_of(request_from("2001:db8:1:3::1"))
    assert network_of(request_from("::ffff:192.0.2.1")) == "192.0.2.1"
