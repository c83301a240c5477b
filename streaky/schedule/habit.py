"""By when a person has usually contributed, and which reminders that leaves.

A reminder before somebody's usual time tells them what they know; after a week of those, it is muted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from streaky.calendar import Day
from streaky.schedule.slots import AUTO, Speaking

LOOKED_BACK = timedelta(days=28)
FEWEST = 10  # days: below as many a habit is not known
USUALLY = 0.8  # of the days
SOME_TIME = timedelta(minutes=30)  # after which a reminder is no longer needless
APART = timedelta(hours=1)  # between the first reminder and those after it


@dataclass(frozen=True, slots=True)
class Habit:
    """The local time by which a person has usually contributed, and the one from which on a reminder is worth
    its noise. `late`: they usually contribute later than a first reminder may wait."""

    usually: time
    remind_from: time
    late: bool = False


def habit(times: Sequence[time], day: Day, lead: timedelta) -> Habit | None:
    """The habit that holds on a day, from the local times at which the days before were first seen safe; None
    when those are too few. The first reminder waits until `lead` before the day's end at the longest."""
    if len(times) < FEWEST:
        return None
    usually = sorted(times)[math.ceil(USUALLY * len(times)) - 1]
    latest = (day.deadline.astimezone(UTC) - lead).astimezone(day.zone).replace(tzinfo=None)
    waits = datetime.combine(day.date, usually) + SOME_TIME
    first, last = datetime.combine(day.date, time.min), datetime.combine(day.date, time(23, 59))
    return Habit(usually, max(first, min(waits, latest, last)).time(), waits > latest)


def reminders(times: Sequence[time], known: Habit | None) -> tuple[time, ...]:
    """The reminders of a day: those before the habit are left out. The first one waits for its end, and what
    would follow too closely is left out, too."""
    if known is None or known.remind_from <= times[0]:
        return tuple(times)
    base = datetime.combine(date.min, known.remind_from)
    return (known.remind_from, *(at for at in times if datetime.combine(date.min, at) - base >= APART))


def speaking_on(speaking: Speaking, known: Habit | None) -> Speaking:
    """When a person is spoken to on a day. Times that they set themselves are obeyed exactly."""
    return replace(speaking, remind_at=reminders(AUTO, known)) if speaking.auto else speaking


def reason(known: Habit | None) -> str:
    """Why the first reminder waits, in a sentence; "" when it does not."""
    if known is None or known.remind_from <= AUTO[0]:
        return ""
    usual, until = f"You usually contribute by {known.usually:%H:%M}", f"{known.remind_from:%H:%M}"
    if known.late:
        return f"{usual}, so the first reminder waits as long as it may, until {until}."
    return f"{usual}, so the first reminder waits until {until}."
