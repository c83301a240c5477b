"""How late GitHub is, learned from runs, and when no later run can be counted on."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streaky.calendar import Day
from streaky.runner.job import Job
from streaky.schedule.crons import Cron, last_time, next_time
from streaky.schedule.lateness import (
    FEWEST,
    USUAL,
    Lateness,
    Start,
    Timing,
    observed,
    speaks_ahead,
    start,
)
from streaky.schedule.slots import Kind, Speaking
from tests.bench.punctuality import simulate

HOURLY = (Cron("7 * * * *"),)
SPEAKING = Speaking(frozenset(Kind), (time(18), time(21)), time(9))
DAY = Day.at(datetime(2026, 11, 23, 12, tzinfo=UTC), UTC)


def at(hour: int, minute: int = 7, day: int = 23) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


STARTS = [at(12, 8), at(13, 8), at(16, 8), at(16, 30)]


def late(minutes: int, runs: int = 30) -> Lateness:
    """What is known after so many runs, each so late."""
    return observed([at(0, 0) + timedelta(hours=n, minutes=7 + minutes) for n in range(runs)], HOURLY)


# Cron lines


def test_the_next_time_is_that_of_the_earliest_line_and_lies_after() -> None:
    lines = (Cron("7 18 * * *"), Cron("7 13 * * *"))
    assert next_time(lines, at(12)) == at(13)
    assert next_time(lines, at(13)) == at(18)
    assert next_time(lines, at(18, 8)) == at(13, 7, 24)
    assert next_time((), at(12)) is None


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)))
def test_the_last_time_and_the_next_one_have_none_between(now: datetime) -> None:
    last = last_time(HOURLY, now)
    assert last is not None
    assert timedelta() <= now - last < timedelta(hours=1)
    assert next_time(HOURLY, last) == next_time(HOURLY, now)


def test_a_line_follows_the_summer_time_of_its_zone() -> None:
    line = (Cron("7 18 * * *", ZoneInfo("Europe/Berlin")),)
    assert next_time(line, datetime(2026, 10, 24, 0, tzinfo=UTC)) == datetime(2026, 10, 24, 16, 7, tzinfo=UTC)
    assert next_time(line, datetime(2026, 10, 25, 0, tzinfo=UTC)) == datetime(2026, 10, 25, 17, 7, tzinfo=UTC)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)))
def test_the_next_time_is_never_now_nor_further_than_the_line_says(now: datetime) -> None:
    moment = next_time(HOURLY, now)
    assert moment is not None
    assert timedelta() < moment - now <= timedelta(hours=1)


# Lateness


@pytest.mark.parametrize("minutes", [3, 12, 50])
def test_what_is_counted_on_is_what_was_seen(minutes: int) -> None:
    assert late(minutes).counted_on == timedelta(minutes=minutes)


def test_before_enough_was_seen_the_usual_lateness_counts() -> None:
    assert late(3, FEWEST).counted_on == USUAL
    assert late(3, FEWEST + 1).counted_on == timedelta(minutes=3)


def test_a_skipped_run_makes_the_next_one_late_and_a_doubled_one_is_none() -> None:
    minutes = [late // timedelta(minutes=1) for late in observed(STARTS, HOURLY).delays]
    assert minutes == [1, 121]


# Which time a run belongs to

SCHEDULED = Job(event="schedule", schedule="7 * * * *")


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        (at(18, 9), at(17, 8), Start(Timing.ON_TIME, at(18), timedelta(minutes=2))),
        (at(18, 40), at(17, 8), Start(Timing.LATE, at(18), timedelta(minutes=33))),
        (at(21, 30), at(17, 8), Start(Timing.LATE, at(18), timedelta(hours=3, minutes=23), skipped=3)),
        (at(18, 20), at(18, 9), Start(Timing.DOUBLED)),
        (at(21, 30), None, Start(Timing.LATE, at(21), timedelta(minutes=23))),
        (at(0, 5, 24), at(22, 8), Start(Timing.LATE, at(23), timedelta(minutes=58), midnight=True)),
    ],
)
def test_late_skipped_doubled_and_midnight_runs_are_told_apart(
    now: datetime, before: datetime | None, expected: Start
) -> None:
    assert start(SCHEDULED, HOURLY, now, UTC, before) == expected


def test_the_line_that_the_event_names_is_the_runs_own() -> None:
    lines = (Cron("7 18 * * *"), Cron("0 20 * * *"))
    early = Job(event="schedule", schedule="7 18 * * *")
    assert start(early, lines, at(20, 10), UTC).asked == at(18)
    assert start(Job(event="schedule"), lines, at(20, 10), UTC).asked == at(20, 0)


def test_a_rerun_and_a_woken_run_belong_to_no_time() -> None:
    assert start(Job(event="schedule", attempt=2), HOURLY, at(18, 9), UTC) == Start(Timing.AGAIN)
    assert start(Job(event="repository_dispatch"), HOURLY, at(18, 9), UTC) == Start(Timing.WOKEN)


# Ahead


@pytest.mark.parametrize(
    ("hour", "lateness", "ahead"),
    [(8, Lateness(), False), (15, Lateness(), False), (17, Lateness(), True), (17, late(3), False)],
)
def test_it_speaks_ahead_when_no_later_run_can_be_counted_on(
    hour: int, lateness: Lateness, ahead: bool
) -> None:
    assert bool(speaks_ahead(DAY, at(hour, 31), SPEAKING, HOURLY, lateness)) is ahead


@given(st.integers(0, 23 * 60), st.integers(0, 23 * 60))
def test_once_it_speaks_ahead_it_does_so_for_the_rest_of_the_day_since_the_same_moment(
    one: int, other: int
) -> None:
    early, later = sorted((one, other))
    start = datetime(2026, 11, 23, tzinfo=UTC)
    first = speaks_ahead(DAY, start + timedelta(minutes=early), SPEAKING, HOURLY, Lateness())
    second = speaks_ahead(DAY, start + timedelta(minutes=later), SPEAKING, HOURLY, Lateness())
    assert first is None or first == second


def test_the_days_own_zone_and_length_decide() -> None:
    zone = ZoneInfo("Pacific/Kiritimati")
    day = Day.at(datetime(2026, 11, 23, 12, tzinfo=zone), zone)
    assert day.date == date(2026, 11, 23)
    speaks = [
        hour
        for hour in range(24)
        if speaks_ahead(day, datetime(2026, 11, 23, hour, 30, tzinfo=zone), SPEAKING, HOURLY, Lateness())
    ]
    assert speaks == list(range(16, 24))


# Goals, on a sample of what `python -m tests.bench` measures


@pytest.mark.parametrize(("model", "reached"), [("usual, 5 to 60 min", 1.0), ("September 2026", 0.99)])
def test_whoever_a_run_could_still_reach_is_warned_in_time(model: str, reached: float) -> None:
    tally = simulate("Streaky, the template's schedule", model, 240)
    assert tally.reachable > 80
    assert tally.reached / tally.reachable >= reached
    assert tally.most <= 3
    assert tally.runs / tally.days <= 12


def test_when_github_is_punctual_hardly_anybody_is_warned_early_for_nothing() -> None:
    tally = simulate("Streaky, the template's schedule", "none", 240)
    assert tally.needless / tally.days <= 0.05
    assert tally.warned == tally.at_risk
