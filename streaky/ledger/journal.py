"""The journal: a line for each day, written by its first run and by the one that first sees it safe, and
completed by those of the days after; and what is learned of GitHub's punctuality.

Pure: a ledger goes in, another comes out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from streaky.calendar import ONE_DAY, Calendar
from streaky.ledger.book import Ledger, Line, Note, Streaks, Weeks
from streaky.schedule.crons import Cron
from streaky.schedule.habit import LOOKED_BACK
from streaky.schedule.lateness import kept
from streaky.schedule.slots import Kind
from streaky.streak import Rules, Shrunk, Standing, State, Streak, joined, streaks

CORRECTED = timedelta(days=14)  # how far back a line is still held against the calendar
FILLED = 400  # days without a run that still get a line
PAST = 10  # streaks that ended and are remembered
MAPPED = timedelta(days=370)  # the dates of 53 weeks, today's included
LEVELS = 4  # of the map, beside none
MANY = 0.9  # of the dates that count have no more contributions than the one that sets the scale
NEWS = timedelta(days=6)  # how far back a broken streak or a milestone is still news

Date = date  # for Today, one of whose fields is called date


@dataclass(frozen=True, slots=True)
class Today:
    """What a run saw of its local date; `standing` and `calendar` are None when GitHub did not say.

    `clock`: the local time of the look; `scheduled`: when this run started, by the local clock, if it is a
    scheduled one; `crons`: the workflow's cron lines; `pause`: the last date of a pause to be remembered from
    now on, before today to end one; `full`: a whole year was read; `own`: by the person's own token.
    """

    date: Date
    standing: Standing | None
    calendar: Calendar | None
    rules: Rules
    clock: time
    scheduled: datetime | None = None
    all_time: bool = False
    crons: tuple[Cron, ...] = ()
    pause: Date | None = None
    full: bool = True
    own: bool = False


def noted(ledger: Ledger, today: Today) -> Ledger:
    """The ledger with today's line, and the lines before completed; the same one when all that is there."""
    line, standing = ledger.days.get(today.date), today.standing
    safe = standing is not None and standing.state is State.SAFE
    news = line is None or (line.standing is State.UNKNOWN and standing is not None)
    news = news or (safe and line is not None and line.safe_at is None)
    learned = today.all_time and standing and standing.longest
    if learned and not ((before := known(ledger, today.rules)) and before.longest):
        news = True
    gone = _days_gone(ledger, today)
    if gone or (ledger.shrunk and ledger.shrunk.noticed < today.date - NEWS and news):
        ledger, news = replace(ledger, shrunk=gone), True
    if today.scheduled and _first_start(ledger, today.scheduled):
        ledger = started(ledger, today.scheduled)
    if not news:
        return ledger
    days = dict(ledger.days)
    days[today.date] = _line(today, line)
    last = max((day for day in ledger.days if day < today.date), default=today.date - ONE_DAY)
    for offset in range(1, min((today.date - last).days, FILLED)):
        days[last + offset * ONE_DAY] = Line(0, State.UNKNOWN, Note.UNWATCHED)
    if today.calendar:
        days |= _completed(ledger, days, today, today.calendar)
    kept = replace(ledger, days=dict(sorted(days.items())), weeks=_weeks(ledger.weeks, today))
    return replace(kept, streaks=_streaks(ledger, standing, today)) if standing else kept


def _line(today: Today, before: Line | None) -> Line:
    """Today's line. The time at which the day was first seen safe stays, though a contribution goes again."""
    if today.standing is None:
        return Line(0, State.UNKNOWN)
    safe_at = before.safe_at if before else None
    if safe_at is None and today.standing.state is State.SAFE:
        safe_at = today.clock.replace(second=0, microsecond=0, tzinfo=None)
    return Line(today.standing.count, today.standing.state, Note.NONE, safe_at)


def _first_start(ledger: Ledger, start: datetime) -> bool:
    """Whether no scheduled run of this local date is known yet."""
    last = ledger.scheduled
    return last is None or last.astimezone(start.tzinfo).date() < start.date()


