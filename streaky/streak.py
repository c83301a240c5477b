"""Streaks: the current and the longest streak, and where a person stands on a day.

The rule is github-readme-streak-stats', since that is the number people show on their profile:
consecutive dates that count; today without a contribution does not break it; a rest day inside a
running streak extends it. Source: DenverCoder1/github-readme-streak-stats, `getContributionStats`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from streaky.calendar import ONE_DAY, Calendar

Date = date  # for Standing, one of whose fields is called date
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
class Streak:
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
class Shrunk:
    """A streak of which days that had counted do not any more: the streak as it was, the last date on which
    it was counted so, and the one on which that was `noticed`."""

    streak: Streak
    counted: date
    noticed: date


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person stands on a local date.

    `count` is that date's contributions; `broken` the streak that a missed date ended, and `milestone` the
    round number of days that the running one reached, on the date `reached`; each while it is news.
    """

    state: State
    date: date
    count: int
    current: Streak | None
    longest: Streak | None
    broken: Streak | None
    milestone: int | None
    reached: Date | None = None

    @property
    def exact(self) -> bool:
        """Whether the running streak's length is known, not only a lower bound."""
        return self.current is None or not self.current.at_least


def streaks(calendar: Calendar, today: date, rules: Rules, *, whole: bool = True) -> list[Streak]:
    """All streaks up to `today`, oldest first. Dates after `today` are never looked at.

    `whole`: no contribution lies before the calendar's first date.
    """
    found: list[Streak] = []
    start: date | None = None
    for day, count in calendar.days(today):
        if count >= rules.minimum:
            start = start or day
        elif start and not rules.rests(day) and day != today:
            found.append(Streak(start, day - ONE_DAY))
            start = None
    if start:
        rests_or_counts = calendar.count(today) >= rules.minimum or rules.rests(today)
        found.append(Streak(start, today if rests_or_counts else today - ONE_DAY))
    if found and not whole:
        # Rest days before its first contribution belong to a streak that was already running then.
        gap = (found[0].start - calendar.first).days
        if all(rules.rests(calendar.first + offset * ONE_DAY) for offset in range(gap)):
            found[0] = replace(found[0], at_least=True)
    return found


def joined(streak: Streak, known: Streak | None) -> Streak:
    """A streak whose begin could not be read, with the begin of the one that it continues."""
    if known and streak.at_least and known.start <= streak.start <= known.end + ONE_DAY:
        return replace(streak, start=known.start, at_least=False)
    return streak


def live(found: list[Streak], today: date) -> Streak | None:
    """The streak that still runs on `today`, which need not have its contribution yet."""
    return found[-1] if found and found[-1].end >= today - ONE_DAY else None


def lost(found: list[Streak], today: date, rules: Rules, since: date) -> Streak | None:
    """The last streak that a date missed from the day before `since` on broke, if it was worth a word and
    that date was not paused."""
    for streak in reversed(found):
        missed = streak.end + ONE_DAY
        if since - ONE_DAY <= missed < today and streak.days >= FEWEST_LOST:
            return None if rules.paused(missed) else streak
    return None


def needs_older(calendar: Calendar, today: date, rules: Rules, known: Streak | None = None) -> bool:
    """Whether the length of a streak that matters today depends on dates before the calendar's first.
    `known` as in `stand`."""
    found = [joined(streak, known) for streak in streaks(calendar, today, rules, whole=False)]
    matters = (live(found, today), lost(found, today, rules, today))
    return any(streak is not None and streak.at_least for streak in matters)


def is_milestone(days: int) -> bool:
    """7, 30, 50, each hundred and each year of 365 days."""
    return days > 0 and (days in SHORT_MILESTONES or days % 100 == 0 or days % 365 == 0)


def milestone(
    streak: Streak, calendar: Calendar, rules: Rules, since: date
) -> tuple[int | None, date | None]:
    """The last milestone that a contribution of `since` or later reached, and its date: rest days before it
    count along."""
    day, counted = streak.end, streak.days
    while day >= max(streak.start, since, calendar.first):
        previous = day - ONE_DAY
        while previous >= max(streak.start, calendar.first) and calendar.count(previous) < rules.minimum:
            previous -= ONE_DAY
        before = (previous - streak.start).days + 1
        if calendar.count(day) >= rules.minimum:
            reached = next((days for days in range(counted, before, -1) if is_milestone(days)), None)
            if reached:
                return reached, day
        day, counted = previous, before
    return None, None


def _from(since: date | None, found: list[Streak], current: Streak | None) -> list[Streak]:
    """The streaks from a date on, cut at it; the running one stays whole."""
    if since is None:
        return found
    late = [streak for streak in found if streak.end >= since]
    return [
        streak if streak is current else replace(streak, start=max(streak.start, since)) for streak in late
    ]


def stand(
    calendar: Calendar,
    today: date,
    rules: Rules,
    *,
    whole: bool = True,
    full: bool = True,
    since: date | None = None,
    news: date | None = None,
    known: Streak | None = None,
) -> Standing:
    """Where the person stands on `today`; `whole` as in `streaks`. Without `full`, when only the last days
    could be read, every length is a lower bound. `news`: the date since which nothing was told (None:
    today). `known`: a streak that is remembered, which tells where one began that reaches back to it.

    The longest streak is that of the dates from `since` on (None: all), lengthened by a running streak
    that began earlier: older years are read only for that one, so others there would be known by chance.

    Raises LookupError when the calendar does not cover `today`.
    """
    count = calendar.count(today)
    found = streaks(calendar, today, rules, whole=whole)
    if not (full or whole):
        found = [replace(streak, at_least=True) for streak in found]
    found = [joined(streak, known) for streak in found]
    news = news or today
    current, broken = live(found, today), lost(found, today, rules, news)
    reached = milestone(current, calendar, rules, news) if current and not current.at_least else (None, None)
    if count >= rules.minimum:
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
        longest=max(_from(since, found, current), key=lambda streak: streak.days, default=None),
        broken=broken,
        milestone=reached[0],
        reached=reached[1],
    )
