"""Whether a later run can be counted on, by day and hour; and the bench's goals, on a sample."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streaky.calendar import Day
from streaky.schedule.crons import Cron
from streaky.schedule.lateness import Past
from streaky.schedule.outlook import SURE, chance, speaks_ahead
from streaky.schedule.slots import Kind, Speaking

HOURLY = (Cron("17 13-23 * * *"),)
SPEAKING = Speaking(frozenset(Kind), (time(18), time(21)), time(9))
TODAY = date(2026, 11, 23)
DAY = Day.at(datetime(2026, 11, 23, 12, tzinfo=UTC), UTC)
LATEST = datetime(2026, 11, 23, 22, tzinfo=UTC)


def at(hour: int, minute: int = 18, day: date = TODAY) -> datetime:
    return datetime.combine(day, time(hour, minute), UTC)


def history(days: int, hours: Callable[[int], range], lines: tuple[Cron, ...] = HOURLY) -> Past:
    """Starts at minute 18 of the days before today; `hours`: those of the day so many back."""
    starts = [
        at(hour, day=TODAY - timedelta(days=back)) for back in range(days, 0, -1) for hour in hours(back)
    ]
    return Past(lines, tuple(starts), at(13))


def ahead(hour: int, past: Past, minute: int = 18) -> bool:
    return speaks_ahead(DAY, at(hour, minute), SPEAKING, past) is not None


ALL_DAY = range(13, 24)


def test_a_new_repository_leans_on_the_published_figures() -> None:
    assert not ahead(15, Past(HOURLY))
    assert ahead(17, Past(HOURLY))


def test_two_punctual_days_are_enough_to_wait_for_the_reminder() -> None:
    assert not ahead(17, history(2, lambda _: ALL_DAY))


def test_a_single_noon_cron_warns_at_noon() -> None:
    noon = (Cron("17 12 * * *"),)
    assert ahead(12, Past(noon))
    assert ahead(12, history(28, lambda _: range(12, 13), noon))


def test_without_a_line_that_comes_no_run_can_be_counted_on() -> None:
    assert ahead(9, Past(()))
    assert chance(DAY, at(21), LATEST, history(28, lambda _: ALL_DAY)) == 0.0


def test_nothing_is_said_in_the_quiet_hours() -> None:
    assert not ahead(8, Past(()), minute=59)


def test_evenings_that_are_skipped_are_seen_though_few_runs_are_missing() -> None:
    past = history(27, lambda back: range(13, 17) if back % 3 == 0 else ALL_DAY)
    assert not ahead(14, past)
    assert ahead(16, past)


def test_a_day_without_any_run_says_nothing_of_the_evening() -> None:
    assert not ahead(17, history(27, lambda back: range(0) if back % 3 == 0 else ALL_DAY))


@pytest.mark.parametrize(("clean", "speaks"), [(3, True), (8, False)])
def test_after_a_change_the_days_before_it_count_no_more(clean: int, speaks: bool) -> None:
    past = history(27, lambda back: ALL_DAY if back <= clean or back % 3 else range(13, 17))
    assert ahead(16, past) is speaks


@pytest.mark.parametrize(("last", "speaks"), [(14, True), (15, False)])
def test_even_few_failures_are_forgiven_after_two_weeks(last: int, speaks: bool) -> None:
    past = history(27, lambda back: range(13, 17) if back in (last, last + 7) else ALL_DAY)
    assert ahead(16, past) is speaks


def test_a_risk_that_is_small_in_each_hour_does_not_add_up() -> None:
    last = {3: 15, 10: 16, 17: 15}  # the last hour of three evenings that broke off, each at another time
    past = history(27, lambda back: range(13, last.get(back, 23) + 1))
    assert ahead(17, past, minute=40)


def test_starts_that_were_not_listed_are_no_evidence_of_skipped_runs() -> None:
    known = history(9, lambda _: ALL_DAY)
    later = [at(13, day=TODAY - timedelta(days=back)) for back in (2, 1)]
    listed = at(0, day=TODAY - timedelta(days=3))
    past = Past(HOURLY, (*(start for start in known.starts if start <= listed), *later), listed)
    assert not ahead(17, past)


def test_a_second_line_in_the_evening_is_counted_on() -> None:
    twice = (Cron("17 13,19 * * *"),)
    assert not ahead(13, history(9, lambda _: range(13, 20, 6), twice))
    assert ahead(13, history(9, lambda back: range(13, 20, 6) if back % 2 else range(13, 14), twice))


@given(st.integers(0, 23 * 60), st.integers(0, 23 * 60))
def test_without_history_it_speaks_for_the_rest_of_the_day_since_the_same_minute(
    one: int, other: int
) -> None:
    early, later = (
        datetime(2026, 11, 23, tzinfo=UTC) + timedelta(minutes=each) for each in sorted((one, other))
    )
    first, second = (speaks_ahead(DAY, now, SPEAKING, Past(HOURLY)) for now in (early, later))
    assert first is None or first == second


starts = st.lists(
    st.datetimes(datetime(2026, 10, 27), datetime(2026, 11, 23, 12), timezones=st.just(UTC)),
    max_size=60,
)


@given(starts, st.integers(0, 23 * 60 + 59), st.sampled_from(["UTC", "Asia/Kolkata", "America/New_York"]))
def test_any_history_gives_a_chance(found: list[datetime], minute: int, name: str) -> None:
    zone = ZoneInfo(name)
    now = datetime(2026, 11, 23, tzinfo=UTC) + timedelta(minutes=minute)
    day = Day.at(now, zone)
    past = Past((Cron("17 13-23 * * *", zone),), tuple(sorted(found)), at(12))
    assert 0 <= chance(day, now, day.deadline - timedelta(hours=2), past) <= 1


@given(st.integers(1, 28), st.integers(13, 17))
def test_days_that_all_went_well_never_make_it_less_sure(days: int, hour: int) -> None:
    fewer = chance(DAY, at(hour), LATEST, history(days, lambda _: ALL_DAY))
    assert chance(DAY, at(hour), LATEST, history(days + 1, lambda _: ALL_DAY)) >= fewer - 1e-9


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Pacific/Kiritimati", "America/St_Johns"])
def test_the_days_own_zone_decides(zone: str) -> None:
    there = ZoneInfo(zone)
    day = Day.at(datetime(2026, 11, 23, 12, tzinfo=there), there)
    lines = (Cron("17 13-23 * * *", there),)
    speaks = [
        hour
        for hour in range(24)
        if speaks_ahead(day, datetime(2026, 11, 23, hour, 30, tzinfo=there), SPEAKING, Past(lines))
    ]
    assert speaks == list(range(16, 24))


def test_a_change_of_the_clocks_moves_no_evening() -> None:
    zone = ZoneInfo("Europe/Berlin")  # the clocks went back on 25 October
    days = [date(2026, 10, 26) - timedelta(days=back) for back in range(10, 0, -1)]
    found = [datetime.combine(day, time(hour, 18), zone).astimezone(UTC) for day in days for hour in ALL_DAY]
    now = datetime(2026, 10, 26, 17, 18, tzinfo=zone)
    past = Past((Cron("17 13-23 * * *", zone),), tuple(found), now)
    assert chance(Day.at(now, zone), now, datetime(2026, 10, 26, 22, tzinfo=zone), past) >= SURE
