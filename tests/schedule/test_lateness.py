"""How late GitHub is, as the ledger keeps it, and when its list of runs is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streaky.github.workflow import read_workflow
from streaky.runner.job import Job
from streaky.schedule.advice import advice
from streaky.schedule.crons import Cron, last_time, next_time
from streaky.schedule.lateness import (
    CLOSE,
    STARTS_KEPT,
    Past,
    Start,
    Timing,
    kept,
    observed,
    start,
    wants_list,
)

HOURLY = (Cron("7 * * * *"),)


def at(hour: int, minute: int = 7, day: int = 23) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def every_hour(minutes: Sequence[int], days: int = 3) -> Past:
    """Runs of the days before the 23rd, each hour, so late by turns."""
    begin = at(0) - timedelta(days=days)
    starts = [
        begin + timedelta(hours=number, minutes=minutes[number % len(minutes)]) for number in range(24 * days)
    ]
    return Past(HOURLY, tuple(starts), at(0))


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


# Starts


@given(st.lists(st.datetimes(datetime(2026, 10, 1), datetime(2026, 11, 23), timezones=st.just(UTC))))
def test_starts_are_kept_for_four_weeks_apart_and_in_order_and_keeping_them_again_changes_nothing(
    starts: list[datetime],
) -> None:
    found = kept(starts, at(0))
    assert list(found) == sorted(found)
    assert all(later - start >= CLOSE for start, later in pairwise(found))
    assert all(start > at(0) - STARTS_KEPT for start in found[:-1])
    assert bool(found) == bool(starts)
    assert kept(found, at(0)) == found


def test_a_skipped_run_makes_the_next_one_late_and_a_doubled_one_is_none() -> None:
    starts = (at(12, 8), at(13, 8), at(16, 8), at(16, 30), at(20, 8))
    minutes = [late // timedelta(minutes=1) for late in observed(Past(HOURLY, starts, at(17))).delays]
    assert minutes == [1, 121]


def test_of_runs_that_were_not_listed_nothing_is_told() -> None:
    starts = (at(12, 8), at(16, 8))
    assert observed(Past(HOURLY, starts, None)).total == 0
    assert observed(Past(HOURLY, starts, at(13))).total == 0


@pytest.mark.parametrize(("share", "minutes"), [(0.2, 3), (0.7, 10), (0.8, 50), (1.0, 50)])
def test_a_share_of_the_runs_was_no_later(share: float, minutes: int) -> None:
    found = observed(every_hour((3, 10, 10, 50))).quantile(share)
    assert found == timedelta(minutes=minutes)


def wanting(now: datetime, listed: datetime | None, lines: Sequence[Cron] = HOURLY, **more: bool) -> bool:
    """Whether a run asks for the list; it writes and sends nothing unless that is said."""
    past = Past(lines, (at(0, day=10),), listed)
    return wants_list(past, now, **({"writes": False, "sends": False} | more))


def test_the_list_is_asked_for_once_a_day_by_a_run_that_writes() -> None:
    assert wanting(at(13), at(13, day=22), writes=True)
    assert wanting(at(13), None, writes=True)
    assert not wanting(at(13), at(13, day=22))
    assert not wanting(at(14), at(13), writes=True)


def test_a_run_that_sends_asks_only_when_nothing_was_learned_for_two_days() -> None:
    assert not wanting(at(13), at(13, 8, day=21), writes=True, sends=True)
    assert wanting(at(13), at(13, day=21), writes=True, sends=True)
    assert wanting(at(13), None, writes=True, sends=True)  # runs are known since the 10th


def test_the_persons_day_counts_not_that_of_utc() -> None:
    zone = ZoneInfo("America/Los_Angeles")
    assert not wanting(at(1, day=24).astimezone(zone), at(22), writes=True)


def test_where_runs_are_many_any_run_asks_before_the_list_falls_short() -> None:
    often = (Cron("*/5 * * * *"),)
    assert not wanting(at(6, 30), at(0), often)
    assert wanting(at(6, 50), at(0), often)


# Advice


@pytest.mark.parametrize(
    ("late", "days", "said"),
    [
        ((2,), 9, '- {cron: "7 13,18,21,23 * * *", timezone: "UTC"}'),
        ((2, 2, 2, 55), 9, ""),
        ((2,), 3, ""),
        ((2, 100, 2, 2), 9, '- {cron: "37 13-22 * * *", timezone: "UTC"}'),
    ],
)
def test_advice_goes_both_ways_and_says_the_line_to_paste(
    late: tuple[int, ...], days: int, said: str
) -> None:
    found = advice(every_hour(late, days), private=False)
    assert (said in found) if said else not found


def test_the_line_to_paste_is_one_that_a_workflow_takes_in_the_same_zone() -> None:
    zone = ZoneInfo("Europe/Berlin")
    past = every_hour((2,), 9)
    found = advice(Past((Cron("7 * * * *", zone),), past.starts, past.listed), private=False)
    line = found.split("`")[1]
    read = read_workflow(f"on:\n  schedule:\n    {line}\n", Job())
    assert read.crons == (Cron("7 13,18,21,23 * * *", zone),)


def test_in_a_private_repository_it_says_what_a_month_costs() -> None:
    found = advice(every_hour((2,), 9), private=True)
    assert "about 720 of the 2,000 free minutes" in found
    assert advice(Past(HOURLY), private=True) == ""


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
