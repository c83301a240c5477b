"""How late GitHub starts runs, and whether to speak ahead of a reminder because of it.

Source: measurements of a workflow that asked for 48 runs a day in September 2026: a median gap of 3.9 hours,
a 95th percentile of 5.6, a maximum of 6.0.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from itertools import pairwise

from streaky.calendar import Day
from streaky.runner.job import Job
from streaky.schedule.crons import Cron, last_time, next_time
from streaky.schedule.slots import Speaking

USUAL = timedelta(hours=5, minutes=36)  # the 95th percentile, while too little was seen of a repository
FEWEST = 10  # observations: before as many nothing is concluded
KEPT = timedelta(days=28)
CLOSE = timedelta(minutes=15)  # starts that follow so closely are kept as one
COUNTED_ON = 0.95
ON_TIME = timedelta(minutes=5)
LOOKED_BACK = timedelta(days=2)


def kept(starts: Iterable[datetime], now: datetime) -> tuple[datetime, ...]:
    """What is kept of the starts of scheduled runs: the last four weeks, or the last one however long ago.

    In UTC, to the minute, oldest first.
    """
    found: list[datetime] = []
    for start in sorted(each.astimezone(UTC).replace(second=0, microsecond=0) for each in starts):
        if not found or start - found[-1] >= CLOSE:
            found.append(start)
    recent = [start for start in found if start > now - KEPT]
    return tuple(recent or found[-1:])


@dataclass(frozen=True, slots=True)
class Lateness:
    """How much later than asked for the last scheduled runs started, oldest first."""

    delays: tuple[timedelta, ...] = ()

    @property
    def total(self) -> int:
        return len(self.delays)

    @property
    def last(self) -> timedelta | None:
        return self.delays[-1] if self.delays else None

    def quantile(self, share: float) -> timedelta | None:
        """The lateness that this share of the runs did not exceed; None where nothing was seen."""
        if not self.delays:
            return None
        return sorted(self.delays)[math.ceil(share * self.total) - 1]

    @property
    def counted_on(self) -> timedelta:
        """The lateness to reckon with: the 95th percentile of this repository, or the usual one."""
        seen = self.quantile(COUNTED_ON) if self.total >= FEWEST else None
        return USUAL if seen is None else seen


def observed(starts: Sequence[datetime], lines: Sequence[Cron]) -> Lateness:
    """How late these scheduled runs (oldest first) were.

    Lateness = start - first cron time after the run before. A skipped run therefore delays the next one; a
    doubled run is ignored.
    """
    delays = []
    for before, start in pairwise(starts):
        asked = next_time(lines, before)
        if asked is not None and asked <= start:
            delays.append(start - asked)
    return Lateness(tuple(delays))


class Timing(StrEnum):
    """What a run is, beside the time that it was asked for."""

    ON_TIME = "on time"
    LATE = "late"
    DOUBLED = "doubled"
    AGAIN = "again"
    WOKEN = "woken"


@dataclass(frozen=True, slots=True)
class Start:
    """How a run came to start. `asked`: the time it belongs to (aware); `skipped`: how many more times had
    been asked for since the run before; `midnight`: it belongs to another local date than the one it started
    on. Without `asked`, it belongs to none."""

    kind: Timing
    asked: datetime | None = None
    late: timedelta = timedelta()
    skipped: int = 0
    midnight: bool = False


def start(
    job: Job, lines: Sequence[Cron], now: datetime, zone: tzinfo, before: datetime | None = None
) -> Start:
    """Which time a run belongs to. `before`: the start of the scheduled run before, None when not known.

    Known, the run belongs to the first time asked for since; else to the last one before now, so that its
    lateness is the least it can be. Source: GitHub docs, `github.event.schedule` names the cron line.
    """
    if job.attempt > 1:
        return Start(Timing.AGAIN)
    if job.event != "schedule":
        return Start(Timing.WOKEN)
    own = [cron for cron in lines if cron.line == job.schedule] or list(lines)
    asked = [last_time(own, now)] if before is None else _asked(own, now, before)
    first = asked[0] if asked else None
    if first is None:
        return Start(Timing.DOUBLED)
    late = now - first
    midnight = first.astimezone(zone).date() != now.astimezone(zone).date()
    kind = Timing.ON_TIME if late < ON_TIME else Timing.LATE
    return Start(kind, first, late, len(asked) - 1, midnight)


def _asked(lines: Sequence[Cron], now: datetime, before: datetime) -> list[datetime | None]:
    """The times that the lines asked for since a run, as far back as is looked."""
    found: list[datetime | None] = []
    moment = next_time(lines, max(before, now - LOOKED_BACK))
    while moment is not None and moment <= now:
        found.append(moment)
        moment = next_time(lines, moment)
    return found


def speaks_ahead(
    day: Day, now: datetime, speaking: Speaking, lines: Sequence[Cron], lateness: Lateness
) -> datetime | None:
    """Since when no run can be counted on to start before the deadline minus `lead`, if that is so at `now`
    and it is no quiet time; None when a later run can still warn in time.

    Without a cron line, no run can be counted on at all.
    """
    latest = day.deadline - speaking.lead
    moment = day.moment(speaking.quiet_until)
    while moment <= now:
        asked = next_time(lines, moment)
        if asked is None or asked + lateness.counted_on > latest:
            return moment
        moment = asked
    return None


def reason(day: Day, now: datetime, speaking: Speaking) -> str:
    """Why somebody is warned ahead of a reminder."""
    latest, local = day.deadline - speaking.lead, now.astimezone(day.zone)
    return f"No run can be counted on before {latest:%H:%M}, so I warn you now, at {local:%H:%M}."
