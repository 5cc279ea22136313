"""The public pages of harvesting: sources without their secrets, runs, items; the way from a dataset to its source."""

from datetime import timedelta

import pytest
from django.utils import timezone

from harvest import outcomes
from harvest.backends import backends
from harvest.models import HarvestRecord, Job, JobItem, Source
from harvest.models.source import without_secret_addresses, without_secrets
from portal.lib.stacks import WIDTH, stack
from tests.catalog.factories import DatasetFactory, MemberFactory, OrganizationFactory

pytestmark = pytest.mark.django_db
LIST = "/harvest/"
SECRET = "https://user:pa55@h.example.org/catalog.json?token=s3cret&lang=fr"


def page(response) -> str:
    return response.content.decode()


def make_source(name="Ville", **columns):
    columns = {"url": SECRET, "backend": "ckan", "organization": OrganizationFactory(), **columns}
    return Source.objects.create(name=name, **columns)


def make_job(source, *, age=0, counters=None, **columns):
    started = timezone.now() - timedelta(days=age)
    ended = started + timedelta(minutes=3)
    columns = {"status": "done", "created": started, "started": started, "ended": ended, **columns}
    return Job.objects.create(source=source, counters=counters or {}, **columns)


def add_items(job, **numbers):
    for status, number in numbers.items():
        for index in range(number):
            JobItem.objects.create(job=job, remote_id=f"{status}-{index}", status=status)


def test_sources_are_listed_with_their_last_run(client):
    source = make_source(validation="pending", active=False, health="failing")
    make_job(source, age=2, counters={"created": 9})
    make_job(source, status="done-errors", counters={"created": 2, "updated": 1, "failed": 1})
    make_source("Gone", deleted=timezone.now())
    answer = client.get(LIST)
    row = answer.context["rows"][0]
    assert [one.source.name for one in answer.context["rows"]] == ["Ville"]
    assert [(str(part.label), part.number) for part in row.last.parts] == [
        ("Done", 3),
        ("Skipped", 0),
        ("Archived", 0),
        ("Failed", 1),
    ]
    assert [text for text, _kind in row.marks] == ["To be validated", "Paused", "Failing"]
    assert "https://h.example.org/catalog.json?lang=fr" in page(answer)
    assert "Done with errors" in page(answer)
    assert f'href="{source.get_absolute_url()}"' in page(answer)


@pytest.mark.parametrize("path", ["{list}", "{source}", "{job}", "/api/1{api}", "/harvests.csv"])
def test_no_secret_is_told(client, path):
    source = make_source(config={"extra_configs": [{"key": "token", "value": "s3cret"}]})
    message = f"{SECRET} answered 500"
    job = make_job(source, errors=[{"message": message, "details": "pa55"}], counters={"failed": 1})
    JobItem.objects.create(
        job=job, remote_id="1", remote_url=SECRET, status="failed", action="failed", errors=[{"message": message}]
    )
    places = {"list": LIST, "source": source.get_absolute_url(), "job": f"{source.get_absolute_url()}jobs/{job.pk}/"}
    answer = client.get(path.format(**places, api=f"/harvest/job/{job.pk}/items/"))
    text = b"".join(answer.streaming_content).decode() if answer.streaming else page(answer)
    assert answer.status_code == 200
    assert "h.example.org" in text
    assert "s3cret" not in text
    assert "pa55" not in text


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://u:p@h.org/a?api_key=1&q=2", "https://h.org/a?q=2"),
        ("https://h.org/a?API%5Fkey=1", "https://h.org/a"),
        ("https://h.org/a?key=1&monkey=2", "https://h.org/a?monkey=2"),
        ("https://h.org/?q=a%20b&x", "https://h.org/?q=a%20b&x"),
        ("http://[bad", ""),
        ("", ""),
    ],
)
def test_an_address_is_shown_without_its_secrets(url, shown):
    assert without_secrets(url) == shown


def test_a_message_is_shown_without_the_secrets_of_its_addresses():
    assert without_secret_addresses(f"“{SECRET}”: 404") == "“https://h.example.org/catalog.json?lang=fr”: 404"


def test_a_list_is_filtered_by_name_and_harvester(client):
    make_source("Ville")
    make_source("Région", backend="dcat")
    names = lambda query: [row.source.name for row in client.get(f"{LIST}?{query}").context["rows"]]  # noqa: E731
    assert names("q=vil") == ["Ville"]
    assert names("backend=dcat") == ["Région"]
    assert names("backend=%00") == []
    assert client.get(f"{LIST}?q=a")["X-Robots-Tag"] == "noindex, follow"
    assert client.get(f"{LIST}?q={'e' * 400}").status_code == 400
    assert client.get(f"{LIST}?page=2").status_code == 404


def test_a_new_run_is_shown_at_once(client, settings):
    settings.DEBUG = False
    source = make_source()
    assert "Never run" in page(client.get(LIST))
    make_job(source)
    assert "Never run" not in page(client.get(LIST))


