"""The cron lines of a workflow, each in its time zone, and the times that they ask for.

Source: GitHub docs, workflow syntax, `on.schedule`: POSIX cron, `timezone` an IANA name, else UTC.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache

from cronsim import CronSim


@dataclass(frozen=True, slots=True)
class Cron:
    """One cron line, such as `7 13-23 * * *`, and its zone."""

    line: str
    zone: tzinfo = UTC


def last_time(lines: Sequence[Cron], until: datetime) -> datetime | None:
    """The last time (aware, in UTC), up to and including an instant, that a line asked for."""
    found = []
    for cron in lines:
        # From the minute after: one that begins at the instant itself is included.
        start = until.astimezone(cron.zone).replace(second=0, microsecond=0) + timedelta(minutes=1)
        try:
            times = CronSim(cron.line, start, reverse=True)
            found.append(next(each for each in times if each.astimezone(UTC) <= until.astimezone(UTC)))
        except StopIteration:
            continue
    return max((each.astimezone(UTC) for each in found), default=None)


def next_time(lines: Sequence[Cron], after: datetime) -> datetime | None:
    """The first time (aware, in UTC) after an instant that a line asks for; None for none at all."""
    # A time that the same minute asked for lies before.
    minute = after.astimezone(UTC).replace(second=0, microsecond=0)
    return min((each for cron in lines if (each := _next_time(cron, minute))), default=None)


@lru_cache(1024)
def _next_time(cron: Cron, minute: datetime) -> datetime | None:
    """That of one line, after a minute in UTC. It is kept: a run asks twice about each of its last starts,
    and to read a line takes 26 µs."""
    try:
        times = CronSim(cron.line, minute.astimezone(cron.zone))
        return next(utc for each in times if (utc := each.astimezone(UTC)) > minute)
    except StopIteration:
        return None  # such as 30 February
