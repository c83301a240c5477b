"""What a run remembers of the runs before it, and tells those after: the ledger, or what takes its place.

The ledger answers best. Where it cannot be written, the memory is the time of this workflow's last successful
run; where that cannot be asked for either, there is none, and Streaky rather speaks twice than not at all.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from streaky.config.settings import Settings
from streaky.errors import CouldNotTell
from streaky.http import Pace
from streaky.ledger import claims, journal
from streaky.ledger.book import Ledger, Mark, Pair
from streaky.ledger.claims import Claimed, Wanted
from streaky.ledger.journal import Today
from streaky.ledger.store import CannotKeep, Keeping
from streaky.schedule.lateness import ON_TIME, observed

if TYPE_CHECKING:
    from streaky.github.rest import Rest

CLAIMING, SETTLING, RECALLING = 20.0, 30.0, 10.0  # seconds in all


UNREMEMBERED = "It cannot be remembered here: set pause-until in the config file instead."


class Memory:
    """No memory at all: whatever is due may be sent. `place` says in words where the memory is, or why there
    is none; `notes` what the person should know of it."""

    ledger: Ledger | None = None

    def __init__(self, settings: Settings, now: datetime, place: str) -> None:
        self.place = place
        self.notes: list[str] = []
        self.run = f"{settings.job.run or 'local'}/{settings.job.attempt}/{os.urandom(3).hex()}"
        self._settings, self._begun, self._started = settings, now, time.monotonic()

    @property
    def now(self) -> datetime:
        """The run's clock, which goes on while it works."""
        return self._begun + timedelta(seconds=time.monotonic() - self._started)

    def _pause(self, today: date) -> date | None:
        """The last date of a pause that is to be remembered; yesterday's where it is to end."""
        pause = self._settings.pause if self._settings.pause_by_hand else None
        return pause.last(today) if pause else None

    def run_before(self) -> datetime | None:
        """When the scheduled run before this one started; None where that is not known."""
        return None

    def claim(self, wanted: Wanted, today: Today) -> Claimed:
        """What may be sent, claimed where that can be written down."""
        pause = self._pause(today.date)
        if pause and pause >= today.date:
            self.notes.append(f"The pause holds for this run only. {UNREMEMBERED}")
        # Older reminders may have been sent or not: nothing is said of them.
        _, claimed = claims.claim(Ledger(self._settings.user), replace(wanted, superseded={}))
        return self.believed(claimed, wanted)

    def believed(self, claimed: Claimed, wanted: Wanted) -> Claimed:
        """What may be sent without what another run has probably sent."""
        return claimed

    def settle(self, marks: Mapping[Pair, Mark], wanted: Wanted) -> None:
        """Remember what became of it."""


class Runs(Memory):
    """The time of the last successful run: what fell due before it started was its own to say."""

    def __init__(self, settings: Settings, now: datetime, place: str, rest: Callable[[Pace], Rest]) -> None:
        super().__init__(settings, now, place)
        self._rest = rest

    def believed(self, claimed: Claimed, wanted: Wanted) -> Claimed:
        asked = {slot for slot, _ in claimed.send} & set(wanted.since)
        if not asked or wanted.only is not None:
            return claimed
        last = self._last()
        past = {slot for slot in asked if last is not None and wanted.since[slot] <= last}
        told = frozenset(pair for pair in claimed.send if pair[0] in past)
        return replace(claimed, send=claimed.send - told, skipped=claimed.skipped | told)

    def _last(self) -> datetime | None:
        """When the last successful run started; None when there was none, or it cannot be told."""
        job, repository = self._settings.job, self._settings.github.repository
        if not (job.workflow and repository):
            return None
        from streaky.github.runs import last_success

        pace = Pace(RECALLING, attempts=2)
        try:
            return last_success(self._rest(pace), repository, Path(job.workflow).name, job.run, job.attempt)
        except CouldNotTell as problem:
            self.place += f" {problem}"
            return None


