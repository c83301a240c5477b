"""When Streaky speaks: the slots of a day, how urgent they are, and which of them are due now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from streaky.calendar import ONE_DAY, Day
from streaky.streak import Rules, Shrunk, Standing, State

if TYPE_CHECKING:
    from streaky.schedule.health import Alive

URGENT = timedelta(hours=6)
LAST_CALL = timedelta(hours=2)
AUTO = (time(18), time(21), time(23))  # the reminders, while nobody knows the person's habit


class Kind(StrEnum):
    """What an alert is about. `alive`: Streaky's own schedule stops, or did not run; `shrinking`: days that
    counted do not any more; `token-ends`: the person's own token expires."""

    AT_RISK = "at-risk"
    SAFE = "safe"
    BROKEN = "broken"
    MILESTONE = "milestone"
    UNKNOWN = "unknown"
    ALIVE = "alive"
    SHRINKING = "shrinking"
    TOKEN_ENDS = "token-ends"
    TEST = "test"


# Sent whatever `notify` says: a test is asked for, and the others tell of what nobody would look for.
ALWAYS = (Kind.ALIVE, Kind.SHRINKING, Kind.TOKEN_ENDS, Kind.TEST)
# Said from `quiet-until` on: it happened, or was noticed, at an hour that nobody chose.
AFTER_QUIET = (Kind.BROKEN, Kind.SHRINKING, Kind.TOKEN_ENDS, Kind.UNKNOWN)


class Urgency(StrEnum):
    """How near the deadline is: over 6 hours, 6 hours or less, 2 hours or less."""

    REMINDER = "reminder"
    URGENT = "urgent"
    LAST_CALL = "last-call"


@dataclass(frozen=True, slots=True)
class Slot:
    """One reason to speak on one day. `at` is the local time it fell due, None for kinds without one."""

    day: date
    kind: Kind
    at: time | None = None

    def __str__(self) -> str:
        return f"{self.day}/{self.kind}/{self.at:%H:%M}" if self.at else f"{self.day}/{self.kind}/day"

    @classmethod
    def read(cls, text: str) -> Slot:
        """The slot that `str` wrote. Raises ValueError."""
        day, kind, at = text.split("/")
        slot = cls(date.fromisoformat(day), Kind(kind), None if at == "day" else time.fromisoformat(at))
        if str(slot) != text:
            raise ValueError("not a slot")
        return slot


@dataclass(frozen=True, slots=True)
class Speaking:
    """When and of what a person wants to hear: kinds, local times of an at-risk day (sorted, at least
    one), the local time before which nothing is said unasked, and how long before the deadline the first
    warning must have been given. `auto`: the times follow the person's habit, see `habit.py`."""

    notify: frozenset[Kind]
    remind_at: tuple[time, ...]
    quiet_until: time
    lead: timedelta = timedelta(hours=2)
    auto: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """What there is to say now.

    `superseded`: older slots of the day, by the one that takes their place; `since`: when these and the slots
    of today fell due, where that tells whether an earlier run has sent them; `only`: send just these slots on
    these channels (None: any); `ahead`: a reminder is spoken before its time, since then; `health`: news of
    Streaky itself; `shrunk`: the streak of which days have gone.
    """

    slots: Sequence[Slot] = ()
    superseded: Mapping[Slot, Sequence[Slot]] = field(default_factory=dict)
    since: Mapping[Slot, datetime] = field(default_factory=dict)
    only: frozenset[tuple[Slot, str]] | None = None
    ahead: datetime | None = None
    health: Alive | None = None
    shrunk: Shrunk | None = None


def urgency(left: timedelta) -> Urgency:
    """How urgent a warning is with `left` until the deadline."""
    if left <= LAST_CALL:
        return Urgency.LAST_CALL
    return Urgency.URGENT if left <= URGENT else Urgency.REMINDER


def hours(left: timedelta) -> float:
    """Hours in tenths, rounded down: 59 minutes are 0.9, so that nobody is promised time they lack."""
    return left // timedelta(minutes=6) / 10


def reminders(day: Day, now: datetime, speaking: Speaking) -> list[Slot]:
    """The reminders of an at-risk day whose time has passed, in order."""
    return [Slot(day.date, Kind.AT_RISK, at) for at in speaking.remind_at if day.moment(at) <= now]


def news(standing: Standing) -> list[Slot]:
    """The slots of what has happened: a streak that ended, on the first date after the one that was missed,
    and a milestone, on the date that reached it."""
    slots = []
    if standing.broken:
        slots.append(Slot(standing.broken.end + 2 * ONE_DAY, Kind.BROKEN))
    if standing.reached:
        slots.append(Slot(standing.reached, Kind.MILESTONE))
    return slots


def due(standing: Standing, day: Day, now: datetime, speaking: Speaking, rules: Rules) -> list[Slot]:
    """The slots that are due at `now`, when GitHub could be read.

    Of the reminders, the latest whose time has passed. A pause silences every kind.
    """
    if rules.paused(day.date):
        return []
    passed = reminders(day, now, speaking)
    slots = []
    if standing.state is State.AT_RISK:
        slots += passed[-1:]
    if standing.state is State.SAFE and passed:
        slots.append(Slot(day.date, Kind.SAFE, speaking.remind_at[0]))
    quiet = day.moment(speaking.quiet_until) > now
    slots += [slot for slot in news(standing) if not (quiet and slot.kind is Kind.BROKEN)]
    return [slot for slot in slots if slot.kind in speaking.notify]


def due_unread(day: Day, now: datetime, speaking: Speaking, rules: Rules) -> list[Slot]:
    """The slots that are due when GitHub could not be read: the person must look for themselves.

    Once a day, from the first reminder time on, and never before the quiet hours end.
    """
    if (
        rules.paused(day.date)
        or Kind.UNKNOWN not in speaking.notify
        or day.moment(speaking.quiet_until) > now
    ):
        return []
    return [Slot(day.date, Kind.UNKNOWN)] if reminders(day, now, speaking) else []
