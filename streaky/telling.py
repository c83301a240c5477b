"""From what was found to what was told: due alerts, claims, words, delivery, settlement, the report."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from streaky import alive, schedule
from streaky.alive import Activity, Alive
from streaky.calendar import Day
from streaky.channels import open_channels
from streaky.channels.base import Channel, Outcome, State, deliver
from streaky.config import Sources
from streaky.finding import Finding, Limits
from streaky.ledger import journal
from streaky.ledger.book import Mark, Pair
from streaky.ledger.claims import Claimed, Wanted
from streaky.ledger.journal import Today
from streaky.memory import Memory
from streaky.messages import Alert, Facts, compose
from streaky.report import Report
from streaky.schedule import Kind, Slot
from streaky.settings import Settings
from streaky.streak import State as Status

log = logging.getLogger("streaky")


def tell(finding: Finding, memory: Memory, sources: Sources, limits: Limits, *, test: bool) -> Report:
    """Say what is due, or a test alert, on every channel that has not heard it, remember it, and report."""
    settings, reading = finding.settings, finding.reading
    day = Day.at(settings.now, settings.zone)
    news = _alive(finding, memory, day)
    slots = _slots(finding, day, news[0] if news else None, test=test)
    channels = open_channels(settings) if slots else []
    wanted = _wanted(settings, memory, slots, channels, day)
    claimed = memory.claim(wanted, _today(finding, day))
    log.debug("wanted: %s; claimed: %s", [str(slot) for slot in slots], claimed)
    open_slots = {slot for slot, _ in claimed.send | claimed.dead}
    spoken = [slot for slot in slots if slot in open_slots or not channels]  # a dry run needs no channel
    alerts = _alerts(finding, spoken, day, news[1] if news else None, memory)
    outcomes = _deliver(settings, alerts, channels, claimed, limits, sources)
    memory.settle({(each.slot, each.key): _mark(each) for each in outcomes}, wanted)
    outcomes += _untold(claimed, channels, day, memory)
    return Report(
        user=finding.login,
        now=settings.now.astimezone(settings.zone),
        day=day,
        standing=finding.standing,
        problem=finding.problem,
        calendar=reading.calendar if reading else None,
        private=reading.private if reading else False,
        minimum=settings.rules.minimum,
        dry_run=settings.dry_run,
        alerts=alerts,
        outcomes=outcomes,
        notes=finding.notes + tuple(sources.redact(note) for note in (*memory.notes, *_waiting(claimed))),
        memory=sources.redact(memory.place),
        all_time=finding.all_time,
        heard=frozenset(slot for (slot, _), heard in (settings.pending or {}).items() if heard),
        rescues=journal.rescues(memory.ledger) if memory.ledger else None,
    )


def _slots(finding: Finding, day: Day, alive_on: Slot | None, *, test: bool) -> list[Slot]:
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
        found = schedule.due(finding.standing, day, settings.now, settings.speaking, settings.rules)
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


def _alive(finding: Finding, memory: Memory, day: Day) -> tuple[Slot, Alive] | None:
    """What is to be told of Streaky's own schedule; without a ledger only on the day that it is news."""
    settings, seen, ledger = finding.settings, finding.repository, memory.ledger
    if not (seen and settings.github.repository) or seen.scheduled is False:
        return None
    page = f"{settings.github.server_url}/{'/'.join(settings.github.repository)}"
    workflow = settings.job.workflow
    file = workflow.rpartition("/")[2]
    activity = Activity(
        public=seen.public,
        active=seen.active,
        workflow_page=f"{page}/actions/workflows/{file}" if file else f"{page}/actions",
        edit_page=f"{page}/edit/{seen.branch}/{workflow}" if file and seen.branch else page,
    )
    scheduled = ledger.scheduled if ledger and settings.job.event != "schedule" else None
    last = scheduled.astimezone(settings.zone).date() if scheduled else None
    gap = journal.gap(ledger, day.date, settings.rules) if ledger else None
    found = alive.watch(activity, last, gap, day.date)
    if found is None or (ledger is None and found[0] != day.date):
        return None
    return Slot(found[0], Kind.ALIVE), found[1]


