"""Where a person stands: which day it is where they live, and what counts on it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.conftest import NOW, World, days_before, local, slots, titles

TODAY = NOW.date()
EAST, WEST = "Pacific/Kiritimati", "Etc/GMT+12"  # UTC+14 and UTC-12


# Which day it is


def test_ahead_of_utc_the_local_day_decides(world: World) -> None:
    # 20:00 on the 24th in Kiritimati is 06:00 on the 24th in UTC; 06:00 on the 24th is the 23rd there
    world.contributions[date(2026, 11, 23)] = 1
    evening = local("2026-11-24T20:00", EAST)
    report = world.check(evening, STREAKY_TIMEZONE=EAST)
    assert (report.day.date, report.status) == (date(2026, 11, 24), "at-risk")
    assert report.outputs()["deadline"] == "2026-11-25T00:00:00+14:00"
    morning = local("2026-11-24T06:00", EAST)
    assert morning.date() == date(2026, 11, 23)
    world.contributions[date(2026, 11, 24)] = 1
    report = world.check(morning, STREAKY_TIMEZONE=EAST)
    assert (report.day.date, report.status, report.outputs()["today"]) == (date(2026, 11, 24), "safe", "1")
    assert report.outputs()["current-streak"] == "44"


def test_behind_utc_the_local_day_decides(world: World) -> None:
    # 21:00 on the 23rd at UTC-12 is 09:00 on the 24th in UTC, which has its contribution already
    world.contributions[date(2026, 11, 24)] = 5
    evening = local("2026-11-23T21:00", WEST)
    assert evening.date() == date(2026, 11, 24)
    report = world.check(evening, STREAKY_TIMEZONE=WEST)
    assert (report.day.date, report.status, report.outputs()["today"]) == (TODAY, "at-risk", "0")
    assert report.outputs()["deadline"] == "2026-11-24T00:00:00-12:00"
    assert slots(report) == ["2026-11-23/at-risk/21:00"]


@pytest.mark.parametrize("ahead", [1, 2, 30])
def test_contributions_of_days_to_come_make_nothing_safe_and_no_streak_longer(
    world: World, ahead: int
) -> None:
    world.contributions[TODAY + timedelta(days=ahead)] = 9
    report = world.check()
    assert (report.status, report.outputs()["today"], report.outputs()["current-streak"]) == (
        "at-risk",
        "0",
        "42",
    )


def test_a_run_just_after_midnight_judges_the_new_day(world: World) -> None:
    world.contributions[TODAY] = 1
    report = world.check(local("2026-11-24T00:00"))
    assert (report.day.date, report.status) == (TODAY + timedelta(days=1), "at-risk")
    assert (report.outputs()["hours-left"], report.outcomes) == ("24.0", ())


def test_the_last_second_still_belongs_to_the_day(world: World) -> None:
    report = world.check(NOW.replace(hour=23, minute=59, second=59))
    assert (report.day.date, report.outputs()["hours-left"]) == (TODAY, "0.0")
    assert slots(report) == ["2026-11-23/at-risk/23:00"]


def test_a_day_of_25_hours_has_them_all(world: World) -> None:
    world.contributions |= days_before(date(2026, 10, 25), 5)
    report = world.check(local("2026-10-25T00:00", "Europe/Berlin"), STREAKY_TIMEZONE="Europe/Berlin")
    assert report.outputs()["hours-left"] == "25.0"
    assert report.outputs()["deadline"] == "2026-10-26T00:00:00+01:00"


def test_the_clock_of_the_inputs_replaces_the_programs_own(world: World) -> None:
    report = world.check(STREAKY_NOW="2026-11-22T19:00:00-03:00")
    assert (report.day.date, report.status, report.outputs()["hours-left"]) == (
        TODAY - timedelta(days=1),
        "safe",
        "2.0",
    )


# What counts


def test_too_few_contributions_leave_the_day_at_risk_and_say_how_many_there_are(world: World) -> None:
    for day in world.contributions:
        world.contributions[day] = 3
    world.contributions[TODAY] = 2
    report = world.check(STREAKY_MIN_CONTRIBUTIONS="3")
    assert (report.status, report.outputs()["today"], report.outputs()["current-streak"]) == (
        "at-risk",
        "2",
        "42",
    )
    assert "GitHub shows 2 contributions so far" in world.bot.messages[0].plain
    assert "A day needs 3 contributions to count" in world.bot.messages[0].plain


def test_the_minimum_holds_for_past_days_too(world: World) -> None:
    world.contributions[TODAY - timedelta(days=1)] = world.contributions[TODAY - timedelta(days=2)] = 3
    assert world.check(STREAKY_MIN_CONTRIBUTIONS="3").outputs()["current-streak"] == "2"


def test_a_rest_day_needs_nothing_and_extends_the_streak(world: World) -> None:
    report = world.check(STREAKY_REST_DAYS="mon")
    assert (report.status, report.outputs()["current-streak"], report.outcomes) == ("resting", "43", ())
    assert titles(world) == []


def test_a_rest_day_with_a_contribution_is_safe(world: World) -> None:
    world.contributions[TODAY] = 1
    assert world.check(STREAKY_REST_DAYS="mon").status == "safe"


def test_a_pause_rests_silently_through_its_last_day(world: World) -> None:
    report = world.check(STREAKY_PAUSE_UNTIL="2026-11-23")
    assert (report.status, report.outputs()["current-streak"], report.outcomes) == ("resting", "42", ())
    assert world.check(STREAKY_PAUSE_UNTIL="2026-11-22").status == "at-risk"


def test_no_streak_is_idle_and_nothing_is_said(world: World) -> None:
    world.contributions.clear()
    report = world.check()
    assert (report.status, report.exit_status, report.outcomes) == ("idle", 0, ())
