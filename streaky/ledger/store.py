"""Where a ledger lies: what every place can do, and the loop that changes it by compare-and-swap."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

from streaky.errors import StreakyError
from streaky.http import Pace
from streaky.ledger import book
from streaky.ledger.book import Ledger

T = TypeVar("T")
TRIES = 12
FIRST, LONGEST = 0.1, 2.0  # seconds between tries, with full jitter
log = logging.getLogger("streaky")


class Stale(Exception):
    """Somebody else wrote first: read anew, and decide anew."""


class CannotKeep(StreakyError):
    """The ledger cannot be written. `forbidden`: this run never may."""

    def __init__(self, what: str, why: str = "", mend: str = "", *, forbidden: bool = False) -> None:
        super().__init__(what, why, mend)
        self.forbidden = forbidden


@dataclass(frozen=True, slots=True)
class Kept:
    """What lies in a store: the bytes (None for none), and the version that a write must replace."""

    data: bytes | None
    version: str


class Store(Protocol):
    """A place for one ledger."""

    @property
    def name(self) -> str:
        """The place in words."""

    def read(self) -> Kept:
        """What lies there. Raises CannotKeep."""

    def write(self, kept: Kept, data: bytes, about: str, aside: tuple[str, bytes] | None) -> Kept:
        """Replace what was read; `aside`: another file to leave beside it. `about`: what changes, in a line.

        Raises Stale when something else lies there by now, and CannotKeep.
        """


def aside_name(today: date) -> str:
    """Where an unreadable ledger is kept."""
    return f"ledger.broken-{today}.json"


class Keeping:
    """One person's ledger in a store, as one run reads and changes it. `broken` says why the one that lay
    there could not be used; the next change keeps it aside."""

    def __init__(self, store: Store, kept: Kept, user: str, today: date, pace: Pace) -> None:
        self._store, self._user, self._pace = store, user, pace
        self.broken, self.aside = "", aside_name(today)
        self._take(kept)

    @property
    def name(self) -> str:
        return self._store.name

    def _take(self, kept: Kept) -> None:
        self._kept = kept
        self._aside: tuple[str, bytes] | None = None
        self.ledger = Ledger(self._user)
        if kept.data is None:
            return
        try:
            self.ledger = book.read(kept.data, self._user)
        except book.Unreadable as reason:
            self.broken = str(reason)
            self._aside = (self.aside, kept.data)

    def change(self, decide: Callable[[Ledger], tuple[Ledger, T]], about: Callable[[T], str]) -> T:
        """Make a change and return what `decide` said beside it, of which `about` makes the change's name;
        nothing is written when nothing changes.

        On a lost race it reads and decides anew, after a random wait. Raises CannotKeep.
        """
        for number in range(TRIES):
            ledger, said = decide(self.ledger)
            if ledger == self.ledger and not self._aside:
                return said
            try:
                self._kept = self._store.write(self._kept, book.write(ledger), about(said), self._aside)
            except Stale:
                log.debug("ledger: somebody else wrote first (%d)", number + 1)
                self._pace.sleep(self._pace.jitter(0, min(LONGEST, FIRST * 2**number)))
                self._take(self._store.read())
                continue
            self.ledger, self._aside = ledger, None
            return said
        raise CannotKeep("The ledger could not be written.", "Other runs kept writing it.")