class Book(Memory):
    """The ledger. `begins`: it may be begun though there is nothing to send yet; `otherwise` makes the memory
    that takes its place when it turns out that it cannot be written; `starts` asks for the last scheduled
    runs."""

    def __init__(
        self,
        settings: Settings,
        now: datetime,
        keeping: Keeping,
        *,
        begins: bool,
        otherwise: Callable[[str], Memory],
        starts: Callable[[], list[datetime]] = list,
        renew: Callable[[Pace], None] = lambda pace: None,
    ) -> None:
        super().__init__(settings, now, keeping.name)
        self._keeping, self._begins, self._otherwise, self._renew = keeping, begins, otherwise, renew
        self._instead: Memory | None = None
        self._starts = starts
        self._runs: list[datetime] = []
        self.ledger = keeping.ledger
        if keeping.broken:
            self.notes.append(f"The ledger on {keeping.name} could not be used: {keeping.broken}.")

    def claim(self, wanted: Wanted, today: Today) -> Claimed:
        pause = self._pause(today.date)
        starts = self._seen_starts(wanted, today)

        def decide(ledger: Ledger) -> tuple[Ledger, Claimed]:
            after, claimed = claims.claim(journal.noted(ledger, today), wanted)
            after = _watched(after, today, starts)
            if pause:
                after = replace(after, pause_until=pause if pause >= today.date else None)
            elif after is not ledger and after.pause_until and after.pause_until < today.date:
                after = replace(after, pause_until=None)
            if not (self._begins or claimed.send or pause):
                return ledger, claimed  # an empty branch would be made for nothing
            return (claims.pruned(after, wanted.now) if after != ledger else ledger), claimed

        if self._settings.dry_run:
            return decide(self._keeping.ledger)[1]

        def about(claimed: Claimed) -> str:
            slots = ", ".join(sorted({str(slot) for slot, _ in claimed.send}))
            return f"Claim {slots}" if slots else f"Note {today.date}"

        self._renew(Pace(CLAIMING))
        try:
            claimed = self._keeping.change(decide, about)
        except CannotKeep as problem:
            return self._give_up(problem, wanted, today)
        if self._keeping.broken:
            self.notes[0] += f" It is kept aside as {self._keeping.aside}, and a new one begins."
        self.ledger = self._keeping.ledger
        return claimed

    def _give_up(self, problem: CannotKeep, wanted: Wanted, today: Today) -> Claimed:
        """Go on without the ledger: to speak twice is better than not at all."""
        instead = self._instead = self._otherwise(str(problem))
        if not problem.forbidden:
            self.notes.append(f"{problem} What is sent now may be sent once more by a later run.")
        pause = self._pause(today.date)
        if pause and pause >= today.date:
            self.notes.append(f"The pause holds for this run only. {UNREMEMBERED}")
        _, known = claims.claim(self._keeping.ledger, replace(wanted, superseded={}))
        claimed = instead.believed(known, wanted)
        self.place = instead.place
        return claimed

    def _seen_starts(self, wanted: Wanted, today: Today) -> list[datetime]:
        """The last scheduled runs, asked for by a day's first one; not where something is to be sent, which
        costs requests enough, nor where it may not be asked."""
        first = today.scheduled is not None and today.date not in self._keeping.ledger.days
        if first and not wanted.slots and not self._settings.dry_run:
            with suppress(CouldNotTell):  # lateness is then what it was
                self._runs = self._starts()
        return self._runs

    def run_before(self) -> datetime | None:
        # The list may hold this run itself, whose start lies a few minutes back at the most.
        return max((at for at in self._runs if self._begun - at > ON_TIME), default=None)

    def settle(self, marks: Mapping[Pair, Mark], wanted: Wanted) -> None:
        if self._instead or self._settings.dry_run or not marks:
            return
        self._renew(Pace(SETTLING))

        def decide(ledger: Ledger) -> tuple[Ledger, None]:
            return claims.settle(ledger, marks, wanted, self.now), None

        states = ", ".join(sorted({f"{slot} {mark}" for (slot, _), mark in marks.items()}))
        try:
            self._keeping.change(decide, lambda _: f"Settle {states}")
        except CannotKeep as problem:
            self.notes.append(f"{problem} What was sent may be sent once more by a later run.")
        self.ledger = self._keeping.ledger


def _watched(ledger: Ledger, today: Today, starts: list[datetime]) -> Ledger:
    """The ledger with what these runs tell of GitHub's lateness."""
    return replace(ledger, lateness=observed(ledger.lateness, today.crons, starts)) if starts else ledger