def _today(finding: Finding, day: Day) -> Today:
    """The day for the journal."""
    settings = finding.settings
    return Today(
        date=day.date,
        standing=finding.standing,
        calendar=finding.reading.calendar if finding.reading else None,
        rules=settings.rules,
        scheduled=settings.now if settings.job.event == "schedule" else None,
        all_time=finding.all_time,
    )


def _wanted(
    settings: Settings, memory: Memory, slots: Sequence[Slot], channels: Sequence[Channel], day: Day
) -> Wanted:
    """What this run would send, in the ledger's terms."""
    passed = schedule.reminders(day, settings.now, settings.speaking)
    return Wanted(
        slots=slots,
        superseded={slot: passed[: passed.index(slot)] for slot in slots if slot in passed}
        if settings.pending is None
        else {},
        addresses={channel.key: channel.mark for channel in channels},
        now=settings.now,
        run=memory.run,
        only=frozenset(settings.pending) if settings.pending is not None else None,
    )


def _alerts(
    finding: Finding, slots: Sequence[Slot], day: Day, news: Alive | None, memory: Memory
) -> tuple[Alert, ...]:
    """The alerts in words."""
    settings = finding.settings
    facts = Facts(
        user=finding.login,
        profile=f"{settings.github.server_url}/{finding.login}",
        now=settings.now.astimezone(settings.zone),
        day=day,
        rules=settings.rules,
        standing=finding.standing,
        problem=finding.problem,
        alive=news,
        snooze=_snooze_page(settings, memory),
    )
    return tuple(compose(slot, facts, settings.language) for slot in slots)


def _snooze_page(settings: Settings, memory: Memory) -> str:
    """The page where a person starts the workflow with a pause; "" where that would not be remembered."""
    repository, workflow = settings.github.repository, settings.job.workflow
    if not (repository and workflow and memory.ledger is not None):
        return ""
    path = f"{'/'.join(repository)}/actions/workflows/{workflow.rpartition('/')[2]}"
    return f"{settings.github.server_url}/{path}"


def _deliver(
    settings: Settings,
    alerts: Sequence[Alert],
    channels: Sequence[Channel],
    claimed: Claimed,
    limits: Limits,
    sources: Sources,
) -> tuple[Outcome, ...]:
    """Send each channel what was claimed for it, side by side."""
    lanes = [
        (channel, [alert for alert in alerts if (alert.slot, channel.key) in claimed.send])
        for channel in channels
    ]
    lanes = [(channel, due) for channel, due in lanes if due]
    if settings.dry_run:
        return tuple(
            Outcome(alert.slot, alert.urgency, channel.name, State.DRY_RUN, key=channel.key)
            for channel, due in lanes
            for alert in due
        )
    return deliver(lanes, limits.channel, sources.redact) if lanes else ()


def _mark(outcome: Outcome) -> Mark:
    """What the ledger calls an outcome."""
    if outcome.state is State.SENT:
        return Mark.SENT
    return Mark.DEAD if outcome.dead else Mark.FAILED


def _untold(claimed: Claimed, channels: Sequence[Channel], day: Day, memory: Memory) -> tuple[Outcome, ...]:
    """Outcomes of what was not sent: told by another run, superseded, or to an address that is dead."""
    names = {channel.key: channel.name for channel in channels}

    def outcome(pair: Pair, state: State, why: str = "", mend: str = "") -> Outcome:
        slot, key = pair
        urgent = schedule.urgency(day.left(memory.now)) if slot.kind is Kind.AT_RISK else None
        failed = state is State.FAILED
        return Outcome(slot, urgent, names[key], state, why, mend, key, dead=failed, old=failed)

    skipped = [outcome(pair, State.SKIPPED) for pair in _ordered(claimed.skipped) if pair[0].day == day.date]
    why = "Its address was refused for good in an earlier run, so it is not asked again for a week."
    mend = "Replace its secret, then send a test alert."
    return tuple(skipped + [outcome(pair, State.FAILED, why, mend) for pair in _ordered(claimed.dead)])


def _waiting(claimed: Claimed) -> list[str]:
    """What is left to a later run, since the one before it was sent a short while ago."""
    slots = sorted({str(slot) for slot, _ in claimed.waiting})
    return [f"{slot} waits: two alerts of one kind keep 45 minutes apart." for slot in slots]


def _ordered(pairs: frozenset[Pair]) -> list[Pair]:
    return sorted(pairs, key=lambda pair: (str(pair[0]), pair[1]))
