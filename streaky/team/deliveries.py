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

from streaky.channels.base import Outcome, marked
from streaky.channels.delivery import Edit, Lane, Sender
from streaky.config.settings import Settings
from streaky.http import Pace, Patience
from streaky.messages import Alert

Limit = tuple[int, float]  # so many, in any so many seconds
# Source: Discord docs, "Rate Limits": 50 requests a second over all; a webhook's own buckets, as its headers
# and reports show them: 5 in 2 seconds, and 30 messages a minute in its channel. Telegram's FAQ, "My bot is
# hitting limits": one message a second in a chat, 20 a minute in a group, 30 a second over all. GitHub's
# docs, "Rate limits for the REST API": 80 requests a minute that make content, and best one second between
# them.
DISCORD: tuple[Limit, ...] = ((50, 1.0),)
WEBHOOK: tuple[Limit, ...] = ((5, 2.0), (30, 60.0))
BOT: tuple[Limit, ...] = ((30, 1.0),)
CHAT: tuple[Limit, ...] = ((1, 1.0),)
GROUP: tuple[Limit, ...] = ((1, 1.0), (20, 60.0))
CONTENT: tuple[Limit, ...] = ((1, 1.0), (75, 60.0))
MARGIN = 0.05  # seconds more than a limit's own
LAG = 1.0  # seconds that a request takes at the most until a service counts it
SIDE_BY_SIDE = 64  # deliveries that run, not counting slow ones
SLOW = 3.0  # seconds after which a delivery counts as slow
THREADS = 400  # in all
SENDING = 240.0  # seconds for all of them: less than a claim's lease, so that nobody else sends meanwhile
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


def limits_of(channel: str, mark: str, settings: Settings) -> dict[str, tuple[Limit, ...]]:
    """The limits that count for a channel, by name; `mark` is its address's."""
    if channel == "discord":
        return {f"discord {mark}": WEBHOOK, "discord": DISCORD}
    if channel == "telegram" and settings.telegram:
        bot, chat = settings.telegram.token, settings.telegram.chat.id
        group = isinstance(chat, str) or chat < 0
        return {
            f"telegram {marked(bot, str(chat))}": GROUP if group else CHAT,
            f"telegram {marked(bot)}": BOT,
        }
    return {"issue": CONTENT} if channel == "issue" else {}


@dataclass(slots=True)
class Parcel:
    """What one person's channel is to get, and when the person's day ends; `limits` as `limits_of` tells."""

    login: str
    deadline: datetime
    sender: Sender
    items: deque[Alert | Edit]
    limits: Mapping[str, tuple[Limit, ...]] = field(default_factory=dict)


def parcels(
    login: str, deadline: datetime, lanes: Sequence[Lane], settings: Settings, redact: Callable[[str], str]
) -> list[Parcel]:
    """One parcel for each of a person's channels."""
    return [
        Parcel(
            login,
            deadline,
            Sender(channel, redact),
            deque(items),
            limits_of(channel.name, channel.mark, settings),
        )
        for channel, items in lanes
    ]


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
