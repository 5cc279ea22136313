"""Dates as remote catalogues write them."""

from datetime import UTC, date, datetime

import pytest

from harvest.mapping.dates import day, moment, period, period_of


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2004-11-03T00:00+01:00", date(2004, 11, 3)),  # the day of the publisher, not of Greenwich
        ("2004-11-03 23:30:00-05:00", date(2004, 11, 3)),
        ("2004-11-03", date(2004, 11, 3)),
        ("2004-11", date(2004, 11, 1)),
        ("2004", date(2004, 1, 1)),
        ("03/11/2004", date(2004, 11, 3)),
        ("2004-13-03T00:00", None),
        ("someday", None),
        (None, None),
    ],
)
def test_a_day(written, expected):
    assert day(written) == expected


def test_the_end_of_a_year_and_of_a_month():
    assert day("2004", end=True) == date(2004, 12, 31)
    assert day("2004-02", end=True) == date(2004, 2, 29)


def test_a_moment_is_of_greenwich_and_never_of_the_future():
    assert moment("2004-11-03T00:00+01:00") == datetime(2004, 11, 2, 23, tzinfo=UTC)
    assert moment("2999-01-01", now=datetime(2026, 1, 1, tzinfo=UTC)) is None


def test_a_period_is_turned_round_and_needs_a_beginning():
    assert period("2012", "2010") == (date(2010, 1, 1), date(2012, 12, 31))
    assert period(None, "2010") == (None, None)
    assert period_of("2010-05/2012") == (date(2010, 5, 1), date(2012, 12, 31))
