"""Late, doubled, killed, re-run and concurrent runs, in any order, with services that fail: a state machine.

Each run goes through the steps of a real one, with the real rules (schedule, claims, compare-and-swap), and
the machine may do anything between two steps.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from streaky.calendar import Day
from streaky.http import Pace, Patience
from streaky.ledger import claims
from streaky.ledger.book import Ledger, Mark, Pair
from streaky.ledger.claims import APART, LEASE, Claimed, Wanted
from streaky.ledger.store import NOTHING, Snapshot, Stale, StoredLedger
from streaky.schedule.slots import Due, Kind, Speaking, due, reminders
from streaky.streak import Rules, Standing, State, Streak

TODAY = date(2026, 11, 23)
DAY = Day.at(datetime(2026, 11, 23, 12, tzinfo=UTC), UTC)
AT_RISK = Standing(
    State.AT_RISK, TODAY, 0, Streak(TODAY - timedelta(9), TODAY - timedelta(1)), None, None, None
)
SPEAKING = Speaking(frozenset(Kind), (time(18), time(18, 30), time(21), time(23)), time(9))
CHANNELS = ("discord", "telegram")
PACE = Pace(10, sleep=lambda seconds: None)
LONGEST_RUN = timedelta(minutes=4)  # GitHub's 45 s, a channel's 60 s and the ledger's 50 s, and a slow start


class Memory:
    """A store in memory that, as GitHub does, takes a write only on top of what its writer read."""

    name = "memory"
    shown = False

    def __init__(self) -> None:
        self.data: bytes | None = None
        self.version = 0

    def read(self, patience: Patience) -> Snapshot:
        return Snapshot(self.data, str(self.version))

    def write(
        self,
        before: Snapshot,
        data: bytes,
        about: str,
        aside: tuple[str, bytes] | None,
        patience: Patience,
        beside: Mapping[str, bytes] = NOTHING,
    ) -> Snapshot:
        if before.version != str(self.version):
            raise Stale
        self.data, self.version = data, self.version + 1
        return self.read(patience)


@dataclass(eq=False)
class Going:
    """A run on its way: what it read, claimed and sent."""

    name: str
    started: datetime
    stored: StoredLedger
    wanted: Wanted
    claimed: Claimed | None = None
    results: dict[Pair, Mark] = field(default_factory=dict)


class AnyOrder(RuleBasedStateMachine):
    """One at-risk evening."""

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)
        self.store = Memory()
        self.up = dict.fromkeys(CHANNELS, True)
        self.going: list[Going] = []
        self.attempts: Counter[int] = Counter()
        self.arrived: Counter[Pair] = Counter()
        self.at: dict[Pair, datetime] = {}
        self.unsettled: Counter[Pair] = Counter()  # arrived, but killed before that was written down

    @rule(minutes=st.integers(1, 90))
    def time_passes(self, minutes: int) -> None:
        later = self.now + timedelta(minutes=minutes)
        if later >= DAY.deadline or any(later - run.started > LONGEST_RUN for run in self.going):
            return
        self.now = later

    @rule(channel=st.sampled_from(CHANNELS))
    def a_service_fails_or_recovers(self, channel: str) -> None:
        self.up[channel] = not self.up[channel]

    @rule(number=st.integers(1, 4))
    def a_run_starts(self, number: int) -> None:
        # GitHub starts another attempt of a run only when the one before has ended.
        if any(run.name.split("/")[0] == str(number) for run in self.going):
            return
        self.attempts[number] += 1
        self.going.append(self.run(f"{number}/{self.attempts[number]}/x"))

    def run(self, name: str) -> Going:
        """A run that has read the ledger."""
        stored = StoredLedger(self.store, self.store.read(Patience(PACE)), "octocat", TODAY)
        slots = due(AT_RISK, DAY, self.now, SPEAKING, Rules())
        passed = reminders(DAY, self.now, SPEAKING)
        superseded = {slot: passed[: passed.index(slot)] for slot in slots}
        wanted = Wanted(Due(slots, superseded), {each: each for each in CHANNELS}, self.now, name)
        return Going(name, self.now, stored, wanted)

    @precondition(lambda self: any(run.claimed is None for run in self.going))
    @rule(data=st.data())
    def a_run_claims(self, data: st.DataObject) -> None:
        self.claim(data.draw(st.sampled_from([run for run in self.going if run.claimed is None])))

    def claim(self, run: Going) -> None:
        run.claimed = run.stored.change(
            lambda ledger: claims.claim(ledger, run.wanted), lambda _: "Claim", PACE
        )

    @precondition(lambda self: any(self.unsent(run) for run in self.going))
    @rule(data=st.data())
    def a_run_sends(self, data: st.DataObject) -> None:
        run = data.draw(st.sampled_from([run for run in self.going if self.unsent(run)]))
        self.send(run, data.draw(st.sampled_from(self.unsent(run))))

    def unsent(self, run: Going) -> list[Pair]:
        left = run.claimed.send - set(run.results) if run.claimed else frozenset()
        return sorted(left, key=str)

    def send(self, run: Going, pair: Pair) -> None:
        if not self.up[pair[1]]:
            run.results[pair] = Mark.FAILED
            return
        run.results[pair] = Mark.SENT
        last = [at for (slot, key), at in self.at.items() if key == pair[1] and slot != pair[0]]
        assert all(self.now - at >= APART - LONGEST_RUN for at in last), "too close"
        self.arrived[pair] += 1
        self.at[pair] = self.now

    @precondition(lambda self: any(run.claimed and not self.unsent(run) for run in self.going))
    @rule(data=st.data())
    def a_run_settles(self, data: st.DataObject) -> None:
        self.settle(
            data.draw(st.sampled_from([run for run in self.going if run.claimed and not self.unsent(run)]))
        )

    def settle(self, run: Going) -> None:
        def decide(ledger: Ledger) -> tuple[Ledger, None]:
            return claims.settle(ledger, run.results, run.wanted, self.now), None

        run.stored.change(decide, lambda _: "Settle", PACE)
        self.going.remove(run)
        # What it was not let send, another run sent, sends now, or sent just before.
        assert run.claimed is not None
        for slot in run.wanted.due.slots:
            for key in CHANNELS:
                known = (slot, key) in run.results or (slot, key) in run.claimed.skipped
                assert known or (slot, key) in run.claimed.waiting

    @precondition(lambda self: self.going)
    @rule(data=st.data())
    def a_run_is_killed(self, data: st.DataObject) -> None:
        self.kill(data.draw(st.sampled_from(self.going)))

    def kill(self, run: Going) -> None:
        """What it sent is not written down: that may come twice, and no later run keeps apart from it."""
        self.going.remove(run)
        lost = [pair for pair, mark in run.results.items() if mark is Mark.SENT]
        self.unsettled.update(lost)
        for pair in lost:
            del self.at[pair]

    @invariant()
    def nothing_arrives_twice(self) -> None:
        for pair, times in self.arrived.items():
            assert times <= 1 + self.unsettled[pair], pair

    def teardown(self) -> None:
        """A last run, in good time and with services that work, leaves nothing due unsent."""
        for run in list(self.going):
            self.kill(run)
        self.now = max(self.now + LEASE, max(self.at.values(), default=self.now) + APART + LONGEST_RUN)
        if self.now >= DAY.deadline:
            return
        self.up = dict.fromkeys(CHANNELS, True)
        last = self.run("99/1/x")
        self.going.append(last)
        self.claim(last)
        for pair in self.unsent(last):
            self.send(last, pair)
        self.settle(last)
        self.nothing_arrives_twice()
        for slot in last.wanted.due.slots:
            for key in CHANNELS:
                assert self.arrived[slot, key], (slot, key)


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
