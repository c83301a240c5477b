"""Whether to speak ahead of a reminder, because no later run can be counted on to warn in time.

The estimate goes by day and hour: on how many of the last days, from a start near this clock time, did the
next run start in time? A whole evening that GitHub skips is one run in thirty, but one evening in three.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

from streaky.calendar import ONE_DAY, Day
from streaky.schedule.crons import last_time, next_time
from streaky.schedule.lateness import STARTS_KEPT, Past
from streaky.schedule.slots import Speaking

# Hours between two runs of a workflow that asked for 48 a day, and the share of gaps that were no longer.
# Source: measurements of September 2026; one gap of 13.4 hours was seen.
GAPS = ((2.0, 0.0), (3.9, 0.5), (5.6, 0.95), (6.0, 0.99), (13.4, 1.0))
# The mean gap, in hours: between two figures gaps are spread evenly.
MEAN = sum((upto - below) * (low + high) / 2 for (low, below), (high, upto) in pairwise(GAPS))
SURE = 0.97  # below this chance of a run in time, Streaky speaks
# The next two are shares of the time that is left. A start that lies so far before a clock time is near it;
NEAR = 1 / 3
# and a run might as well have started a little earlier or, what matters more, later: each past day is asked
# at all of these clock times.
SHIFTS = (-2 / 24, -1 / 24, 0, 1 / 24, 2 / 24, 3 / 24, 4 / 24)
NEIGHBOURS = timedelta(hours=4)
PUBLISHED, POOLED = 2.0, 3.0  # how many starts the figures weigh among neighbours, and how many days those do
CHANGED = 0.05  # days without a failure that were less probable than this, had nothing changed, are a change
FORGIVEN = 14  # days without a failure after which the ones before count no more
MINUTE, HOUR, PARTS = timedelta(minutes=1), timedelta(hours=1), 100
LONG_AGO = 0.0


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a run at `now` can still wait (aware, UTC): until `latest` a warning is in time; `asked` is the
    next time that the cron lines ask for, and `final` the last one until then."""

    now: datetime
    latest: datetime
    asked: datetime
    final: datetime

    @property
    def left(self) -> timedelta:
        return self.latest - self.now

    @property
    def slack(self) -> timedelta:
        return self.latest - self.asked


def speaks_ahead(day: Day, now: datetime, speaking: Speaking, past: Past) -> datetime | None:
    """Since when no later run can be counted on to warn in time, if that is so at `now` and it is no quiet
    time; None when one can. Where runs were seen, that is now: each run judges anew."""
    quiet, latest = day.moment(speaking.quiet_until), (day.deadline - speaking.lead).astimezone(UTC)
    if now < quiet or chance(day, now, latest, past) >= SURE:
        return None
    if past.listed is not None:
        return now
    # Without any, the chance only ever falls: to the minute, when it fell too low.
    early, late = 0, (now - quiet) // MINUTE
    while early < late:
        middle = (early + late) // 2
        if chance(day, quiet + middle * MINUTE, latest, past) < SURE:
            late = middle
        else:
            early = middle + 1
    return quiet + late * MINUTE


def chance(day: Day, now: datetime, latest: datetime, past: Past) -> float:
    """How probable it is that after `now` a run starts until `latest` (aware), the latest time for a warning.

    Of the last days, those count that had a start by this clock time. Two questions are put to them, and the
    worse answer holds: from a start near this clock time, did the next one come as soon as it must today? And
    did any come until `latest`? The second keeps a risk that is taken hour by hour from adding up. Few days
    lean on the same repository's other hours, and those on the published figures. Without a cron line that
    comes until then, the chance is none.
    """
    asked, final = next_time(past.lines, now), last_time(past.lines, latest)
    if asked is None or final is None or asked > latest:
        return 0.0
    reach = Reach(now.astimezone(UTC), latest.astimezone(UTC), asked, final)
    pool = _figures(reach)
    if past.listed is None:
        return pool
    runs = _Runs(past, reach)
    days = _days(day, reach, runs)
    since = _unchanged_since(days)
    pool = _leaning(_neighbours(reach, since, runs), pool, PUBLISHED)
    days, weight = [each for each in days if each.first >= since], POOLED * len(SHIFTS)
    return min(
        _leaning([came for each in days for came in each.soon], pool, weight),
        _leaning([came for each in days for came in each.ever], pool, weight),
    )


@dataclass(frozen=True, slots=True)
class _PastDay:
    """A past day as seen from clock times around today's, one answer for each. `ever`: whether a later start
    came in time; `soon`: from a start that is near, whether the next one came as soon as it must today."""

    first: float
    ever: Sequence[bool]
    soon: Sequence[bool]

    @property
    def failed(self) -> bool:
        return not (all(self.ever) and all(self.soon))


