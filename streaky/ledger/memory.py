"""What a run remembers of the runs before it, and tells those after.

The ledger answers best. Where it cannot be written, the memory is the time of this workflow's last successful
run; where that cannot be asked for either, there is none, and Streaky rather speaks twice than not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from streaky.calendar import ONE_DAY
from streaky.config.settings import Settings
from streaky.errors import CouldNotTell
from streaky.github.clients import Clients
from streaky.github.queries import BRANCH, Where
from streaky.github.repository import Repository
from streaky.github.runs import WorkflowRuns
from streaky.http import Patience
from streaky.ledger import claims, journal
from streaky.ledger.book import Ledger, Mark, Pair
from streaky.ledger.branch import Branch
from streaky.ledger.claims import Claimed, Wanted
from streaky.ledger.file import File
from streaky.ledger.journal import Today
from streaky.ledger.store import LedgerUnavailable, StoredLedger
from streaky.limits import Limits
from streaky.runner.job import Job
from streaky.runner.server import OF_AN_APP
from streaky.schedule.lateness import ON_TIME, Past, wants_list
from streaky.schedule.slots import Due, Kind, Slot

UNREMEMBERED = "It cannot be remembered here: set pause-until in the config file instead."
# What lies beside a ledger for people to look at, by name, as it is at an instant (aware).
Beside = Callable[[Ledger, datetime], Mapping[str, bytes]]
TWICE = "What was sent may be sent once more by a later run."


class Memory(Protocol):
    """What all three kinds of memory do. `place` says in words where the memory is, or why there is none;
    `notes` what the person should know of it, and `warnings` what they should mend; `ledger` is what was
    read, None where there is none."""

    place: str
    notes: list[str]
    warnings: list[str]

    @property
    def ledger(self) -> Ledger | None:
        """The ledger as this run knows it."""

    def run_before(self, now: datetime) -> datetime | None:
        """When the scheduled run before this one started; None where that is not known."""

    def claim(self, wanted: Wanted, today: Today, beside: Beside | None = None) -> Claimed:
        """What may be sent, claimed where that can be written down; `beside`: what else is written, for
        people to look at. Raises LedgerUnavailable."""

    def settle(
        self, marks: Mapping[Pair, Mark], wanted: Wanted, now: datetime, words: Mapping[Pair, str]
    ) -> None:
        """Remember what became of it; `words` as in `claims.settle`."""


@dataclass
class NoMemory:
    """No memory at all: whatever is due may be sent. `ledger`: one that could be read, but not written;
    `settles`: where to write down what was sent all the same, as it may be possible by then."""

    place: str
    ledger: Ledger | None = None
    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    settles: Memory | None = None

    def run_before(self, now: datetime) -> datetime | None:
        return None

    def claim(self, wanted: Wanted, today: Today, beside: Beside | None = None) -> Claimed:
        if today.pause and today.pause >= today.date:
            self.notes.append(f"The pause holds for this run only. {UNREMEMBERED}")
        # Older reminders may have been sent or not: nothing is said of them.
        due = replace(wanted.due, superseded={})
        claimed = claims.claim(self.ledger or Ledger(""), replace(wanted, due=due, over=frozenset()))[1]
        return replace(claimed, resolve={})  # nobody could remember that it was done

    def settle(
        self, marks: Mapping[Pair, Mark], wanted: Wanted, now: datetime, words: Mapping[Pair, str]
    ) -> None:
        if self.settles:
            self.settles.settle(marks, wanted, now, words)


@dataclass
class LastRun(NoMemory):
    """The time of the last successful run: what fell due before it started was its own to say."""

    runs: WorkflowRuns | None = None
    job: Job = Job()
    limits: Limits = Limits()

    def claim(self, wanted: Wanted, today: Today, beside: Beside | None = None) -> Claimed:
        claimed, since = super().claim(wanted, today), wanted.due.since
        asked = {slot for slot, _ in claimed.send} & set(since)
        last = self._last() if asked and wanted.due.only is None else None
        past = {slot for slot in asked if last is not None and since[slot] <= last}
        told = frozenset(pair for pair in claimed.send if pair[0] in past)
        again = claimed.again | {slot for slot in asked if last and self._warned(slot, wanted.due, last)}
        return replace(claimed, send=claimed.send - told, skipped=claimed.skipped | told, again=again)

    def _warned(self, slot: Slot, due: Due, last: datetime) -> bool:
        """Whether a run that started at `last` had an older slot to say, in whose place this one is."""
        return any(due.since[older] <= last for older in due.superseded.get(slot, ()) if older in due.since)

    def _last(self) -> datetime | None:
        """When the last successful run started; None when there was none, or it cannot be told."""
        if self.runs is None:
            return None
        try:
            return self.runs.last_success(self.job.run, self.job.attempt, Patience(self.limits.recall))
        except CouldNotTell as problem:
            self.place += f" {problem}"
            return None


class LedgerMemory:
    """The ledger. `begins`: it may be begun though there is nothing to send yet; `runs`: who lists the
    scheduled runs; `dry_run`: nothing is written."""

    def __init__(
        self,
        stored: StoredLedger,
        limits: Limits,
        *,
        begins: bool,
        dry_run: bool,
        runs: WorkflowRuns | None = None,
    ) -> None:
        self.place, self.notes, self.warnings = stored.name, list[str](), list[str]()
        self._stored, self._limits, self._begins, self._dry_run = stored, limits, begins, dry_run
        self._runs, self._starts = runs, list[datetime]()
        self._today: Today | None = None
        self._beside: Beside | None = None
        if stored.broken:
            self.warnings.append(f"The ledger on {stored.name} could not be used: {stored.broken}.")

    @property
    def ledger(self) -> Ledger:
        return self._stored.ledger

    def run_before(self, now: datetime) -> datetime | None:
        # The list may hold this run itself, whose start lies a few minutes back at the most.
        return max((at for at in self._starts if now - at > ON_TIME), default=None)

    def claim(self, wanted: Wanted, today: Today, beside: Beside | None = None) -> Claimed:
        self._today, self._beside = today, beside
        if not claims.claim(self.ledger, wanted)[1].send:  # else after the alerts, which wait for nothing
            self._list_starts(today, sends=False)

        def decide(ledger: Ledger) -> tuple[Ledger, Claimed]:
            def learned(after: Ledger) -> Ledger:
                return self._learned(ledger, after, today, wanted.now)

            after, claimed = decided(ledger, wanted, today, learned)
            if not (self._begins or claimed.send or today.pause):
                return ledger, claimed  # an empty branch would be made for nothing
            return after, claimed

        if self._dry_run:
            return decide(self.ledger)[1]

        def about(claimed: Claimed) -> str:
            slots = ", ".join(sorted({str(slot) for slot, _ in claimed.send}))
            over = ", ".join(sorted({str(slot) for slot, _ in claimed.resolve}))
            return f"Claim {slots}" if slots else f"Resolve {over}" if over else f"Note {today.date}"

        def page(ledger: Ledger, claimed: Claimed) -> Mapping[str, bytes]:
            # An alert waits for no page: that comes when it was sent, and then says so. A test alert is not
            # in the ledger, so nothing is written after it.
            waits = any(slot.kind is not Kind.TEST for slot, _ in claimed.send)
            return beside(ledger, wanted.now) if beside and not waits else {}

        claimed = self._stored.change(decide, about, self._limits.claim, beside=page)
        if today.pause and today.pause >= today.date:
            self.notes.append(f"Paused: no alert comes before {today.pause + ONE_DAY}.")
        elif today.pause:
            self.notes.append("The pause has ended: alerts come again.")
        if self._stored.broken:
            self.warnings[0] += f" It is put aside as {self._stored.aside}, and a new one begins."
        return claimed

    def prove(self) -> str:
        """Write what lies there once more, to see that it can be written: a commit that changes nothing.

        The version that lies there now: of a branch, its head. Raises LedgerUnavailable.
        """

        def same(ledger: Ledger) -> tuple[Ledger, None]:
            return ledger, None

        pace = self._limits.claim
        self._stored.change(same, lambda _: "See that it can be written", pace, even_if_same=True)
        return self._stored.version

    def _list_starts(self, today: Today, *, sends: bool) -> None:
        """Ask for the last scheduled runs where that is due; not where it may not be asked."""
        scheduled, past = today.scheduled, Past(today.crons, self.ledger.starts, self.ledger.listed)
        if not (self._runs and scheduled) or self._dry_run:
            return
        if not wants_list(past, scheduled, writes=True, sends=sends):
            return
        writes = journal.noted(self.ledger, today) != self.ledger  # which takes longer to say than all else
        if wants_list(past, scheduled, writes=writes, sends=sends):
            with suppress(CouldNotTell):  # what is known of their lateness is then what it was
                self._starts = self._runs.scheduled_starts(Patience(self._limits.recall))

    def _learned(self, before: Ledger, ledger: Ledger, today: Today, now: datetime) -> Ledger:
        """The ledger with the starts that were listed; this run's own is added where it is written anyway."""
        if self._starts:
            ledger = journal.listed(ledger, self._starts, now)
        return journal.started(ledger, today.scheduled) if today.scheduled and ledger != before else ledger

    def settle(
        self, marks: Mapping[Pair, Mark], wanted: Wanted, now: datetime, words: Mapping[Pair, str]
    ) -> None:
        if self._dry_run or not marks:
            return

        if self._today:
            self._list_starts(self._today, sends=True)

        def decide(ledger: Ledger) -> tuple[Ledger, None]:
            after = claims.settle(ledger, marks, wanted, now, words)
            return self._learned(ledger, after, self._today, now) if self._today else after, None

        def page(ledger: Ledger, _: None) -> Mapping[str, bytes]:
            return self._beside(ledger, now) if self._beside else {}

        states = ", ".join(sorted({f"{slot} {mark}" for (slot, _), mark in marks.items()}))
        try:
            self._stored.change(decide, lambda _: f"Settle {states}", self._limits.settle, beside=page)
        except LedgerUnavailable as problem:
            said = [each for each in self.warnings if each != str(problem)]
            self.warnings[:] = [*said, f"{problem} {TWICE}"]


