"""Whether people are warned in time, though GitHub is late, and how often for nothing: simulated person-days.

`python -m tests.bench.punctuality` prints every row; with `--write` they go to docs/bench.md.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import repeat
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.bench.delays import CHANGES, LENGTHS, MODELS, Span
from tests.bench.guards import BEFORE_END, EARLIEST, KNOWING, OTHERS, WAYS, Guard, quickened

ZONES = (
    *("Pacific/Pago_Pago", "Pacific/Honolulu", "America/Los_Angeles", "America/Denver", "America/Chicago"),
    *("America/New_York", "America/Sao_Paulo", "Atlantic/Azores", "UTC", "Europe/London", "Europe/Berlin"),
    *("Africa/Cairo", "Europe/Moscow", "Asia/Dubai", "Asia/Karachi", "Asia/Kolkata", "Asia/Dhaka"),
    *("Asia/Bangkok", "Asia/Shanghai", "Asia/Tokyo", "Australia/Sydney", "Pacific/Auckland"),
    *("Pacific/Apia", "Pacific/Kiritimati"),
)
HABITS = (10, 14, 18, 20, 21, 22, 23)
SPREAD = 1.2  # hours
FIRST = date(2026, 9, 1)
LEARNING, MEASURED = 10, 30  # days of a person: before they count, and that count
UTC_ZONE = ZoneInfo("UTC")
EARLY = time(18)  # a warning before this came from the look-ahead


@dataclass(frozen=True)
class Person:
    """Who contributes around an hour, every day or on half of the days, and answers a reminder soon or at the
    last minute; `guarded_in`: the zone that their guard knows; `any_hour`: they contribute at any hour until
    18:00 in place of their habit."""

    number: int
    habit: int
    often: float
    soon: bool
    zone: ZoneInfo
    guarded_in: ZoneInfo
    any_hour: bool = False

    def days(self, span: Span) -> list[datetime | None]:
        """When each day's contribution comes by itself."""
        chance, found = span.chance("person", self.number), []
        for number in range(span.days):
            hour = chance.uniform(0, 18) if self.any_hour else max(0.1, chance.gauss(self.habit, SPREAD))
            there = chance.random() < self.often
            midnight = datetime.combine(span.first + timedelta(days=number), time(), self.zone)
            own = midnight.astimezone(UTC) + timedelta(hours=hour)
            found.append(own if there and hour < 24 else None)
        return found

    def answer(self, warned: datetime, end: datetime, chance: random.Random) -> datetime:
        """When a reminder makes them contribute."""
        latest = end - timedelta(minutes=30)
        return min(warned + timedelta(minutes=chance.uniform(10, 90)), latest) if self.soon else latest


