"""A person's day in any time zone, and the calendar as data."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from streaky.calendar import Calendar, Day

ZONES = sorted(
    zone
    for zone in zoneinfo.available_timezones()
    if not zone.startswith(("posix", "right", "System")) and zone not in ("localtime", "Factory")
)
instants = st.datetimes(datetime(1990, 1, 1), datetime(2037, 1, 1)).map(
    lambda naive: naive.replace(tzinfo=UTC)
)
quick = settings(max_examples=200, deadline=None)


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """The first instant after `day`, found by walking in steps of a minute, then of a second.

    A midnight that exists twice may be passed for a minute only.
    """
    at = datetime.combine(day, time(), UTC) - timedelta(hours=16)
    for step in (timedelta(minutes=1), timedelta(seconds=1)):
        while (at + step).astimezone(zone).date() <= day:
            at += step
    return at + timedelta(seconds=1)


@quick
@given(instants, st.sampled_from(ZONES))
@example(datetime(2018, 11, 3, 20, tzinfo=UTC), "America/Sao_Paulo")  # midnight does not exist
@example(datetime(2026, 10, 31, 20, tzinfo=UTC), "America/Havana")  # midnight exists twice
@example(datetime(2010, 11, 6, 20, tzinfo=UTC), "America/St_Johns")  # so does it here, at 00:01
@example(datetime(2011, 12, 30, 5, tzinfo=UTC), "Pacific/Apia")  # the next date was skipped
def test_a_day_ends_at_the_first_instant_of_the_next_local_date(now: datetime, zone: str) -> None:
    day = Day.at(now, ZoneInfo(zone))
    assert day.date == now.astimezone(ZoneInfo(zone)).date()
    assert day.deadline.astimezone(UTC) == end_of(day.date, ZoneInfo(zone))


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("America/New_York", date(2026, 3, 8), 23),
        ("Australia/Lord_Howe", date(2026, 10, 4), 23.5),
        ("Asia/Kolkata", date(2026, 6, 1), 24),
        ("Pacific/Kiritimati", date(2028, 2, 29), 24),
        ("Etc/GMT+12", date(2026, 12, 31), 24),
    ],
)
def test_days_have_23_to_25_hours(zone: str, day: date, hours: float) -> None:
    start = datetime.combine(day, time(), ZoneInfo(zone))
    assert Day.at(start, ZoneInfo(zone)).left(start) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("zone", "now", "expected"),
    [
        ("Pacific/Kiritimati", datetime(2026, 12, 31, 10, tzinfo=UTC), date(2027, 1, 1)),
        ("Pacific/Kiritimati", datetime(2026, 12, 31, 9, 59, tzinfo=UTC), date(2026, 12, 31)),
        ("Etc/GMT+12", datetime(2027, 1, 1, 11, 59, tzinfo=UTC), date(2026, 12, 31)),
        ("Asia/Kolkata", datetime(2028, 2, 28, 18, 30, tzinfo=UTC), date(2028, 2, 29)),
    ],
)
def test_the_local_date_may_differ_from_utcs(zone: str, now: datetime, expected: date) -> None:
    assert Day.at(now, ZoneInfo(zone)).date == expected


@pytest.mark.parametrize(
    ("zone", "day", "at", "expected"),
    [
        ("Europe/Berlin", date(2026, 3, 29), time(2, 30), datetime(2026, 3, 29, 1, tzinfo=UTC)),  # skipped
        (
            "Europe/Berlin",
            date(2026, 10, 25),
            time(2, 30),
            datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        ),  # twice
        ("Asia/Tokyo", date(2026, 11, 23), time(21), datetime(2026, 11, 23, 12, tzinfo=UTC)),
    ],
)
def test_a_local_time_is_its_first_instant(zone: str, day: date, at: time, expected: datetime) -> None:
    noon = datetime.combine(day, time(12), ZoneInfo(zone))
    assert Day.at(noon, ZoneInfo(zone)).moment(at) == expected


@quick
@given(instants, st.sampled_from(ZONES), st.sampled_from(ZONES))
def test_the_zone_that_now_is_written_in_changes_nothing(now: datetime, zone: str, other: str) -> None:
    here, there = Day.at(now, ZoneInfo(zone)), Day.at(now.astimezone(ZoneInfo(other)), ZoneInfo(zone))
    assert here == there
    assert here.left(now) == there.left(now.astimezone(ZoneInfo(other)))


def test_nothing_is_left_of_a_day_that_is_over() -> None:
    day = Day.at(datetime(2026, 11, 23, tzinfo=UTC), UTC)
    assert day.left(datetime(2026, 11, 25, tzinfo=UTC)) == timedelta()


FIRST, LAST = date(2026, 11, 1), date(2026, 11, 10)


def test_a_missing_date_is_none_inside_the_range_and_unknown_outside() -> None:
    calendar = Calendar(FIRST, LAST, {date(2026, 11, 3): 2})
    assert [calendar.count(date(2026, 11, 3)), calendar.count(FIRST)] == [2, 0]
    for outside in (FIRST - timedelta(days=1), LAST + timedelta(days=1)):
        assert not calendar.covers(outside)
        with pytest.raises(LookupError):
            calendar.count(outside)


def test_joined_calendars_take_the_larger_count_of_a_day_that_one_cut_short() -> None:
    early = Calendar(date(2026, 10, 1), FIRST, {FIRST: 1, date(2026, 10, 5): 4})
    joined = Calendar(FIRST, LAST, {FIRST: 3}).joined(early)
    assert joined == Calendar(date(2026, 10, 1), LAST, {FIRST: 3, date(2026, 10, 5): 4})
    assert joined == early.joined(Calendar(FIRST, LAST, {FIRST: 3}))


def test_calendars_with_a_gap_between_them_cannot_be_joined() -> None:
    with pytest.raises(ValueError, match="nothing is known"):
        Calendar(FIRST, LAST, {}).joined(Calendar(date(2025, 1, 1), date(2025, 2, 1), {}))
