"""One person's run, from GitHub's answer to the messages that arrive."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from streaky.errors import ConfigurationError
from streaky.pictures.summary import summary
from streaky.pictures.terminal import terminal
from streaky.report import Report
from streaky.sandbox import Fault
from streaky.sandbox.exchange import Request
from tests.conftest import NOW, World, days_before

TODAY = NOW.date()
EAST, WEST = "Pacific/Kiritimati", "Etc/GMT+12"  # UTC+14 and UTC-12


def told(world: World) -> list[str]:
    """The titles that arrived, the same on both channels."""
    discord = [message.embeds[0]["title"].replace("\\", "") for message in world.hook.messages]
    telegram = [message.plain.splitlines()[0] for message in world.bot.messages]
    assert discord == telegram
    return discord


def slots(report: Report) -> list[str]:
    return [str(alert.slot) for alert in report.alerts]


def at(text: str, zone: str = "UTC") -> datetime:
    """A local time as an instant in UTC, as the program's own clock gives it."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


# A day, told


def test_a_streak_at_risk_is_told_once_on_each_channel_with_one_request(world: World) -> None:
    report = world.check()
    assert (report.status, report.exit_status) == ("at-risk", 0)
    assert len(world.sandbox.github.requests) == 1
    assert [message.embeds[0]["title"] for message in world.hook.messages] == [
        "octocat: 2 h 30 min left for your streak of 42 days"
    ]
    assert len(world.bot.messages) == 1
    assert "GitHub shows no contribution yet" in world.bot.messages[0].text


def test_nothing_is_due_when_today_has_its_contribution(world: World) -> None:
    world.contributions[NOW.date()] = 2
    report = world.check()
    assert (report.status, report.exit_status, report.outcomes) == ("safe", 0, ())
    assert len(world.sandbox.github.requests) == 1
    assert not world.hook.messages


def test_before_the_first_reminder_a_streak_at_risk_is_not_spoken_of(world: World) -> None:
    report = world.check(at("2026-11-23T17:59"))
    assert (report.status, report.exit_status, report.outcomes) == ("at-risk", 0, ())
    assert told(world) == []


@pytest.mark.parametrize(
    ("now", "slot", "urgency"),
    [
        ("17:00", "16:30", "reminder"),
        ("18:00", "18:00", "urgent"),
        ("20:59", "18:00", "urgent"),
        ("21:00", "21:00", "urgent"),
        ("22:00", "21:00", "last-call"),
        ("23:59", "23:00", "last-call"),
    ],
)
def test_a_run_speaks_for_the_latest_slot_that_has_passed(
    world: World, now: str, slot: str, urgency: str
) -> None:
    report = world.check(at(f"2026-11-23T{now}"), STREAKY_REMIND_AT="16:30,18:00,21:00,23:00")
    (entry, _) = json.loads(report.outputs()["alerts"])
    assert (entry["slot"], entry["urgency"]) == (f"2026-11-23/at-risk/{slot}", urgency)


def test_the_words_are_in_the_language_asked_for(world: World) -> None:
    world.check(STREAKY_LANGUAGE="de")
    assert told(world) == ["octocat: Noch 2 Std. 30 Min., um deine Serie (42 Tage) zu retten"]


# Which day it is


def test_ahead_of_utc_the_local_day_decides(world: World) -> None:
    # 20:00 on the 24th in Kiritimati is 06:00 on the 24th in UTC; 06:00 on the 24th is the 23rd there
    world.contributions[date(2026, 11, 23)] = 1
    evening = at("2026-11-24T20:00", EAST)
    report = world.check(evening, STREAKY_TIMEZONE=EAST)
    assert (report.day.date, report.status) == (date(2026, 11, 24), "at-risk")
    assert report.outputs()["deadline"] == "2026-11-25T00:00:00+14:00"
    morning = at("2026-11-24T06:00", EAST)
    assert morning.date() == date(2026, 11, 23)
    world.contributions[date(2026, 11, 24)] = 1
    report = world.check(morning, STREAKY_TIMEZONE=EAST)
    assert (report.day.date, report.status, report.outputs()["today"]) == (date(2026, 11, 24), "safe", "1")
    assert report.outputs()["current-streak"] == "44"