def started(ledger: Ledger, start: datetime) -> Ledger:
    """The ledger with the start of this scheduled run, which costs nothing to know."""
    return replace(ledger, starts=kept((*ledger.starts, start), start))


def listed(ledger: Ledger, starts: Sequence[datetime], now: datetime) -> Ledger:
    """The ledger with what GitHub's list of the last scheduled runs tells, as it was read at `now`.

    A list that does not reach back to the one before leaves a hole, and what lies before it is forgotten: it
    would look like runs that GitHub skipped.
    """
    known, first = ledger.starts, min(starts, default=now)
    if ledger.listed is None or first > ledger.listed:
        known = tuple(start for start in known if start >= first)
    until = now.astimezone(UTC).replace(microsecond=0)
    return replace(ledger, starts=kept((*known, *starts), now), listed=until)


def _completed(
    ledger: Ledger, days: Mapping[date, Line], today: Today, calendar: Calendar
) -> dict[date, Line]:
    """The lines of the last days, as the calendar shows those days now."""
    warned = {
        slot.day for (slot, _), row in ledger.alerts.items() if slot.kind is Kind.AT_RISK and row.mark.told
    }
    found = {}
    for day, line in days.items():
        if not (today.date - CORRECTED <= day < today.date and calendar.covers(day)):
            continue
        count = calendar.count(day)
        if count >= today.rules.minimum:
            note = Note.RESCUED if day in warned else line.note
            found[day] = replace(line, count=count, standing=State.SAFE, note=note)
        elif today.rules.rests(day) or line.standing is State.RESTING:
            found[day] = replace(line, count=count, standing=State.RESTING)
        else:
            open_state = line.standing if line.standing is State.IDLE else State.AT_RISK
            note = Note.NONE if line.note is Note.RESCUED else line.note
            found[day] = replace(line, count=count, standing=open_state, note=note)
    return found


def _streaks(ledger: Ledger, standing: Standing, today: Today) -> Streaks:
    """The running streak, and the longest where it is known: read from all years once, then remembered."""
    before = known(ledger, today.rules)
    current = standing.current if standing.current and not standing.current.at_least else None
    found = [each for each in (before and before.longest, standing.longest) if each and not each.at_least]
    all_time = today.all_time or (before is not None and before.longest is not None)
    longest = max(found, key=lambda streak: streak.days, default=None) if all_time else None
    past = _past(before, today, standing.current)
    return Streaks(today.rules.minimum, today.rules.rest_days, current, longest, past, today.own)


def _past(before: Streaks | None, today: Today, current: Streak | None) -> tuple[Streak, ...]:
    """The longest streaks that ended: those that the calendar shows, and those that lie before it."""
    calendar, past = today.calendar, before.past if before else ()
    if calendar is None:
        return past
    remembered = (*past, before.current) if before and before.current else past
    found = streaks(calendar, today.date, today.rules, whole=False)
    for each in remembered:  # one that reaches into the calendar begins before it
        found = [joined(streak, each) for streak in found]
    ended = [replace(each, at_least=False) for each in found if current is None or each.end < current.start]
    first = min(calendar.first, found[0].start) if found else calendar.first
    older = [each for each in remembered if each.end < first]
    longest = sorted((*older, *ended), key=lambda each: each.days, reverse=True)[:PAST]
    return tuple(sorted(longest, key=lambda each: each.start))


def _weeks(before: Weeks | None, today: Today) -> Weeks | None:
    return mapped(before, today.calendar, today.date, today.rules.minimum) if today.calendar else before


