"""A person's local day, and GitHub's contribution calendar as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

ONE_DAY = timedelta(days=1)


def first_instant(wall: datetime, zone: tzinfo) -> datetime:
    """The first instant (aware, in UTC) at which the local clock shows `wall` (naive) or later.

    A wall time that exists twice means its first pass; one that summer time skips means the instant
    of the jump, as GitHub's schedules do it. Source: PEP 495, "fold" in gaps and overlaps.
    """
    late = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if late.astimezone(zone).replace(tzinfo=None, fold=0) == wall:
        return late
    # In a gap: fold=1 reads the clock after the jump, so it lies before the jump, and fold=0 after it.
    early = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    while late - early > timedelta(seconds=1):
        middle = early + timedelta(seconds=(late - early) // timedelta(seconds=1) // 2)
        if middle.astimezone(zone).replace(tzinfo=None) >= wall:
            late = middle
        else:
            early = middle
    return late


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar date in a person's time zone and the instant at which it ends (23 to 25 hours long)."""

    date: date
    zone: tzinfo
    deadline: datetime

    @classmethod
    def at(cls, now: datetime, zone: tzinfo) -> Day:
        """The local day that holds the instant `now` (aware)."""
        today = now.astimezone(zone).date()
        midnight = datetime.combine(today + ONE_DAY, time.min)
        return cls(today, zone, first_instant(midnight, zone).astimezone(zone))

    def moment(self, at: time) -> datetime:
        """The first instant (in UTC) of this day at which the local clock shows `at` or later."""
        return first_instant(datetime.combine(self.date, at), self.zone)

    def left(self, now: datetime) -> timedelta:
        """How long until the day ends; never negative.

        In UTC, because Python subtracts two times of one zone by their wall clocks.
        """
        return max(self.deadline.astimezone(UTC) - now.astimezone(UTC), timedelta())


@dataclass(frozen=True, slots=True)
class Calendar:
    """Contributions per date, and the range of dates (both ends included) that the answer covers.

    The dates are what each contribution's own clock said, not UTC days.
    Source: GitHub docs, profile contributions reference, "How contribution event times are calculated".
    """

    first: date
    last: date
    counts: Mapping[date, int]

    def covers(self, day: date) -> bool:
        return self.first <= day <= self.last

    def count(self, day: date) -> int:
        """Contributions on a covered date: one that is missing inside the range means none."""
        if not self.covers(day):
            raise LookupError(f"the calendar covers {self.first} to {self.last}, not {day}")
        return self.counts.get(day, 0)

    def counted(self, minimum: int) -> Calendar:
        """The same calendar, told no more than whether each date has at least `minimum` contributions."""
        counts = {day: minimum for day, count in self.counts.items() if count >= minimum}
        return Calendar(self.first, self.last, counts)

    def days(self, until: date) -> Iterator[tuple[date, int]]:
        """The covered dates in order, up to and including `until`, each with its contributions."""
        day, last, counts = self.first, min(until, self.last), self.counts
        while day <= last:
            yield day, counts.get(day, 0)
            day += ONE_DAY

    def joined(self, other: Calendar) -> Calendar:
        """Both calendars as one. They must overlap or touch; a date in both takes the larger count.

        Larger, because a window may cut its first and last day short, never add to them.
        """
        early, late = sorted((self, other), key=lambda calendar: calendar.first)
        if late.first > early.last + ONE_DAY:
            raise ValueError(f"nothing is known between {early.last} and {late.first}")
        counts = dict(self.counts)
        for day, count in other.counts.items():
            counts[day] = max(count, counts.get(day, 0))
        return Calendar(early.first, max(self.last, other.last), counts)
