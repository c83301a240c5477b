"""Who may send what: a slot is claimed for a channel before it is sent, and settled after.

A claim holds for a lease; a run that died with one is taken over when that has passed. Everything here is
pure: a ledger goes in, another comes out, and whoever writes it first has decided.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from streaky.ledger.book import WHY, Dead, Ledger, Mark, Pair, Row
from streaky.runner.job import Job
from streaky.schedule.slots import Due, Kind, Slot
from streaky.text import plain

LEASE = timedelta(minutes=5)  # a run takes less than three
APART = timedelta(minutes=45)  # between two alerts of one kind on one channel, or less: see `_apart`
REST = timedelta(days=7)  # a dead address is tried again after this: services err, too
ALERTS_KEPT = timedelta(days=40)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a run would send, to the channels' addresses by key (see `Channel.mark`).

    `run` names the process: `run id/attempt/nonce`. `over`: slots of earlier runs whose alerts are to be
    edited, since the day is safe or over; `delivered`: what a channel itself shows to have arrived.
    """

    due: Due
    addresses: Mapping[str, str]
    now: datetime
    run: str
    over: frozenset[Slot] = frozenset()
    delivered: frozenset[Pair] = frozenset()

    def asks_for(self, slot: Slot, key: str) -> bool:
        return self.due.only is None or (slot, key) in self.due.only


@dataclass(frozen=True, slots=True)
class Claimed:
    """What may be sent now; what was sent or is being sent by another run, or superseded; which channels are
    not asked because their address is dead; which slots wait, since they would follow too closely; the
    messages to edit, by what their channels call them; and which slots warn of their day again."""

    send: frozenset[Pair] = frozenset()
    skipped: frozenset[Pair] = frozenset()
    dead: frozenset[Pair] = frozenset()
    waiting: frozenset[Pair] = frozenset()
    resolve: Mapping[Pair, str] = field(default_factory=dict)
    again: frozenset[Slot] = frozenset()


def claim(ledger: Ledger, wanted: Wanted) -> tuple[Ledger, Claimed]:
    """Claim what is due, for each channel that it has not reached yet."""
    alerts = dict(ledger.alerts)
    send, skipped, dead, waiting = set(), set(), set(), set()
    for slot in wanted.due.slots:
        for key, address in wanted.addresses.items():
            pair = (slot, key)
            if not wanted.asks_for(*pair):
                continue
            if slot.kind is Kind.TEST:
                send.add(pair)  # asked for by a person, each time anew
            elif pair in wanted.delivered or not _open(alerts.get(pair), wanted):
                skipped.add(pair)
            elif _is_dead(ledger.dead.get(key), address, wanted.now):
                dead.add(pair)
            elif _too_close(alerts, pair, wanted.now):
                waiting.add(pair)
            else:
                send.add(pair)
                alerts[pair] = Row(Mark.CLAIMED, _at(wanted.now), wanted.run)
                for older in wanted.due.superseded.get(slot, ()):
                    before = alerts.get((older, key))
                    if before is None or before.mark in (Mark.CLAIMED, Mark.FAILED, Mark.DEAD):
                        alerts[older, key] = Row(Mark.SKIPPED, _at(wanted.now), wanted.run)
                        skipped.add((older, key))
    claimed = Claimed(
        frozenset(send),
        frozenset(skipped),
        frozenset(dead),
        frozenset(waiting),
        resolve=_resolved(alerts, ledger.dead, send, wanted),
        again=frozenset(slot for slot in wanted.due.slots if _again(slot, ledger)),
    )
    return replace(ledger, alerts=alerts), claimed


def _again(slot: Slot, ledger: Ledger) -> bool:
    """Whether this would be another warning of its day."""
    others = ledger.told - {slot}
    return slot.kind is Kind.AT_RISK and any(
        (each.day, each.kind) == (slot.day, slot.kind) for each in others
    )


def _resolved(
    alerts: dict[Pair, Row], dead: Mapping[str, Dead], send: Collection[Pair], wanted: Wanted
) -> Mapping[Pair, str]:
    """Mark what is over in `alerts`, or replaced by the reminder that this run sends to the same channel; the
    messages that are to say so.

    A message stays in its row until the edit is confirmed, so a later run tries once more. It goes with that
    second try: no edit is tried in more than two runs.
    """
    found = {}
    for pair, row in alerts.items():
        slot, key = pair
        over = slot in wanted.over or _replaced(pair, send)
        if not (over and row.mark.told and row.message and key in wanted.addresses):
            continue
        if not _is_dead(dead.get(key), wanted.addresses[key], wanted.now):
            found[pair] = row.message
            first = row.mark is Mark.SENT or row.run == wanted.run  # our own, whose writing was not confirmed
            alerts[pair] = Row(Mark.RESOLVED, _at(wanted.now), wanted.run, row.message if first else "")
    return found