def test_behind_utc_the_local_day_decides(world: World) -> None:
    # 21:00 on the 23rd at UTC-12 is 09:00 on the 24th in UTC, which has its contribution already
    world.contributions[date(2026, 11, 24)] = 5
    evening = at("2026-11-23T21:00", WEST)
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
    report = world.check(at("2026-11-24T00:00"))
    assert (report.day.date, report.status) == (TODAY + timedelta(days=1), "at-risk")
    assert (report.outputs()["hours-left"], report.outcomes) == ("24.0", ())


def test_the_last_second_still_belongs_to_the_day(world: World) -> None:
    report = world.check(NOW.replace(hour=23, minute=59, second=59))
    assert (report.day.date, report.outputs()["hours-left"]) == (TODAY, "0.0")
    assert slots(report) == ["2026-11-23/at-risk/23:00"]


def test_a_day_of_25_hours_has_them_all(world: World) -> None:
    world.contributions |= days_before(date(2026, 10, 25), 5)
    report = world.check(at("2026-10-25T00:00", "Europe/Berlin"), STREAKY_TIMEZONE="Europe/Berlin")
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
    assert "a day needs 3 contributions to count" in world.bot.messages[0].plain


def test_the_minimum_holds_for_past_days_too(world: World) -> None:
    world.contributions[TODAY - timedelta(days=1)] = world.contributions[TODAY - timedelta(days=2)] = 3
    assert world.check(STREAKY_MIN_CONTRIBUTIONS="3").outputs()["current-streak"] == "2"


def test_a_rest_day_needs_nothing_and_extends_the_streak(world: World) -> None:
    report = world.check(STREAKY_REST_DAYS="mon")
    assert (report.status, report.outputs()["current-streak"], report.outcomes) == ("resting", "43", ())
    assert told(world) == []


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
    report = world.check(at(now, "America/Lima"), STREAKY_TIMEZONE="America/Lima")
    assert slots(report) == expected
    assert told(world) == ["octocat: your streak of 40 days has ended"] * len(expected)
    assert report.status == "idle"


def test_quiet_until_moves_the_hour_of_a_broken_streak(world: World) -> None:
    broken(world)
    assert slots(world.check(at("2026-11-23T07:00"), STREAKY_QUIET_UNTIL="07:00")) == [
        "2026-11-23/broken/day"
    ]
    assert slots(world.check(at("2026-11-23T21:00"), STREAKY_QUIET_UNTIL="21:01")) == []


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
    assert slots(world.check(at("2026-11-23T08:00"))) == ["2026-11-23/milestone/day"]
    assert told(world) == [f"octocat: {length} days in a row!"]


@pytest.mark.parametrize("length", [8, 51, 99, 366])
def test_other_lengths_are_no_milestones(world: World, length: int) -> None:
    world.contributions.clear()
    world.contributions |= days_before(TODAY, length - 1) | {TODAY: 1}
    assert slots(world.check()) == []


def test_safe_is_told_at_the_first_slots_time_when_asked_for(world: World) -> None:
    world.contributions[TODAY] = 2
    assert slots(world.check(at("2026-11-23T17:59"), STREAKY_NOTIFY="safe")) == []
    assert slots(world.check(at("2026-11-23T22:00"), STREAKY_NOTIFY="safe")) == ["2026-11-23/safe/18:00"]
    assert told(world) == ["octocat: your streak of 43 days is safe"]
    assert world.bot.messages[0].payload["disable_notification"] is True


def test_kinds_that_are_not_asked_for_are_not_told(world: World) -> None:
    assert slots(world.check(STREAKY_NOTIFY="milestone,broken")) == []


