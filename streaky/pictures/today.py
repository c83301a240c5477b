"""The page and the card as they would be now, for the commands `page` and `card`: GitHub is asked, nothing is
sent, and nothing is written to the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from streaky import due
from streaky.calendar import Day
from streaky.config.sources import Sources
from streaky.http import Patience
from streaky.judge import judge, rules_in_force
from streaky.ledger import journal
from streaky.ledger.book import Ledger
from streaky.ledger.memory import Opener
from streaky.limits import Limits
from streaky.look import look
from streaky.look_back import look_back
from streaky.pictures.page import files


def drawn(sources: Sources, clock: datetime, limits: Limits | None = None) -> Mapping[str, bytes]:
    """The page, and the card, by name. `clock` is the present (aware), which a `now` input replaces.

    Raises ConfigurationError, and CouldNotTell where the day cannot be read: a page without an answer is of
    no use to who asks for one.
    """
    limits = limits or Limits()
    now, patience = sources.now(clock), Patience(limits.github)
    seen = look(sources, now, patience)
    day = Day.at(now, seen.zone)
    memory = Opener(
        seen.settings, seen.clients, seen.repository, seen.refusal, seen.where, day.date, limits
    ).open()
    ledger = memory.ledger or Ledger(seen.settings.user)
    rules = rules_in_force(seen.settings, ledger, day.date)
    seen = look_back(seen, rules, ledger, day.date, patience)
    judgement = judge(seen, rules, ledger, day)
    if judgement.problem:
        raise judgement.problem
    # As the day's first run would note it: that run need not have come yet.
    ledger = journal.noted(ledger, due.today(judgement, seen, now))
    return files(seen, judgement, ledger, now, sources.redact)
