"""What there is to say now: slots that are due, a warning ahead of them, and news of Streaky itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from streaky.calendar import ONE_DAY, Day, first_instant
from streaky.judge import Judgement
from streaky.ledger import claims, journal
from streaky.ledger.book import Ledger
from streaky.ledger.journal import Today
from streaky.look import Look
from streaky.schedule import expiry, habit, health, outlook, slots
from streaky.schedule.crons import Cron, next_time
from streaky.schedule.health import Activity, Alive
from streaky.schedule.lateness import Past
from streaky.schedule.slots import AFTER_QUIET, ALWAYS, Due, Kind, Slot, Speaking
from streaky.streak import Shrunk, State


def handed_on(seen: Look, ledger: Ledger | None) -> Look:
    """The same look where the job before handed on alerts and `pending` did not come: with what the ledger
    says that it left, which is nothing where there is no ledger."""
    settings = seen.settings
    if settings.pending is not None or not settings.job.handed_on:
        return seen
    left = claims.left_by(ledger, settings.job) if ledger else {}
    return replace(seen, settings=replace(settings, pending=left))


def decide(judgement: Judgement, seen: Look, ledger: Ledger | None, now: datetime, *, test: bool) -> Due:
    """What is due now; with `test` only a test alert, and with pending slots only those that still hold."""
    seen = replace(seen, settings=replace(seen.settings, speaking=speaking(judgement, seen)))
    settings, day = seen.settings, judgement.day
    news = _health(judgement, seen, ledger)
    told_on = news[0][-1] if news else None
    shrunk = journal.shrunk(ledger, today(judgement, seen, now)) if ledger else None
    extra = _extra(judgement, seen, ledger, shrunk)
    if settings.pending is not None:
        left = {slot for slot, _ in settings.pending}
        holds = (slot for slot in left if slot == told_on or slot in extra or _holds(slot, judgement))
        still = sorted((slot for slot in holds if _heard(slot, judgement, seen, now)), key=str)
        since = _since(still, seen, day, None)
        only = frozenset(settings.pending)
        told_along = {told_on: news[0][:-1]} if news and told_on else {}
        health = news[1] if news else None
        return Due(still, told_along, since=since, only=only, health=health, shrunk=shrunk)
    if test:
        return Due([Slot(day.date, Kind.TEST)])
    ahead = _ahead(judgement, seen, ledger, now)
    found = _slots(judgement, seen, now, ahead)
    found += [slot for slot in extra if _heard(slot, judgement, seen, now)]
    if shrunk:  # and that says more than that the streak has ended
        found = [slot for slot in found if not (slot.kind is Kind.BROKEN and _told_by(shrunk, judgement))]
    passed = slots.reminders(day, now, settings.speaking)
    superseded: dict[Slot, Sequence[Slot]] = {
        slot: passed[: passed.index(slot)] for slot in found if slot in passed
    }
    if news and told_on:
        found.append(told_on)
        superseded[told_on] = news[0][:-1]  # told along with it
    return Due(
        found,
        superseded,
        since=_since([*found, *passed], seen, day, ahead),
        ahead=ahead,
        health=news[1] if news else None,
        shrunk=shrunk,
    )


def speaking(judgement: Judgement, seen: Look) -> Speaking:
    """When the person is spoken to on this day: at their own times, or at those that their habit leaves."""
    return habit.speaking_on(seen.settings.speaking, judgement.habit)


def past_runs(judgement: Judgement, seen: Look, ledger: Ledger | None) -> Past:
    """What is known of this workflow's scheduled runs."""
    asked_for = lines(judgement, seen)
    return Past(asked_for, ledger.starts, ledger.listed) if ledger else Past(asked_for)


def holding(judgement: Judgement, seen: Look, now: datetime) -> timedelta:
    """How long to wait for the next reminder, where `hold` allows for it."""
    settings, standing, times = seen.settings, judgement.standing, speaking(judgement, seen)
    if not settings.hold or settings.pending is not None or standing is None:
        return timedelta()
    if standing.state is not State.AT_RISK or Kind.AT_RISK not in times.notify:
        return timedelta()
    coming = (judgement.day.moment(at) - now for at in times.remind_at)
    return next((wait for wait in coming if timedelta() < wait <= settings.hold), timedelta())


def today(judgement: Judgement, seen: Look, now: datetime) -> Today:
    """What the journal is told of this day."""
    settings, day = seen.settings, judgement.day
    standing, calendar = judgement.standing, judgement.calendar
    if seen.discreet and standing and calendar:
        minimum = judgement.rules.minimum
        calendar = calendar.counted(minimum)
        standing = replace(standing, count=calendar.count(day.date))
    return Today(
        date=day.date,
        clock=now.astimezone(day.zone).time(),
        standing=standing,
        calendar=calendar,
        rules=judgement.rules,
        scheduled=now.astimezone(day.zone) if settings.job.event == "schedule" else None,
        all_time=judgement.all_time,
        crons=lines(judgement, seen),
        pause=settings.pause.last(day.date) if settings.pause and settings.pause_by_hand else None,
        full=seen.person is not None and seen.person.full,
        own=seen.own_token,
    )


def lines(judgement: Judgement, seen: Look) -> tuple[Cron, ...]:
    """The cron lines of this run's workflow, where they matter: at risk, or in a scheduled run."""
    standing = judgement.standing
    at_risk = standing is not None and standing.state is State.AT_RISK
    scheduled = seen.settings.job.event == "schedule"
    if not (seen.repository and (at_risk or scheduled)):
        return ()
    return seen.repository.workflow.crons if seen.repository.workflow else ()