def test_several_alerts_at_once_all_arrive_in_one_order(world: World) -> None:
    world.contributions[TODAY] = 1
    del world.contributions[TODAY - timedelta(days=36)]
    world.contributions |= days_before(TODAY, 49)
    report = world.check(STREAKY_NOTIFY="safe,milestone")
    assert slots(report) == ["2026-11-23/safe/18:00", "2026-11-23/milestone/day"]
    assert told(world) == [
        "octocat: your streak of 50 days is safe",
        "octocat: 50 days in a row!",
    ]
    assert len(json.loads(report.outputs()["alerts"])) == 4


def test_a_rest_day_may_bring_news_of_a_broken_streak(world: World) -> None:
    broken(world)
    world.contributions[TODAY] = 1
    report = world.check(STREAKY_NOTIFY="safe,broken", STREAKY_REST_DAYS="mon")
    assert slots(report) == ["2026-11-23/safe/18:00", "2026-11-23/broken/day"]


def test_a_test_alert_goes_to_every_channel_whatever_the_standing(world: World) -> None:
    world.contributions[TODAY] = 1
    report = world.check(at("2026-11-23T03:00"), test=True, STREAKY_PAUSE_UNTIL="2026-12-31")
    assert (report.status, report.exit_status) == ("safe", 0)
    assert told(world) == ["octocat: alerts from Streaky reach you"]


# Channels that take it, and those that do not


def entry(kind: str, slot: str, urgency: str, channel: str, state: str) -> dict[str, str]:
    return {"kind": kind, "slot": slot, "urgency": urgency, "channel": channel, "state": state}


def test_an_alert_that_no_channel_took_is_exit_3(world: World) -> None:
    world.sandbox.discord.fail(Fault.status(404, {"message": "Unknown Webhook", "code": 10015}), times=None)
    world.sandbox.telegram.fail(Fault.status(500), times=None)
    report = world.check()
    assert (report.status, report.exit_status) == ("at-risk", 3)
    slot = "2026-11-23/at-risk/21:00"
    failed = [entry("at-risk", slot, "urgent", channel, "failed") for channel in ("discord", "telegram")]
    outputs = report.outputs()
    assert json.loads(outputs["alerts"]) == json.loads(outputs["undelivered"]) == failed


def test_one_channel_that_took_it_is_enough(world: World) -> None:
    world.sandbox.discord.fail(Fault.edge_ban(), times=None)
    report = world.check()
    assert report.exit_status == 0
    assert [(o.channel, str(o.state)) for o in report.outcomes] == [
        ("discord", "failed"),
        ("telegram", "sent"),
    ]
    assert [e["channel"] for e in json.loads(report.outputs()["undelivered"])] == ["discord"]


def test_each_alert_must_be_taken_somewhere(world: World) -> None:
    world.contributions |= days_before(TODAY, 49) | {TODAY: 1}

    def milestone(request: Request) -> bool:
        return b"in a row" in request.body

    for service in (world.sandbox.discord, world.sandbox.telegram):
        service.fail(
            Fault.status(400, {"ok": False, "description": "Bad Request"}), times=None, when=milestone
        )
    report = world.check(STREAKY_NOTIFY="safe,milestone")
    assert report.exit_status == 3
    assert [str(slot) for slot in report.unheard] == ["2026-11-23/milestone/day"]
    assert told(world) == ["octocat: your streak of 50 days is safe"]


def test_nothing_due_is_well_though_all_channels_are_down(world: World) -> None:
    world.contributions[TODAY] = 1
    for service in (world.sandbox.discord, world.sandbox.telegram):
        service.stop()
    assert world.check().exit_status == 0


def test_a_dry_run_sends_nothing_and_shows_the_words(world: World) -> None:
    report = world.check(STREAKY_DRY_RUN="true")
    assert report.exit_status == 0
    assert not world.sandbox.discord.requests
    assert not world.sandbox.telegram.requests
    assert [e["state"] for e in json.loads(report.outputs()["alerts"])] == ["dry-run", "dry-run"]
    assert json.loads(report.outputs()["undelivered"]) == []
    said = terminal(report)
    assert "would say: octocat: 2 h 30 min left for your streak of 42 days" in said
    assert "GitHub shows no contribution yet for today, 2026-11-23." in said