def people(count: int, *, zone_set: bool, any_hour: bool) -> list[Person]:
    """So many people: every habit, answer and zone in turn."""
    found = []
    for number in range(count):
        zone = ZoneInfo(ZONES[(number + number // len(ZONES)) % len(ZONES)])
        found.append(
            Person(
                number,
                habit=HABITS[number // 2 % len(HABITS)],
                often=0.5 if any_hour else (0.5, 1.0)[number % 2],
                soon=number // (2 * len(HABITS)) % 2 == 0,
                zone=zone,
                guarded_in=zone if zone_set else UTC_ZONE,
                any_hour=any_hour,
            )
        )
    return found


@dataclass
class Tally:
    """What became of the person-days. At risk: a streak runs, and no contribution would come by itself."""

    days: int = 0
    at_risk: int = 0
    warned: int = 0  # an hour before the end, and not before 09:00
    reachable: int = 0  # at risk, with a run in that time
    reached: int = 0
    own: int = 0  # days on which the person contributed by themselves
    early: int = 0  # of these, warned before 18:00 and before that contribution
    alerts: int = 0  # on days at risk
    most: int = 0
    runs: int = 0
    needless: dict[int, int] = field(default_factory=dict)  # by habit, of those who contribute every day
    every: dict[int, int] = field(default_factory=dict)  # their days
    early_after: int = 0  # early warnings from two weeks after the last change on
    own_after: int = 0
    lists: int = 0
    commits: int = 0

    def monthly(self, habit: int) -> float | None:
        """Needless warnings in 30 days; None where nobody has that habit."""
        return 30 * self.needless.get(habit, 0) / self.every[habit] if self.every.get(habit) else None


def simulate(
    way: str, model: str, person_days: int, seed: int = 1, *, zone_set: bool = True, any_hour: bool = False
) -> Tally:
    """At least so many person-days of one way under one kind of lateness, after each person's first ten."""
    tally = Tally()
    measured = LENGTHS.get(model, LEARNING + MEASURED) - LEARNING
    for person in people(-(-person_days // measured), zone_set=zone_set, any_hour=any_hour):
        span = Span(FIRST, LEARNING + measured, person.zone, f"{seed}/{model}/{person.number}")
        with quickened():
            guard = (WAYS | OTHERS | KNOWING)[way](person.guarded_in, FIRST)
            starts = list(MODELS[model](guard.lines, span))
            _live(tally, person, guard, starts, span, changes=model in LENGTHS)
    return tally


def _live(
    tally: Tally, person: Person, guard: Guard, starts: Sequence[datetime], span: Span, *, changes: bool
) -> None:
    """The days of one person."""
    if hasattr(guard, "coming"):
        guard.coming = starts
    own, ends = person.days(span), [_end(span, number) for number in range(span.days)]
    counts = {FIRST - timedelta(days=back): 1 for back in range(1, 11)}
    coming = sorted((moment, number) for number, moment in enumerate(own) if moment)
    warned: list[list[datetime]] = [[] for _ in own]
    alive = [False] * span.days
    at = 0
    for run, now in enumerate(starts):
        while coming and coming[0][0] <= now:
            counts[FIRST + timedelta(days=coming.pop(0)[1])] = 1
        while at < span.days and ends[at] <= now:
            at += 1
        day = guard.run(now, counts, starts[: run + 1])
        number = (day - FIRST).days if day else -1
        if not 0 <= number < span.days:
            continue
        warned[number].append(now)
        if own[number] is None and _in_time(now, number, span, ends) and len(warned[number]) == 1:
            reply = person.answer(now, ends[number], span.chance("answer", number))
            coming = sorted([*coming, (reply, number)])
    for _, number in coming:
        counts[FIRST + timedelta(days=number)] = 1
    for number in range(span.days):
        alive[number] = bool(counts.get(FIRST + timedelta(days=number - 1)))
    for number in range(LEARNING, span.days):
        today = [start for start in starts if ends[number - 1] <= start < ends[number]]
        _count(tally, person, number, own[number], warned[number], today, span, ends, alive[number], changes)
    tally.lists += getattr(guard, "lists", 0)
    tally.commits += getattr(guard, "commits", 0)


def _end(span: Span, number: int) -> datetime:
    return datetime.combine(span.first + timedelta(days=number + 1), time(), span.zone).astimezone(UTC)


def _in_time(now: datetime, number: int, span: Span, ends: Sequence[datetime]) -> bool:
    """Whether a warning of a day helps: within it, from 09:00 on, and an hour before its end."""
    earliest = datetime.combine(span.first + timedelta(days=number), EARLIEST, span.zone).astimezone(UTC)
    return earliest <= now <= ends[number] - BEFORE_END


def _count(
    tally: Tally,
    person: Person,
    number: int,
    own: datetime | None,
    warned: Sequence[datetime],
    today: Sequence[datetime],
    span: Span,
    ends: Sequence[datetime],
    alive: bool,
    changes: bool,
) -> None:
    tally.days += 1
    tally.runs += len(today)
    every = person.often == 1
    if every:
        tally.every[person.habit] = tally.every.get(person.habit, 0) + 1
    if own is not None:
        needless = [moment for moment in warned if moment < own]
        early = any(moment.astimezone(span.zone).time() < EARLY for moment in needless)
        tally.own += 1
        tally.early += early
        if changes and number >= CHANGES[1] + 14:
            tally.own_after += 1
            tally.early_after += early
        if every:
            tally.needless[person.habit] = tally.needless.get(person.habit, 0) + len(needless)
    elif alive:
        in_time = any(_in_time(moment, number, span, ends) for moment in warned)
        tally.at_risk += 1
        tally.warned += in_time
        tally.alerts += len(warned)
        tally.most = max(tally.most, len(warned))
        if any(_in_time(moment, number, span, ends) for moment in today):
            tally.reachable += 1
            tally.reached += in_time


HEAD = (
    "",
    "warned",
    "of the reachable",
    "early for nothing",
    *(f"{habit} h" for habit in HABITS),
    "alerts",
    "runs",
)
ANY_HOUR = "Streaky for people who contribute at any hour until 18:00, on half of the days"
BEST = "What nobody can do better in a September who knows no start to come"
DOCS = Path(__file__).parents[2] / "docs/bench.md"
MARK = "<!-- What follows is written by `python -m tests.bench.punctuality --write`. -->"


def cells(name: str, tally: Tally) -> tuple[str, ...]:
    """One row of a table."""
    return (
        name,
        _share(tally.warned, tally.at_risk),
        _share(tally.reached, tally.reachable),
        _share(tally.early, tally.own),
        *("-" if (needless := tally.monthly(habit)) is None else f"{needless:.1f}" for habit in HABITS),
        f"{tally.alerts / max(1, tally.at_risk):.2f}",
        f"{tally.runs / max(1, tally.days):.1f}",
    )


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows as Markdown, the first one as its head."""
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "| --- |" + " --: |" * (len(rows[0]) - 1), *lines[1:]])


def section(model: str, person_days: int, others: int) -> tuple[str, Sequence[str], Sequence[str]]:
    """A model's table, its row among the people who never set their zone, and that among those who contribute
    at any hour."""
    rows, first = [HEAD], ""
    for way in WAYS:
        tally = simulate(way, model, others if rows[1:] else person_days)
        rows.append(cells(way, tally))
        if not first:
            first = f"{tally.at_risk:,} of {tally.days:,} days at risk for Streaky's first row."
            if tally.own_after:
                share = 100 * tally.early_after / tally.own_after
                first += f" From two weeks after the last change on: {share:.1f} % early for nothing."
    stranger = cells(model, simulate(next(iter(WAYS)), model, others, zone_set=False))
    return f"### {model}\n\n{first}\n\n{table(rows)}\n", stranger, at_any_hour(model, others)


def at_any_hour(model: str, person_days: int) -> Sequence[str]:
    """A model's row among the people who contribute at any hour."""
    row = cells(model, simulate(next(iter(WAYS)), model, person_days, any_hour=True))
    return [*row[:4], *row[-2:]]


def tables(person_days: int, others: int, processes: int) -> Iterator[str]:
    """Every row: of each model `person_days` for Streaky, `others` for other ways and for people who never
    set their zone; in so many processes."""
    size = f"{person_days:,} person-days of each model for the first row, {others:,} for the other ones."
    yield f"{size}\n"
    strangers, unsteady = [HEAD], [[*HEAD[:4], *HEAD[-2:]]]
    with ProcessPoolExecutor(processes) as pool:
        for text, stranger, other in pool.map(section, MODELS, repeat(person_days), repeat(others)):
            strangers.append(stranger)
            unsteady.append(other)
            yield text
    yield f"## Streaky for people who never set their zone\n\n{table(strangers)}\n"
    yield f"## {ANY_HOUR}\n\n{table(unsteady)}\n"
    yield knowing()


def knowing(person_days: int = 12_000) -> str:
    """What whoever knows the gaps of a September, but no start to come, has to choose from."""
    rows = [("looks ahead by", "of the reachable", "early for nothing")]
    for way in KNOWING:
        tally = simulate(way, "September 2026", person_days)
        rows.append((way, _share(tally.reached, tally.reachable), _share(tally.early, tally.own)))
    return f"## {BEST}\n\n{person_days:,} person-days.\n\n{table(rows)}\n"


def main(arguments: Sequence[str]) -> None:
    """Print the tables, or with `--write` put them into the docs. Arguments: person-days for Streaky, for the
    other ways, and how many processes share the work."""
    numbers = [int(each) for each in arguments if each.isdecimal()]
    found = []
    for part in tables(*(numbers or [2000, 420, 2])):
        print(f"\n{part}", flush=True)
        found.append(part)
    if "--write" in arguments:
        head = DOCS.read_text("utf-8").partition(MARK)[0]
        DOCS.write_text(f"{head}{MARK}\n\n" + "\n".join(found), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
