"""Never twice, never lost, by exhaustion: every interleaving of three runs on two channels.

The rules are the real ones: `claims.claim`, `claims.settle`, the loop in `StoredLedger.change`, and the
ledger's JSON. Around them anything may happen between two steps: time passes, another run goes on, a run
dies, a channel takes an alert or does not, and an answer is lost, whether or not the write was done. A run
whose claim is refused to the end speaks without one, one such run at a time; that may come twice.

Four things keep the count small and lose no case. Runs that nothing tells apart begin in their order. The two
channels are alike. Both are sent to in one step, since no other run sees what lies between. A run that has
read a ledger which is no longer there must read anew in any case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from typing import NamedTuple

import pytest

from streaky.http import Pace, Patience
from streaky.ledger import claims, form
from streaky.ledger.book import Ledger, Mark, Pair, Row
from streaky.ledger.claims import LEASE, Claimed, Wanted
from streaky.ledger.store import NOTHING, Snapshot, Stale, StoredLedger
from streaky.schedule.slots import Due, Kind, Slot

SLOT = Slot(date(2026, 11, 23), Kind.AT_RISK, time(21))
EVENING = datetime(2026, 11, 23, 21, tzinfo=UTC)
PAIRS = ((SLOT, "discord"), (SLOT, "telegram"))
ADDRESSES = {"discord": "aaaaaaaa", "telegram": "bbbbbbbb"}
TICK = LEASE / 2  # a run takes less than three minutes, so it sees at most one tick; a claim holds for two
UNREAD = -1  # in place of a version: read anew first
PACE = Pace(10, first=0, sleep=lambda seconds: None)

Settle = Callable[[Ledger, Mapping[Pair, Mark], Wanted, datetime], Ledger]
Marks = tuple[Mark | None, ...]  # of each pair; CLAIMED is still to be sent, None is not this run's to send


class Run(NamedTuple):
    """Where a run is: `waits`, `claims`, `sends`, `settles` or `over`; it `settles unclaimed` when its
    claim was refused to the end, and it spoke without one. `started`: at which tick; `seen`: the ledger's
    version that it read or wrote last.
    """

    at: str = "waits"
    started: int = 0
    seen: int = UNREAD
    marks: Marks = (None, None)


class World(NamedTuple):
    """All there is: the clock in ticks, the ledger's version, the runs, and for each pair the arrivals that
    nothing excuses. What a run sent and died before it wrote that down is excused: it may come twice."""

    clock: int
    version: int
    runs: tuple[Run, ...]
    arrivals: tuple[int, ...] = (0, 0)


OVER = Run("over")


def outcomes(send: Marks) -> list[Marks]:
    """What may become of each pair that is to be sent."""
    return [(Mark.SENT, Mark.FAILED) if mark else (None,) for mark in send]


class Broken(AssertionError):
    """A promise does not hold."""


class Paused(Exception):
    """The real loop has come to a request whose answer is still open."""


@dataclass
class Script:
    """A store whose first answers are given, so that the real loop stands where a run stands now."""

    answers: list[Snapshot | Exception]
    written: bytes = b""
    name: str = "script"
    shown: bool = False

    def read(self, patience: Patience) -> Snapshot:
        return self._next()

    def write(
        self,
        before: Snapshot,
        data: bytes,
        about: str,
        aside: tuple[str, bytes] | None,
        patience: Patience,
        beside: Mapping[str, bytes] = NOTHING,
    ) -> Snapshot:
        self.written = data
        return self._next()

    def _next(self) -> Snapshot:
        if not self.answers:
            raise Paused
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@dataclass
class Explorer:
    """Goes through all that can happen to some runs, whose `names` the ledger knows. `after`: which run has
    ended before another one starts; `redelivers`: which one is a redelivery.

    Two mutants live here. `compares`: the store takes a write only on top of what its writer read.
    `owns_up`: a writer that came too late is told so.
    """

    names: tuple[str, ...] = ("1/1/a", "2/1/a", "3/1/a")
    after: dict[int, int] = field(default_factory=dict)
    redelivers: int | None = None
    compares: bool = True
    owns_up: bool = True
    versions: list[Ledger] = field(default_factory=lambda: [Ledger("octocat")])
    numbers: dict[bytes, int] = field(default_factory=dict)
    decisions: dict[tuple[object, ...], tuple[int, Marks]] = field(default_factory=dict)
    mirrors: dict[int, int] = field(default_factory=dict)

    def explore(self) -> int:
        """How many states there are. Raises Broken for the first in which a promise does not hold."""
        first = World(0, self.number(form.write(self.versions[0])), (Run(),) * len(self.names))
        seen, todo = {first}, [first]
        while todo:
            for world in self.next(todo.pop()):
                if world not in seen:
                    mirrored = self.mirrored(world)
                    if mirrored not in seen:
                        seen.add(world)
                        todo.append(world)
        return len(seen)

    # The steps

    def next(self, world: World) -> Iterator[World]:
        """The worlds that can follow on this one."""
        if all(run.at == "over" for run in world.runs):
            self.ends_well(world)
        if self.time_may_pass(world):
            yield world._replace(clock=world.clock + 1)
        for me, run in enumerate(world.runs):
            if run.at == "waits":
                if self.may_start(world, me):
                    yield self.moved(world, me, Run("claims", world.clock, world.version))
            elif run.at != "over":
                yield self.died(world, me)
                if run.at == "sends":
                    yield from self.sent(world, me)
                elif run.seen == UNREAD:
                    yield self.moved(world, me, run._replace(seen=world.version))
                else:
                    yield from self.written(world, me)

    def time_may_pass(self, world: World) -> bool:
        """While it makes a difference: somebody is to start yet, and the youngest claim still holds."""
        starts = [run.started for run in world.runs if run.at not in ("waits", "over")]
        claims = [
            row.at
            for row in self.versions[world.version].alerts.values()
            if row.mark is Mark.CLAIMED and EVENING + world.clock * TICK - row.at < LEASE
        ]
        waiting = any(run.at == "waits" for run in world.runs)
        return waiting and bool(starts or claims) and all(at == world.clock for at in starts)

    def may_start(self, world: World, me: int) -> bool:
        if self.after or self.redelivers is not None:
            return me not in self.after or world.runs[self.after[me]].at == "over"
        return me == 0 or world.runs[me - 1].at != "waits"

    def moved(self, world: World, me: int, run: Run) -> World:
        """The world after one run's step that nobody else sees."""
        runs = (*world.runs[:me], run, *world.runs[me + 1 :])
        return World(world.clock, world.version, runs, world.arrivals)

    def died(self, world: World, me: int) -> World:
        """Killed: what it sent is written down nowhere, as far as it knows."""
        after = self.moved(world, me, OVER)
        if world.runs[me].at != "settles":
            return after
        counted = zip(world.arrivals, world.runs[me].marks, strict=True)
        return after._replace(arrivals=tuple(count - (mark is Mark.SENT) for count, mark in counted))

    def sent(self, world: World, me: int) -> Iterator[World]:
        """Each channel takes its alert, or does not."""
        run = world.runs[me]
        for marks in product(*outcomes(run.marks)):
            counted = zip(world.arrivals, marks, strict=True)
            arrivals = tuple(count + (mark is Mark.SENT) for count, mark in counted)
            if max(arrivals) > 1:
                raise Broken(f"an alert arrives twice: {world}")
            yield self.moved(world._replace(arrivals=arrivals), me, run._replace(at="settles", marks=marks))

    def written(self, world: World, me: int) -> Iterator[World]:
        """A claim or a settlement is written, comes too late, or has its answer lost."""
        run = world.runs[me]
        version, send = self.decided(me, run)
        over = run.at != "claims" or not any(send)
        done = OVER if over else Run("sends", run.started, version, send)
        if version == run.seen:  # nothing changes, so nothing is written
            yield self.moved(world, me, done)
            return
        again = run._replace(seen=UNREAD)
        yield self.moved(world, me, again)  # lost on its way, or refused for a while
        unclaimed = any(each.at == "settles unclaimed" for each in world.runs)
        if run.at == "claims" and any(send) and not unclaimed:  # refused for so long that it goes on without
            for marks in product(*outcomes(send)):
                yield self.moved(world, me, again._replace(at="settles unclaimed", marks=marks))
        if run.seen == world.version or not self.compares:
            after = self.landed(world, version)
            yield self.moved(after, me, done)
            yield self.moved(after, me, again)
        elif not self.owns_up:
            yield self.moved(world, me, done)

    def landed(self, world: World, version: int) -> World:
        """The world with another ledger in place: who has read the one before comes too late for sure."""
        if not (self.compares and self.owns_up):
            return world._replace(version=version)
        runs = tuple(run._replace(seen=UNREAD) if run.seen != version else run for run in world.runs)
        return world._replace(version=version, runs=runs)

    # The rules, which are the real ones

    def decided(self, me: int, run: Run) -> tuple[int, Marks]:
        """The version that this run would write now, and what it may send then."""
        key = (me, run)
        if key not in self.decisions:
            first, anew = (self.decide(me, run, anew=anew) for anew in (False, True))
            assert first == anew
            self.decisions[key] = first
        return self.decisions[key]

    def decide(self, me: int, run: Run, *, anew: bool) -> tuple[int, Marks]:
        """The same from the real loop, which stands before its first write or, `anew`, behind a refusal."""
        here = Snapshot(form.write(self.versions[run.seen]), "")
        nothing = Snapshot(None, "")
        script = Script([Stale(), here] if anew else [])
        stored = StoredLedger(script, nothing if anew else here, "octocat", SLOT.day)
        wanted, said = self.wanted(me, run.started), Claimed()

        def claim(ledger: Ledger) -> tuple[Ledger, None]:
            nonlocal said
            after, said = claims.claim(ledger, wanted)
            return after, None

        def settle(ledger: Ledger) -> tuple[Ledger, None]:
            marks = {pair: mark for pair, mark in zip(PAIRS, run.marks, strict=True) if mark}
            return claims.settle(ledger, marks, wanted, wanted.now), None

        claiming = run.at == "claims"
        try:
            stored.change(claim if claiming else settle, lambda _: "", PACE)
            version = run.seen
        except Paused:
            version = self.number(script.written)
        if claiming:
            self.somebody_sees_to(me, run, said)
        return version, tuple(Mark.CLAIMED if pair in said.send else None for pair in PAIRS)

    def wanted(self, me: int, started: int) -> Wanted:
        only = frozenset(PAIRS) if me == self.redelivers else None
        return Wanted(Due([SLOT], only=only), ADDRESSES, EVENING + started * TICK, self.names[me])

    def number(self, data: bytes) -> int:
        """The version with this content, which stands for a commit: it never comes back once it changed."""
        if data not in self.numbers:
            number = len(self.numbers)
            self.numbers[data] = number
            self.versions[number:] = [form.read(data, "octocat")]
        return self.numbers[data]

    # The promises

    def somebody_sees_to(self, me: int, run: Run, claimed: Claimed) -> None:
        """What a run does not send, another one has sent or may be sending."""
        for pair in set(PAIRS) - claimed.send:
            row = self.versions[run.seen].alerts.get(pair)
            if row is None or row.run == self.names[me] or row.mark not in (Mark.SENT, Mark.CLAIMED):
                raise Broken(f"an alert is lost: {self.names[me]} leaves {pair[1]} to nobody")

    def ends_well(self, world: World) -> None:
        """A last run, when every lease is over and all works, sends what never arrived, and only that."""
        ledger = self.versions[world.version]
        late = Wanted(Due([SLOT]), ADDRESSES, EVENING + (world.clock + 2) * TICK, "9/1/z")
        send = claims.claim(ledger, late)[1].send
        for pair, arrivals in zip(PAIRS, world.arrivals, strict=True):
            if pair in send and arrivals:
                raise Broken(f"an alert arrives twice: the last run sends {pair[1]} again after {world}")
            if pair not in send and ledger.alerts[pair].mark is not Mark.SENT:
                raise Broken(f"an alert is lost: nobody sends {pair[1]} after {world}")

    # Alike channels

    def mirrored(self, world: World) -> World:
        """The same with the two channels exchanged."""
        runs = tuple(Run(run.at, run.started, self.mirror(run.seen), run.marks[::-1]) for run in world.runs)
        return World(world.clock, self.mirror(world.version), runs, world.arrivals[::-1])

    def mirror(self, version: int) -> int:
        if version == UNREAD:
            return UNREAD
        if version not in self.mirrors:
            ledger = self.versions[version]
            rows = [ledger.alerts[pair] for pair in reversed(PAIRS) if ledger.alerts]
            exchanged = replace(ledger, alerts=dict(zip(PAIRS, rows, strict=False)))
            self.mirrors[version] = self.number(form.write(exchanged))
        return self.mirrors[version]