NO_CHANNEL = {"DISCORD_WEBHOOK_URL": "", "TELEGRAM_BOT_TOKEN": "", "TELEGRAM_CHAT_ID": ""}


def test_a_dry_run_needs_no_channel_and_shows_the_words_all_the_same(world: World) -> None:
    report = world.check(STREAKY_DRY_RUN="true", **NO_CHANNEL)
    assert (report.status, report.exit_status, report.outcomes) == ("at-risk", 0, ())
    assert "would say: octocat: 2 h 30 min left" in terminal(report)


def test_no_channel_is_refused_before_github_is_asked(world: World) -> None:
    with pytest.raises(ConfigurationError, match="no channel is set"):
        world.check(**NO_CHANNEL)
    assert not world.sandbox.github.requests


def test_a_wrong_configuration_names_every_fault_and_asks_nobody(world: World) -> None:
    with pytest.raises(ConfigurationError) as caught:
        world.check(STREAKY_TIMEZONE="Mars/Olympus", GITHUB_TOKEN="", STREAKY_REMIND_AT="25:00")
    assert {fault.input for fault in caught.value.faults} == {"timezone", "github-token", "remind-at"}
    assert all(not service.requests for service in world.sandbox.services.values())


# Outputs


def outputs(status: str, today: str, current: str, longest: str, **more: str) -> dict[str, str]:
    fixed = {
        "deadline": "2026-11-24T00:00:00+00:00",
        "hours-left": "2.5",
        "alerts": "[]",
        "undelivered": "[]",
        "pending": "",
        "handed-on": "",
    }
    counted = {"today": today, "current-streak": current, "longest-streak": longest}
    return {"status": status} | counted | fixed | more


def sent(kind: str, slot: str, urgency: str = "", state: str = "sent") -> str:
    rows = [
        entry(kind, f"2026-11-23/{kind}/{slot}", urgency, name, state) for name in ("discord", "telegram")
    ]
    return json.dumps(rows, separators=(",", ":"))


def gap(world: World) -> None:
    """Ten days ago there was nothing: 9 days run, 32 are the longest."""
    del world.contributions[TODAY - timedelta(days=10)]


def empty(world: World) -> None:
    world.contributions.clear()


def lost(world: World) -> None:
    world.contributions.clear()
    world.contributions |= days_before(TODAY - timedelta(days=5), 20)


def safe(world: World) -> None:
    world.contributions[TODAY] = 4


def down(world: World) -> None:
    world.sandbox.github.fail(Fault.status(401), times=None)


CASES: dict[str, tuple[Any, dict[str, str], dict[str, str]]] = {
    "at risk": (gap, {}, outputs("at-risk", "0", "9", "32", alerts=sent("at-risk", "21:00", "urgent"))),
    "safe": (safe, {}, outputs("safe", "4", "43", "43")),
    "idle": (lost, {}, outputs("idle", "0", "0", "20")),
    "never": (empty, {}, outputs("idle", "0", "0", "0")),
    "resting": (gap, {"STREAKY_REST_DAYS": "mon"}, outputs("resting", "0", "10", "32")),
    "paused": (gap, {"STREAKY_PAUSE_UNTIL": "2026-12-31"}, outputs("resting", "0", "9", "32")),
    "unknown": (down, {}, outputs("unknown", "", "", "", alerts=sent("unknown", "day"))),
    "dry run": (
        gap,
        {"STREAKY_DRY_RUN": "true"},
        outputs("at-risk", "0", "9", "32", alerts=sent("at-risk", "21:00", "urgent", "dry-run")),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_outputs_are_exactly_these(world: World, name: str) -> None:
    arrange, more, expected = CASES[name]
    arrange(world)
    assert world.check(**more).outputs() == expected


@pytest.mark.parametrize(("private", "said"), [(True, "counted"), (False, "none seen")])
def test_the_report_says_whether_private_contributions_are_counted(
    world: World, private: bool, said: str
) -> None:
    world.sandbox.github.person("octocat", contributions=days_before(TODAY, 42), private=private)
    report = world.check()
    assert report.document()["private"] is private
    assert f"| Private contributions | {said} |" in summary(report)
