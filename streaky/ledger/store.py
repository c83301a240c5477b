"""Where a ledger lies: what every place can do, and the loop that changes it by compare-and-swap."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Generic, Protocol, TypeVar

from streaky.errors import StreakyError
from streaky.http import Pace, Patience
from streaky.ledger import form
from streaky.ledger.book import Ledger

T = TypeVar("T")
NOTHING: Mapping[str, bytes] = MappingProxyType({})
C = TypeVar("C")
log = logging.getLogger("streaky")


class Stale(Exception):
    """Somebody else wrote first: read anew, and decide anew."""


class LedgerUnavailable(StreakyError):
    """The ledger cannot be read or written. `forbidden`: no other try helps; `by_choice`: the job was not
    given the right to write, which is nothing to warn of."""

    def __init__(
        self, what: str, why: str = "", mend: str = "", *, forbidden: bool = False, by_choice: bool = False
    ) -> None:
        super().__init__(what, why, mend)
        self.forbidden, self.by_choice = forbidden, by_choice


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What lies in a store: the bytes (None for none), and the version that a write must replace."""

    data: bytes | None
    version: str


class Store(Protocol):
    """A place for one ledger."""

    @property
    def name(self) -> str:
        """The place in words."""

    @property
    def shown(self) -> bool:
        """Whether people look at the place, so that a page lies beside the ledger."""

    def read(self, patience: Patience) -> Snapshot:
        """What lies there. Raises LedgerUnavailable."""

    def write(
        self,
        before: Snapshot,
        data: bytes,
        about: str,
        aside: tuple[str, bytes] | None,
        patience: Patience,
        beside: Mapping[str, bytes] = NOTHING,
    ) -> Snapshot:
        """Replace what was read; `aside`: another file to leave beside it. `about`: what changes, in a line.
        `beside`: files by name to write next to it at once, where the place is `shown`.

        Raises Stale when something else lies there by now, and LedgerUnavailable.
        """


def aside_name(today: date) -> str:
    """Where an unreadable ledger is put."""
    return f"ledger.broken-{today}.json"


class Stored(Generic[C]):
    """What lies in a store, as one run reads and changes it. `broken` says why all or a part of it could not
    be used; the next change puts that aside."""

    def __init__(
        self,
        store: Store,
        snapshot: Snapshot,
        read: Callable[[bytes | None], tuple[C, str]],
        write: Callable[[C], bytes],
        aside: str,
    ) -> None:
        """`read` makes of the bytes what they mean, and says why it could not, or ""."""
        self._store, self._read, self._write = store, read, write
        self.broken, self.aside = "", aside
        self._take(snapshot)

    @property
    def name(self) -> str:
        return self._store.name

    @property
    def version(self) -> str:
        """The version that was read or written last: of a branch, its head."""
        return self._snapshot.version

    def _take(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._aside: tuple[str, bytes] | None = None
        self.content, broken = self._read(snapshot.data)
        if broken and snapshot.data is not None:
            self.broken = broken
            self._aside = (self.aside, snapshot.data)

    def change(
        self,
        decide: Callable[[C], tuple[C, T]],
        about: Callable[[T], str],
        pace: Pace,
        *,
        even_if_same: bool = False,
        beside: Callable[[C, T], Mapping[str, bytes]] | None = None,
    ) -> T:
        """Make a change and return what `decide` said beside it, of which `about` makes the change's name;
        nothing is written when nothing changes, unless `even_if_same`. `beside`: the files for people to look
        at, written at once with the ledger.

        On a lost race, and after a refusal that may pass, it reads and decides anew, with a growing random
        wait. Raises LedgerUnavailable.
        """
        patience, number = Patience(pace), 0
        while True:
            try:
                if number:
                    self._take(self._store.read(patience))
                content, said = decide(self.content)
                if content == self.content and not (self._aside or even_if_same):
                    return said
                written = self._write(content)
                more = beside(content, said) if beside and self._store.shown else NOTHING
                snapshot = self._store.write(
                    self._snapshot, written, about(said), self._aside, patience, more
                )
            except Stale:
                problem = LedgerUnavailable("The ledger could not be written.", "Other runs kept writing it.")
            except LedgerUnavailable as unavailable:
                if unavailable.forbidden:
                    raise
                problem = unavailable
            else:
                self._snapshot, self.content, self._aside = snapshot, content, None
                return said
            log.debug("ledger: try %d: %s", number + 1, problem)
            if not patience.wait(number):
                raise problem
            number += 1


class StoredLedger(Stored[Ledger]):
    """One person's ledger in a store."""

    def __init__(self, store: Store, snapshot: Snapshot, user: str, today: date) -> None:
        def read(data: bytes | None) -> tuple[Ledger, str]:
            try:
                return (Ledger(user) if data is None else form.read(data, user)), ""
            except form.Unreadable as reason:
                return Ledger(user), str(reason)

        super().__init__(store, snapshot, read, form.write, aside_name(today))

    @property
    def ledger(self) -> Ledger:
        return self.content