class _Runs:
    """The starts of a workflow's runs as POSIX times, which are compared a thousand times in one run."""

    def __init__(self, past: Past, reach: Reach) -> None:
        self.starts = [start.timestamp() for start in past.starts]
        self._listed = past.listed.timestamp() if past.listed else 0.0
        self._past, self._left, self._slack = past, reach.left.total_seconds(), reach.slack.total_seconds()
        self._soon: dict[int, bool | None] = {}

    def came(self, at: int, until: float) -> bool | None:
        """Whether the start after the one at an index came until an instant; None where that is not known
        yet."""
        if at + 1 < len(self.starts) and self.starts[at + 1] <= until:
            return True
        return False if self._listed >= until else None

    def came_soon(self, at: int) -> bool | None:
        """Whether the start after the one at an index came as soon as the next one must today: within as
        long, or as late after the time that the lines ask for, so that a night without cron lines counts for
        nothing."""
        if at not in self._soon:
            until = self.starts[at] + self._left
            came = self.came(at, until)
            if not came and (asked := next_time(self._past.lines, self._past.starts[at])):
                came = self.came(at, max(until, asked.timestamp() + self._slack))
            self._soon[at] = came
        return self._soon[at]


def _days(day: Day, reach: Reach, runs: _Runs) -> list[_PastDay]:
    """The last days with a start by this clock time, as far as all their starts are known; latest first."""
    found = []
    local, until = (each.astimezone(day.zone).replace(tzinfo=None) for each in (reach.now, reach.latest))
    left, now, final = reach.left.total_seconds(), reach.now.timestamp(), reach.final.timestamp()
    # Later than the last time that the lines ask for, no run would come.
    shifts = [share * left for share in SHIFTS if now + share * left < final]
    for back in range(1, STARTS_KEPT.days + 1):
        clock, end, begin = (
            (each - back * ONE_DAY).replace(tzinfo=day.zone).timestamp()
            for each in (local, until, datetime.combine(day.date, time()))
        )
        first, ever, soon = bisect_left(runs.starts, begin), [], []
        for shift in shifts:
            at = bisect_right(runs.starts, clock + shift) - 1
            if at < first or (came := runs.came(at, end)) is None:
                continue  # a day without a run by now says nothing of the runs to come
            ever.append(came)
            if runs.starts[at] >= clock + shift - NEAR * left:
                near = runs.came_soon(at)
                if near is not None:
                    soon.append(near and came)
        if ever:
            found.append(_PastDay(runs.starts[first], ever, soon))
    return found


def _neighbours(reach: Reach, since: float, runs: _Runs) -> list[bool]:
    """Whether from the starts of the hours around this clock time, too, the next one came soon enough."""
    found, now, day = [], reach.now.timestamp(), ONE_DAY.total_seconds()
    for at in range(bisect_left(runs.starts, since), len(runs.starts)):
        apart = (runs.starts[at] - now) % day
        if min(apart, day - apart) <= NEIGHBOURS.total_seconds():
            came = runs.came_soon(at)
            if came is not None:
                found.append(came)
    return found


def _unchanged_since(days: Sequence[_PastDay]) -> float:
    """From when on what was seen still holds: after a change of GitHub's behaviour, the days before it count
    no more. `days`: the latest first."""
    clean = next((at for at, each in enumerate(days) if each.failed), len(days))
    before = days[clean:]
    if not (clean and before):
        return LONG_AGO
    rate = sum(each.failed for each in before) / len(before)
    return days[clean - 1].first if clean >= FORGIVEN or (1 - rate) ** clean < CHANGED else LONG_AGO


def _leaning(seen: Sequence[bool], prior: float, weight: float) -> float:
    """The share of what went well, together with a share that weighs as so many more."""
    return (sum(seen) + weight * prior) / (len(seen) + weight)


def _figures(reach: Reach) -> float:
    """The chance by the published figures, as long as nothing was seen of a repository. A run starts now: the
    next one comes after a gap, if it was asked for by then, else some time after it was asked for."""
    left, slack = reach.left / HOUR, reach.slack / HOUR
    if left - slack <= GAPS[0][0]:
        return _share(left)
    return sum(1 - _share(slack * (part + 0.5) / PARTS) for part in range(PARTS)) * slack / PARTS / MEAN


def _share(hours: float) -> float:
    """The share of gaps that were no longer."""
    if hours <= GAPS[0][0]:
        return 0.0
    for (low, below), (high, upto) in pairwise(GAPS):
        if hours <= high:
            return below + (upto - below) * (hours - low) / (high - low)
    return 1.0


# The mean gap, in hours: between two figures gaps are spread evenly.
MEAN = sum((upto - below) * (low + high) / 2 for (low, below), (high, upto) in pairwise(GAPS))


def reason(day: Day, now: datetime, speaking: Speaking) -> str:
    """Why somebody is warned ahead of a reminder."""
    latest, local = day.deadline - speaking.lead, now.astimezone(day.zone)
    return f"No run can be counted on before {latest:%H:%M}, so I warn you now, at {local:%H:%M}."
