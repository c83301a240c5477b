"""What became of the days that a person was warned of, so that the alerts in their chats say so.

Only what the ledger knows is edited, and only what asks for something: to save the day, or to look oneself.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from streaky import streak
from streaky.judge import Judgement
from streaky.ledger.book import Ledger
from streaky.ledger.claims import Claimed
from streaky.look import Look
from streaky.messages import Became, Facts, Resolution, resolution
from streaky.schedule.slots import Kind, Slot
from streaky.streak import State, Streak

ASKING = (Kind.AT_RISK, Kind.UNKNOWN)


def over(
    judgement: Judgement, seen: Look, ledger: Ledger | None, now: datetime, *, test: bool
) -> dict[Slot, Became]:
    """The slots whose alerts can be edited and are over: what became of their days.

    None in a test, nor where another runner only delivers what was left to it.
    """
    if ledger is None or test or seen.settings.pending is not None:
        return {}
    sent = {slot for (slot, _), row in ledger.alerts.items() if row.mark.told and row.message}
    asking = [slot for slot in sent if slot.kind in ASKING]
    became = {day: _became(day, judgement, seen, now) for day in {slot.day for slot in asking}}
    return {slot: found for slot in asking if (found := became[slot.day])}


def _became(day: date, judgement: Judgement, seen: Look, now: datetime) -> Became | None:
    """What became of a local date; None while that is open, or cannot be told."""
    today, standing, calendar = judgement.day, judgement.standing, judgement.calendar
    if standing is None or calendar is None or day > today.date:
        return None
    if day == today.date:
        safe, paused = standing.state is State.SAFE, judgement.rules.paused(day)
        return Became.SAVED if safe else Became.PAUSED if paused else None
    if not calendar.covers(day):
        return None
    if calendar.count(day) >= judgement.rules.minimum:
        return Became.SAVED
    if judgement.rules.paused(day):
        return Became.PAUSED
    # A contribution can take a while to appear, so nothing is said of its lack in the first hours, as with
    # the news of a broken streak.
    return Became.MISSED if today.moment(seen.settings.speaking.quiet_until) <= now else None


def compose_resolutions(
    over: Mapping[Slot, Became], claimed: Claimed, judgement: Judgement, seen: Look
) -> dict[Slot, Resolution]:
    """What the alerts that are to be edited say from now on, in the person's language. Those whose day is not
    over have been replaced by a later reminder."""
    settings, login = seen.settings, judgement.login
    facts = Facts(
        user=login,
        profile=settings.github.profile(login),
        now=judgement.day.deadline,
        day=judgement.day,
        rules=judgement.rules,
        standing=judgement.standing,
    )
    return {
        slot: resolution(
            over.get(slot, Became.REPLACED), facts, slot.day, _saved(slot.day, judgement), settings.language
        )
        for slot in {slot for slot, _ in claimed.resolve}
    }


def _saved(day: date, judgement: Judgement) -> Streak | None:
    """The streak as it was at the end of a date."""
    current = judgement.standing.current if judgement.standing else None
    if current and current.start <= day:
        return Streak(current.start, min(current.end, day), current.at_least)
    found = streak.streaks(judgement.calendar, day, judgement.rules) if judgement.calendar else []
    return streak.live(found, day)