def mapped(before: Weeks | None, calendar: Calendar, today: date, minimum: int) -> Weeks:
    """The map of the last 53 weeks, with what is remembered of dates that the calendar does not show."""
    first = today - MAPPED
    counts = {
        day: count for day, count in calendar.counts.items() if first <= day <= today and count >= minimum
    }
    many = sorted(counts.values())[math.ceil(MANY * len(counts)) - 1] if counts else 1
    shown = {day: str(min(LEVELS, math.ceil(LEVELS * count / many))) for day, count in counts.items()}
    levels: list[str] = []
    for offset in range(MAPPED.days + 1):
        day = first + offset * ONE_DAY
        if calendar.covers(day):
            levels.append(shown.get(day, "0"))
        elif (level := before.level(day) if before else None) is not None:
            levels.append(str(level))
        elif levels:
            levels.append("0")
    return Weeks(first + (MAPPED.days + 1 - len(levels)) * ONE_DAY, "".join(levels))


def shrunk(ledger: Ledger, today: Today) -> Shrunk | None:
    """The streak of which days that had counted do not any more, while that is news and the streak is still
    the shorter for it."""
    found = _days_gone(ledger, today) or ledger.shrunk
    if found is None or today.standing is None or not today.date - NEWS <= found.noticed <= today.date:
        return None
    current = today.standing.current
    return found if (current.days if current else 0) < found.streak.days else None


def _days_gone(ledger: Ledger, today: Today) -> Shrunk | None:
    """The remembered streak, if today's calendar lacks one of its days: it was counted by the same rules and
    the same kind of token, and what was not read is not missing. Today itself is still open."""
    before, calendar = known(ledger, today.rules), today.calendar
    if not (before and before.current and calendar and today.full and before.own == today.own):
        return None
    counted = max(
        (day for day, line in ledger.days.items() if line.standing is not State.UNKNOWN), default=None
    )
    if counted is None or not today.date - NEWS <= counted <= today.date:
        return None
    streak, rules = before.current, today.rules
    # The first date of a window may be cut short.
    first, last = max(streak.start, calendar.first + ONE_DAY), min(streak.end, today.date - ONE_DAY)
    days = (first + offset * ONE_DAY for offset in range((last - first).days + 1))
    gone = any(
        calendar.count(day) < rules.minimum and (day == streak.start or not rules.rests(day)) for day in days
    )
    now = today.standing.current if today.standing else None
    shorter = today.standing is not None and (now.days if now else 0) < streak.days
    return Shrunk(streak, counted, today.date) if gone and shorter else None


def known(ledger: Ledger, rules: Rules) -> Streaks | None:
    """The streaks that are remembered, if they were counted by these rules."""
    return ledger.streaks if ledger.streaks and ledger.streaks.fit(rules) else None


def gap(ledger: Ledger, today: date, rules: Rules) -> tuple[date, date] | None:
    """The first and the last date without any run, when they reach to yesterday and not all of them rest."""
    yesterday = today - ONE_DAY
    watched = [day for day, line in ledger.days.items() if day < today and line.note is not Note.UNWATCHED]
    if not watched or max(watched) >= yesterday:
        return None
    first = max(watched) + ONE_DAY
    missed = (first + offset * ONE_DAY for offset in range((yesterday - first).days + 1))
    return None if all(rules.rests(day) for day in missed) else (first, yesterday)


def news_since(ledger: Ledger, today: date) -> date:
    """The date from which on what happened may still have to be told: at most a week back, and never before
    the journal began."""
    return max(min(ledger.days, default=today), today - NEWS)


def paused_until(ledger: Ledger, today: date, rules: Rules) -> date | None:
    """The last date before today that a pause kept silent. The ledger forgets a pause that is over; its days
    stay in the journal."""
    lines = ((day, line.standing) for day, line in ledger.days.items() if day < today)
    paused = (day for day, state in lines if state is State.RESTING and not rules.rests(day))
    return max(paused, default=None)


def safe_times(ledger: Ledger, today: date) -> list[time]:
    """The local times at which the last days were first seen safe, for the habit; today tells nothing yet."""
    days = ((day, line.safe_at) for day, line in ledger.days.items() if today - LOOKED_BACK <= day < today)
    return [safe_at for _, safe_at in days if safe_at]


def rescues(ledger: Ledger) -> int:
    """How many days were alerted as at risk and then contributed to."""
    return sum(line.note is Note.RESCUED for line in ledger.days.values())