def _since(found: Sequence[Slot], seen: Look, day: Day, ahead: datetime | None) -> dict[Slot, datetime]:
    quiet, midnight = day.moment(seen.settings.speaking.quiet_until), day.moment(time.min)
    others = {Kind.ALIVE: midnight} | dict.fromkeys((Kind.BROKEN, Kind.SHRINKING, Kind.TOKEN_ENDS), quiet)
    since = {slot: others[slot.kind] for slot in found if slot.kind in others and slot.day == day.date}
    return since | {
        slot: ahead or day.moment(slot.at) for slot in found if slot.kind is Kind.AT_RISK and slot.at
    }


def _ahead(judgement: Judgement, seen: Look, ledger: Ledger | None, now: datetime) -> datetime | None:
    """Since when to speak ahead of the first reminder, because no later run can be counted on to warn in
    time; None for no need to, or where this is no run of a workflow that was read."""
    settings, standing, day = seen.settings, judgement.standing, judgement.day
    speaking = settings.speaking
    if not (seen.repository and settings.job.workflow and standing):
        return None
    if standing.state is not State.AT_RISK or judgement.rules.paused(day.date):
        return None
    if Kind.AT_RISK not in speaking.notify or slots.reminders(day, now, speaking):
        return None
    return outlook.speaks_ahead(day, now, speaking, past_runs(judgement, seen, ledger))


def _slots(judgement: Judgement, seen: Look, now: datetime, ahead: datetime | None) -> list[Slot]:
    """The slots of the person's streak that are due."""
    speaking, day, rules = seen.settings.speaking, judgement.day, judgement.rules
    if judgement.standing is None:
        found = slots.due_unread(day, now, speaking, rules)
    else:
        found = slots.due(judgement.standing, day, now, speaking, rules)
    if ahead:
        found.insert(0, Slot(day.date, Kind.AT_RISK, speaking.remind_at[0]))
    return found


def _extra(judgement: Judgement, seen: Look, ledger: Ledger | None, shrunk: Shrunk | None) -> list[Slot]:
    """The slots of a streak that lost days, and of a token that ends; without a ledger only on its dates."""
    day, extra = judgement.day, [Slot(shrunk.noticed, Kind.SHRINKING)] if shrunk else []
    ends = expiry.told_on(seen.token_ends, day, seen.settings.speaking) if seen.token_ends else None
    if ends and (ledger is not None or ends == day.date):
        extra.append(Slot(ends, Kind.TOKEN_ENDS))
    return extra


def _told_by(shrunk: Shrunk, judgement: Judgement) -> bool:
    """Whether the day that broke the streak is one of those that are gone."""
    broken = judgement.standing.broken if judgement.standing else None
    return broken is not None and shrunk.streak.start <= broken.end + ONE_DAY <= shrunk.streak.end


def _heard(slot: Slot, judgement: Judgement, seen: Look, now: datetime) -> bool:
    """Whether a slot may be spoken at this hour, and has not been silenced: by a pause, by `notify`, or by
    closing the issue."""
    if slot.kind is Kind.TEST:
        return True
    speaking, day = seen.settings.speaking, judgement.day
    if judgement.rules.paused(day.date) or slot.kind not in (*speaking.notify, *ALWAYS):
        return False
    return slot.kind not in AFTER_QUIET or day.moment(speaking.quiet_until) <= now


def _holds(slot: Slot, judgement: Judgement) -> bool:
    """Whether an alert that was due a little while ago is still true."""
    standing, day = judgement.standing, judgement.day
    if slot.kind is Kind.TEST:
        return True
    if standing is None:  # what is not known is told as unknown
        return slot.kind in (Kind.AT_RISK, Kind.UNKNOWN) and slot.day == day.date
    state = {Kind.AT_RISK: State.AT_RISK, Kind.SAFE: State.SAFE}.get(slot.kind)
    if state:
        return standing.state is state and slot.day == day.date
    return slot in slots.news(standing)


def _health(judgement: Judgement, seen: Look, ledger: Ledger | None) -> tuple[list[Slot], Alive] | None:
    """What is to be told of Streaky's own schedule, by the dates that it is news of; without a ledger only on
    such a date, and never in a pause."""
    settings, repository, day = seen.settings, seen.repository, judgement.day
    if not (repository and settings.github.repository) or judgement.rules.paused(day.date):
        return None
    workflow = settings.job.workflow
    edit = ("edit", repository.branch, workflow) if workflow and repository.branch else ()
    activity = Activity(
        public=repository.public,
        active=repository.active,
        workflow_page=settings.workflow_page or settings.github.page("actions"),
        edit_page=settings.github.page(*edit),
    )
    scheduled = ledger.scheduled if ledger and settings.job.event != "schedule" else None
    last = scheduled.astimezone(day.zone).date() if scheduled else None
    gap = journal.gap(ledger, day.date, judgement.rules) if ledger else None
    asked_for = repository.workflow.crons if (gap or scheduled) and repository.workflow else ()
    if gap and asked_for and not _asked_in(asked_for, gap, day):
        gap = None  # such as a weekend without runs
    asked = next_time(asked_for, scheduled) if scheduled and asked_for else scheduled
    missed = asked.astimezone(day.zone).date() if asked else None
    found = health.watch(activity, last, missed, gap, day.date)
    if found is None or (ledger is None and found[0][-1] != day.date):
        return None
    if repository.workflow and not repository.workflow.scheduled:
        return None
    return [Slot(each, Kind.ALIVE) for each in found[0]], found[1]


def _asked_in(asked_for: Sequence[Cron], gap: tuple[date, date], day: Day) -> bool:
    """Whether the cron lines asked for any run on these local dates."""
    start, end = (
        first_instant(datetime.combine(each, time.min), day.zone) for each in (gap[0], gap[1] + ONE_DAY)
    )
    asked = next_time(asked_for, start - timedelta(seconds=1))
    return asked is not None and asked < end