def test_a_source_has_its_page(client):
    source = make_source(description="Its **data**.", schedule="0 3 * * *")
    big, small = make_job(source, counters={"created": 10}), make_job(source, age=1, counters={"unchanged": 5})
    dataset = DatasetFactory(title="Arbres")
    HarvestRecord.objects.create(source=source, remote_id="1", dataset=dataset)
    HarvestRecord.objects.create(source=source, remote_id="2", dataset=DatasetFactory(private=True, title="Caché"))
    answer = client.get(source.get_absolute_url())
    text = page(answer)
    assert [run.job for run in answer.context["runs"]] == [big, small]
    assert [run.parts[0].width for run in answer.context["runs"]] == [WIDTH, WIDTH // 2]
    assert answer.context["brought"] == 1
    assert "Arbres" in text
    assert "Caché" not in text
    assert "<strong>data</strong>" in text
    assert "BreadcrumbList" in text
    assert client.get(f"/harvest/{source.pk}/")["Location"] == source.get_absolute_url()


def test_a_deleted_source_is_gone_for_strangers(client):
    member = MemberFactory(role="admin")
    source = make_source(organization=member.organization, deleted=timezone.now())
    job = make_job(source)
    for address in (source.get_absolute_url(), f"{source.get_absolute_url()}jobs/{job.pk}/"):
        assert client.get(address).status_code == 410
    client.force_login(member.user)
    assert client.get(source.get_absolute_url()).status_code == 200


def test_a_run_has_its_page_with_its_items_by_status(client):
    source = make_source()
    job = make_job(source, counters={"created": 2, "failed": 1}, errors=[{"message": "The listing ended early."}])
    add_items(job, done=1, failed=1)
    hidden, shown = DatasetFactory(private=True, title="Caché"), DatasetFactory(title="Arbres")
    for dataset in (hidden, shown):
        JobItem.objects.create(job=job, remote_id="x", status="done", action="created", dataset=dataset)
    address = f"{source.get_absolute_url()}jobs/{job.pk}/"
    answer = client.get(address)
    assert [(value, number) for value, _label, number, _current in answer.context["tabs"]] == [
        ("done", 3),
        ("failed", 1),
    ]
    assert "The listing ended early." in page(answer)
    assert "Arbres" in page(answer)
    assert "Caché" not in page(answer)
    failed = client.get(f"{address}?status=failed")
    assert [row["item"].remote_id for row in failed.context["items"]] == ["failed-0"]
    assert len(client.get(f"{address}?status=none").context["items"]) == 4
    assert client.get(f"{address}?page=2").status_code == 404


@pytest.mark.parametrize(
    "address", ["/harvest/%00/", "/harvest/%00/jobs/%00/", "/datasets/%00/", "/organizations/%00/"]
)
def test_an_address_with_a_nul_is_not_there(client, address):
    assert client.get(address).status_code == 404


def test_a_run_is_found_below_its_own_source_alone(client):
    job = make_job(make_source())
    other = make_source("Other")
    assert client.get(f"{other.get_absolute_url()}jobs/{job.pk}/").status_code == 404
    assert client.get(f"{other.get_absolute_url()}jobs/x/").status_code == 404


def test_a_harvested_dataset_leads_to_its_source(client):
    source = make_source()
    dataset = DatasetFactory(harvest={"source_id": source.pk, "backend": "CKAN"})
    assert f'href="{source.get_absolute_url()}"' in page(client.get(dataset.get_absolute_url()))
    source.deleted = timezone.now()
    source.save()
    assert source.get_absolute_url() not in page(client.get(dataset.get_absolute_url()))


@pytest.mark.parametrize("origin", [{}, {"source_id": 3}, {"source_id": "x"}, {"source_id": ["a"]}, []])
def test_an_odd_origin_is_no_harm(client, origin, caplog):
    dataset = DatasetFactory(harvest=origin)
    assert client.get(dataset.get_absolute_url()).status_code == 200
    assert "failed in the slot" not in caplog.text


def test_what_no_counter_knows_is_counted(django_assert_num_queries):
    job = make_job(make_source())
    add_items(job, done=2, pending=1)
    with django_assert_num_queries(1):
        numbers = outcomes.by_status([job])[job.pk]
    assert [(str(part.label), part.number) for part in outcomes.parts_of(numbers) if part.number] == [
        ("Done", 2),
        ("Pending", 1),
    ]


@pytest.mark.parametrize("numbers", [(0, 0, 0), (1, 100_000, 1), (1, 0, 0), (3, 3, 3), (100_000, 1, 1)])
def test_the_parts_of_a_bar_stay_within_it(numbers):
    parts = stack([("", "ok", number) for number in numbers])
    assert all(part.x >= 0 and part.x + part.width <= WIDTH for part in parts)
    assert [bool(part.width) for part in parts] == [bool(number) for number in numbers]


@pytest.mark.parametrize("size", [1, 8])
def test_the_pages_cost_the_same_at_any_length(client, django_assert_num_queries, size):
    for number in range(size):
        source = make_source(f"Source {number}")
        job = make_job(source, counters={"failed": size})
        for age in range(1, size):
            make_job(source, age=age, counters={"created": 1})
        for index in range(size):
            dataset = DatasetFactory()
            JobItem.objects.create(
                job=job, remote_id=str(index), status="failed", action="failed", dataset=dataset,
                errors=[{"message": "No title."}],
            )  # fmt: skip
            HarvestRecord.objects.create(source=source, remote_id=str(index), dataset=dataset)
    own = source.get_absolute_url()
    for address, queries in ((LIST, 5), (own, 9), (f"{own}jobs/{job.pk}/", 7)):
        client.get(address)
        with django_assert_num_queries(queries):
            client.get(address)


def test_developers_are_told_which_harvesters_are_installed(client):
    make_source()
    rows = {row.name: row for row in client.get("/developpeurs/").context["harvesters"]}
    assert set(rows) == set(backends())
    assert (rows["ckan"].sources, rows["dcat"].sources) == (1, 0)
    assert client.get(rows["ckan"].address).context["rows"][0].source.name == "Ville"
