"""The alerts of one run, in words."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from streaky.judge import Judgement
from streaky.ledger.book import Ledger
from streaky.ledger.claims import Claimed, Wanted
from streaky.look import Look
from streaky.messages import Alert, Facts, compose
from streaky.runner.server import GitHub
from streaky.understanding import Understood

if TYPE_CHECKING:
    from streaky.ways import Way


def compose_alerts(
    wanted: Wanted,
    claimed: Claimed,
    judgement: Judgement,
    seen: Look,
    ledger: Ledger | None,
    understood: Understood,
    ways: tuple[Way, ...],
) -> tuple[Alert, ...]:
    """An alert for each slot that some channel is still to hear, in the person's language; a warning has the
    `ways` beside it."""
    settings = seen.settings
    workflow = seen.repository.workflow if seen.repository else None
    facts = Facts(
        user=judgement.login,
        profile=settings.github.profile(judgement.login),
        now=wanted.now.astimezone(judgement.day.zone),
        day=judgement.day,
        rules=judgement.rules,
        standing=judgement.standing,
        problem=judgement.problem,
        alive=wanted.due.health,
        shrunk=wanted.due.shrunk,
        token_ends=seen.token_ends,
        tokens=_tokens_page(settings.github),
        listed=understood.lines,
        # A pause is set on the workflow's page if that has the input, and must be remembered somewhere.
        pause=settings.workflow_page if ledger is not None and workflow and workflow.pause else "",
        ways=ways,
    )
    unheard = {slot for slot, _ in claimed.send | claimed.dead}
    everywhere = not wanted.addresses  # a dry run needs no channel, and shows the words all the same
    return tuple(
        compose(slot, replace(facts, again=slot in claimed.again), settings.language)
        for slot in wanted.due.slots
        if everywhere or slot in unheard
    )


def _tokens_page(github: GitHub) -> str:
    """The page of the person's tokens, of the sort that they use."""
    page = "personal-access-tokens" if github.token.startswith("github_pat_") else "tokens"
    return f"{github.server_url}/settings/{page}"
