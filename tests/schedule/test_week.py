"""Weeks of late starts, replayed with the real program: what a person would have got, hour by hour."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from streaky.sandbox.github.repositories import Repository
from tests.bench.delays import MODELS, Span
from tests.bench.guards import SCHEDULE, template
from tests.conftest import ROOT, World

GOLDEN = Path(__file__).parents[1] / "golden"
BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 9, 7)
# When each day's contribution came, by the local clock; None for the days without one.
HOURS = (None, time(9, 30), time(19, 45), None, time(23, 5), time(13), None)
EVENINGS = (time(19), time(9, 30), time(19, 45), None, time(23, 5), time(13), None)
WORKFLOW = ".github/workflows/streaky.yml"


@pytest.fixture
def repository(world: World, tmp_path: Path) -> Repository:
    """octocat's Streaky in Berlin, with the template's workflow, and a streak of thirty days on Monday."""
    workflow = (ROOT / "template" / WORKFLOW).read_text("utf-8")
    files = {WORKFLOW: workflow.replace("Etc/UTC", "Europe/Berlin")}
    world.contributions.clear()
    world.contributions.update({MONDAY - timedelta(days=back): 1 for back in range(1, 31)})
    world.environment |= {
        "STREAKY_LEDGER": f"file:{tmp_path}/ledger.json",
        "STREAKY_TIMEZONE": "Europe/Berlin",
        "GITHUB_EVENT_NAME": "schedule",
        "GITHUB_WORKFLOW_REF": f"octocat/streaky/{WORKFLOW}@refs/heads/main",
    }
    pushed = datetime.combine(MONDAY, time(), BERLIN)
    return world.sandbox.github.repository("octocat/streaky", files, pushed=pushed)


def week(model: str, first: date, seed: str) -> list[datetime]:
    """The starts of seven days."""
    return list(MODELS[model](template(BERLIN), Span(first, 7, BERLIN, seed)))


def replay(
    world: World, repository: Repository, starts: Sequence[datetime], hours: Sequence[time | None]
) -> list[str]:
    """What each run of the week said."""
    lines = []
    for number, now in enumerate(starts):
        local = now.astimezone(BERLIN)
        for offset, hour in enumerate(hours):
            day = MONDAY + timedelta(days=offset)
            if hour and datetime.combine(day, hour) <= local.replace(tzinfo=None):
                world.contributions[day] = 1
        repository.add_run(started=now, id=1000 + number)
        world.bot.messages.clear()
        done = world.run(now=now, GITHUB_RUN_ID=str(1000 + number))
        assert done.returncode == 0, done.stderr
        told = [message.plain.splitlines()[0] for message in world.bot.messages]
        lines.append(f"{local:%a %H:%M}  {' | '.join(told) or '-'}")
    return lines


def compare(name: str, lines: Sequence[str]) -> None:
    """Hold the lines against a golden file."""
    text = "\n".join(lines) + "\n"
    if os.environ.get("STREAKY_UPDATE_GOLDEN") == "1":
        (GOLDEN / name).write_text(text, encoding="utf-8")
    assert text == (GOLDEN / name).read_text(encoding="utf-8")


def warnings(lines: Sequence[str], day: str) -> list[str]:
    """The times of a day's warnings."""
    said = ("needs a contribution today", " left to save your")
    return [line[4:9] for line in lines if line.startswith(day) and any(part in line for part in said)]


def nothing_comes_twice(lines: Sequence[str]) -> None:
    said = [part for line in lines for part in line[11:].split(" | ") if part != "-"]
    assert len(said) == len(set(said))
    assert all(len(warnings(lines, day)) <= 3 for day in ("Mon", "Tue", "Wed", "Thu", "Fri"))


def test_a_week_of_september_2026_tells_what_the_golden_file_says(
    world: World, repository: Repository
) -> None:
    lines = replay(world, repository, week("September 2026", MONDAY, "7"), HOURS)
    compare("week.txt", lines)
    nothing_comes_twice(lines)
    assert warnings(
        lines, "Mon"
    )  # after a missed day there is no streak to lose before the next contribution


def test_a_week_whose_evenings_are_skipped_tells_what_the_golden_file_says(
    world: World, repository: Repository
) -> None:
    model = "each third evening skipped"
    for back in (21, 14, 7):
        for start in week(model, MONDAY - timedelta(days=back), str(back)):
            repository.add_run(started=start)
    lines = replay(world, repository, week(model, MONDAY, "8"), EVENINGS)
    compare("week-skipped.txt", lines)
    nothing_comes_twice(lines)
    for day in ("Mon", "Thu"):  # no run starts after 17:00
        assert max(line for line in lines if line.startswith(day)) < f"{day} 17:00"
        assert warnings(lines, day)


# The trap: a run that warns early must not keep Streaky from learning that it need not


def spoken(world: World, now: datetime) -> list[str]:
    """What one run says of a streak at risk."""
    report = world.check(now)
    return [outcome.slot.kind for outcome in report.outcomes if outcome.state == "sent"]


def days_of(world: World, repository: Repository, number: int, hours: Sequence[int]) -> list[str]:
    """One day on which GitHub starts a run at each of these hours; who contributes at half past six in the
    evening. The runs that said something."""
    day, told = MONDAY + timedelta(days=number), []
    for hour in hours:
        now = datetime.combine(day, time(hour, 18), BERLIN).astimezone(UTC)
        repository.add_run(started=now)
        if hour >= 19:
            world.contributions[day] = 1
        if spoken(world, now):
            told.append(f"{hour}:18")
    return told


def test_two_early_days_are_forgotten_within_two_weeks_of_punctual_ones(
    world: World, repository: Repository
) -> None:
    world.environment["STREAKY_REMIND_AT"] = "18:00, 21:00, 23:00"
    told = [days_of(world, repository, number, (13,)) for number in range(2)]
    for number in range(2):
        world.contributions[MONDAY + timedelta(days=number)] = 1
    told += [days_of(world, repository, number, range(13, 24)) for number in range(2, 16)]
    assert told[-1] == ["18:18"]
    assert told[-8:] == [["18:18"]] * 8


def test_with_two_cron_lines_it_learns_though_every_run_has_something_to_say(
    world: World, repository: Repository
) -> None:
    workflow = repository.files[WORKFLOW].replace(SCHEDULE, "17 13,19 * * *")
    repository.files[WORKFLOW] = workflow
    world.environment["STREAKY_REMIND_AT"] = "13:00, 19:00"
    for number in range(12):
        days_of(world, repository, number, (13, 19))
        world.contributions[MONDAY + timedelta(days=number)] = 1
    world.environment["STREAKY_REMIND_AT"] = "19:00"
    assert days_of(world, repository, 12, (13,)) == []
