"""Deliveries for many people: each service's limits kept, and nobody held up by anybody else's channel.

Whose day ends first goes first. A parcel that waits for its own limit lets others pass. Each delivery has a
thread while it lasts; one that takes long does not count among those that may run side by side, so that slow
or dead webhooks hold up nobody.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from streaky.channels.base import Limit, Limited, Outcome
from streaky.deliver import Edit, Lane, Sender
from streaky.http import Pace, Patience
from streaky.messages import Alert

MARGIN = 0.05  # seconds more than a limit's own
LAG = 1.0  # seconds that a request takes at the most until a service counts it
SIDE_BY_SIDE = 64  # deliveries that run, not counting slow ones
SLOW = 3.0  # seconds after which a delivery counts as slow
THREADS = 400  # in all
# Seconds for all of them: with both writes less than a claim's lease, so that nobody else sends meanwhile.
SENDING = 200.0
LATE = "There was no time left to send it in this job."


@dataclass(slots=True)
class Ticket:
    """A request that counts for some limits, from `since` on; `ended`: when it was answered. In between the
    service began to count it: so it counts from its end, or a little after its start."""

    since: float
    ended: float | None = None

    def at(self, now: float) -> float:
        """The latest time at which the service may have begun to count it."""
        return min(now if self.ended is None else self.ended, self.since + LAG)


class Buckets:
    """How much each service still takes, by the name of a limit: at most so many in any span of time."""

    def __init__(self) -> None:
        self._taken: dict[str, deque[Ticket]] = {}

    def take(self, limits: Mapping[str, tuple[Limit, ...]], ticket: Ticket) -> tuple[float, str]:
        """Take one from each of these limits, or nothing: then the seconds until it is worth asking again,
        and which limit it is that lasts longest."""
        now = ticket.since
        longest, name = 0.0, ""
        for each, spans in limits.items():
            taken = self._taken.setdefault(each, deque(maxlen=max(most for most, _ in spans)))
            times = sorted(each.at(now) for each in taken)
            for most, span in spans:
                if len(times) >= most and (wait := times[-most] + span + MARGIN - now) > longest:
                    longest, name = wait, each
        if not longest:
            for each in limits:
                self._taken[each].append(ticket)
        return longest, name


@dataclass(slots=True)
class Parcel:
    """What one person's channel is to get, and when the person's day ends; `limits` are the channel's."""

    login: str
    deadline: datetime
    sender: Sender
    items: deque[Alert | Edit]
    limits: Mapping[str, tuple[Limit, ...]] = field(default_factory=dict)


def parcels(
    login: str, deadline: datetime, lanes: Sequence[Lane], redact: Callable[[str], str]
) -> list[Parcel]:
    """One parcel for each of a person's channels."""
    found = []
    for channel, items in lanes:
        limits = channel.limits if isinstance(channel, Limited) else {}
        found.append(Parcel(login, deadline, Sender(channel, redact), deque(items), limits))
    return found


def deliver(
    found: Sequence[Parcel], pace: Pace, heard: Callable[[str, Outcome], None], total: float = SENDING
) -> None:
    """Deliver all of it within `total` seconds; `heard` is told of each outcome, one at a time, as soon as it
    is there. `pace` is that of one delivery."""
    _Dispatch(found, pace, heard, total).run()


class _Dispatch:
    """Who waits, who runs since when, and what was heard."""

    def __init__(
        self, found: Sequence[Parcel], pace: Pace, heard: Callable[[str, Outcome], None], total: float
    ) -> None:
        self._waiting = sorted((each for each in found if each.items), key=lambda each: each.deadline)
        self._pace, self._heard, self._total = pace, heard, total
        self._running: dict[int, tuple[Parcel, Alert | Edit, Ticket]] = {}
        self._changed, self._buckets, self._number, self._over = threading.Condition(), Buckets(), 0, False

    def run(self) -> None:
        end = self._pace.clock() + self._total
        with self._changed:
            while self._waiting or self._running:
                now = self._pace.clock()
                if now >= end:
                    break
                self._changed.wait(min(self._start(now), end - now))
            self._over = True
            for parcel, item, _ in self._running.values():
                self._heard(parcel.login, parcel.sender.late(item, "No confirmation came in time."))
                self._late(parcel)
            for parcel in self._waiting:
                self._late(parcel)

    def _late(self, parcel: Parcel) -> None:
        for item in parcel.items:
            self._heard(parcel.login, parcel.sender.late(item, LATE))

    def _start(self, now: float) -> float:
        """Start what may start now; the seconds until more may."""
        quick = sum(now - ticket.since < SLOW for _, _, ticket in self._running.values())
        full: set[str] = set()
        soonest, kept = 1.0, []
        for parcel in self._waiting:
            room = quick < SIDE_BY_SIDE and len(self._running) < THREADS
            if not room or not full.isdisjoint(parcel.limits):
                kept.append(parcel)
                continue
            ticket = Ticket(now)
            wait, name = self._buckets.take(parcel.limits, ticket)
            if wait:
                full.add(name)
                soonest = min(soonest, wait)
                kept.append(parcel)
            else:
                quick += 1
                self._launch(parcel, ticket)
        self._waiting = kept
        return soonest

    def _launch(self, parcel: Parcel, ticket: Ticket) -> None:
        self._number += 1
        item = parcel.items.popleft()
        self._running[self._number] = (parcel, item, ticket)
        threading.Thread(target=self._send, args=(self._number, parcel, item), daemon=True).start()

    def _send(self, number: int, parcel: Parcel, item: Alert | Edit) -> None:
        outcome = parcel.sender.send(item, Patience(self._pace))
        with self._changed:
            if self._over:
                return  # too late: it counts as failed
            self._running.pop(number)[2].ended = self._pace.clock()
            self._heard(parcel.login, outcome)
            if parcel.items:
                self._waiting.insert(0, parcel)
            self._changed.notify()
