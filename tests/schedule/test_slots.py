"""What is due when: slots, urgency, quiet, pause."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streaky.calendar import Calendar, Day
from streaky.schedule.slots import Kind, Slot, Speaking, due, due_unread, hours, urgency
from streaky.streak import Rules, stand

TODAY = date(2026, 11, 23)
ALL = Speaking(frozenset(Kind), (time(18), time(21), time(23)), time(9))


def at(hour: int, minute: int = 0, zone: str = "UTC") -> datetime:
    """A local time today."""
    return datetime.combine(TODAY, time(hour, minute), ZoneInfo(zone))


def slots(
    pattern: str, now: datetime, speaking: Speaking = ALL, rules: Rules | None = None, zone: str = "UTC"
) -> list[str]:
    """The due slots, as text, for a calendar that ends today: a digit is a day's count, `.` is none."""
    rules = rules or Rules()
    day = Day.at(now, ZoneInfo(zone))
    first = day.date - timedelta(days=len(pattern) - 1)
    counts = {first + timedelta(days=place): int(c) for place, c in enumerate(pattern) if c != "."}
    standing = stand(Calendar(first, day.date, counts), day.date, rules)
    return [str(slot) for slot in due(standing, day, now, speaking, rules)]


@pytest.mark.parametrize(
    ("now", "slot"),
    [(at(17, 59), None), (at(18), "18:00"), (at(20, 59), "18:00"), (at(21), "21:00"), (at(23, 59), "23:00")],
)
def test_the_latest_reminder_that_has_passed_is_due(now: datetime, slot: str | None) -> None:
    assert slots(".11.", now) == ([f"2026-11-23/at-risk/{slot}"] if slot else [])


def test_safe_is_told_once_the_first_reminders_time_has_come() -> None:
    assert slots(".111", at(17)) == []
    assert slots(".111", at(22)) == ["2026-11-23/safe/18:00"]


def test_a_broken_streak_is_told_from_quiet_until_on() -> None:
    assert slots("111..", at(8, 59)) == []
    assert slots("111..", at(9)) == ["2026-11-23/broken/day"]
    assert slots("111...", at(12)) == []


def test_a_milestone_is_due_once_today_has_counted() -> None:
    assert slots(".1111111", at(0, 5)) == ["2026-11-23/milestone/day"]
    assert slots(".111111.", at(0, 5)) == []


def test_quiet_does_not_hold_up_an_explicit_reminder() -> None:
    early = Speaking(frozenset({Kind.AT_RISK}), (time(8),), time(9))
    assert slots(".11.", at(8), early) == ["2026-11-23/at-risk/08:00"]


def test_only_kinds_that_were_asked_for_are_due() -> None:
    quiet = Speaking(frozenset({Kind.BROKEN}), ALL.remind_at, ALL.quiet_until)
    assert slots(".11.", at(22), quiet) == []
    assert slots("111.1", at(22), quiet) == ["2026-11-23/broken/day"]


@pytest.mark.parametrize("pattern", [".11.", ".111", "111..", ".1111111"])
def test_a_pause_silences_every_kind(pattern: str) -> None:
    assert slots(pattern, at(23), rules=Rules(pause_until=TODAY)) == []
    assert slots(pattern, at(23), rules=Rules(pause_until=TODAY - timedelta(days=9))) != []


def test_what_could_not_be_read_is_told_unless_paused_or_not_wanted() -> None:
    day = Day.at(at(3), UTC)
    assert due_unread(day, at(21), ALL, Rules()) == [Slot(TODAY, Kind.UNKNOWN)]
    assert due_unread(day, at(21), ALL, Rules(pause_until=TODAY)) == []
    assert due_unread(day, at(21), Speaking(frozenset(), ALL.remind_at, ALL.quiet_until), Rules()) == []


def test_what_could_not_be_read_is_told_at_reminder_times_and_never_in_the_quiet_hours() -> None:
    day, early = Day.at(at(3), UTC), Speaking(frozenset(Kind), (time(8), time(18)), time(9))
    assert [due_unread(day, at(hour), early, Rules()) for hour in (7, 8)] == [[], []]
    assert due_unread(day, at(9), early, Rules()) == [Slot(TODAY, Kind.UNKNOWN)]
    assert due_unread(day, at(17), ALL, Rules()) == []


def test_a_run_after_midnight_judges_the_new_day() -> None:
    assert slots("11.", datetime(2026, 11, 24, 0, 1, tzinfo=UTC)) == []


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (timedelta(hours=6, seconds=1), "reminder"),
        (timedelta(hours=6), "urgent"),
        (timedelta(hours=2, seconds=1), "urgent"),
        (timedelta(hours=2), "last-call"),
        (timedelta(), "last-call"),
    ],
)
def test_urgency_grows_as_the_deadline_nears(left: timedelta, expected: str) -> None:
    assert urgency(left) == expected


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (timedelta(minutes=59, seconds=59), 0.9),
        (timedelta(hours=1), 1.0),
        (timedelta(minutes=5), 0.0),
        (timedelta(hours=25), 25.0),
    ],
)
def test_hours_are_rounded_down_to_a_tenth(left: timedelta, expected: float) -> None:
    assert hours(left) == expected


@settings(max_examples=150, deadline=None)
@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),
    st.sampled_from(
        ["Europe/Berlin", "Asia/Kolkata", "America/Sao_Paulo", "Pacific/Apia", "Australia/Lord_Howe"]
    ),
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York"]),
    st.sampled_from([".11.", ".111", "111..", ".1111111", "..."]),
)
def test_what_is_due_depends_on_instants_not_on_how_they_are_written(
    naive: datetime, zone: str, written: str, pattern: str
) -> None:
    now = naive.replace(tzinfo=UTC)
    assert slots(pattern, now, zone=zone) == slots(pattern, now.astimezone(ZoneInfo(written)), zone=zone)
