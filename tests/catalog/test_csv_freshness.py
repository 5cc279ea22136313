"""Dumps over time: what a client may keep, who waits, what a dump that broke off looks like."""

import csv
import gzip
import io
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone
from django.utils.http import parse_http_date

from catalog.exports.registry import EXPORTS
from catalog.exports.stream import BROKEN_OFF, Dump
from catalog.models import Change, Dataset, Tag
from tests.catalog.factories import DatasetFactory, OrganizationFactory, ResourceFactory, ReuseFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def body(response) -> str:
    assert response.status_code == 200, response.content
    return b"".join(response.streaming_content).decode()


def rows(response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body(response), newline=""), delimiter=";"))


def fetched(client, url="/datasets.csv", **headers):
    """GET and read to the end, which frees the slot."""
    response = client.get(url, headers=headers)
    list(response)
    return response


def status_since(client, first) -> int:
    return fetched(client, **{"if-modified-since": first["Last-Modified"]}).status_code


def test_a_settled_dump_is_not_sent_again(client):
    DatasetFactory()
    Change.objects.update(at=timezone.now() - HOUR)
    first = fetched(client)
    assert status_since(client, first) == 304
    assert parse_http_date(first["Last-Modified"]) == int(Change.objects.latest("at").at.timestamp())


def test_two_changes_within_a_second_are_told_apart(client):
    dataset = DatasetFactory()
    first = fetched(client)
    Dataset.objects.filter(pk=dataset.pk).update(title="After")
    assert status_since(client, first) == 200


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_change_not_yet_committed_is_later_than_what_is_announced(client):
    DatasetFactory()
    writer = connection.copy()
    writer.set_autocommit(False)
    with writer.cursor() as cursor:
        cursor.execute("UPDATE catalog_dataset SET title = 'Slow'")
        written = timezone.now()
    first = fetched(client)
    assert parse_http_date(first["Last-Modified"]) < int(written.timestamp())
    writer.commit()
    writer.close()
    assert status_since(client, first) == 200
    assert fetched(client, **{"if-none-match": first["ETag"]}).status_code == 200


def test_a_deadline_that_passes_changes_the_etag(client, monkeypatch):
    now = timezone.now()
    Dataset.objects.filter(pk=DatasetFactory().pk).update(update_due_at=now + HOUR)
    again = {"if-none-match": fetched(client)["ETag"]}
    assert fetched(client, **again).status_code == 304
    monkeypatch.setattr("django.utils.timezone.now", lambda: now + 2 * HOUR)
    assert fetched(client, **again).status_code == 200


def test_what_is_selected_by_its_age_is_always_sent(client):
    DatasetFactory()
    Change.objects.update(at=timezone.now() - HOUR)
    url = "/datasets.csv?last_update_range=last_30_days"
    first = fetched(client, url)
    for header, name in {"if-none-match": "ETag", "if-modified-since": "Last-Modified"}.items():
        assert fetched(client, url, **{header: first[name]}).status_code == 200


def test_head_does_not_tell_a_length_that_it_cannot_know(client):
    assert "Content-Length" not in client.head("/datasets.csv")


def test_a_redirect_keeps_the_arguments(client):
    organization = OrganizationFactory(name="organizations")
    organization.name = "New name"
    organization.save()
    answer = client.get("/fr/organizations/organizations/datasets.csv?sort=title")
    assert answer["Location"] == "/fr/organizations/new-name/datasets.csv?sort=title"


def test_the_date_of_a_remote_catalogue_cannot_break_out_of_its_cell(client):
    DatasetFactory(harvest={"created_at": 'x";"y'})
    (row,) = rows(client.get("/datasets.csv"))
    assert row["harvest.created_at"] == 'x";"y'


def test_tags_of_many_objects_are_not_multiplied(client):
    for number in range(3):
        DatasetFactory(tags=["eau"], draft=number == 0)
    for _number in range(2):
        ReuseFactory().tags.set(Tag.objects.named(["eau", "air"]))
    assert [tuple(row.values()) for row in rows(client.get("/tags.csv"))] == [
        ("eau", "2", "2", "4"),
        ("air", "0", "2", "2"),
    ]


@pytest.mark.parametrize("name", [name for name, export in EXPORTS.items() if export.filterset])
def test_every_sort_of_the_list_orders_the_file_and_doubles_no_row(client, name):
    for number in range(2):
        dataset = ResourceFactory(dataset__tags=["eau", "air"]).dataset
        ReuseFactory(title=f"Reuse {number}").datasets.add(dataset)
        OrganizationFactory(name=f"Organization {number}")
    total = len(rows(client.get(f"/{name}.csv")))
    for sort, _label in EXPORTS[name].filterset.base_filters["sort"].extra["choices"]:
        ids = [row["id"] for row in rows(client.get(f"/{name}.csv?sort={sort}&q="))]
        assert len(ids) == len(set(ids)) == total


class Breaking:
    """A source whose database goes away after one chunk."""

    closed = False

    def __iter__(self):
        yield b'"1"\r\n'
        raise OperationalError("gone")

    def close(self):
        self.closed = True


@pytest.mark.parametrize("encoding", ["identity", "gzip", "zstd"])
def test_a_dump_that_breaks_off_does_not_look_whole(encoding, caplog):
    source, received = Breaking(), []
    with pytest.raises(OperationalError):
        received.extend(Dump('"id"\r\n', source, encoding))
    assert source.closed
    assert "A dump broke off" in caplog.text
    sent = b"".join(received)
    if encoding == "identity":
        assert sent == b'"id"\r\n"1"\r\n' + BROKEN_OFF
    if encoding == "gzip":
        with pytest.raises(EOFError):
            gzip.decompress(sent)


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="a slow reader of SQLite holds up her process alone")
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_reader_who_stalls_loses_her_slot_when_another_wants_it(client, settings, caplog):
    settings.CSV_MAX_CONCURRENT_DUMPS, settings.CSV_STATEMENT_TIMEOUT = 1, 60
    DatasetFactory()
    stalled = client.get("/datasets.csv")
    assert [fetched(client).status_code for _attempt in range(2)] == [503, 503]
    settings.CSV_STATEMENT_TIMEOUT = 0
    assert fetched(client).status_code == 503  # she finds every slot taken, and ends the one that is overdue
    with pytest.raises(OperationalError):
        list(stalled.streaming_content)
    stalled.close()
    assert len(rows(client.get("/datasets.csv"))) == 1