RUNS = {
    "three runs": Explorer(),
    "a second attempt beside another run": Explorer(("1/1/a", "1/2/b", "2/1/a"), after={1: 0}),
    "a redelivery beside another run": Explorer(("1/1/a", "1/1/b", "2/1/a"), after={1: 0}, redelivers=1),
}


@pytest.mark.parametrize("runs", RUNS)
def test_nothing_that_can_happen_to_three_runs_loses_or_doubles_an_alert(
    runs: str, capsys: pytest.CaptureFixture[str]
) -> None:
    states = RUNS[runs].explore()
    with capsys.disabled():
        print(f" [{runs}: {states:,} states]", end="")
    assert states > 10_000


def same(ledger: Ledger, *_: object) -> Ledger:
    return ledger


def overwrites(
    ledger: Ledger, marks: Mapping[Pair, Mark], wanted: Wanted, now: datetime, settle: Settle = claims.settle
) -> Ledger:
    """A settlement that writes its failures over what another run has claimed since."""
    settled = settle(ledger, marks, wanted, now)
    failed = {pair: Row(mark, wanted.now, wanted.run) for pair, mark in marks.items() if mark is Mark.FAILED}
    return replace(settled, alerts={**settled.alerts, **failed})


NEVER = timedelta(days=999)
MUTANTS: dict[str, tuple[Explorer, dict[str, object], str]] = {
    "no compare": (Explorer(compares=False), {}, "twice"),
    "stale taken as ours": (Explorer(owns_up=False), {}, "twice"),
    "no lease": (Explorer(), {"LEASE": timedelta()}, "twice"),
    "a lease that never ends": (Explorer(), {"LEASE": NEVER}, "lost"),
    "no settle": (Explorer(), {"settle": same}, "twice"),
    "failures that overwrite": (Explorer(), {"settle": overwrites}, "twice"),
    "an own claim not known again": (Explorer(), {"_held": lambda row, wanted: True}, "lost"),
    "every claim taken over": (Explorer(), {"_held": lambda row, wanted: False}, "twice"),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_the_explorer_finds_what_is_wrong_with(mutant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    explorer, changes, what = MUTANTS[mutant]
    for name, change in changes.items():
        monkeypatch.setattr(claims, name, change)
    with pytest.raises(Broken, match=what):
        explorer.explore()
