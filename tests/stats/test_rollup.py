"""Hours, days, months and counters equal a naive count, whatever comes in, in whatever order, counted how often."""

from datetime import UTC, datetime, timedelta
from random import Random

import orjson
import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.models import Dataset, Site
from stats import checking, loader, periods, retention, rollup
from stats.kinds import Agent, Channel, Kind, Span, Target
from stats.models import (
    Bucket,
    Cursor,
    DayCount,
    Event,
    HourCount,
    MonthCount,
    OrganizationDay,
    OrganizationMonth,
    SiteDay,
    StatsObject,
    Tally,
)
from stats.spool import Spool
from tests.catalog.factories import DatasetFactory, OrganizationFactory, ResourceFactory
from tests.marks import POSTGRESQL
from tests.stats import naive
from tests.stats.naive import One

AUTUMN = datetime(2026, 10, 25, 12, tzinfo=UTC)  # a day of 25 hours in Paris
SPRING = datetime(2026, 3, 29, 12, tzinfo=UTC)  # one of 23
CASES = 250 if POSTGRESQL else 40  # of each of the two days; SQLite runs the same statements in a single transaction
TABLES = (HourCount, DayCount, MonthCount, OrganizationDay, OrganizationMonth, SiteDay)

pytestmark = pytest.mark.django_db