def _replaced(pair: Pair, send: Collection[Pair]) -> bool:
    """Whether another reminder of the same day is about to be sent to the same channel."""
    slot, key = pair
    return slot.kind is Kind.AT_RISK and any(
        (new.day, new.kind, there) == (slot.day, Kind.AT_RISK, key) and new != slot for new, there in send
    )


def settle(
    ledger: Ledger,
    marks: Mapping[Pair, Mark],
    wanted: Wanted,
    now: datetime,
    words: Mapping[Pair, str] | None = None,
) -> Ledger:
    """Write down what became of this run's claims. A test alert that arrived revives a dead channel.

    `words`: what is kept of each, which is the id of a message that can be edited, or why it failed.
    """
    alerts, dead = dict(ledger.alerts), dict(ledger.dead)
    for (slot, key), mark in marks.items():
        if mark is Mark.SENT:
            dead.pop(key, None)
        elif mark is Mark.DEAD:
            dead[key] = Dead(wanted.addresses[key], _at(now))
        if slot.kind is not Kind.TEST:
            before = alerts.get((slot, key))
            if before and before.mark is Mark.RESOLVED and mark is Mark.SENT:
                continue  # written once already, and over by now
            # Where our answer was lost, another run may have read that we failed, and be sending by now.
            if mark.told or before is None or before.run == wanted.run:
                word = (words or {}).get((slot, key), "")
                said = {"message": word} if mark.told else {"why": plain(word, WHY)}
                alerts[slot, key] = Row(mark, _at(now), wanted.run, **said)
    return replace(ledger, alerts=alerts, dead=dead)


def left_by(ledger: Ledger, job: Job) -> dict[Pair, bool]:
    """What the jobs of this run before this one left to deliver: what failed, and what was claimed and never
    settled. Beside each, whether another channel took the alert."""
    heard = {slot for (slot, _), row in ledger.alerts.items() if row.mark.told}
    found = {}
    for pair, row in ledger.alerts.items():
        run, attempt, _ = row.run.split("/")
        ours = run == job.run and int(attempt) <= job.attempt
        if ours and row.mark in (Mark.FAILED, Mark.CLAIMED):
            found[pair] = pair[0] in heard
    return found


def pruned(ledger: Ledger, now: datetime) -> Ledger:
    """Without alerts of slots that lie further back than anybody asks for."""
    oldest = (now - ALERTS_KEPT).date()
    return replace(ledger, alerts={pair: row for pair, row in ledger.alerts.items() if pair[0].day >= oldest})


def _open(row: Row | None, wanted: Wanted) -> bool:
    """Whether a slot is still to be sent: never claimed, failed, or claimed by a run that has ended."""
    if row is None or row.mark in (Mark.FAILED, Mark.DEAD):  # whether the address is still dead is asked next
        return True
    return row.mark is Mark.CLAIMED and not _held(row, wanted)


def _held(row: Row, wanted: Wanted) -> bool:
    """Whether somebody else may still be sending under this claim."""
    if row.run == wanted.run:
        return False  # our own, whose writing was not confirmed
    if abs(wanted.now - row.at) >= LEASE:  # also a date ahead of us, which only a wrong clock writes
        return False
    theirs, ours = row.run.split("/"), wanted.run.split("/")
    if theirs[0] != ours[0]:
        return True
    # The attempts of one run follow on each other, and its redelivery follows the job before.
    return int(theirs[1]) > int(ours[1]) or (theirs[1] == ours[1] and wanted.due.only is None)


def _is_dead(dead: Dead | None, address: str, now: datetime) -> bool:
    return dead is not None and dead.address == address and abs(now - dead.since) < REST


def _too_close(alerts: Mapping[Pair, Row], pair: Pair, now: datetime) -> bool:
    """Whether another alert of the kind went to the channel a short while ago."""
    slot, key = pair
    return any(
        other.kind is slot.kind
        and channel == key
        and other != slot
        and (row.mark is Mark.SENT or (row.mark is Mark.CLAIMED and abs(now - row.at) < LEASE))
        and abs(now - row.at) < _apart(slot, other)
        for (other, channel), row in alerts.items()
    )


def _apart(slot: Slot, other: Slot) -> timedelta:
    """How long two alerts of one kind keep apart: no longer than the times that the person set for them."""
    if slot.at is None or other.at is None or slot.day != other.day:
        return APART
    later, sooner = (datetime.combine(slot.day, each) for each in (slot.at, other.at))
    return min(APART, abs(later - sooner))


def _at(instant: datetime) -> datetime:
    """An instant as the ledger keeps it: whole seconds, in UTC."""
    return instant.astimezone(UTC).replace(microsecond=0)