def decided(
    ledger: Ledger, wanted: Wanted, today: Today, learned: Callable[[Ledger], Ledger]
) -> tuple[Ledger, Claimed]:
    """One person's ledger after a claim, with today's line, and what may be sent; the same ledger where
    nothing changes. `learned` adds what is known of the workflow's runs."""
    after, claimed = claims.claim(journal.noted(ledger, today), wanted)
    after = learned(after)
    after = _paused(after, today, changed=after is not ledger)
    return (claims.pruned(after, wanted.now) if after != ledger else ledger), claimed


def _paused(ledger: Ledger, today: Today, *, changed: bool) -> Ledger:
    """The ledger with the pause that this run sets or ends; one that is over goes with the next change."""
    if today.pause:
        return replace(ledger, pause_until=today.pause if today.pause >= today.date else None)
    if changed and ledger.pause_until and ledger.pause_until < today.date:
        return replace(ledger, pause_until=None)
    return ledger


@dataclass(frozen=True, slots=True)
class Opener:
    """Opens the memory of one run: the one that `ledger` asks for, as far as this job may.

    `repository`: the repository as it was read, else `refusal`: why it was not; `where`: what lies where in
    it, None outside of a repository; `today`: the local date.
    """

    settings: Settings
    clients: Clients
    repository: Repository | None
    refusal: CouldNotTell | None
    where: Where | None
    today: date
    limits: Limits

    def open(self) -> Memory:
        """The memory to begin with."""
        settings = self.settings
        if settings.ledger == "none":
            return NoMemory("none, as ledger asks for")
        if settings.ledger == "file":
            return self._file()
        if self.where is None or not (self.repository or self.refusal):
            return NoMemory("none, since this run belongs to no repository")
        if self.repository is None:
            mend = self.refusal.mend if self.refusal else ""
            return self._last_run(f"The repository could not be read. {mend}")
        if self.repository.branch == BRANCH:
            return self._last_run("The default branch is called streaky, which is the ledger's own name.")
        if self.repository.may_write is False:
            return self._last_run("The workflow does not ask for `contents: write`, so there is no ledger.")
        sign = settings.github.job_token.startswith(OF_AN_APP)
        branch = Branch(self.clients.job, self.clients.rest, self.where, self.repository, sign=sign)
        stored = StoredLedger(branch, branch.snapshot, settings.user, self.today)
        begins = bool(self.repository.head) or self.repository.may_write is True
        return self._ledger(stored, begins=begins)

    def claim(
        self, memory: Memory, wanted: Wanted, today: Today, beside: Beside | None = None
    ) -> tuple[Memory, Claimed]:
        """What may be sent; beside it the memory that goes on, which is another one where the ledger turns
        out not to be writable: to speak twice is better than not at all."""
        try:
            return memory, memory.claim(wanted, today, beside)
        except LedgerUnavailable as problem:
            why = str(problem)
            file = self.settings.ledger == "file"
            instead = NoMemory(f"none. {why}") if file else self._last_run(why)
            instead.ledger, instead.notes, instead.warnings = memory.ledger, memory.notes, memory.warnings
            if not problem.by_choice:
                instead.warnings.append(why)
            if file or not problem.forbidden:
                instead.settles = memory
            return instead, instead.claim(wanted, today)

    def _file(self) -> Memory:
        store = File(Path(self.settings.ledger_path))
        try:
            snapshot = store.read(Patience(self.limits.claim))
        except LedgerUnavailable as problem:
            return NoMemory(f"none. {problem}", warnings=[f"{problem} {TWICE}"])
        return self._ledger(StoredLedger(store, snapshot, self.settings.user, self.today), begins=True)

    def _ledger(self, stored: StoredLedger, *, begins: bool) -> LedgerMemory:
        dry_run = self.settings.dry_run
        return LedgerMemory(stored, self.limits, begins=begins, dry_run=dry_run, runs=self._runs())

    def _last_run(self, why: str) -> LastRun:
        return LastRun(f"none. {why}", runs=self._runs(), job=self.settings.job, limits=self.limits)

    def _runs(self) -> WorkflowRuns | None:
        """Who lists the runs of this workflow; None outside of one."""
        repository, workflow = self.settings.github.repository, self.settings.job.workflow
        return WorkflowRuns(self.clients.rest, repository, workflow) if repository and workflow else None