@pytest.fixture
def now(monkeypatch):
    """Return a function that sets the clock of the statistics."""

    def at(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    at(AUTUMN)
    return at


def written(hits: list[One], folder, pieces: int = 1) -> None:
    """Write these hits to so many spool files."""
    for number in range(pieces):
        spool = Spool(folder)
        for one in hits[number::pieces]:
            target, _mark, key = one.target.partition(" ")
            values = {"t": one.at, "k": one.kind, "c": one.channel, "a": one.agent}
            values |= {"o": int(target), "r": key} if key else {}
            values |= {"v": one.visitor} if one.visitor else {}
            spool.write(orjson.dumps(values))
        spool.close()


def found() -> dict[str, dict]:
    """Return all the tables, in the form of the naive counts."""
    names = {one.pk: f"{one.target} {one.ref}" if one.target else "0" for one in StatsObject.objects.all()}
    cell = ("target_id", "kind", "channel", "agent")

    def rows(model, first, *numbers):
        return {
            (row[0], names[row[1]], *row[2:5]): row[5] if len(numbers) == 1 else row[5:]
            for row in model.objects.values_list(first, *cell, *numbers)
        }

    return {
        "hours": rows(HourCount, "hour", "hits"),
        "days": rows(DayCount, "day", "hits", "uses", "uniques"),
        "months": rows(MonthCount, "month", "hits", "uses", "uniques"),
        "organization_days": {
            (day, names[organization], kind, agent): (hits, uses)
            for day, organization, kind, agent, hits, uses in OrganizationDay.objects.values_list(
                "day", "organization_id", "kind", "agent", "hits", "uses"
            )
        },
        "site_days": {tuple(key): number for *key, number in SiteDay.objects.values_list("day", "agent", "visitors")},
    }  # fmt: skip


def expected(hits: list[One]) -> dict[str, dict]:
    names = ("hours", "days", "months", "organization_days", "site_days")
    return {name: getattr(naive, name)(hits) for name in names}


def objects() -> list[tuple[str, str]]:
    """Return targets with their organizations: two datasets, one of which has one, and the portal."""
    organization = OrganizationFactory()
    owned, free = DatasetFactory(organization=organization), DatasetFactory(organization=None)
    return [(f"1 {owned.pk}", f"5 {organization.pk}"), (f"1 {free.pk}", ""), ("0", "")]


# Seconds before noon (UTC): around the hour that comes twice or never, around midnight in Paris, a day before, now.
AROUND = [(-11.5, -10.5), (-14.5, -12.5), (-36, -35.5), (-0.5, 0.5)]


def hits_strategy(count: int):
    ago = st.one_of(*(st.integers(int(first * 3600), int(last * 3600)) for first, last in AROUND))
    return st.lists(
        st.tuples(
            st.integers(0, 2), ago, st.sampled_from([1, 2, 5]), st.sampled_from([1, 2]),
            st.sampled_from([0, 1, 2]), st.sampled_from(["", "aa" * 8, "bb" * 8]),
        ),
        max_size=count,
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("clock", [AUTUMN, SPRING], ids=["25 hours", "23 hours"])
def test_all_levels_equal_a_naive_count(clock, now, tmp_path_factory):
    now(clock)
    known = objects()

    @settings(max_examples=CASES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(hits_strategy(25), hits_strategy(6), st.integers(1, 3))
    def agree(first, late, pieces):
        for model in (*TABLES, Bucket, Event, Cursor):
            model.objects.all().delete()
        everything: list[One] = []
        for part in (first, late):  # the second part comes after the first was counted
            hits = [
                One(periods.milliseconds(clock) + ago * 1000, *known[which], kind, channel, agent, visitor)
                for which, ago, kind, channel, agent, visitor in part
            ]
            everything += hits
            folder = tmp_path_factory.mktemp("spool")
            written(hits, folder, pieces)
            assert loader.load(folder).rows == len(hits)
            rollup.roll_up()
        assert found() == expected(everything)
        assert checking.check() == []

    agree()


def some_hits(known, number: int, clock: datetime) -> list[One]:
    chance = Random(7)  # noqa: S311 - hits, not secrets
    return [
        One(
            periods.milliseconds(clock) - chance.randrange(40 * 3600 * 1000), *chance.choice(known),
            chance.choice([1, 2]), chance.choice([1, 4]), chance.choice([0, 0, 1, 2]),
            chance.choice(["", "aa" * 8, "bb" * 8, "cc" * 8]),
        )
        for _number in range(number)
    ]  # fmt: skip


def test_counting_again_in_any_order_changes_nothing(now, tmp_path):
    hits = some_hits(objects(), 300, AUTUMN)
    written(hits, tmp_path)
    loader.load(tmp_path)
    rollup.roll_up()
    before = found()
    chance = Random(1)  # noqa: S311
    for _number in range(10):
        spans = [Span.HOUR, Span.DAY, Span.MONTH]
        chance.shuffle(spans)
        Bucket.objects.filter(span__in=chance.sample(spans, 2)).update(dirty=True)
        rollup.roll_up(spans)
    rollup.roll_up()
    assert found() == before == expected(hits)


def test_a_line_is_loaded_once_however_often_its_file_is_read(now, tmp_path):
    hits = some_hits(objects(), 20, AUTUMN)
    spool = Spool(tmp_path)
    for number in range(3):
        written(hits[number * 5 : number * 5 + 5], tmp_path)
        loader.load(tmp_path)
        loader.load(tmp_path)
    assert Event.objects.count() == 15
    spool.close()


def test_half_a_line_waits_for_its_end(now, tmp_path):
    spool = Spool(tmp_path)
    whole = orjson.dumps({"t": periods.milliseconds(AUTUMN), "k": 1, "c": 1, "a": 0})
    spool.write(whole)
    path = next(tmp_path.iterdir())
    with path.open("ab") as file:
        file.write(whole[:10])
    assert loader.load(tmp_path).rows == 1
    with path.open("ab") as file:
        file.write(whole[10:] + b"\n")
    assert loader.load(tmp_path) == loader.Loaded(1, 0)
    assert path.exists()
    spool.close()
    assert loader.load(tmp_path) == loader.Loaded(0, 1)
    assert not path.exists()
    assert not Cursor.objects.exists()


def test_what_is_no_hit_is_counted_and_left_out(now, tmp_path):
    at = periods.milliseconds(AUTUMN)
    dataset = DatasetFactory()
    bad = [
        b"{", b"[]", b"7", b'{"t":1}', orjson.dumps({"t": at, "k": 99, "c": 1, "a": 0}),
        orjson.dumps({"t": at, "k": 1, "c": 1, "a": 0, "o": 1, "r": "nobody"}),
        orjson.dumps({"t": at - 30 * 24 * 3600 * 1000, "k": 1, "c": 1, "a": 0}),
        orjson.dumps({"t": at + 24 * 3600 * 1000, "k": 1, "c": 1, "a": 0}), b'{"dropped":3}',
    ]  # fmt: skip
    spool = Spool(tmp_path)
    for line in [*bad, orjson.dumps({"t": at, "k": 1, "c": 1, "a": 0, "o": 1, "r": dataset.slug})]:
        spool.write(line)
    spool.close()
    assert loader.load(tmp_path).rows == 1
    assert dict(Tally.objects.values_list("name", "value")) == {
        "unreadable": 6, "unknown": 1, "late": 1, "dropped": 3,
    }  # fmt: skip


def test_a_renamed_object_is_found_by_its_former_address(now, tmp_path):
    dataset = DatasetFactory(title="Former name")
    slug = dataset.slug
    dataset.title = "New name"
    dataset.save()
    spool = Spool(tmp_path)
    spool.write(orjson.dumps({"t": periods.milliseconds(AUTUMN), "k": 1, "c": 1, "a": 0, "o": 1, "r": slug}))
    spool.close()
    loader.load(tmp_path)
    assert Event.objects.get().target.ref == dataset.pk


def test_counters_of_objects_add_to_what_they_came_with(now, tmp_path):
    now(datetime.now(UTC))
    organization = OrganizationFactory(metric_views=7)
    dataset = DatasetFactory(organization=organization, metric_views=100, metric_resources_downloads=10)
    resource = ResourceFactory(dataset=dataset, metric_views=4)
    at = periods.milliseconds(timezone.now())
    hits = [One(at, f"1 {dataset.pk}", "", Kind.VIEW, 1, agent, "") for agent in (0, 0, 0, 1, 2, 3)]
    hits += [One(at, f"2 {resource.pk}", "", Kind.DOWNLOAD, 4, agent, "") for agent in (0, 1, 2)]
    for _twice in range(2):  # counting again adds nothing
        written(hits, tmp_path)
        loader.load(tmp_path)
        hits = []
        Bucket.objects.update(dirty=True)
        rollup.roll_up(Span)
    dataset.refresh_from_db()
    resource.refresh_from_db()
    organization.refresh_from_db()
    assert (dataset.metric_views, dataset.metric_resources_downloads) == (103, 12)
    assert (resource.metric_views, organization.metric_views) == (6, 10)
    month = f"{timezone.localtime():%Y-%m}"
    site = Site.objects.current().metrics
    assert site["datasets_visits_by_months"][month] == 3
    assert site["resources_downloads_by_months"][month] == 2
    assert len(site["datasets_visits_by_months"]) == 13


def test_an_unchanged_counter_is_not_written(now, tmp_path):
    now(datetime.now(UTC))
    dataset = DatasetFactory()
    written([One(periods.milliseconds(timezone.now()), f"1 {dataset.pk}", "", 1, 1, 0, "")], tmp_path)
    loader.load(tmp_path)
    rollup.roll_up(Span)
    version = Dataset.objects.get().version
    Bucket.objects.update(dirty=True)
    rollup.roll_up(Span)
    assert Dataset.objects.get().version == version


def test_a_hit_counts_for_the_organization_that_the_object_had(now, tmp_path):
    first, second = OrganizationFactory(), OrganizationFactory()
    dataset = DatasetFactory(organization=first)
    at = periods.milliseconds(AUTUMN)
    written([One(at, f"1 {dataset.pk}", "", 1, 1, 0, "")], tmp_path)
    loader.load(tmp_path)
    Dataset.objects.update(organization=second)
    written([One(at, f"1 {dataset.pk}", "", 1, 1, 0, "")] * 2, tmp_path)
    loader.load(tmp_path)
    rollup.roll_up()
    hits = dict(OrganizationMonth.objects.values_list("organization__ref", "hits"))
    assert hits == {first.pk: 1, second.pk: 2}


def test_old_hits_are_forgotten_once_they_are_counted_and_their_numbers_stay(now, tmp_path):
    hits = some_hits(objects(), 50, AUTUMN)
    written(hits, tmp_path)
    loader.load(tmp_path)
    now(AUTUMN + timedelta(days=9))
    retention.purge()
    assert Event.objects.count() == 50  # they wait to be counted
    rollup.roll_up()
    retention.purge()
    assert not Event.objects.exists()
    assert found() == expected(hits)
    assert rollup.mark_since(AUTUMN.date()) == 0  # what is gone can't be counted again
    rollup.roll_up()
    assert found() == expected(hits)


def test_the_classes_fit_into_the_small_columns():
    assert max(*Kind.values, *Channel.values, *Agent.values, *Target.values) < 2**15
