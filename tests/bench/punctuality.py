"""Whether people are warned in time, though GitHub is late: simulated person-days with the real decisions.

Beside Streaky with the template's schedule: the field's usual ways, a single cron, and three without memory.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from streaky.calendar import Day
from streaky.ledger import claims
from streaky.ledger.book import Ledger, Mark
from streaky.ledger.claims import Wanted
from streaky.schedule.crons import Cron, next_time
from streaky.schedule.lateness import Lateness, observed, speaks_ahead
from streaky.schedule.slots import Due, Kind, Slot, Speaking, due, reminders
from streaky.streak import Rules, Standing, State, Streak

ZONES = (
    *("Pacific/Pago_Pago", "Pacific/Honolulu", "America/Los_Angeles", "America/Denver", "America/Chicago"),
    *("America/New_York", "America/Sao_Paulo", "Atlantic/Azores", "UTC", "Europe/London", "Europe/Berlin"),
    *("Africa/Cairo", "Europe/Moscow", "Asia/Dubai", "Asia/Karachi", "Asia/Kolkata", "Asia/Dhaka"),
    *("Asia/Bangkok", "Asia/Shanghai", "Asia/Tokyo", "Australia/Sydney", "Pacific/Auckland"),
    *("Pacific/Apia", "Pacific/Kiritimati"),
)
TEMPLATE = Path(__file__).parents[2] / "template/.github/workflows/streaky.yml"
DAYS = 20  # of each person, so that the ledger learns
FIRST = date(2026, 9, 1)
IN_TIME = timedelta(minutes=60)
SPEAKING = Speaking(frozenset(Kind), (time(18), time(21), time(23)), time(9))
LEGEND = """\
  warned: an hour before the end, of the days at risk; reached: the same, of those with a run in their second
  half; needless: of all days, before 18:00 though a contribution came by then; alerts: of a day at risk;
  runs: a day, each of which is billed as one runner minute"""
Starts = Iterator[datetime]
Model = Callable[[tuple[Cron, ...], datetime, datetime, ZoneInfo, random.Random], Starts]


def nominal(lines: tuple[Cron, ...], start: datetime, end: datetime) -> Starts:
    """The times that cron lines ask for."""
    moment = next_time(lines, start)
    while moment is not None and moment < end:
        yield moment
        moment = next_time(lines, moment)


def punctual(
    lines: tuple[Cron, ...], start: datetime, end: datetime, zone: ZoneInfo, chance: random.Random
) -> Starts:
    """Each run starts within a minute."""
    for moment in nominal(lines, start, end):
        yield moment + timedelta(seconds=chance.uniform(5, 60))


def usual(
    lines: tuple[Cron, ...], start: datetime, end: datetime, zone: ZoneInfo, chance: random.Random
) -> Starts:
    """GitHub's usual delay: 5 to 60 minutes."""
    yield from sorted(
        moment + timedelta(minutes=chance.uniform(5, 60)) for moment in nominal(lines, start, end)
    )


# Gaps of September 2026: "every 2-6 hours", median 3.9, 95th percentile 5.6, maximum 6.0.
GAPS = ((0.0, 2.0), (0.5, 3.9), (0.95, 5.6), (1.0, 6.0))


def september(
    lines: tuple[Cron, ...], start: datetime, end: datetime, zone: ZoneInfo, chance: random.Random
) -> Starts:
    """September 2026: the scheduler looks after a repository every few hours, and then starts one run if any
    was asked for since it last did."""
    asked, visit = next_time(lines, start), start - timedelta(hours=chance.uniform(0, 6))
    while visit < end:
        if asked is not None and asked <= visit and visit > start:
            yield visit
            asked = next_time(lines, visit)
        share = chance.random()
        low, high = next((low, high) for low, high in pairwise(GAPS) if share <= high[0])
        part = (share - low[0]) / (high[0] - low[0])
        visit += timedelta(hours=low[1] + (high[1] - low[1]) * part)


def evenings_skipped(
    lines: tuple[Cron, ...], start: datetime, end: datetime, zone: ZoneInfo, chance: random.Random
) -> Starts:
    """As usual, but on every third evening no run starts after 17:00."""
    for moment in usual(lines, start, end, zone, chance):
        local = moment.astimezone(zone)
        if not (local.toordinal() % 3 == 0 and local.hour >= 17):
            yield moment


def dead_days(
    lines: tuple[Cron, ...], start: datetime, end: datetime, zone: ZoneInfo, chance: random.Random
) -> Starts:
    """As usual, but on every tenth day no run starts at all."""
    for moment in usual(lines, start, end, zone, chance):
        if moment.astimezone(zone).toordinal() % 10:
            yield moment


MODELS: dict[str, Model] = {
    "none": punctual,
    "usual, 5 to 60 min": usual,
    "September 2026": september,
    "evenings skipped": evenings_skipped,
    "dead days": dead_days,
}


@dataclass
class Tally:
    """What became of the person-days."""

    days: int = 0
    at_risk: int = 0
    warned: int = 0
    reachable: int = 0  # at-risk days with a run in the second half, an hour before its end
    reached: int = 0
    needless: int = 0
    alerts: int = 0
    most: int = 0
    runs: int = 0
    firsts: list[float] = field(default_factory=list)

    def row(self, name: str) -> str:
        """One line of the table."""

        def share(part: int, whole: int) -> str:
            return f"{100 * part / whole:6.1f} %" if whole else "     - "

        return (
            f"  {name:<34} {share(self.warned, self.at_risk)} {share(self.reached, self.reachable)} "
            f"{share(self.needless, self.days)} {self.alerts / max(1, self.at_risk):7.2f} {self.most:5} "
            f"{self.runs / max(1, self.days):7.1f}"
        )


