"""The ledger's content as plain data: what was claimed, sent or failed, the journal, and when runs started.

Its JSON is described in `form.py`. It holds no secret: channels are named, never addressed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum

from streaky.calendar import ONE_DAY
from streaky.schedule.slots import Slot
from streaky.streak import Rules, Shrunk, State, Streak

MESSAGE = "[A-Za-z0-9_./:=-]{1,80}"  # the form of a message's id
WHY = 160  # characters that are kept of a reason


class Mark(StrEnum):
    """What became of a slot on a channel. `dead`: the address is refused for good; `skipped`: superseded;
    `resolved`: sent, and over by now."""

    CLAIMED = "claimed"
    SENT = "sent"
    FAILED = "failed"
    DEAD = "dead"
    SKIPPED = "skipped"
    RESOLVED = "resolved"

    @property
    def told(self) -> bool:
        """Whether the alert reached the person."""
        return self in (Mark.SENT, Mark.RESOLVED)


class Note(StrEnum):
    """What else a day's line says. `rescued`: warned of, then contributed to; `unwatched`: no run came."""

    NONE = ""
    RESCUED = "rescued"
    UNWATCHED = "unwatched"


@dataclass(frozen=True, slots=True)
class Row:
    """What became of a slot on a channel, since when (aware, UTC), and in which run. `message`: what the
    channel calls the message that was sent, until it is edited; `why`: why it failed."""

    mark: Mark
    at: datetime
    run: str
    message: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One day of the journal. `safe_at`: the local time at which a run first saw it safe."""

    count: int
    standing: State
    note: Note = Note.NONE
    safe_at: time | None = None


@dataclass(frozen=True, slots=True)
class Streaks:
    """The streak that ran on the journal's last day, and the longest of all time, where they are known, with
    the rules that they were counted by. `past`: the longest ones that are known to have ended, oldest
    first. `own`: counted by the person's own token, which may see more than a job's."""

    minimum: int
    rest_days: frozenset[int]
    current: Streak | None = None
    longest: Streak | None = None
    past: tuple[Streak, ...] = ()
    own: bool = False

    def fit(self, rules: Rules) -> bool:
        return (self.minimum, self.rest_days) == (rules.minimum, rules.rest_days)


@dataclass(frozen=True, slots=True)
class Weeks:
    """The last year as a map: for each date from `first` on a digit, from 0 for one that does not count to 4
    for one with many contributions."""

    first: date
    levels: str

    @property
    def last(self) -> date:
        return self.first + (len(self.levels) - 1) * ONE_DAY

    def level(self, day: date) -> int | None:
        """The level of a date; None where it is not known."""
        at = (day - self.first).days
        return int(self.levels[at]) if 0 <= at < len(self.levels) else None


@dataclass(frozen=True, slots=True)
class Dead:
    """An address that a channel's service refuses for good: its mark, and since when."""

    address: str
    since: datetime


Pair = tuple[Slot, str]  # a slot, and the key of a channel


@dataclass(frozen=True, slots=True)
class Ledger:
    """One person's ledger. `pause_until`: the last date of a pause; `starts`: when scheduled runs of the last
    weeks started (aware, UTC, oldest first); `listed`: up to when GitHub's own list of runs is in them;
    `shrunk`: the last streak of which days have gone."""

    user: str
    alerts: Mapping[Pair, Row] = field(default_factory=dict)
    days: Mapping[date, Line] = field(default_factory=dict)
    streaks: Streaks | None = None
    pause_until: date | None = None
    starts: tuple[datetime, ...] = ()
    listed: datetime | None = None
    dead: Mapping[str, Dead] = field(default_factory=dict)
    weeks: Weeks | None = None
    shrunk: Shrunk | None = None

    @property
    def told(self) -> frozenset[Slot]:
        """The slots that somebody was told of, on any channel."""
        return frozenset(slot for (slot, _), row in self.alerts.items() if row.mark.told)

    @property
    def scheduled(self) -> datetime | None:
        """When the last scheduled run that is known started."""
        return self.starts[-1] if self.starts else None
