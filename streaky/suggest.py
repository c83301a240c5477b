"""What could save the day: asked of GitHub beside the claim, and only where a warning is to be sent."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import time
from typing import TYPE_CHECKING

from streaky.errors import CouldNotTell
from streaky.github.clients import clients
from streaky.http import Pace, Patience
from streaky.judge import Judgement
from streaky.ledger import claims
from streaky.ledger.book import Ledger
from streaky.ledger.claims import Claimed, Wanted
from streaky.look import Look
from streaky.schedule.slots import Kind
from streaky.streak import State

if TYPE_CHECKING:
    from streaky.ways import Way

log = logging.getLogger("streaky")


class Suggestions:
    """Ways to save the day, on their way. `notes`: why there are none, where GitHub did not tell."""

    def __init__(self, question: Callable[[Patience], tuple[Way, ...]] | None, pace: Pace) -> None:
        """Ask `question` in a thread, where there is one, for as long as `pace` says in all."""
        self.notes: tuple[str, ...] = ()
        self._found: tuple[Way, ...] | None = None
        self._problem = "GitHub did not say in time."
        self._question, self._patience = question, Patience(pace)
        self._thread = threading.Thread(target=self._ask, daemon=True)
        if question:
            self._thread.start()

    def ways(self, wanted: Wanted, claimed: Claimed) -> tuple[Way, ...]:
        """The ways, for the alerts that this run sends. Waits for them until their time is over."""
        if not self._question or not _warning(wanted, claimed):
            return ()
        self._thread.join(self._patience.left)
        found = self._found
        if found is None:
            self.notes = (f"The warning names no ways to save the day. {self._problem}",)
        return found or ()

    def _ask(self) -> None:
        try:
            self._found = self._question(self._patience) if self._question else ()
        except CouldNotTell as problem:
            self._problem = problem.what
        except Exception as error:  # whatever it is, the warning goes out
            log.debug("suggestions: %s", type(error).__name__)
            self._problem = "GitHub's answer was not understood."


def suggest(
    seen: Look, judgement: Judgement, wanted: Wanted, ledger: Ledger | None, pace: Pace
) -> Suggestions:
    """Begin to ask what could save the day; not where no warning is to be sent, as far as the claim can be
    foreseen."""
    settings, standing, day = seen.settings, judgement.standing, judgement.day

    def question(patience: Patience) -> tuple[Way, ...]:
        from streaky.github.ways import read_work  # with the next, 11 ms that only a warning pays
        from streaky.ways import choose

        # A client of its own: the claim writes over the other one at this moment.
        work = read_work(clients(settings.github).reader, judgement.login, day.moment(time.min), patience)
        return choose(work, day, settings.mute, settings.github.server_url)

    at_risk = settings.suggest and standing is not None and standing.state is State.AT_RISK
    if not at_risk or not _warning(wanted, claims.claim(ledger or Ledger(""), wanted)[1]):
        return Suggestions(None, pace)
    return Suggestions(question, pace)


def _warning(wanted: Wanted, claimed: Claimed) -> bool:
    """Whether a warning is sent; a dry run without any channel shows it all the same."""
    slots = wanted.due.slots if not wanted.addresses else [slot for slot, _ in claimed.send]
    return any(slot.kind is Kind.AT_RISK for slot in slots)
