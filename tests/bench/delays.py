"""How GitHub starts the runs that cron lines ask for: models, from punctual to what September 2026 brought.

What belongs to a day (a skipped evening, a backlog) is drawn by the day alone, so that every way to guard
meets the same days.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from streaky.schedule.crons import Cron, next_time

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
# Gaps of September 2026: "every 2-6 hours", median 3.9, 95th percentile 5.6, maximum 6.0.
GAPS = ((0.0, 2.0), (0.5, 3.9), (0.95, 5.6), (1.0, 6.0))


@dataclass(frozen=True)
class Span:
    """A time that is simulated: local dates from `first` on, in a person's zone. `seed` names the draw."""

    first: date
    days: int
    zone: ZoneInfo
    seed: str

    @property
    def start(self) -> datetime:
        return datetime.combine(self.first, time(), self.zone).astimezone(UTC)

    @property
    def end(self) -> datetime:
        return datetime.combine(self.first + timedelta(days=self.days), time(), self.zone).astimezone(UTC)

    def chance(self, *what: object) -> random.Random:
        """A draw that is the same for the same thing."""
        return random.Random("/".join(map(str, (self.seed, *what))))

    def local(self, moment: datetime) -> tuple[date, float]:
        """The local date, and the hour of that day."""
        local = moment.astimezone(self.zone)
        return local.date(), local.hour + local.minute / 60


Model = Callable[[tuple[Cron, ...], Span], Iterator[datetime]]


@lru_cache(maxsize=64)
def _nominal(lines: tuple[Cron, ...], start: datetime, end: datetime) -> Sequence[datetime]:
    found, moment = [], next_time(lines, start)
    while moment is not None and moment < end:
        found.append(moment)
        moment = next_time(lines, moment)
    return found


def nominal(lines: tuple[Cron, ...], span: Span) -> Sequence[datetime]:
    """The times that cron lines ask for."""
    return _nominal(lines, span.start, span.end)


def punctual(lines: tuple[Cron, ...], span: Span) -> Iterator[datetime]:
    """Each run starts within a minute."""
    for moment in nominal(lines, span):
        yield moment + span.chance(moment).uniform(0.1, 1) * MINUTE


def usual(lines: tuple[Cron, ...], span: Span) -> Iterator[datetime]:
    """GitHub's usual delay: 5 to 60 minutes."""
    yield from sorted(moment + span.chance(moment).uniform(5, 60) * MINUTE for moment in nominal(lines, span))


def september(lines: tuple[Cron, ...], span: Span, every: int = 0) -> Iterator[datetime]:
    """September 2026: the scheduler looks after a repository every few hours, and then starts one run if any
    was asked for since it last did. `every`: one gap of 13.4 hours in so many days."""
    chance = span.chance("visits")
    visit, asked = span.start - chance.uniform(0, 6) * HOUR, nominal(lines, span)
    at, longest = 0, span.start + chance.uniform(0, every or 1) * 24 * HOUR
    while visit < span.end:
        if at < len(asked) and asked[at] <= visit:
            yield visit
            while at < len(asked) and asked[at] <= visit:
                at += 1
        if every and visit >= longest:
            visit, longest = visit + 13.4 * HOUR, longest + every * 24 * HOUR
            continue
        share = chance.random()
        low, high = next((low, high) for low, high in pairwise(GAPS) if share <= high[0])
        visit += (low[1] + (high[1] - low[1]) * (share - low[0]) / (high[0] - low[0])) * HOUR


def september_with_long_gaps(lines: tuple[Cron, ...], span: Span) -> Iterator[datetime]:
    """The same, with one gap of 13.4 hours in twelve days."""
    return september(lines, span, every=12)


def backlog(lines: tuple[Cron, ...], span: Span) -> Iterator[datetime]:
    """On half of the days a backlog of one to six hours holds up all runs of the afternoon, which then start
    together."""
    found = []
    for moment in nominal(lines, span):
        day, hour = span.local(moment)
        chance = span.chance("backlog", day)
        there, begin, length = chance.random() < 0.5, chance.uniform(12, 18), chance.uniform(1, 6)
        late = span.chance(moment).uniform(5, 15) * MINUTE
        if there and begin <= hour < begin + length:
            late += (begin + length - hour) * HOUR
        found.append(moment + late)
    yield from sorted(found)


def _without(keep: Callable[[Span, date, float, datetime], bool]) -> Model:
    """GitHub's usual delay, without the runs that are not kept; judged by the time at which they would
    start."""

    def model(lines: tuple[Cron, ...], span: Span) -> Iterator[datetime]:
        return (moment for moment in usual(lines, span) if keep(span, *span.local(moment), moment))

    return model


def _evening_is_there(share: float) -> Callable[[Span, date, float, datetime], bool]:
    """That share of the evenings is skipped, from an hour between 15 and 20 on."""

    def keep(span: Span, day: date, hour: float, _: datetime) -> bool:
        chance = span.chance("evening", day)
        return not (chance.random() < share and hour >= chance.randint(15, 20))

    return keep


def _third_evening(span: Span, day: date, hour: float, _: datetime) -> bool:
    return day.toordinal() % 3 != 0 or hour < 17


def _for_a_while(span: Span, day: date, hour: float, moment: datetime) -> bool:
    """Each third evening is skipped, but only in the second of three parts."""
    part = (day - span.first).days
    return not CHANGES[0] <= part < CHANGES[1] or _third_evening(span, day, hour, moment)


CHANGES = (20, 40)  # the days on which "usual, skips, usual" changes
MODELS: dict[str, Model] = {
    "punctual": punctual,
    "usual: 5 to 60 min": usual,
    "September 2026": september,
    "September, a gap of 13.4 h in 12 days": september_with_long_gaps,
    "backlogs of an afternoon": backlog,
    "each third evening skipped": _without(_third_evening),
    "30 % of evenings skipped": _without(_evening_is_there(0.3)),
    "10 % of evenings skipped": _without(_evening_is_there(0.1)),
    "half of the runs dropped": _without(lambda span, day, hour, at: span.chance("drop", at).random() >= 0.5),
    "80 % of the runs dropped": _without(lambda span, day, hour, at: span.chance("drop", at).random() >= 0.8),
    "a dead day in ten": _without(lambda span, day, hour, at: span.chance("dead", day).random() >= 0.1),
    "usual, skips, usual": _without(_for_a_while),
}
LENGTHS = {"usual, skips, usual": 70}  # days
