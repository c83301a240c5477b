"""What a channel is, what becomes of an alert on it, and which refusals are worth another try."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, TypeVar, runtime_checkable
from urllib.parse import quote, urlsplit

from streaky.errors import NoReply, StreakyError
from streaky.http import Again, Exhausted, Patience, Reply
from streaky.messages import Alert, Resolution
from streaky.schedule.slots import Slot, Urgency

if TYPE_CHECKING:
    from streaky.github.clients import Clients
    from streaky.github.repository import Repository
    from streaky.runner.server import GitHub

T = TypeVar("T")
Limit = tuple[int, float]  # so many, in any so many seconds
EDGE_REFUSALS = (401, 403, 404, 407)  # without the service's own JSON, they are an edge's or a proxy's


class Result(StrEnum):
    """What became of an alert on a channel. `skipped`: superseded, or sent by another run; `resolved`: sent
    before, and edited to say what became of the day; `unresolved`: that edit failed, which harms nobody."""

    SENT = "sent"
    FAILED = "failed"
    SKIPPED = "skipped"
    DRY_RUN = "dry-run"
    RESOLVED = "resolved"
    UNRESOLVED = "unresolved"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one slot on one channel; `why` and `mend` say more when it failed.

    `key` tells channels of one name apart. `again`: a little time, or a runner with another address, may
    deliver it; `dead`: the service refuses this address for good; `old`: an earlier run has said so already;
    `message`: what the channel calls the message that it sent, "" where it has no name for it.
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
    message: str = ""


class Undelivered(StreakyError):
    """A channel did not take an alert. `only_this`: the next alert may fare better on the same channel.
    `again` and `dead` as in `Outcome`."""

    def __init__(
        self, what: str, mend: str = "", *, only_this: bool = False, again: bool = False, dead: bool = False
    ) -> None:
        super().__init__(what, "", mend)
        self.only_this, self.again, self.dead = only_this, again, dead


@dataclass(frozen=True, slots=True)
class Run:
    """What a channel may need to know of the run. `clients` are None where GitHub is not asked, `repository`
    where it could not be read; `uses_issue`: whether an issue of the repository gets the alerts;
    `member`: whether the person is one of a team."""

    user: str
    language: str
    github: GitHub
    clients: Clients | None
    repository: Repository | None
    uses_issue: bool
    member: bool = False


class Channel(Protocol):
    """A place that takes alerts."""

    @property
    def name(self) -> str:
        """As in the output `alerts`, and the same as its address has it."""

    @property
    def key(self) -> str:
        """The name, with a number from the second channel of that name on: apprise-2."""

    @property
    def mark(self) -> str:
        """What changes when the address does, and tells nothing of it: see `marked`."""

    def deliver(self, alert: Alert, patience: Patience) -> str:
        """Deliver one alert and see it confirmed: the message's id, "" where there is none to be had.

        Raises Undelivered.
        """

    def look_up(self, patience: Patience) -> str:
        """What the service says of the address, as a sentence; nothing is sent to anybody. Raises
        Undelivered."""


SEALED = Undelivered(
    "Its address is sealed, and the package cryptography, which opens it, is not installed here.",
    "Install streaky[sealed]. On a runner, a later run tries again.",
    again=True,  # the next runner may find a package index
)


class Unusable:
    """Stands in for a channel that cannot be used here: each alert fails, and its reason is told."""

    def __init__(self, name: str, mark: str, failure: Undelivered, key: str = "") -> None:
        self.name, self.key = name, key or name
        self.mark, self._failure = mark, failure

    def deliver(self, alert: Alert, patience: Patience) -> str:
        """Deliver nothing. Raises Undelivered."""
        raise self._failure

    def look_up(self, patience: Patience) -> str:
        """Know nothing of the address. Raises Undelivered."""
        raise self._failure


@runtime_checkable
class Editor(Protocol):
    """A channel that can edit what it sent."""

    def resolve(self, message: str, resolution: Resolution, patience: Patience) -> None:
        """Let a message say what became of its day. `message`: as `deliver` named it. Raises Undelivered."""


@runtime_checkable
class Limited(Protocol):
    """A channel whose service says how often it may be asked, so that many people's can keep to it
    together."""

    limits: Mapping[str, tuple[Limit, ...]]
    """By the name of what is limited, which channels share: an address, a bot, or the service as a whole."""


def button_url(url: str, most: int) -> str:
    """The URL as both services take it for a button, at most `most` characters long; "" for one that would
    have the whole message refused: they know no host without a dot, such as a GitHub Enterprise Server's."""
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and "." in (parts.hostname or "").strip(".")
    except ValueError:
        return ""
    whole = quote(url, safe=":/?#=&%+.-_~@")
    return whole if known and len(whole) <= most else ""


def channel_name(key: str) -> str:
    """The name of the channel with this key: apprise for apprise-2."""
    return key.partition("-")[0]


def marked(*parts: str) -> str:
    """Eight hexadecimal digits that stand for an address, and from which nobody can get back to it."""
    return hashlib.sha256("\n".join(("streaky", *parts)).encode()).hexdigest()[:8]


def persist(service: str, patience: Patience, attempt: Callable[[float], T | Again]) -> T:
    """Ask a service until it confirms, refuses for good, or time is up; what it said. Raises Undelivered."""
    try:
        return patience.persist(attempt)
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


def refuse_edge(service: str, reply: Reply, asked: float | None, check: str, *, own: bool) -> None:
    """Give up on a refusal that is not the service's own: an edge or a proxy keeps this runner out.

    Another runner has another address. `own`: the body has the service's own form; `asked`: the seconds that
    it asks to wait; `check`: the input at fault where every runner is refused. A 429 that names no wait is a
    ban of the address.
    Source: discord-api-docs issues 5385 and 5810; Cloudflare docs, errors 1010 and 1015.
    """
    mend = f"Run it again: the next runner has another address. If it is refused too, check {check}."
    named = asked is not None or reply.retry_after is not None
    if reply.status == 429:
        if not (own or (named and isinstance(reply.json(), dict))):
            what = f"{service} refuses this runner's IP address (429)."
            raise Undelivered(what, mend, again=True)
    elif reply.status in EDGE_REFUSALS and not (own or named):
        what = f"{service} was not reached: an edge or a proxy before it answered {reply.status}."
        raise Undelivered(what, mend, again=True)


def redirected(service: str, reply: Reply) -> None:
    """Give up on a redirect: what was meant for one host is not handed to another."""
    if 300 <= reply.status < 400:
        raise Undelivered(
            f"{service} answered {reply.status}, a redirect, which is not followed.", "Check the URL."
        )
