"""What is due: each kind at its time, and a reminder ahead of it when no later run can be counted on."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from streaky.pictures.summary import summary
from tests.book import (
    IN_RUN,
    ON,
    READS,
    WORKFLOW,
    Book,
    asked,
    at,
    hourly,
    spoken,
    told,
)
from tests.conftest import NOW, World, days_before, local, slots, titles

TODAY = NOW.date()


def test_while_little_is_known_an_hourly_schedule_warns_before_it_could_be_too_late(world: World) -> None:
    hourly(world)
    assert spoken(world.check(at(15, 31))) == []  # the run of 16:07 may be 5 h 36 min late: 21:43
    report = world.check(at(16, 31))
    assert spoken(report) == ["at-risk/18:00 discord sent"]
    assert "No run can be counted on before 22:00, so I warn you now, at 16:31." in report.notes
    assert spoken(world.check(at(17, 31))) == ["at-risk/18:00 discord skipped"]
    assert spoken(world.check(at(18, 31))) == ["at-risk/18:00 discord skipped"]
    assert spoken(world.check(at(21, 31))) == ["at-risk/21:00 discord sent"]


def test_a_single_noon_cron_warns_at_noon(world: World) -> None:
    hourly(world, "0 12 * * *", "Europe/Berlin")
    report = world.check(at(11, 2), STREAKY_TIMEZONE="Europe/Berlin")
    assert spoken(report) == ["at-risk/18:00 discord sent"]


def test_nothing_is_said_ahead_in_the_quiet_hours(world: World) -> None:
    hourly(world, "0 8 * * *")
    assert spoken(world.check(at(8, 2))) == []
    assert spoken(world.check(at(8, 2), STREAKY_QUIET_UNTIL="07:00")) == ["at-risk/18:00 discord sent"]


def test_without_a_cron_line_no_run_can_be_counted_on(world: World) -> None:
    book = hourly(world)
    book.repository.files[WORKFLOW] = "on: workflow_dispatch\npermissions:\n  contents: write\n"
    assert spoken(world.check(at(9, 1))) == ["at-risk/18:00 discord sent"]


def test_outside_of_a_workflow_nothing_is_said_ahead(world: World) -> None:
    hourly(world)
    assert spoken(world.check(at(17), GITHUB_WORKFLOW_REF="")) == []


@pytest.mark.parametrize(
    ("lead", "hour", "sent"), [("6h", 12, True), ("6h", 11, False), ("1h", 16, False), ("1h", 17, True)]
)
def test_the_lead_says_how_early_the_first_warning_must_have_been(
    world: World, lead: str, hour: int, sent: bool
) -> None:
    hourly(world)
    assert bool(spoken(world.check(at(hour, 31), STREAKY_LEAD=lead))) is sent


def punctual_days(book: Book, late: timedelta, first: int = 19, days: int = 3) -> None:
    """Runs of the days before, each so much late."""
    for day in range(first, first + days):
        for hour in range(24):
            book.repository.add_run(started=at(hour, 7, day) + late, event="schedule")


def test_a_repository_that_github_serves_in_time_is_warned_at_its_first_reminder(world: World) -> None:
    book = hourly(world)
    punctual_days(book, timedelta(minutes=3))
    world.check(at(0, 10))
    assert sum(len(minutes) for minutes in book.read()["starts"].values()) > 60
    assert spoken(world.check(at(17, 10))) == []
    report = world.check(at(18, 10))
    assert spoken(report) == ["at-risk/18:00 discord sent"]
    assert report.lateness
    assert report.lateness.quantile(0.95) == timedelta(minutes=2)


@pytest.mark.parametrize(
    ("late", "private", "says"),
    [
        (
            3,
            False,
            'would warn you just as well, with `- {cron: "7 13,18,21,23 * * *", timezone: "UTC"}` alone.',
        ),
        (
            100,
            False,
            'add `- {cron: "37 13-22 * * *", timezone: "UTC"}` to the schedule, or use an outside timer',
        ),
        (3, True, "In a private repository a month takes about 333 of the 2,000 free minutes"),
        (30, False, ""),
    ],
)
def test_the_summary_says_when_more_runs_would_help_and_when_fewer_would_do(
    world: World, late: int, private: bool, says: str
) -> None:
    book = hourly(world, "7 13-23 * * *")
    book.repository.private = private
    for day in range(14, 23):
        for hour in range(13, 24):
            book.repository.add_run(started=at(hour, 7, day) + timedelta(minutes=late), event="schedule")
    shown = summary(world.check(at(13, 10)))
    assert says in shown
    assert ("💡" in shown) is bool(says)


def test_the_runs_are_asked_for_once_a_day(world: World) -> None:
    book = hourly(world)
    punctual_days(book, timedelta(minutes=3))
    world.check(at(0, 10))
    asked(world)
    for hour in (1, 2, 3):
        world.check(at(hour, 10))
    assert asked(world) == 3


def test_an_alert_of_a_days_first_run_costs_three_requests_all_the_same(world: World) -> None:
    book = hourly(world)
    punctual_days(book, timedelta(minutes=3))
    world.check(at(0, 10, 22))
    asked(world)
    world.check(at(18, 10))
    assert (asked(world), told(world)[0]) == (3, 1)


def test_without_a_ledger_a_run_that_would_have_spoken_ahead_is_believed_to_have(world: World) -> None:
    world.environment |= ON | IN_RUN
    repository = world.sandbox.github.repository("octocat/streaky", {WORKFLOW: READS})
    repository.add_run(started=at(16, 31), id=99)
    assert spoken(world.check(at(17, 31))) == ["at-risk/18:00 discord skipped"]
    repository.runs.clear()
    repository.add_run(started=at(15, 31), id=99)
    assert spoken(world.check(at(17, 31))) == ["at-risk/18:00 discord sent"]


# Kinds


def broken(world: World) -> None:
    """Yesterday was missed, after 40 days."""
    del world.contributions[TODAY - timedelta(days=1)]
    del world.contributions[TODAY - timedelta(days=42)]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-23T00:05", []),
        ("2026-11-23T08:59", []),
        ("2026-11-23T09:00", ["2026-11-23/broken/day"]),
        ("2026-11-23T23:30", ["2026-11-23/broken/day"]),
        ("2026-11-24T09:00", []),
    ],
)
def test_a_broken_streak_is_told_on_the_day_after_from_nine_local_time_on(
    world: World, now: str, expected: list[str]
) -> None:
    broken(world)
    report = world.check(local(now, "America/Lima"), STREAKY_TIMEZONE="America/Lima")
    assert slots(report) == expected
    assert titles(world) == ["octocat: your 40-day streak has ended"] * len(expected)
    assert report.status == "idle"


def test_quiet_until_moves_the_hour_of_a_broken_streak(world: World) -> None:
    broken(world)
    assert slots(world.check(local("2026-11-23T07:00"), STREAKY_QUIET_UNTIL="07:00")) == [
        "2026-11-23/broken/day"
    ]
    assert slots(world.check(local("2026-11-23T21:00"), STREAKY_QUIET_UNTIL="21:01")) == []


def test_days_of_a_pause_break_nothing_that_is_told(world: World) -> None:
    broken(world)
    assert slots(world.check(STREAKY_PAUSE_UNTIL="2026-11-22")) == []


def test_a_lost_streak_of_one_day_is_no_news(world: World) -> None:
    world.contributions.clear()
    world.contributions[TODAY - timedelta(days=2)] = 4
    assert slots(world.check()) == []


@pytest.mark.parametrize("length", [7, 30, 50, 100, 365, 400])
def test_a_milestone_is_told_once_today_has_counted(world: World, length: int) -> None:
    world.contributions.clear()
    world.contributions |= days_before(TODAY, length - 1)
    assert all("milestone" not in slot for slot in slots(world.check()))
    world.sandbox.clear()
    world.contributions[TODAY] = 1
    assert slots(world.check(local("2026-11-23T08:00"))) == ["2026-11-23/milestone/day"]
    assert titles(world) == [f"octocat: {length} days in a row!"]


@pytest.mark.parametrize("length", [8, 51, 99, 366])
def test_other_lengths_are_no_milestones(world: World, length: int) -> None:
    world.contributions.clear()
    world.contributions |= days_before(TODAY, length - 1) | {TODAY: 1}
    assert slots(world.check()) == []


def test_safe_is_told_at_the_first_slots_time_when_asked_for(world: World) -> None:
    world.contributions[TODAY] = 2
    assert slots(world.check(local("2026-11-23T17:59"), STREAKY_NOTIFY="safe")) == []
    assert slots(world.check(local("2026-11-23T22:00"), STREAKY_NOTIFY="safe")) == ["2026-11-23/safe/18:00"]
    assert titles(world) == ["octocat: your 43-day streak is safe"]
    assert world.bot.messages[0].payload["disable_notification"] is True


def test_kinds_that_are_not_asked_for_are_not_told(world: World) -> None:
    assert slots(world.check(STREAKY_NOTIFY="milestone,broken")) == []


def test_several_alerts_at_once_all_arrive_in_one_order(world: World) -> None:
    world.contributions[TODAY] = 1
    del world.contributions[TODAY - timedelta(days=36)]
    world.contributions |= days_before(TODAY, 49)
    report = world.check(STREAKY_NOTIFY="safe,milestone")
    assert slots(report) == ["2026-11-23/safe/18:00", "2026-11-23/milestone/day"]
    assert titles(world) == [
        "octocat: your 50-day streak is safe",
        "octocat: 50 days in a row!",
    ]
    assert len(json.loads(report.outputs()["alerts"])) == 4


def test_a_rest_day_may_bring_news_of_a_broken_streak(world: World) -> None:
    broken(world)
    world.contributions[TODAY] = 1
    report = world.check(STREAKY_NOTIFY="safe,broken", STREAKY_REST_DAYS="mon")
    assert slots(report) == ["2026-11-23/safe/18:00", "2026-11-23/broken/day"]


def test_a_run_that_github_lists_already_is_not_taken_for_the_one_before(world: World) -> None:
    book = hourly(world)
    punctual_days(book, timedelta(minutes=3), first=20)
    book.repository.add_run(started=at(9, 30), event="schedule", id=100)
    start = world.check(at(9, 32)).start
    assert start
    assert (start.asked, start.skipped) == (at(0, 7), 9)
