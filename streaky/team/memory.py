"""What a shard remembers: its people's ledgers on a branch, claimed and settled for all of them at once.

Two writes for a run, whatever the number of people: one before anything is sent, one after. What a process
has sent before it died stands in its results (see `results.py`); whoever goes on for it settles that first.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

from streaky.errors import CouldNotTell
from streaky.github.clients import Clients
from streaky.github.person import read_repository
from streaky.github.queries import Where
from streaky.github.repository import Repository
from streaky.github.runs import WorkflowRuns
from streaky.http import Patience
from streaky.ledger import claims, journal
from streaky.ledger.book import Ledger, Mark, Pair, Row
from streaky.ledger.branch import Branch
from streaky.ledger.claims import Claimed, Wanted
from streaky.ledger.journal import Today
from streaky.ledger.memory import TWICE, decided
from streaky.ledger.store import LedgerUnavailable, Snapshot, Stored
from streaky.limits import Limits
from streaky.runner.job import Job
from streaky.schedule.lateness import Past, wants_list
from streaky.team import book
from streaky.team.begin import Begun
from streaky.team.book import Book, Starts
from streaky.team.shards import Shard

README = """# Streaky's memory of a part of the team

This branch holds what [Streaky](https://github.com/streaky-action/streaky) remembers of some of the people in
this repository's roster: which alerts were sent, and a line for each day, in `ledger.jsonl`. It shares no
history with your code, and nothing on it counts as a contribution. Delete the branch, and Streaky begins anew
for them.
"""

Sent = Mapping[str, Mapping[Pair, tuple[Mark, str]]]  # by login in lower case: what became of it, the message


@dataclass(frozen=True, slots=True)
class Want:
    """What one person's run would send, and what it saw of the day."""

    wanted: Wanted
    today: Today


@dataclass
class ShardMemory:
    """One shard's memory, in the middle of one run. `earlier`: what a process before this one has sent and
    not settled. `warnings`: what should be mended; `stored` is None where there is no ledger;
    `kept`: it holds the claims; `unsettled`: it does not hold what became of them, and another job may mend
    that."""

    shard: Shard
    stored: Stored[Book] | None
    limits: Limits
    job: Job
    logins: Collection[str]
    runs: WorkflowRuns | None = None
    dry_run: bool = False
    earlier: Sent = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    writes: int = 0
    kept: bool = False
    unsettled: bool = False

    @property
    def book(self) -> Book:
        return self.stored.content if self.stored else Book()

    def ledger(self, login: str) -> Ledger:
        """A person's ledger, with what an earlier process is known to have sent."""
        return caught_up(self.book.ledger(login), self.earlier.get(login.lower(), {}))

    def claim(self, wants: Mapping[str, Want], now: datetime) -> dict[str, Claimed]:
        """What may be sent to each, claimed with one write where that is possible. It is sent all the same
        where it is not: to speak twice is better than not at all."""
        starts = self._starts(wants, now, sends=any(each.wanted.due.slots for each in wants.values()))

        def decide(before: Book) -> tuple[Book, dict[str, Claimed]]:
            claimed, changed = {}, {}
            for login, want in wants.items():
                old = before.ledger(login)
                ledger = caught_up(old, self.earlier.get(login.lower(), {}))
                today = replace(want.today, scheduled=None)  # kept once for all of them
                after, claimed[login] = decided(ledger, want.wanted, today, lambda same: same)
                if after != old:
                    changed[login] = after
            return self._changed(before, changed, wants, starts, now), claimed

        if self.stored is None or self.dry_run:
            return decide(self.book)[1]

        def about(claimed: Mapping[str, Claimed]) -> str:
            people = sum(bool(each.send) for each in claimed.values())
            return f"Claim the alerts of {people}" if people else f"Note {now:%Y-%m-%d}"

        try:
            version = self.stored.version
            claimed = self.stored.change(decide, about, self.limits.claim)
            self.writes += self.stored.version != version
            self.kept = True
            return claimed
        except LedgerUnavailable as problem:
            self.warnings.append(f"{problem} {TWICE}")
            content = self.stored.content
            if problem.forbidden:
                self.stored = None
            return decide(content)[1]

    def settle(
        self,
        became: Mapping[str, tuple[Wanted, Mapping[Pair, Mark], Mapping[Pair, str]]],
        wants: Mapping[str, Want],
        now: datetime,
    ) -> None:
        """Remember with one write what became of everybody's alerts: for each login the marks and the
        messages' ids."""
        if self.stored is None or self.dry_run or not any(marks for _, marks, _ in became.values()):
            return
        starts = self._starts(wants, now, sends=False) if any(became) else ()

        def decide(before: Book) -> tuple[Book, None]:
            changed = {
                login: claims.settle(before.ledger(login), marks, wanted, now, messages)
                for login, (wanted, marks, messages) in became.items()
                if marks
            }
            return self._changed(before, changed, wants, starts, now), None

        people = sum(bool(marks) for _, marks, _ in became.values())
        try:
            version = self.stored.version
            self.stored.change(decide, lambda _: f"Settle the alerts of {people}", self.limits.settle)
            self.writes += self.stored.version != version
        except LedgerUnavailable as problem:
            self.unsettled = self.kept and not problem.forbidden
            self.warnings.append(f"{problem} {TWICE}")

    def _changed(
        self,
        before: Book,
        changed: Mapping[str, Ledger],
        wants: Mapping[str, Want],
        listed: tuple[datetime, ...],
        now: datetime,
    ) -> Book:
        """The book with what changed; this run's own start is added where it is written anyway."""
        if not (changed or listed):
            return before
        ledger = Ledger("", starts=before.runs.starts, listed=before.runs.listed)
        if listed:
            ledger = journal.listed(ledger, listed, now)
        if self.job.event == "schedule":
            ledger = journal.started(ledger, now)
        runs = Starts(ledger.starts, ledger.listed)
        return before.changed(changed, runs).kept(self.shard.holds, self.logins, now.date())

    def _starts(self, wants: Mapping[str, Want], now: datetime, *, sends: bool) -> tuple[datetime, ...]:
        """The starts of the last scheduled runs, where it is time to ask for them, once a day."""
        crons = next((each.today.crons for each in wants.values() if each.today.crons), ())
        past = Past(crons, self.book.runs.starts, self.book.runs.listed)
        if self.runs is None or self.dry_run or self.job.event != "schedule":
            return ()
        if not wants_list(past, now, writes=True, sends=sends):
            return ()
        with suppress(CouldNotTell):  # what is known of their lateness is then what it was
            return tuple(self.runs.scheduled_starts(Patience(self.limits.recall)))
        return ()


def caught_up(ledger: Ledger, sent: Mapping[Pair, tuple[Mark, str]]) -> Ledger:
    """The ledger with what became of claims that a process could not settle."""
    found = {
        pair: Row(mark, row.at, row.run, message)
        for pair, (mark, message) in sent.items()
        if (row := ledger.alerts.get(pair)) is not None and row.mark is Mark.CLAIMED
    }
    return replace(ledger, alerts={**ledger.alerts, **found}) if found else ledger


@dataclass(frozen=True, slots=True)
class Opened:
    """A shard's memory, and the team's repository as it was read beside it; else why it could not be.
    `process` names this one among all runs."""

    memory: ShardMemory
    where: Where
    clients: Clients
    process: str
    repository: Repository | None = None
    refusal: CouldNotTell | None = None


def open_shard(begun: Begun) -> Opened:
    """A shard's memory, as the repository shows it; of a shard that is new, from the shards that its people
    come from."""
    github, job, limits, clients = begun.team.github, begun.team.job, begun.limits, begun.clients
    shard, where, patience = begun.order.shard, begun.where, Patience(limits.github)
    runs = (
        WorkflowRuns(clients.rest, github.repository, job.workflow)
        if github.repository and job.workflow
        else None
    )
    memory, process = ShardMemory(shard, None, limits, job, begun.names, runs), job.process()
    if begun.repository is None:
        memory.warnings.append("There is no memory, since this run belongs to no repository.")
        return Opened(memory, where, clients, process)
    try:
        repository = begun.repository(None)
    except CouldNotTell as problem:
        memory.warnings.append(f"The shard's ledger could not be read. {problem} {TWICE}")
        return Opened(memory, where, clients, process, refusal=problem)
    sign = github.job_token.startswith("ghs_")
    store = _Whole(clients.job, clients.rest, where, repository, sign=sign, readme=README)
    try:
        snapshot = store.whole(patience)
        memory.stored = Stored(store, snapshot, book.read, book.write, f"ledger.broken-{shard.number}.jsonl")
        if not snapshot.version:
            _inherit(memory.stored, shard, clients, where, patience)
    except LedgerUnavailable as problem:
        memory.stored = None
        memory.warnings.append(f"{problem} {TWICE}")
    if repository.may_write is False:
        memory.warnings.append(
            f"The workflow does not ask for `contents: write`, so there is no ledger. {TWICE}"
        )
        memory.stored = None
    if memory.stored and memory.stored.broken:
        memory.warnings.append(
            f"The ledger on {memory.stored.name} could not be used: {memory.stored.broken}."
        )
    return Opened(memory, where, clients, process, repository)


class _Whole(Branch):
    """A branch whose file is read whole, however large."""

    def read(self, patience: Patience) -> Snapshot:
        super().read(patience)
        return self.whole(patience)


def _inherit(stored: Stored[Book], shard: Shard, clients: Clients, where: Where, patience: Patience) -> None:
    """Begin a shard's book with what an older shard remembers of its people. Raises LedgerUnavailable."""
    for older in shard.parents:
        there = replace(where, branch=older.branch)
        try:
            repository = read_repository(clients.job, there, patience)
        except CouldNotTell as problem:
            raise LedgerUnavailable("The older shard's ledger cannot be read.", str(problem)) from None
        if repository.head:
            found, _ = book.read(_Whole(clients.job, clients.rest, there, repository).whole(patience).data)
            stored.content = found.only(shard.holds)
            return
