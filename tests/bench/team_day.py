"""A day of 10,000 people over all zones: when each alert arrives, and how long before the day ends.

`python -m tests.bench.team_day`; `--write` puts the tables into docs/scale.md. Who is due and when is decided
by the program's own code: the plan, the reminders, and the look-ahead with what it learned of four weeks of
runs. How long the jobs take is reckoned from what was measured (`tests.bench.team`) and from what is said of
runners below. Three in ten contribute nothing that day, so every warning to them is counted; the others
contribute at some hour of theirs, and are no longer looked at once a run has seen it.
"""

from __future__ import annotations

import random
import statistics
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from streaky.calendar import Day
from streaky.config import file as config_file
from streaky.config.inputs import IN_ROSTER
from streaky.config.settings import Settings
from streaky.config.sources import Sources
from streaky.schedule import outlook, slots
from streaky.schedule.crons import Cron
from streaky.schedule.lateness import Past
from streaky.schedule.slots import Kind, Slot
from streaky.team.batches import SHORT
from streaky.team.plan import matters
from streaky.team.shards import Shard, shards
from tests.bench.delays import Span, punctual, september, usual
from tests.bench.team import write

DAY_BEGIN = "<!-- Written by `python -m tests.bench.team_day --write`. -->"
PEOPLE, AT_RISK = 10_000, 0.3
FIRST, LEARNED = date(2026, 10, 20), 28  # days of runs before the one that counts
DAY = FIRST + timedelta(days=LEARNED)
HOURLY = (Cron("7 * * * *"),)
MODELS = {"punctual": punctual, "usual: 5 to 60 min late": usual, "September 2026": september}
# Where people live: a zone and how many of a hundred, from the most eastern to the most western.
ZONES = {
    "Pacific/Kiritimati": 1,
    "Pacific/Auckland": 2,
    "Australia/Sydney": 4,
    "Asia/Tokyo": 9,
    "Asia/Shanghai": 13,
    "Asia/Jakarta": 4,
    "Asia/Kolkata": 14,
    "Asia/Karachi": 2,
    "Asia/Dubai": 2,
    "Europe/Istanbul": 3,
    "Africa/Cairo": 2,
    "Europe/Berlin": 14,
    "Europe/London": 6,
    "America/Sao_Paulo": 6,
    "America/New_York": 8,
    "America/Chicago": 4,
    "America/Los_Angeles": 5,
    "Pacific/Honolulu": 1,
}
# Seconds. Of a runner: from the event to its first step, and until Streaky is installed there.
QUEUED, SET_UP = 8.0, 12.0
PLAN = 6.0  # for 10,000 files
ANSWER = 0.3  # of GitHub's GraphQL
SIDE_BY_SIDE, PARALLEL, A_SECOND = 3, 10, 50
CPU = 0.004  # for each person of a shard


@dataclass(slots=True)
class Told:
    """What became of the day. `first` and `last`: for each zone, minutes before the day's end at which
    warnings arrived; `after`: seconds from a run's start to each alert; `people`: those at risk. Of the date
    in UTC: `runs`, `jobs`, `points`, `minutes`; `busiest`: the most points of a run."""

    first: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    last: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    after: list[float] = field(default_factory=list)
    people: int = 0
    runs: int = 0
    jobs: int = 0
    points: int = 0
    minutes: int = 0
    busiest: int = 0


@dataclass(slots=True)
class Person:
    """One person: their shard, zone, and when they contribute that day (None: not at all)."""

    shard: Shard
    zone: str
    contributes: datetime | None
    sent: list[datetime] = field(default_factory=list)
    slot: Slot | None = None
    seen_safe: bool = False


def everybody() -> list[Person]:
    """The people, each with a zone and a shard as the login's place gives it."""
    chance, found = random.Random(12), shards(PEOPLE)
    names, weights = list(ZONES), list(ZONES.values())
    people = []
    for number in range(PEOPLE):
        zone = chance.choices(names, weights)[0]
        shard = found[Shard.at(f"person{number}", len(found))]
        local = datetime.combine(DAY, time(), ZoneInfo(zone)) + timedelta(
            hours=min(23.9, chance.gauss(17, 4))
        )
        people.append(Person(shard, zone, None if chance.random() < AT_RISK else local.astimezone(UTC)))
    return people


def simulate(model: str) -> Told:
    """The day under one model of GitHub's lateness."""
    span = Span(FIRST, LEARNED + 3, ZoneInfo("UTC"), model)
    starts = list(MODELS[model](HOURLY, span))
    settings = _settings()
    people, told = everybody(), Told()
    noon = datetime.combine(DAY, time(12), UTC)
    for start in starts:
        if abs(start - noon) > timedelta(hours=40):
            continue
        past = Past(HOURLY, [each for each in starts if start - timedelta(days=28) < each <= start], start)
        _run(start, past, people, settings, told)
    for each in people:
        if each.contributes is None:
            told.people += 1
            end = Day.at(datetime.combine(DAY, time(12), ZoneInfo(each.zone)), ZoneInfo(each.zone)).deadline
            before = [(end - at) / timedelta(minutes=1) for at in each.sent]
            told.first[each.zone].append(max(before, default=-1))
            told.last[each.zone].append(min(before, default=-1))
    return told


