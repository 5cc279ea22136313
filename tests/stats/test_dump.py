"""A dump of the database, made as docs/operations.md says, holds no visitor and nothing that leads to one."""

import shutil
import subprocess

import pytest
from django.db import connection
from django.test import Client

from stats import loader, rollup
from stats.kinds import Span
from stats.models import Event, Salt
from tests.catalog.factories import DatasetFactory, ResourceFactory
from tests.marks import POSTGRESQL

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.skipif(not POSTGRESQL or not shutil.which("pg_dump"), reason="needs PostgreSQL and pg_dump"),
]
NUMBER = 1000
EXCLUDED = "stats_salt"


def dumped() -> str:
    found = connection.settings_dict
    command = ["pg_dump", f"--exclude-table-data={EXCLUDED}", "--dbname", found["NAME"]]
    for option, name in (("--host", "HOST"), ("--port", "PORT"), ("--username", "USER")):
        command += [option, str(found[name])] if found[name] else []
    environment = {"PGPASSWORD": found["PASSWORD"] or "", "PATH": "/usr/bin:/bin"}
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout  # noqa: S603 - our own words


def test_a_thousand_canaries_are_not_in_a_dump(spool, settings):
    settings.TRUST_PROXY = True
    dataset = DatasetFactory()
    paths = [f"/datasets/r/{ResourceFactory(dataset=dataset).pk}", "/api/1/site/", f"/datasets/{dataset.slug}/"]
    addresses = [f"198.{18 + number // 250}.{number % 250}.77" for number in range(NUMBER)]
    client = Client()
    for number, address in enumerate(addresses):
        path = paths[2] if number % 50 == 0 else paths[number % 2]
        client.get(path, headers={"user-agent": f"Canary-{number:04}-Agent", "x-forwarded-for": address})
    spool.close()
    loader.load()
    rollup.roll_up(Span)
    text = dumped()
    assert Event.objects.count() == NUMBER
    assert "COPY public.stats_event_" in text, "the hits are in the dump"
    assert "Canary" not in text
    assert not [address for address in addresses if address in text]
    salt = bytes(Salt.objects.get().value)
    assert salt.hex() not in text
    assert "CREATE TABLE public.stats_salt" in text, "its table is, so that a restored portal goes on"
