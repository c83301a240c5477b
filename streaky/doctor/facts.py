"""What the probes found, as plain data. Where something could not be seen, `problem` says why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from streaky.channels.base import Undelivered
from streaky.errors import CouldNotTell
from streaky.ledger.store import LedgerUnavailable


@dataclass(frozen=True, slots=True)
class Token:
    """A personal token. `login`: whose it is; `scopes`: those of a classic one, None for another kind;
    `expires` (aware): None for never, or where GitHub does not say."""

    login: str = ""
    scopes: frozenset[str] | None = None
    expires: datetime | None = None
    problem: CouldNotTell | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """The repository itself. `asked` and `answered` (aware): the times by the runner's clock and by GitHub's
    when it answered; `answered` is None where that was not told."""

    archived: bool = False
    asked: datetime | None = None
    answered: datetime | None = None
    problem: CouldNotTell | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """The workflow and its scheduled runs. `created` (aware): since when there is its file; `starts` (aware):
    when the last runs were started, at most 100."""

    state: str = ""
    created: datetime | None = None
    starts: tuple[datetime, ...] = ()
    problem: CouldNotTell | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A try to write the ledger. `signed`: whether the commit has GitHub's signature, None where there is no
    commit or that could not be seen."""

    signed: bool | None = None
    problem: LedgerUnavailable | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What a channel's service says of the address."""

    channel: str
    said: str = ""
    problem: Undelivered | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that was probed; None for what was not looked at."""

    token: Token | None = None
    place: Place | None = None
    schedule: Schedule | None = None
    written: Written | None = None
    heard: tuple[Heard, ...] = ()
