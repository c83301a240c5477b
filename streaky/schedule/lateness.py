"""How late GitHub starts runs, and whether to speak ahead of a reminder because of it.

Source: measurements of a workflow that asked for 48 runs a day in September 2026: a median gap of 3.9 hours,
a 95th percentile of 5.6, a maximum of 6.0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum

from streaky.calendar import Day
from streaky.runner.job import Job
from streaky.schedule.crons import Cron, last_time, next_time
from streaky.schedule.slots import Speaking

# Upper ends of the histogram's buckets, in minutes; what is later than the last falls into one more.
EDGES = (5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 300, 360, 480, 720, 1440)
USUAL = timedelta(hours=5, minutes=36)  # the 95th percentile, while too little was seen of a repository
FEWEST, MOST = 10, 400  # observations: before as many nothing is concluded, and beyond they fade
COUNTED_ON = 0.95
ON_TIME = timedelta(minutes=5)
LOOKED_BACK = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Lateness:
    """How much later than asked for runs started: counts by bucket, the last one in whole minutes, and the
    start of the last run that was counted (aware)."""

    counts: tuple[int, ...] = (0,) * (len(EDGES) + 1)
    last: int | None = None
    seen: datetime | None = None

    @property
    def total(self) -> int:
        return sum(self.counts)

    def quantile(self, share: float) -> timedelta | None:
        """The lateness that this share of the runs did not exceed; None where nothing was seen."""
        below = 0
        for count, edge in zip(self.counts, (*EDGES, 2 * EDGES[-1]), strict=True):
            below += count
            if count and below >= share * self.total:
                return timedelta(minutes=edge)
        return None

    @property
    def counted_on(self) -> timedelta:
        """The lateness to reckon with: the 95th percentile of this repository, or the usual one."""
        seen = self.quantile(COUNTED_ON) if self.total >= FEWEST else None
        return USUAL if seen is None else seen


def observed(lateness: Lateness, lines: Sequence[Cron], starts: Sequence[datetime]) -> Lateness:
    """What is known after these scheduled runs, too.

    A run's lateness is counted from the first time that the lines asked for after the run before: so a
    skipped run makes the next one late, and a doubled one is none.
    """
    for start in sorted(starts):
        if lateness.seen is not None and start <= lateness.seen:
            continue
        asked = next_time(lines, lateness.seen) if lateness.seen else None
        if asked is not None and asked <= start:
            lateness = _counted(lateness, start - asked)
        lateness = replace(lateness, seen=start.astimezone(UTC).replace(microsecond=0))
    return lateness


def _counted(lateness: Lateness, late: timedelta) -> Lateness:
    minutes = late // timedelta(minutes=1)
    bucket = next((at for at, edge in enumerate(EDGES) if minutes <= edge), len(EDGES))
    counts = list(lateness.counts)
    if lateness.total >= MOST:
        counts = [count // 2 for count in counts]
    counts[bucket] += 1
    return replace(lateness, counts=tuple(counts), last=minutes)


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
