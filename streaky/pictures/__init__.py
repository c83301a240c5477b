"""A run and its ledger as a person sees them: the job summary, the terminal, the page and the card."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from streaky.judge import Judgement
from streaky.ledger.book import Ledger
from streaky.look import Look

if TYPE_CHECKING:
    from streaky.ledger.memory import Beside

log = logging.getLogger("streaky")


def beside(seen: Look, judgement: Judgement, redact: Callable[[str], str]) -> Beside | None:
    """What draws the page and the card beside a ledger that is written; None where a person wants none.

    They are loaded when something is written, and not before.
    """
    if not seen.settings.card.drawn:
        return None

    def drawn(ledger: Ledger, now: datetime) -> Mapping[str, bytes]:
        from streaky.pictures.page import files

        try:
            return files(seen, judgement, ledger, now, redact)
        except (
            Exception
        ) as error:  # a picture that cannot be drawn must not keep the ledger from being written
            log.warning("the page could not be drawn: %s", type(error).__name__)  # its text may hold anything
            return {}

    return drawn
