"""What every channel shares: the protocol, outcomes, what is worth a retry, and delivery side by side."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from streaky.errors import NoReply, StreakyError
from streaky.http import Again, Exhausted, Pace, Patience, Reply
from streaky.messages import Alert
from streaky.schedule.slots import Slot, Urgency

GRACE = 0.5  # seconds a channel may take to notice that its time is over


log = logging.getLogger("streaky")


class Result(StrEnum):
    """What became of an alert on a channel. `skipped`: superseded, or sent by another run."""

    SENT = "sent"
    FAILED = "failed"
    SKIPPED = "skipped"
    DRY_RUN = "dry-run"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one slot on one channel; `why` and `mend` say more when it failed.

    `key` tells channels of one name apart. `again`: a little time, or a runner with another address, may
    deliver it; `dead`: the service refuses this address for good; `old`: an earlier run has said so already.
    """

    slot: Slot
    urgency: Urgency | None
    channel: str
    state: Result
    why: str = ""
    mend: str = ""
    key: str = ""
    again: bool = False
    dead: bool = False
    old: bool = False


class Undelivered(StreakyError):
    """A channel did not take an alert. `only_this`: the next alert may fare better on the same channel.
    `again` and `dead` as in `Outcome`."""

    def __init__(
        self, what: str, mend: str = "", *, only_this: bool = False, again: bool = False, dead: bool = False
    ) -> None:
        super().__init__(what, "", mend)
        self.only_this, self.again, self.dead = only_this, again, dead


class Channel(Protocol):
    """A place that takes alerts."""

    @property
    def name(self) -> str:
        """As in the output `alerts`: discord, telegram, webhook or apprise."""

    @property
    def key(self) -> str:
        """The name, with a number from the second channel of that name on: apprise-2."""

    @property
    def mark(self) -> str:
        """What changes when the address does, and tells nothing of it: see `marked`."""

    def deliver(self, alert: Alert, patience: Patience) -> None:
        """Deliver one alert and see it confirmed. Raises Undelivered."""


def marked(*parts: str) -> str:
    """Eight hexadecimal digits that stand for an address, and from which nobody can get back to it."""
    import hashlib

    return hashlib.sha256("\n".join(("streaky", *parts)).encode()).hexdigest()[:8]


def persist(service: str, patience: Patience, attempt: Callable[[float], bool | Again]) -> None:
    """Ask a service until it confirms, refuses for good, or time is up. Raises Undelivered."""
    try:
        patience.persist(attempt)
    except Exhausted as exhausted:
        wait = exhausted.wait
        more = f" It asks for a wait of {wait:.0f} seconds, more than is left." if wait is not None else ""
        what = f"{service} did not take it: {exhausted.last.why}.{more}"
        mend = "Nothing to mend here, if it passes; a later run tries again."
        raise Undelivered(what, mend, again=True) from None
    except NoReply as error:
        raise Undelivered(f"{service} did not take it: {error.what}.", "Check the address.") from None


def temporary(reply: Reply, asked: float | None) -> Again | None:
    """Whether a reply is worth another try: 429, 5xx, 403 with Retry-After. `asked`: the body's seconds."""
    wait = asked if asked is not None else reply.retry_after
    if reply.status == 429:
        return Again("it limits how often one may send (429)", wait)
    if reply.status >= 500 or (reply.status == 403 and wait is not None):
        return Again(f"it answered {reply.status}", wait)
    return None


def refuse_edge_ban(service: str, reply: Reply, asked: float | None, *, own: bool = False) -> None:
    """Give up on a 429 that is not the service's own: its edge bans this runner's IP address.

    It comes as HTML, or as JSON that names no wait; `own`: the body is the service's own all the same.
    Source: discord-api-docs issues 5385 and 5810.
    """
    named = isinstance(reply.json(), dict) and (asked is not None or reply.retry_after is not None)
    if reply.status == 429 and not (named or own):
        mend = "Run it again: the next runner has another address."
        what = f"{service} refuses this runner's IP address (429, without a wait)."
        raise Undelivered(what, mend, again=True)


def redirected(service: str, reply: Reply) -> None:
    """Give up on a redirect: what was meant for one host is not handed to another."""
    if 300 <= reply.status < 400:
        raise Undelivered(
            f"{service} answered {reply.status}, a redirect, which is not followed.", "Check the URL."
        )


def deliver(
    lanes: Sequence[tuple[Channel, Sequence[Alert]]], pace: Pace, redact: Callable[[str], str]
) -> tuple[Outcome, ...]:
    """Deliver to each channel its alerts, side by side, and say what became of each.

    Each channel has a thread of its own and `pace.total` seconds; one that fails, hangs or breaks never
    holds up another.
    """
    started = [_Lane(channel, alerts, pace, redact) for channel, alerts in lanes]
    end = pace.clock() + pace.total + GRACE
    return tuple(outcome for lane in started for outcome in lane.finish(end - pace.clock()))


class _Lane:
    """One channel's alerts, one after the other."""

    def __init__(
        self, channel: Channel, alerts: Sequence[Alert], pace: Pace, redact: Callable[[str], str]
    ) -> None:
        self._channel, self._alerts, self._pace, self._redact = channel, alerts, pace, redact
        self._outcomes: list[Outcome] = []
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        patience, down = Patience(self._pace), None
        for alert in self._alerts:
            failure = down or self._try(alert, patience)
            if failure and not failure.only_this:
                down = failure  # a webhook that is gone, or an address that is banned, is not asked again
            self._outcomes.append(self._outcome(alert, failure))

    def _try(self, alert: Alert, patience: Patience) -> Undelivered | None:
        try:
            self._channel.deliver(alert, patience)
        except Undelivered as failure:
            return failure
        except Exception as error:  # a defect in one channel must not silence the others
            what = f"Streaky failed with {type(error).__name__} on this channel."
            return Undelivered(what, "This is a defect; please report it.")
        return None

    def _outcome(self, alert: Alert, failure: Undelivered | None) -> Outcome:
        name, key = self._channel.name, self._channel.key
        log.debug("%s on %s: %s", alert.slot, key, failure or "sent")
        if failure is None:
            return Outcome(alert.slot, alert.urgency, name, Result.SENT, key=key)
        return Outcome(
            alert.slot,
            alert.urgency,
            name,
            Result.FAILED,
            self._redact(failure.what),
            self._redact(failure.mend),
            key,
            failure.again,
            failure.dead,
        )

    def finish(self, within: float) -> list[Outcome]:
        """The outcomes, after `within` seconds at the latest; alerts without one have failed."""
        self._thread.join(max(0.0, within))
        done = list(self._outcomes)
        what = f"No confirmation within {self._pace.total:.0f} seconds."
        late = Undelivered(what, "A later run tries again.", again=True)
        return done + [self._outcome(alert, late) for alert in self._alerts[len(done) :]]
