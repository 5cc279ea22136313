"""The metrics calls of data.gouv.fr's published client (`datagouv-client`) are answered by this portal."""

import gc

import datagouv
import pytest
from django.utils import timezone

from stats.kinds import Agent, Channel, Kind, Target
from stats.models import MonthCount, StatsObject
from stats.periods import add_months, month_of
from tests.catalog.factories import DatasetFactory, ResourceFactory

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]
MONTHS = 14


@pytest.fixture
def months():
    """The last months, the newest first."""
    newest = month_of(timezone.localdate())
    return [add_months(newest, -number) for number in range(MONTHS)]


@pytest.fixture
def dataset(months):
    """A dataset looked at ten times in this month and once more in each month before; its file downloaded as often."""
    dataset = DatasetFactory()
    resource = ResourceFactory(dataset=dataset)
    page = StatsObject.objects.create(target=Target.DATASET, ref=dataset.pk)
    file = StatsObject.objects.create(target=Target.RESOURCE, ref=str(resource.pk), parent=page)
    for number, month in enumerate(months):
        for target, kind, channel in ((page, Kind.VIEW, Channel.WEB), (file, Kind.DOWNLOAD, Channel.PERMALINK)):
            MonthCount.objects.create(
                month=month, target=target, kind=kind, channel=channel, agent=Agent.HUMAN,
                hits=20, uses=10 + number, uniques=5,
            )  # fmt: skip
    return dataset


def ask(cls, id, live_server, **months):
    """Call the client's method with its base address set to this portal."""
    client = datagouv.Client(environment="www", verbose=False)
    found = cls.__new__(cls)
    datagouv.Dataset.__mro__[1].__init__(found, id, client)
    found._base_metrics_url = found._base_metrics_url.replace("https://metric-api.data.gouv.fr", live_server.url)
    rows = list(found.get_monthly_traffic_metrics(**months))
    client.session.close()
    gc.collect()  # the client leaves the connections of a second one to the collector
    return rows


def test_the_months_of_a_dataset_are_read_through_all_pages(live_server, dataset, months):
    rows = ask(datagouv.Dataset, dataset.pk, live_server)
    assert {row["metric_month"]: row["monthly_visit"] for row in rows} == {
        f"{month:%Y-%m}": 10 + number for number, month in enumerate(months)
    }


def test_the_months_are_bounded_as_the_client_asks(live_server, dataset, months):
    first, last = f"{months[5]:%Y-%m}", f"{months[1]:%Y-%m}"
    rows = ask(datagouv.Dataset, dataset.pk, live_server, start_month=first, end_month=last)
    assert sorted(row["metric_month"] for row in rows) == sorted(f"{month:%Y-%m}" for month in months[1:6])


def test_the_months_of_a_file_are_its_downloads(live_server, dataset, months):
    rows = ask(datagouv.Resource, str(dataset.resources.get().pk), live_server)
    assert sum(row["monthly_download_resource"] for row in rows) == sum(10 + number for number in range(MONTHS))
