"""The alerts of one run, in words."""

from __future__ import annotations

from streaky.config.settings import Settings
from streaky.judge import Judgement
from streaky.ledger.book import Ledger
from streaky.ledger.claims import Claimed, Wanted
from streaky.messages import Alert, Facts, compose
from streaky.understanding import Understood


def compose_alerts(
    wanted: Wanted,
    claimed: Claimed,
    judgement: Judgement,
    settings: Settings,
    ledger: Ledger | None,
    understood: Understood,
) -> tuple[Alert, ...]:
    """An alert for each slot that some channel is still to hear, in the person's language."""
    facts = Facts(
        user=judgement.login,
        profile=settings.github.profile(judgement.login),
        now=wanted.now.astimezone(judgement.day.zone),
        day=judgement.day,
        rules=judgement.rules,
        standing=judgement.standing,
        problem=judgement.problem,
        alive=wanted.due.health,
        listed=understood.lines,
        # A pause that is set on the workflow's page must be remembered somewhere.
        pause=settings.workflow_page if ledger is not None else "",
    )
    unheard = {slot for slot, _ in claimed.send | claimed.dead}
    everywhere = not wanted.addresses  # a dry run needs no channel, and shows the words all the same
    return tuple(
        compose(slot, facts, settings.language) for slot in wanted.due.slots if everywhere or slot in unheard
    )
