"""One person's run, from top to bottom."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from streaky.calendar import Day
from streaky.config.sources import Sources
from streaky.http import Patience
from streaky.limits import Limits
from streaky.look import look

if TYPE_CHECKING:
    from streaky.report import Report


def guard(sources: Sources, clock: datetime, *, test: bool = False, limits: Limits | None = None) -> Report:
    """Guard one person's streak once; with `test`, send a test alert whatever the standing.

    `clock` is the present (aware), which a `now` input replaces. Raises ConfigurationError before anything is
    sent.
    """
    limits = limits or Limits()
    began, now = limits.clock(), sources.now(clock)

    for held in (False, True):
        patience = Patience(limits.github)
        seen = look(sources, now, patience)
        # These are loaded while GitHub's answer is on its way: see preload.py.
        from streaky import compose, deliver, due, judge, look_back, pictures, replies, report, resolve
        from streaky import suggest, understanding  # isort: skip
        from streaky.ledger.claims import Wanted
        from streaky.ledger.memory import Opener

        day = Day.at(now, seen.zone)
        seen.settings.require_channel(seen.repository)
        opener = Opener(
            seen.settings, seen.clients, seen.repository, seen.refusal, seen.where, day.date, limits
        )
        memory = opener.open()
        seen = due.handed_on(seen, memory.ledger)
        said = replies.read_replies(seen, memory.ledger, day, patience)
        seen = said.heeded(seen, day)
        settings = seen.settings
        rules = judge.rules_in_force(settings, memory.ledger, day.date)
        seen = look_back.look_back(seen, rules, memory.ledger, day.date, patience, limits.ways)
        judgement = judge.judge(seen, rules, memory.ledger, day)
        wait = due.holding(judgement, seen, now)
        if test or held or not wait:
            break
        now = limits.hold(wait, now)  # and look again: a contribution meanwhile makes it safe

    told = due.decide(judgement, seen, memory.ledger, now, test=test)
    over = resolve.over(judgement, seen, memory.ledger, now, test=test)
    channels = deliver.open_channels(settings, seen.clients, seen.repository) if told.slots or over else []
    addresses = {channel.key: channel.mark for channel in channels}
    wanted = Wanted(told, addresses, now, settings.job.process(), frozenset(over), said.delivered)
    suggestions = suggest.suggest(seen, judgement, wanted, memory.ledger, limits.ways)  # beside the claim
    beside = pictures.beside(seen, judgement, sources.redact)
    before, (memory, claimed) = memory, opener.claim(memory, wanted, due.today(judgement, seen, now), beside)
    understood = understanding.understand(
        seen, judgement, now, memory.place, memory.ledger, told.slots, test=test
    )
    ways = suggestions.ways(wanted, claimed)
    alerts = compose.compose_alerts(wanted, claimed, judgement, seen, memory.ledger, understood, ways)
    resolutions = resolve.compose_resolutions(over, claimed, judgement, seen)
    lanes = deliver.lanes(channels, alerts, claimed.send, claimed.resolve, resolutions)
    dry = settings.dry_run
    outcomes = deliver.rehearse(lanes) if dry else deliver.deliver(lanes, limits.channel, sources.redact)
    spent = timedelta(seconds=limits.clock() - began)
    memory.settle(report.marks(outcomes), wanted, now + spent, report.words(outcomes))
    said.finish(seen, judgement.standing, Patience(limits.recall), kept=memory is before)
    notes = suggestions.notes
    return report.report(
        seen,
        judgement,
        wanted,
        claimed,
        alerts,
        outcomes,
        memory,
        understood,
        notes,
        sources.redact,
        test=test,
    )
