"""From what was found to what was told: the due alerts, their words, their delivery, the report."""

from __future__ import annotations

import logging

from streaky import schedule
from streaky.calendar import Day
from streaky.channels import open_channels
from streaky.channels.base import Outcome, State, deliver
from streaky.config import Settings, Sources
from streaky.finding import Finding, Limits
from streaky.messages import Alert, Facts, compose
from streaky.report import Report
from streaky.schedule import Kind, Slot

log = logging.getLogger("streaky")


def tell(finding: Finding, sources: Sources, limits: Limits, *, test: bool) -> Report:
    """Say what is due, or a test alert, on every channel, and report."""
    settings, reading = finding.settings, finding.reading
    day = Day.at(settings.now, settings.zone)
    alerts = _alerts(finding, day, test)
    log.debug("due: %s", [f"{alert.slot} ({alert.title})" for alert in alerts])
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
        outcomes=_deliver(settings, alerts, limits, sources),
        notes=finding.notes,
    )


def _alerts(finding: Finding, day: Day, test: bool) -> tuple[Alert, ...]:
    """The alerts that are due now, in words."""
    settings = finding.settings
    facts = Facts(
        user=finding.login,
        profile=f"{settings.github.server_url}/{finding.login}",
        now=settings.now.astimezone(settings.zone),
        day=day,
        rules=settings.rules,
        standing=finding.standing,
        problem=finding.problem,
    )
    return tuple(compose(slot, facts, settings.language) for slot in _slots(finding, day, test))


def _slots(finding: Finding, day: Day, test: bool) -> list[Slot]:
    settings = finding.settings
    if test:
        return [Slot(day.date, Kind.TEST)]
    if finding.standing is None:
        return schedule.due_unread(day, settings.speaking, settings.rules)
    return schedule.due(finding.standing, day, settings.now, settings.speaking, settings.rules)


def _deliver(
    settings: Settings, alerts: tuple[Alert, ...], limits: Limits, sources: Sources
) -> tuple[Outcome, ...]:
    if not alerts:
        return ()
    channels = open_channels(settings)
    if settings.dry_run:
        pairs = ((alert, channel.name) for channel in channels for alert in alerts)
        return tuple(Outcome(alert.slot, alert.urgency, name, State.DRY_RUN) for alert, name in pairs)
    return deliver(channels, alerts, limits.channel, sources.redact)
