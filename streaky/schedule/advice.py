"""Whether more runs would make warnings timelier, or fewer would do as well: a word for the summary."""

from __future__ import annotations

from datetime import timedelta

from streaky.schedule.lateness import COUNTED_ON, FEWEST, Past, observed

LATE = timedelta(hours=1)  # so late that more runs help
PUNCTUAL, SKIPPED = timedelta(minutes=20), timedelta(minutes=50)  # nearly all runs, and the worst one
SEEN = timedelta(days=7)
FEW = 4  # runs a day that are enough where GitHub is punctual
FREE = 2000  # minutes a month. Source: GitHub docs, billing for Actions, GitHub Free
MONTH = 30


def advice(past: Past, *, private: bool) -> str:
    """What to change in the schedule, with the line to paste, and what a month costs where it costs; "" for
    nothing. Each run is billed as a minute, whatever it takes."""
    return " ".join(part for part in (_schedule(past), _cost(past) if private else "") if part)


def _schedule(past: Past) -> str:
    seen = observed(past)
    nearly_all = seen.quantile(COUNTED_ON)
    if nearly_all is None or seen.total < FEWEST or past.listed is None:
        return ""
    minute = _minute(past)
    if nearly_all > LATE:
        line = _entry(past, f"{(minute + 30) % 60} 13-22 * * *")
        return f"More runs make warnings timelier: add `{line}` to the schedule, or use an outside timer."
    long_enough = past.listed - past.starts[0] >= SEEN
    if long_enough and nearly_all <= PUNCTUAL and max(seen.delays) <= SKIPPED and _runs_a_day(past) > FEW + 1:
        line = _entry(past, f"{minute} 13,18,21,23 * * *")
        return f"GitHub is punctual here: four runs a day would warn you just as well, with `{line}` alone."
    return ""


def _entry(past: Past, line: str) -> str:
    """An entry of `schedule:`, in the zone of the first one."""
    return f'- {{cron: "{line}", timezone: "{past.lines[0].zone}"}}'


def _cost(past: Past) -> str:
    runs = round(_runs_a_day(past) * MONTH)
    if not runs:
        return ""
    return f"In a private repository a month takes about {runs} of the {FREE:,} free minutes: a minute a run."


def _runs_a_day(past: Past) -> float:
    """How many runs GitHub started a day, as far as its list tells."""
    listed = [start for start in past.starts if past.listed and start <= past.listed]
    span = (past.listed - listed[0]) / timedelta(days=1) if past.listed and listed else 0.0
    return len(listed) / span if span >= 1 else 0.0


def _minute(past: Past) -> int:
    """The minute of the hour at which the first line asks for runs."""
    field = past.lines[0].line.split()[0] if past.lines else ""
    return int(field) if field.isdigit() else 17
