"""How late GitHub starts scheduled runs, as the ledger keeps it, and which time a run belongs to."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from itertools import pairwise

from streaky.runner.job import Job
from streaky.schedule.crons import Cron, last_time, next_time

STARVED = timedelta(days=2)
ASKS = 80  # runs since the last list after which the next one might not reach back to it: it has 100
LAST = 100  # runs whose lateness is told: to work it out takes 26 µs for each
FEWEST = 10  # observations: before as many nothing is concluded from them
STARTS_KEPT = timedelta(days=28)
CLOSE = timedelta(minutes=15)  # starts that follow so closely are kept as one
COUNTED_ON = 0.95
ON_TIME = timedelta(minutes=5)
LOOKED_BACK = timedelta(days=2)


def kept(starts: Iterable[datetime], now: datetime) -> tuple[datetime, ...]:
    """What is kept of the starts of scheduled runs: the last four weeks, or the last one however long ago.

    In UTC, to the minute, oldest first.
    """
    found: list[datetime] = []
    for start in sorted(map(_to_the_minute, starts)):
        if not found or start - found[-1] >= CLOSE:
            found.append(start)
    recent = [start for start in found if start > now - STARTS_KEPT]
    return tuple(recent or found[-1:])


def _to_the_minute(moment: datetime) -> datetime:
    """A moment in UTC, as it is kept; hundreds of those that are known are so already."""
    if moment.tzinfo is UTC and not moment.second and not moment.microsecond:
        return moment
    return moment.astimezone(UTC).replace(second=0, microsecond=0)


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of a workflow's scheduled runs: its cron lines, when runs started (aware, UTC, oldest
    first), and up to when those are all of them (None: they are not)."""

    lines: Sequence[Cron]
    starts: Sequence[datetime] = ()
    listed: datetime | None = None


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


def observed(past: Past) -> Lateness:
    """How late the last runs were, of those that GitHub listed: between others, some may be missing.

    Lateness = start - first cron time after the run before. A skipped run therefore delays the next one; a
    doubled run is ignored.
    """
    listed = [start for start in past.starts if past.listed and start <= past.listed][-LAST:]
    delays = []
    for before, start in pairwise(listed):
        asked = next_time(past.lines, before)
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


def wants_list(past: Past, now: datetime, *, writes: bool, sends: bool) -> bool:
    """Whether this run should ask GitHub for the list of the last 100 scheduled runs. `now` is local.

    Once on each local date, in a run that writes to the ledger anyway. One that sends has requests enough: it
    asks only when nothing was learned for two days, and after the alert. And any run asks before so many were
    asked for that the list would not reach back to the one before.
    """
    last = past.listed or (past.starts[0] if past.starts else now)
    if sends:
        return now - last >= STARVED
    if past.listed is None or past.listed.astimezone(now.tzinfo).date() < now.date():
        return writes
    moment, asked = next_time(past.lines, past.listed), 0
    while moment is not None and moment <= now and asked < ASKS:
        moment, asked = next_time(past.lines, moment), asked + 1
    return asked >= ASKS