def contributions(chance: random.Random) -> float | None:
    """The hour of a day's contribution; None on the half of the days that are at risk to their end."""
    return None if chance.random() < 0.5 else chance.uniform(0, 18)


def standing(today: date, counted: bool) -> Standing:
    state, end = (State.SAFE, today) if counted else (State.AT_RISK, today - timedelta(days=1))
    return Standing(state, today, int(counted), Streak(FIRST - timedelta(days=9), end), None, None, None)


class Streaky:
    """The real decisions: reminders, looking ahead, claims, and what the ledger learns."""

    def __init__(self, lines: tuple[Cron, ...]) -> None:
        self.lines, self.ledger = lines, Ledger("octocat")
        self.lateness, self.starts, self.last = Lateness(), [], FIRST

    def run(self, day: Day, now: datetime, counted: bool) -> bool:
        """Whether this run sends a warning."""
        self.starts.append(now)
        if self.last != day.date:  # the day's first run asks for the runs before
            self.lateness, self.starts, self.last = (
                observed(self.starts, self.lines),
                self.starts,
                day.date,
            )
        if counted:
            return False
        slots = due(standing(day.date, counted), day, now, SPEAKING, Rules())
        passed = reminders(day, now, SPEAKING)
        if not passed and speaks_ahead(day, now, SPEAKING, self.lines, self.lateness):
            slots = [Slot(day.date, Kind.AT_RISK, SPEAKING.remind_at[0])]
        wanted = Wanted(Due(slots, dict.fromkeys(slots, passed[:-1])), {"discord": ""}, now, "1/1/x")
        self.ledger, claimed = claims.claim(self.ledger, wanted)
        self.ledger = claims.settle(self.ledger, dict.fromkeys(claimed.send, Mark.SENT), wanted, now)
        self.ledger = claims.pruned(self.ledger, now)
        return bool(claimed.send)


class WithoutMemory:
    """The field's usual way: whatever run comes warns, if there is no contribution yet."""

    def __init__(self, lines: tuple[Cron, ...]) -> None:
        self.lines = lines

    def run(self, day: Day, now: datetime, counted: bool) -> bool:
        return not counted


def template(zone: ZoneInfo) -> tuple[Cron, ...]:
    """The template's own cron lines, as a person sets them to their zone."""
    return tuple(Cron(line, zone) for line in re.findall(r'- cron: "([^"]+)"', TEMPLATE.read_text("utf-8")))


WAYS: dict[str, Callable[[ZoneInfo], Streaky | WithoutMemory]] = {
    "Streaky, the template's schedule": lambda zone: Streaky(template(zone)),
    "one cron at 20:00 UTC": lambda zone: WithoutMemory((Cron("0 20 * * *"),)),
    "one cron at 20:00 local": lambda zone: WithoutMemory((Cron("0 20 * * *", zone),)),
    "three crons, no memory": lambda zone: WithoutMemory((Cron("0 18,21,23 * * *", zone),)),
}


def simulate(way: str, model: str, person_days: int, seed: int = 1) -> Tally:
    """So many person-days of one way under one kind of lateness."""
    tally = Tally()
    for person in range(person_days // DAYS):
        chance = random.Random(f"{seed}/{model}/{person}")
        zone = ZoneInfo(ZONES[person % len(ZONES)])
        hours = [contributions(chance) for _ in range(DAYS)]
        begin = datetime.combine(FIRST, time(), zone).astimezone(UTC)
        end = datetime.combine(FIRST + timedelta(days=DAYS), time(), zone).astimezone(UTC)
        guard = WAYS[way](zone)
        warnings: dict[date, list[datetime]] = {}
        seen: dict[date, list[datetime]] = {}
        for now in MODELS[model](guard.lines, begin, end, zone, chance):
            day = Day.at(now, zone)
            number = (day.date - FIRST).days
            if not 0 <= number < DAYS:
                continue
            hour = hours[number]
            local = now.astimezone(zone)
            counted = hour is not None and hour <= local.hour + local.minute / 60
            seen.setdefault(day.date, []).append(now)
            if guard.run(day, now, counted):
                warnings.setdefault(day.date, []).append(now)
        _count(tally, zone, hours, warnings, seen)
    return tally


def _count(
    tally: Tally,
    zone: ZoneInfo,
    hours: list[float | None],
    warnings: dict[date, list[datetime]],
    seen: dict[date, list[datetime]],
) -> None:
    for number, hour in enumerate(hours):
        today = FIRST + timedelta(days=number)
        day = Day.at(datetime.combine(today, time(12), zone), zone)
        told, runs = warnings.get(today, []), seen.get(today, [])
        latest = day.deadline.astimezone(UTC) - IN_TIME
        tally.days += 1
        tally.runs += len(runs)
        if hour is not None:
            tally.needless += any(moment < day.moment(time(18)) for moment in told)
            continue
        in_time = any(moment <= latest for moment in told)
        tally.at_risk += 1
        tally.warned += in_time
        tally.alerts += len(told)
        tally.most = max(tally.most, len(told))
        if any(day.moment(time(12)) <= moment <= latest for moment in runs):
            tally.reachable += 1
            tally.reached += in_time


def main(person_days: int = 2000) -> None:
    """Print the table."""
    print(f"punctuality: {person_days} person-days, half of them at risk to their end")
    print(f"  {'':<34} {'warned':>8} {'reached':>8} {'needless':>8} {'alerts':>7} {'most':>5} {'runs':>7}")
    print(LEGEND)
    for model in MODELS:
        print(f" {model}")
        for way in WAYS:
            print(simulate(way, model, person_days).row(way), flush=True)


if __name__ == "__main__":
    main()
