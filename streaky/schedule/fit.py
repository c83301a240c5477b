"""Whether the schedule can bring a run in time for the reminders at all, even when GitHub is punctual."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from streaky.calendar import Day
from streaky.schedule.crons import Cron, next_time
from streaky.schedule.slots import Speaking

LOOKED_AT = 7  # days, since a cron line may name weekdays


@dataclass(frozen=True, slots=True)
class Misfit:
    """A schedule that brings no run in time. All times are local, in the person's zone.

    `asked`: when the cron lines ask for runs in the week to come, the first time of each hour, sorted (empty
    for never); `first` and `latest`: a run would have to start between these, both included, to send a
    reminder in time.
    """

    asked: tuple[time, ...]
    first: time
    latest: time


def misfit(lines: Sequence[Cron], day: Day, speaking: Speaking) -> Misfit | None:
    """What is wrong with the schedule: no punctual run lies between the first reminder and `lead` before the
    deadline, from today on for a week. None when one does, or when there is no line at all.

    A reminder that lies within `lead` of the deadline, as 23:00 with a lead of 2 hours, may be sent until the
    day's last minute. Looking ahead may still warn, at some other time than the person has asked for.
    """
    if not lines:
        return None
    days = [day]
    while len(days) < LOOKED_AT:
        days.append(Day.at(days[-1].deadline, day.zone))
    for each in days:
        first, latest = _window(each, speaking)
        run = next_time(lines, first - timedelta(microseconds=1))
        if run is not None and run <= latest:
            return None
    begin, end = (moment.astimezone(day.zone).time() for moment in _window(day, speaking))
    return Misfit(_asked(lines, days), begin, end)


def _window(day: Day, speaking: Speaking) -> tuple[datetime, datetime]:
    """From when to when (in UTC) a run of this day can send a reminder in time."""
    first, end = day.moment(speaking.remind_at[0]), day.deadline.astimezone(UTC)
    latest = end - speaking.lead
    return first, latest if latest >= first else end - timedelta(minutes=1)


def _asked(lines: Sequence[Cron], days: Sequence[Day]) -> tuple[time, ...]:
    """The local times of the runs, the first of each hour."""
    found: set[time] = set()
    end = days[-1].deadline
    run = next_time(lines, days[0].moment(time.min) - timedelta(microseconds=1))
    while run is not None and run < end:
        local = run.astimezone(days[0].zone)
        found.add(local.time())
        run = next_time(lines, run + timedelta(minutes=59 - local.minute, seconds=59))
    return tuple(sorted(found))
