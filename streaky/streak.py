"""Runs of days: the current and the longest streak, and where a person stands on a day.

The rule is github-readme-streak-stats', since that is the number people show on their profile:
consecutive dates that count; today without a contribution does not break it; a rest day inside a
running streak extends it. Source: DenverCoder1/github-readme-streak-stats, `getContributionStats`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from streaky.calendar import ONE_DAY, Calendar

SHORT_MILESTONES = (7, 30, 50)
FEWEST_LOST = 2  # days: a lost streak of a single day is no news


class State(StrEnum):
    """What holds now."""

    SAFE = "safe"
    AT_RISK = "at-risk"
    IDLE = "idle"
    RESTING = "resting"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Rules:
    """What makes a date count: at least `minimum` contributions; weekdays (0 is Monday) that may rest;
    and the last date, included, on which a pause keeps Streaky silent."""

    minimum: int = 1
    rest_days: frozenset[int] = frozenset()
    pause_until: date | None = None

    def rests(self, day: date) -> bool:
        return day.weekday() in self.rest_days

    def paused(self, day: date) -> bool:
        return self.pause_until is not None and day <= self.pause_until


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive dates of a streak, both ends included.

    `at_least`: it may have begun before the first date that could be read.
    """

    start: date
    end: date
    at_least: bool = False

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person stands on a local date.

    `count` is that date's contributions; `broken` the streak that yesterday ended; `milestone` the
    round number of days that today's contribution reached.
    """

    state: State
    date: date
    count: int
    current: Run | None
    longest: Run | None
    broken: Run | None
    milestone: int | None

    @property
    def exact(self) -> bool:
        """Whether the running streak's length is known, not only a lower bound."""
        return self.current is None or not self.current.at_least


def runs(calendar: Calendar, today: date, rules: Rules, *, whole: bool = True) -> list[Run]:
    """All streaks up to `today`, oldest first. Dates after `today` are never looked at.

    `whole`: no contribution lies before the calendar's first date.
    """
    found: list[Run] = []
    start: date | None = None
    for day in calendar.days(today):
        if calendar.count(day) >= rules.minimum:
            start = start or day
        elif start and not rules.rests(day) and day != today:
            found.append(Run(start, day - ONE_DAY))
            start = None
    if start:
        rests_or_counts = calendar.count(today) >= rules.minimum or rules.rests(today)
        found.append(Run(start, today if rests_or_counts else today - ONE_DAY))
    if found and not whole:
        # Rest days before its first contribution belong to a streak that was already running then.
        gap = (found[0].start - calendar.first).days
        if all(rules.rests(calendar.first + offset * ONE_DAY) for offset in range(gap)):
            found[0] = replace(found[0], at_least=True)
    return found


def live(found: list[Run], today: date) -> Run | None:
    """The streak that still runs on `today`, which need not have its contribution yet."""
    return found[-1] if found and found[-1].end >= today - ONE_DAY else None


def lost(found: list[Run], today: date, rules: Rules) -> Run | None:
    """The streak that yesterday broke, if it was worth a word and yesterday was not paused."""
    yesterday = today - ONE_DAY
    for run in reversed(found):
        if run.end == yesterday - ONE_DAY and run.days >= FEWEST_LOST:
            return None if rules.paused(yesterday) else run
    return None


def needs_older(calendar: Calendar, today: date, rules: Rules) -> bool:
    """Whether the length of a streak that matters today depends on dates before the calendar's first."""
    found = runs(calendar, today, rules, whole=False)
    matters = (live(found, today), lost(found, today, rules))
    return any(run is not None and run.at_least for run in matters)


def is_milestone(days: int) -> bool:
    """7, 30, 50, each hundred and each year of 365 days."""
    return days > 0 and (days in SHORT_MILESTONES or days % 100 == 0 or days % 365 == 0)


def milestone(run: Run, calendar: Calendar, rules: Rules) -> int | None:
    """The largest milestone that today's contribution reached: rest days just before it count along."""
    previous = run.end - ONE_DAY
    while previous >= run.start and calendar.count(previous) < rules.minimum:
        previous -= ONE_DAY
    before = (previous - run.start).days + 1
    return next((days for days in range(run.days, before, -1) if is_milestone(days)), None)


def _from(since: date | None, found: list[Run], current: Run | None) -> list[Run]:
    """The streaks from a date on, cut at it; the running one stays whole."""
    if since is None:
        return found
    late = [run for run in found if run.end >= since]
    return [run if run is current else replace(run, start=max(run.start, since)) for run in late]


def stand(
    calendar: Calendar,
    today: date,
    rules: Rules,
    *,
    whole: bool = True,
    full: bool = True,
    since: date | None = None,
) -> Standing:
    """Where the person stands on `today`; `whole` as in `runs`. Without `full`, when only the last days
    could be read, every length is a lower bound.

    The longest streak is that of the dates from `since` on (None: all), lengthened by a running streak
    that began earlier: older years are read only for that one, so others there would be known by chance.

    Raises LookupError when the calendar does not cover `today`.
    """
    count = calendar.count(today)
    found = runs(calendar, today, rules, whole=whole)
    if not (full or whole):
        found = [replace(run, at_least=True) for run in found]
    current, broken = live(found, today), lost(found, today, rules)
    counted = count >= rules.minimum
    if counted:
        state = State.SAFE
    elif rules.paused(today) or rules.rests(today):
        state = State.RESTING
    else:
        state = State.AT_RISK if current else State.IDLE
    return Standing(
        state=state,
        date=today,
        count=count,
        current=current,
        longest=max(_from(since, found, current), key=lambda run: run.days, default=None),
        broken=broken,
        milestone=milestone(current, calendar, rules)
        if current and counted and not current.at_least
        else None,
    )