def _settings() -> dict[str, Settings]:
    """Each zone's settings, as a file with that zone gives them."""
    environment = {
        "GITHUB_TOKEN": "ghs_benchBenchBenchBenchBenchBench00",
        "GITHUB_REPOSITORY": "acme/streaks",
        "DISCORD_WEBHOOK_URL": f"https://discord.com/api/webhooks/1/{'a' * 60}",
    }
    team = Sources({}, environment).team()
    return {
        zone: team.settle("person", config_file.read(f"timezone: {zone}\n".encode(), "file", IN_ROSTER))
        for zone in ZONES
    }


def _run(
    start: datetime, past: Past, people: list[Person], settings: dict[str, Settings], told: Told
) -> None:
    """One run: which shards it has, whom they look at, and when their alerts arrive."""
    now = start + timedelta(seconds=QUEUED + SET_UP + PLAN)
    slot = {zone: _due(settings[zone], now, past) for zone in ZONES if matters(settings[zone], now)}
    looked: dict[Shard, list[Person]] = defaultdict(list)
    for each in people:
        if each.zone in slot and not each.seen_safe:
            looked[each.shard].append(each)
    if not looked:
        return
    points = minutes = 0
    ends = {zone: Day.at(now, ZoneInfo(zone)).deadline for zone in slot}
    order = sorted(looked, key=lambda shard: (min(ends[each.zone] for each in looked[shard]), shard.number))
    free = [now] * PARALLEL
    for shard in order:
        begun = min(free)
        free.remove(begun)
        ready = begun + timedelta(seconds=QUEUED + SET_UP + CPU * PEOPLE / len(shards(PEOPLE)))
        requests = 1 + -(-len(looked[shard]) // SHORT.most)
        ready += timedelta(seconds=ANSWER * (1 + -(-requests // SIDE_BY_SIDE) + 1))
        due = []
        for each in sorted(looked[shard], key=lambda each: (ends[each.zone], each.zone)):
            if each.contributes is not None and each.contributes <= ready:
                each.seen_safe = True
            elif (found := slot[each.zone]) and found != each.slot:
                due.append((each, found))
        for number, (each, found) in enumerate(due):
            at = ready + timedelta(seconds=number / A_SECOND)
            each.slot = found
            each.sent.append(at)
            told.after.append((at - start).total_seconds())
        done = ready + timedelta(seconds=len(due) / A_SECOND + 2 * ANSWER)
        free.append(done)
        points += requests + (3 if due else 1)
        minutes += 1 + int((done - begun).total_seconds() // 60)
    told.busiest = max(told.busiest, points)
    if start.date() == DAY:  # in UTC
        told.runs += 1
        told.jobs += len(order) + 2  # the plan, and the report
        told.minutes += minutes + 2
        told.points += points


def _due(settings: Settings, now: datetime, past: Past) -> Slot | None:
    """The reminder that is due in a zone on the day that counts, to whoever has not contributed."""
    day = Day.at(now, settings.zone or UTC)
    if day.date != DAY:
        return None
    passed = slots.reminders(day, now, settings.speaking)
    if passed:
        return passed[-1]
    if outlook.speaks_ahead(day, now, settings.speaking, past):
        return Slot(day.date, Kind.AT_RISK, settings.speaking.remind_at[0])
    return None


def tables() -> Iterator[str]:
    """The day under each model, and one of them zone by zone."""
    rows = [
        "| GitHub is | warned | an hour before the end | first warning: median, least | last warning: least |"
        " alert after the run's start: median, slowest | runs | jobs | points, most in a run | minutes |",
        "|" + " --: |" * 10,
    ]
    found = {model: simulate(model) for model in MODELS}
    for model, told in found.items():
        first = [minutes for each in told.first.values() for minutes in each]
        last = [minutes for each in told.last.values() for minutes in each if minutes >= 0]
        rows.append(
            f"| {model} | {_share(sum(each >= 0 for each in first), told.people)} "
            f"| {_share(sum(each >= 60 for each in first), told.people)} "
            f"| {_clock(statistics.median(first))}, {_clock(min(first))} | {_clock(min(last))} "
            f"| {statistics.median(told.after):.0f} s, {max(told.after):.0f} s "
            f"| {told.runs} | {told.jobs} | {told.points:,}, {told.busiest} | {told.minutes:,} |"
        )
    yield "\n".join(rows)
    rows = ["| zone | at risk | " + " | ".join(MODELS) + " |", "| --- |" + " --: |" * (1 + len(MODELS))]
    for zone in ZONES:
        cells = []
        for told in found.values():
            first, last = told.first[zone], told.last[zone]
            cells.append(f"{_clock(min(first))}, {_clock(min(last))}")
        rows.append(f"| {zone} | {len(first):,} | {' | '.join(cells)} |")
    yield "\n".join(rows)


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %"


def _clock(minutes: float) -> str:
    """Hours and minutes before a day's end; a negative number is never."""
    return "never" if minutes < 0 else f"{int(minutes) // 60}:{int(minutes) % 60:02} h"


def main(arguments: list[str]) -> None:
    """Print the tables, and write them where that is asked for."""
    lines = "\n\n".join(tables())
    print(lines)
    if "--write" in arguments:
        write(DAY_BEGIN, lines)


if __name__ == "__main__":
    main(sys.argv[1:])
