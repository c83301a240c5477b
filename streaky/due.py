"""What there is to say now: slots that are due, a warning ahead of them, and news of Streaky itself."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from streaky.calendar import ONE_DAY, Day, first_instant
from streaky.finding import Finding
from streaky.github.workflow import crons
from streaky.ledger import journal
from streaky.ledger.book import Ledger
from streaky.schedule import health as alive
from streaky.schedule import lateness as punctuality
from streaky.schedule import slots as schedule
from streaky.schedule.crons import Cron, next_time
from streaky.schedule.health import Activity, Alive
from streaky.schedule.lateness import Lateness
from streaky.schedule.slots import Kind, Slot
from streaky.streak import State as Status

# A line that is no comment: asking for YAML costs more than this needs.
SCHEDULES = re.compile(r"""(?m)^[^#\n]*schedule["']?\s*:""")


@dataclass(frozen=True, slots=True)
class Due:
    """What there is to say. `superseded`: older reminders of the day, by the one that takes their place;
    `since`: when a slot of today fell due, where that tells whether an earlier run has sent it; `ahead`: a
    reminder is spoken before its time, since then; `alive`: news of Streaky itself; `crons`: the
    workflow's lines, where they matter."""

    slots: Sequence[Slot]
    superseded: Mapping[Slot, Sequence[Slot]]
    since: Mapping[Slot, datetime]
    ahead: datetime | None
    alive: Alive | None
    crons: tuple[Cron, ...]


def decide(finding: Finding, ledger: Ledger | None, day: Day, *, test: bool) -> Due:
    """What is due now; with `test` only a test alert, and with pending slots only those that still hold."""
    settings = finding.settings
    news, lines = _alive(finding, ledger, day), _lines(finding)
    ordinary = settings.pending is None and not test
    ahead = _ahead(finding, ledger, day, lines) if ordinary else None
    slots = _slots(finding, day, news[0][-1] if news else None, ahead, test=test)
    passed = schedule.reminders(day, finding.now, settings.speaking) if ordinary else []
    superseded = {slot: passed[: passed.index(slot)] for slot in slots if slot in passed}
    if news:
        superseded[news[0][-1]] = news[0][:-1]  # told along with it
    return Due(
        slots=slots,
        superseded=superseded,
        since=_since(finding, slots, day, ahead),
        ahead=ahead,
        alive=news[1] if news else None,
        crons=lines,
    )


def holding(finding: Finding) -> timedelta | None:
    """How long to wait for the next reminder, where `hold` allows for it; None for no wait."""
    settings, standing = finding.settings, finding.standing
    if not settings.hold or settings.pending is not None or standing is None:
        return None
    day = Day.at(finding.now, finding.zone)
    if standing.state is not Status.AT_RISK or Kind.AT_RISK not in settings.speaking.notify:
        return None
    coming = (day.moment(at) - finding.now for at in settings.speaking.remind_at)
    return next((wait for wait in coming if timedelta() < wait <= settings.hold), None)


def _since(finding: Finding, slots: Sequence[Slot], day: Day, ahead: datetime | None) -> dict[Slot, datetime]:
    quiet, midnight = day.moment(finding.settings.speaking.quiet_until), day.moment(time.min)
    others = {Kind.BROKEN: quiet, Kind.ALIVE: midnight}
    since = {slot: others[slot.kind] for slot in slots if slot.kind in others and slot.day == day.date}
    return since | {
        slot: ahead or day.moment(slot.at) for slot in slots if slot.kind is Kind.AT_RISK and slot.at
    }


def _lines(finding: Finding) -> tuple[Cron, ...]:
    """The cron lines of this run's workflow, where they matter: at risk, or in a scheduled run."""
    seen, standing = finding.repository, finding.standing
    at_risk = standing is not None and standing.state is Status.AT_RISK
    if not (seen and seen.workflow and (at_risk or finding.settings.job.event == "schedule")):
        return ()
    return crons(seen.workflow)


def _ahead(finding: Finding, ledger: Ledger | None, day: Day, lines: Sequence[Cron]) -> datetime | None:
    """Since when to speak ahead of the first reminder, because no later run can be counted on to warn in
    time; None for no need to, or where this is no run of a workflow that was read."""
    settings, standing = finding.settings, finding.standing
    speaking = settings.speaking
    if not (finding.repository and settings.job.workflow and standing):
        return None
    if standing.state is not Status.AT_RISK or settings.rules.paused(day.date):
        return None
    if Kind.AT_RISK not in speaking.notify or schedule.reminders(day, finding.now, speaking):
        return None
    lateness = ledger.lateness if ledger else Lateness()
    return punctuality.speaks_ahead(day, finding.now, speaking, lines, lateness)


def _slots(
    finding: Finding, day: Day, alive_on: Slot | None, ahead: datetime | None, *, test: bool
) -> list[Slot]:
    """What there is to say now, or what an earlier job left to be said, as far as it still holds."""
    settings = finding.settings
    if settings.pending is not None:
        left = {slot for slot, _ in settings.pending}
        return sorted((slot for slot in left if slot == alive_on or _holds(slot, finding, day)), key=str)
    if test:
        return [Slot(day.date, Kind.TEST)]
    if finding.standing is None:
        found = schedule.due_unread(day, settings.speaking, settings.rules)
    else:
        found = schedule.due(finding.standing, day, finding.now, settings.speaking, settings.rules)
    if ahead:
        found.insert(0, Slot(day.date, Kind.AT_RISK, settings.speaking.remind_at[0]))
    return [*found, alive_on] if alive_on else found


def _holds(slot: Slot, finding: Finding, day: Day) -> bool:
    """Whether an alert that was due a little while ago is still true."""
    standing = finding.standing
    if slot.kind is Kind.TEST:
        return True
    if standing is None:  # what is not known is told as unknown
        return slot.kind in (Kind.AT_RISK, Kind.UNKNOWN) and slot.day == day.date
    state = {Kind.AT_RISK: Status.AT_RISK, Kind.SAFE: Status.SAFE}.get(slot.kind)
    if state:
        return standing.state is state and slot.day == day.date
    return slot in schedule.news(standing)


def _alive(finding: Finding, ledger: Ledger | None, day: Day) -> tuple[list[Slot], Alive] | None:
    """What is to be told of Streaky's own schedule, by the dates that it is news of; without a ledger only on
    such a date, and never in a pause."""
    settings, seen = finding.settings, finding.repository
    if not (seen and settings.github.repository) or settings.rules.paused(day.date):
        return None
    if seen.workflow is not None and not SCHEDULES.search(seen.workflow):
        return None
    page, workflow = settings.repository_page, settings.job.workflow
    activity = Activity(
        public=seen.public,
        active=seen.active,
        workflow_page=settings.workflow_page or f"{page}/actions",
        edit_page=f"{page}/edit/{seen.branch}/{workflow}" if workflow and seen.branch else page,
    )
    scheduled = ledger.scheduled if ledger and settings.job.event != "schedule" else None
    last = scheduled.astimezone(finding.zone).date() if scheduled else None
    gap = journal.gap(ledger, day.date, settings.rules) if ledger else None
    lines = crons(seen.workflow) if seen.workflow and (gap or scheduled) else ()
    if gap and lines and not _asked_in(lines, gap, day):
        gap = None  # such as a weekend without runs
    asked = next_time(lines, scheduled) if scheduled and lines else scheduled
    due = asked.astimezone(finding.zone).date() if asked else None
    found = alive.watch(activity, last, due, gap, day.date)
    if found is None or (ledger is None and found[0][-1] != day.date):
        return None
    return [Slot(each, Kind.ALIVE) for each in found[0]], found[1]


def _asked_in(lines: Sequence[Cron], gap: tuple[date, date], day: Day) -> bool:
    """Whether the cron lines asked for any run on these local dates."""
    start, end = (
        first_instant(datetime.combine(each, time.min), day.zone) for each in (gap[0], gap[1] + ONE_DAY)
    )
    asked = next_time(lines, start - timedelta(seconds=1))
    return asked is not None and asked < end
