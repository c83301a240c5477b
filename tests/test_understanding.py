"""What each run says that it understood, and its doubts: the likeliest mistakes of the first evening."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from streaky.errors import ConfigurationError
from streaky.pictures.summary import summary
from streaky.pictures.terminal import terminal
from streaky.report import Report
from tests.book import IN_RUN, WORKFLOW, Book
from tests.conftest import NOW, TOKEN, World

CONFIG = ".github/streaky.yml"
TUESDAY = NOW + timedelta(days=1)


def workflow(*entries: str, permissions: str = "contents: read") -> str:
    """A workflow whose schedule has these entries, each `cron` or `cron | zone`."""
    lines = ["on:", "  workflow_dispatch:"] + (["  schedule:"] if entries else [])
    for entry in entries:
        cron, _, zone = (part.strip() for part in entry.partition("|"))
        lines += [f"    - cron: '{cron}'", *([f"      timezone: {zone}"] if zone else [])]
    return "\n".join([*lines, "permissions:", f"  {permissions}", ""])


def run(world: World, files: dict[str, str], now: datetime = TUESDAY, *, test: bool = False) -> Report:
    """A check of a repository with these files, in a run of its workflow."""
    world.environment |= IN_RUN
    world.sandbox.github.repository("octocat/streaky", files)
    return world.check(now, test=test)


def point(report: Report, name: str) -> str:
    return next(each.text for each in report.understood.points if each.name == name)


def doubts(report: Report) -> str:
    return "\n".join(str(each) for each in report.understood.doubts)


# The zone


def test_the_zone_of_the_workflows_own_schedule_is_the_default(world: World) -> None:
    report = run(world, {WORKFLOW: workflow("17 13-23 * * * | Asia/Tokyo")})
    assert report.day.zone == ZoneInfo("Asia/Tokyo")
    assert report.day.date.isoformat() == "2026-11-25"
    assert point(report, "Time zone") == f"Asia/Tokyo, from the schedule in {WORKFLOW}, line 4"
    assert f"https://github.com/octocat/streaky/edit/main/{WORKFLOW}" in summary(report)


def test_a_zone_that_is_set_comes_before_the_schedules(world: World) -> None:
    world.environment["STREAKY_TIMEZONE"] = "Europe/Berlin"
    report = run(world, {WORKFLOW: workflow("17 13-23 * * * | Asia/Tokyo")})
    assert point(report, "Time zone") == "Europe/Berlin, set in the input timezone"


def test_a_zone_of_the_settings_file_is_said_with_its_place(world: World) -> None:
    report = run(world, {WORKFLOW: workflow("17 * * * *"), CONFIG: "\ntimezone: Europe/Berlin\n"})
    assert point(report, "Time zone") == f"Europe/Berlin, set in {CONFIG}:2:11"
    (page,) = (each.link for each in report.understood.points if each.name == "Time zone")
    assert page == f"https://github.com/octocat/streaky/edit/main/{CONFIG}"


def test_a_schedule_of_several_zones_is_refused_with_its_lines(world: World) -> None:
    files = {WORKFLOW: workflow("17 9 * * * | Europe/Berlin", "17 20 * * * | Asia/Tokyo")}
    with pytest.raises(ConfigurationError) as caught:
        run(world, files)
    assert f"{WORKFLOW}:6:1: timezone" in str(caught.value)
    assert "Europe/Berlin (line 4), Asia/Tokyo (line 6)" in str(caught.value)
    assert not world.hook.messages


@pytest.mark.parametrize(
    ("now", "test", "said"), [(TUESDAY, False, False), (TUESDAY, True, True), (NOW, False, True)]
)
def test_without_any_zone_it_is_utc_said_in_each_test_alert_and_once_a_week(
    world: World, now: datetime, test: bool, said: bool
) -> None:
    report = run(world, {WORKFLOW: workflow("17 13-23 * * *")}, now, test=test)
    assert point(report, "Time zone") == "UTC, because nothing sets another one"
    assert ("No time zone is set" in summary(report)) is said
    if test:
        assert all("No time zone is set" in message.plain for message in world.bot.messages)


def test_without_any_zone_the_offset_of_the_persons_last_commit_is_a_hint(world: World) -> None:
    world.environment |= IN_RUN
    far = datetime(2026, 11, 20, 9, tzinfo=timezone(timedelta(hours=9)))
    files = {WORKFLOW: workflow("17 13-23 * * *")}
    repository = world.sandbox.github.repository("octocat/streaky", files, pushed=far)
    assert "Your last commit says" not in doubts(world.check(TUESDAY, test=True))
    repository.write("main", {"notes.md": "mine"}, at=far)
    assert "Your last commit says +09:00." in doubts(world.check(TUESDAY, test=True))


def test_a_repository_that_cannot_be_read_is_not_said_to_set_no_zone(world: World) -> None:
    world.sandbox.github.stop()
    report = world.check(NOW, test=True, **IN_RUN)
    assert point(report, "Time zone") == (
        "UTC for now, because the repository, where another zone may be set, could not be read"
    )
    assert "No time zone is set" not in doubts(report)


# The schedule against the reminders


@pytest.mark.parametrize(
    ("entry", "zone", "asked"),
    [
        ("17 6 * * *", "UTC", "06:17"),
        ("17 2-5 * * *", "UTC", "02:17"),
        ("17 13-17 * * *", "America/Los_Angeles", "05:17"),
    ],
)
def test_a_schedule_that_brings_no_run_in_time_is_warned_of(
    world: World, entry: str, zone: str, asked: str
) -> None:
    report = run(world, {WORKFLOW: workflow(entry), CONFIG: f"timezone: {zone}\n"})
    assert "The schedule brings no run between 18:00 and 22:00 of your day" in doubts(report)
    assert asked in doubts(report)
    assert f"Change `cron:` or `timezone:` in {WORKFLOW}, or remind-at." in doubts(report)


def test_such_a_warning_stands_in_the_test_alert_and_the_log(world: World) -> None:
    report = run(world, {WORKFLOW: workflow("17 6 * * *")}, test=True)
    assert all("brings no run between" in message.plain for message in world.bot.messages)
    assert "brings no run between" in terminal(report)


def test_the_templates_schedule_fits_its_reminders(world: World) -> None:
    report = run(world, {WORKFLOW: workflow("17 13-23 * * * | Europe/Berlin")})
    assert doubts(report) == ""


def test_a_schedule_in_a_pause_is_no_doubt(world: World) -> None:
    report = run(world, {WORKFLOW: workflow("17 6 * * *"), CONFIG: "pause-until: 2026-12-31\n"})
    assert "brings no run" not in doubts(report)
    assert point(report, "Pause") == "until 2026-12-31, included"
    assert point(report, "Next reminder") == "none before 2027-01-01, because of the pause"


def test_a_workflow_without_a_schedule_is_said_in_a_test(world: World) -> None:
    assert "has no schedule" in doubts(run(world, {WORKFLOW: workflow()}, test=True))


# The settings file


@pytest.mark.parametrize(
    "path", [".github/streaky.yaml", ".github/Streaky.yml", "streaky.yml", "streaky.yaml"]
)
def test_a_settings_file_in_the_wrong_place_is_noticed_and_named(world: World, path: str) -> None:
    report = run(world, {WORKFLOW: workflow("17 13-23 * * *"), path: "language: de\n"})
    assert f"{path} is not read: the settings file is {CONFIG}. Rename it." in doubts(report)
    assert "no file found" in point(report, "Settings")


def test_the_settings_file_that_was_read_is_named(world: World) -> None:
    assert point(run(world, {CONFIG: "language: de\n"}), "Settings") == CONFIG
    file = Path(world.environment["GITHUB_WORKSPACE"], CONFIG)
    file.parent.mkdir()
    file.write_text("language: de\n")
    assert point(run(world, {}), "Settings") == CONFIG


# The next reminder


@pytest.mark.parametrize(
    ("hour", "contributed", "said"),
    [
        (12, False, "18:00, if GitHub still shows nothing"),
        (19, False, "21:00, if GitHub still shows nothing"),
        (23, False, "tomorrow at 18:00, if GitHub shows nothing by then"),
        (12, True, "tomorrow at 18:00, if GitHub shows nothing by then"),
    ],
)
def test_the_next_reminder_is_said(world: World, hour: int, contributed: bool, said: str) -> None:
    if contributed:
        world.contributions[TUESDAY.date()] = 1
    world.contributions[NOW.date()] = 1
    report = run(world, {WORKFLOW: workflow("17 * * * *")}, TUESDAY.replace(hour=hour, minute=30))
    assert point(report, "Next reminder") == said


def test_a_reminder_that_was_spoken_ahead_is_not_the_next_one(book: Book) -> None:
    book.world.contributions[NOW.date()] = 1
    noon = {WORKFLOW: workflow("17 12 * * *", permissions="contents: write")}
    for hour in (12, 13):
        report = run(book.world, noon, TUESDAY.replace(hour=hour))
        assert point(report, "Next reminder") == "21:00, if GitHub still shows nothing"


def test_a_day_of_rest_has_no_next_reminder(world: World) -> None:
    world.contributions[TUESDAY.date()] = world.contributions[NOW.date()] = 1
    report = run(world, {CONFIG: "rest-days: wed, thu\n"})
    assert point(report, "Next reminder") == "on Friday at 18:00, if GitHub shows nothing by then"


def test_without_at_risk_alerts_there_is_no_next_reminder(world: World) -> None:
    world.contributions[NOW.date()] = 1
    report = run(world, {CONFIG: "notify: broken\n"})
    assert point(report, "Next reminder") == "none, since at-risk alerts are off"


def test_without_a_streak_there_is_no_next_reminder(world: World) -> None:
    assert point(run(world, {}), "Next reminder") == "none before a new streak begins"


def test_a_day_that_needs_more_than_one_contribution_is_not_told_to_need_any(world: World) -> None:
    world.contributions |= {NOW.date(): 3, TUESDAY.date(): 2}
    files = {WORKFLOW: workflow("17 * * * *"), CONFIG: "min-contributions: 3\n"}
    report = run(world, files, TUESDAY.replace(hour=12))
    assert point(report, "Next reminder") == "18:00, if the day does not count by then"


def test_what_was_sent_already_is_not_said_to_be_not_due(book: Book) -> None:
    book.world.check()
    said = terminal(book.world.check())
    assert "skipped: Already sent at 21:30." in said
    assert "nothing is due" not in said


# A test alert is strict


def test_a_test_alert_fails_when_any_channel_failed_and_says_so_first(world: World) -> None:
    world.sandbox.telegram.fail(_unauthorized(), times=None)
    report = run(world, {}, test=True)
    assert report.exit_status == 3
    assert summary(report).startswith("## 🔴 The test alert did not arrive on telegram")


def test_a_test_alert_that_arrived_is_headed_by_that(world: World) -> None:
    report = run(world, {}, test=True)
    assert report.exit_status == 0
    assert summary(report).startswith("## 🧪 The test alert arrived on discord, telegram")


def _unauthorized() -> object:
    from streaky.sandbox import Fault

    return Fault.status(401, {"ok": False, "error_code": 401, "description": "Unauthorized"})


# Private counts


@pytest.mark.parametrize(
    ("private", "own", "shown"), [(False, True, False), (True, True, True), (False, False, True)]
)
def test_counts_by_a_persons_own_token_are_not_published_where_everybody_can_read(
    world: World, private: bool, own: bool, shown: bool
) -> None:
    token = TOKEN.replace("ghs_", "ghp_") if own else TOKEN
    world.sandbox.github.tokens.add(token)
    world.environment |= IN_RUN | {
        "GITHUB_TOKEN": token,
        "STREAKY_JOB_TOKEN": TOKEN,
        "STREAKY_LEDGER": "auto",
    }
    world.contributions[TUESDAY.date()] = 4711
    files = {WORKFLOW: workflow("17 13-23 * * *", permissions="contents: write")}
    repository = world.sandbox.github.repository("octocat/streaky", files, private=private)
    report = world.check(TUESDAY)
    ledger = repository.read("streaky", "ledger.json")
    assert ledger is not None
    said = summary(report) + terminal(report) + ledger.decode()
    assert ("4711" in said) is shown
    today = "GitHub shows 4711 contributions" if shown else "counted"
    assert f"  today 2026-11-24: {today}\n" in terminal(report)
