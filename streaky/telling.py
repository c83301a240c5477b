"""From what was found to what was told: due alerts, claims, words, delivery, settlement, the report."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from streaky.calendar import Day
from streaky.channels import open_channels
from streaky.channels.base import Channel, Outcome, Result
from streaky.channels.delivery import deliver
from streaky.config.settings import Settings
from streaky.config.sources import Sources
from streaky.due import decide
from streaky.finding import Finding, Limits
from streaky.ledger import journal
from streaky.ledger.book import Mark, Pair
from streaky.ledger.claims import Claimed, Wanted
from streaky.ledger.journal import Today
from streaky.ledger.memory import Memory
from streaky.messages import Alert, Facts, compose
from streaky.report import Report
from streaky.schedule import lateness as punctuality
from streaky.schedule import slots as schedule
from streaky.schedule.crons import Cron
from streaky.schedule.health import Alive
from streaky.schedule.slots import Kind, Slot

log = logging.getLogger("streaky")


def tell(finding: Finding, memory: Memory, sources: Sources, limits: Limits, *, test: bool) -> Report:
    """Say what is due, or a test alert, on every channel that has not heard it, remember it, and report."""
    settings, reading = finding.settings, finding.reading
    day = Day.at(finding.now, finding.zone)
    due = decide(finding, memory.ledger, day, test=test)
    channels = open_channels(settings) if due.slots else []
    wanted = Wanted(
        slots=due.slots,
        superseded=due.superseded,
        addresses={channel.key: channel.mark for channel in channels},
        now=finding.now,
        run=memory.run,
        only=frozenset(settings.pending) if settings.pending is not None else None,
        since=due.since,
    )
    today = _today(finding, day, due.crons)
    claimed = memory.claim(wanted, today)
    log.debug("wanted: %s; claimed: %s", [str(slot) for slot in due.slots], claimed)
    open_slots = {slot for slot, _ in claimed.send | claimed.dead}
    spoken = [slot for slot in due.slots if slot in open_slots or not channels]  # a dry run needs no channel
    alerts = _alerts(finding, spoken, day, due.alive, memory)
    outcomes = _deliver(settings, alerts, channels, claimed, limits, sources)
    memory.settle({(each.slot, each.key): _mark(each) for each in outcomes}, wanted)
    spoke_ahead = due.ahead is not None and any(alert.slot.kind is Kind.AT_RISK for alert in alerts)
    why = (punctuality.reason(day, finding.now, settings.speaking),) if spoke_ahead else ()
    outcomes += _untold(claimed, channels, day, memory) + _too_late(settings, day)
    return Report(
        user=finding.login,
        now=finding.now.astimezone(finding.zone),
        day=day,
        standing=finding.standing,
        problem=finding.problem,
        calendar=reading.calendar if reading else None,
        private=reading.private if reading else False,
        minimum=settings.rules.minimum,
        dry_run=settings.dry_run,
        alerts=alerts,
        outcomes=outcomes,
        notes=finding.notes
        + why
        + tuple(sources.redact(note) for note in (*memory.notes, *_waiting(claimed))),
        memory=sources.redact(memory.place),
        all_time=finding.all_time,
        heard=frozenset(slot for (slot, _), heard in (settings.pending or {}).items() if heard),
        lateness=memory.ledger.lateness if memory.ledger else None,
        start=punctuality.start(settings.job, due.crons, finding.now, finding.zone, memory.run_before()),
        rescues=journal.rescues(memory.ledger) if memory.ledger else None,
    )


def _today(finding: Finding, day: Day, lines: tuple[Cron, ...]) -> Today:
    """The day for the journal."""
    settings = finding.settings
    return Today(
        date=day.date,
        standing=finding.standing,
        calendar=finding.reading.calendar if finding.reading else None,
        rules=settings.rules,
        scheduled=finding.now.astimezone(finding.zone) if settings.job.event == "schedule" else None,
        all_time=finding.all_time,
        crons=lines,
    )


def _alerts(
    finding: Finding, slots: Sequence[Slot], day: Day, news: Alive | None, memory: Memory
) -> tuple[Alert, ...]:
    """The alerts in words."""
    settings = finding.settings
    facts = Facts(
        user=finding.login,
        profile=f"{settings.github.server_url}/{finding.login}",
        now=finding.now.astimezone(finding.zone),
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
    return settings.workflow_page if memory.ledger is not None else ""


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
            Outcome(alert.slot, alert.urgency, channel.name, Result.DRY_RUN, key=channel.key)
            for channel, due in lanes
            for alert in due
        )
    return deliver(lanes, limits.channel, sources.redact) if lanes else ()


def _mark(outcome: Outcome) -> Mark:
    """What the ledger calls an outcome."""
    if outcome.state is Result.SENT:
        return Mark.SENT
    return Mark.DEAD if outcome.dead else Mark.FAILED


def _untold(claimed: Claimed, channels: Sequence[Channel], day: Day, memory: Memory) -> tuple[Outcome, ...]:
    """Outcomes of what was not sent: told by another run, superseded, or to an address that is dead."""
    names = {channel.key: channel.name for channel in channels}

    def outcome(pair: Pair, result: Result, why: str = "", mend: str = "") -> Outcome:
        slot, key = pair
        urgent = schedule.urgency(day.left(memory.now)) if slot.kind is Kind.AT_RISK else None
        failed = result is Result.FAILED
        return Outcome(slot, urgent, names[key], result, why, mend, key, dead=failed, old=failed)

    skipped = [outcome(pair, Result.SKIPPED) for pair in _ordered(claimed.skipped) if pair[0].day == day.date]
    why = "Its address was refused for good in an earlier run, so it is not asked again for a week."
    mend = "Replace its secret, then send a test alert."
    return tuple(skipped + [outcome(pair, Result.FAILED, why, mend) for pair in _ordered(claimed.dead)])


def _too_late(settings: Settings, day: Day) -> tuple[Outcome, ...]:
    """What was pending, heard by nobody, when its day ended."""
    why = "Its day ended before another runner could deliver it."
    return tuple(
        Outcome(slot, None, key.partition("-")[0], Result.FAILED, why, key=key)
        for (slot, key), heard in (settings.pending or {}).items()
        if not heard and slot.kind in (Kind.AT_RISK, Kind.UNKNOWN) and slot.day < day.date
    )


def _waiting(claimed: Claimed) -> list[str]:
    """What is left to a later run, since the one before it was sent a short while ago."""
    slots = sorted({str(slot) for slot, _ in claimed.waiting})
    return [f"{slot} waits: two alerts of one kind keep 45 minutes apart." for slot in slots]


def _ordered(pairs: frozenset[Pair]) -> list[Pair]:
    return sorted(pairs, key=lambda pair: (str(pair[0]), pair[1]))
