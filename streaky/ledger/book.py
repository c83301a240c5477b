"""The ledger's content as plain data: what was claimed, sent or failed, the journal, and its JSON form.

`ledger.schema.json` describes the JSON. It holds no secret: channels are named, never addressed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from streaky.ledger.parts import day, instant, items, run_name, stamp, word
from streaky.schedule.lateness import Lateness
from streaky.schedule.slots import Slot
from streaky.streak import Rules, State, Streak

VERSION = 1
FOREIGN = (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError)


class Mark(StrEnum):
    """What became of a slot on a channel. `dead`: the address is refused for good; `skipped`: superseded."""

    CLAIMED = "claimed"
    SENT = "sent"
    FAILED = "failed"
    DEAD = "dead"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Row:
    """What became of a slot on a channel, since when (aware, UTC), and in which run."""

    mark: Mark
    at: datetime
    run: str


@dataclass(frozen=True, slots=True)
class Line:
    """One day of the journal. `note`: `rescued` (warned, then contributed to), or `unwatched` (no run)."""

    count: int
    standing: State
    note: str = ""


@dataclass(frozen=True, slots=True)
class Streaks:
    """The streak that ran on the journal's last day, and the longest of all time, where they are known, with
    the rules that they were counted by."""

    minimum: int
    rest_days: frozenset[int]
    current: Streak | None = None
    longest: Streak | None = None

    def fit(self, rules: Rules) -> bool:
        return (self.minimum, self.rest_days) == (rules.minimum, rules.rest_days)


@dataclass(frozen=True, slots=True)
class Dead:
    """An address that a channel's service refuses for good: its mark, and since when."""

    address: str
    since: datetime


Pair = tuple[Slot, str]  # a slot, and the key of a channel


@dataclass(frozen=True, slots=True)
class Ledger:
    """One person's ledger. `pause_until`: a pause that was set by hand; `scheduled`: the start of the last
    scheduled run that wrote."""

    user: str
    alerts: Mapping[Pair, Row] = field(default_factory=dict)
    days: Mapping[date, Line] = field(default_factory=dict)
    streaks: Streaks | None = None
    pause_until: date | None = None
    scheduled: datetime | None = None
    dead: Mapping[str, Dead] = field(default_factory=dict)
    lateness: Lateness = field(default_factory=Lateness)


class Unreadable(Exception):
    """A ledger that cannot be used. Its text says why, as a clause."""


def write(ledger: Ledger) -> bytes:
    """The ledger as JSON, a line for each alert and day, so that its history reads well."""
    alerts = [
        {"slot": str(slot), "channel": key, "state": str(row.mark), "at": stamp(row.at), "run": row.run}
        for (slot, key), row in ledger.alerts.items()
    ]
    days = {
        f"{day}": [line.count, str(line.standing), *([line.note] if line.note else [])]
        for day, line in sorted(ledger.days.items())
    }
    parts: dict[str, Any] = {"version": VERSION, "user": ledger.user, "alerts": alerts, "days": days}
    if ledger.streaks:
        runs = {"current": ledger.streaks.current, "longest": ledger.streaks.longest}
        rules = {"minimum": ledger.streaks.minimum, "rest-days": sorted(ledger.streaks.rest_days)}
        parts["streaks"] = rules | {name: _dates(run) for name, run in runs.items() if run}
    if ledger.pause_until:
        parts["pause-until"] = f"{ledger.pause_until}"
    if ledger.scheduled:
        parts["scheduled"] = stamp(ledger.scheduled)
    if ledger.lateness.seen:
        seen = {"counts": list(ledger.lateness.counts), "seen": stamp(ledger.lateness.seen)}
        parts["lateness"] = seen | ({} if ledger.lateness.last is None else {"last": ledger.lateness.last})
    if ledger.dead:
        parts["dead"] = {
            key: {"address": dead.address, "since": stamp(dead.since)}
            for key, dead in sorted(ledger.dead.items())
        }
    return (
        "{\n" + ",\n".join(f' "{name}": {_laid_out(part)}' for name, part in parts.items()) + "\n}\n"
    ).encode()


def _laid_out(part: Any) -> str:
    """A list or an object of rows with one row a line."""
    if isinstance(part, list) and part:
        return "[\n" + ",\n".join(f"  {json.dumps(each)}" for each in part) + "\n ]"
    if isinstance(part, dict) and part and all(isinstance(each, (list, dict)) for each in part.values()):
        rows = (f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in part.items())
        return "{\n" + ",\n".join(rows) + "\n }"
    return json.dumps(part)


def read(data: bytes, user: str) -> Ledger:
    """The ledger that `write` wrote for this person. Raises Unreadable."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        raise Unreadable("it is not JSON") from None
    if not isinstance(document, dict) or not isinstance(document.get("version"), int):
        raise Unreadable("it is not a ledger of Streaky's")
    version = document.pop("version")
    if version != VERSION:
        newer = "a newer Streaky" if version > VERSION else "an older Streaky"
        raise Unreadable(f"it was written by {newer} (version {version}, not {VERSION})")
    try:
        ledger = _ledger(document)
    except FOREIGN:
        raise Unreadable(
            "it was changed by hand, or breaks off: it does not fit ledger.schema.json"
        ) from None
    if ledger.user.casefold() != user.casefold():
        raise Unreadable(f"it belongs to {ledger.user[:39]}")
    return ledger


def _ledger(document: dict[str, Any]) -> Ledger:
    """The parts of a ledger, each of which is used up; what is left over makes it foreign."""
    user = document.pop("user")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,38}", user):
        raise ValueError("not a login")
    alerts: dict[Pair, Row] = {}
    for each in items(document.pop("alerts")):
        if set(each) != {"slot", "channel", "state", "at", "run"}:
            raise ValueError("not an alert")
        row = Row(Mark(each["state"]), instant(each["at"]), run_name(each["run"]))
        alerts[Slot.read(each["slot"]), word(each["channel"])] = row
    days = {day(text): _line(line) for text, line in document.pop("days").items()}
    streaks, pause = (document.pop(name, None) for name in ("streaks", "pause-until"))
    scheduled, dead = document.pop("scheduled", None), document.pop("dead", {})
    lateness = document.pop("lateness", None)
    if document:
        raise ValueError("unknown parts")
    return Ledger(
        user=user,
        alerts=alerts,
        days=dict(sorted(days.items())),
        streaks=_streaks(streaks) if streaks is not None else None,
        pause_until=day(pause) if pause is not None else None,
        scheduled=instant(scheduled) if scheduled is not None else None,
        lateness=_lateness(lateness) if lateness is not None else Lateness(),
        dead={word(key): Dead(word(each["address"]), instant(each["since"])) for key, each in dead.items()},
    )


def _line(line: Any) -> Line:
    count, standing, *notes = items(line)
    note = notes[0] if notes else ""
    if isinstance(count, bool) or not isinstance(count, int) or count < 0 or len(notes) > 1:
        raise ValueError("not a day")
    if note not in ("", "rescued", "unwatched"):
        raise ValueError("not a note")
    return Line(count, State(standing), note)


def _streak(part: Any) -> Streak:
    streak = Streak(day(part["start"]), day(part["end"]))
    if streak.days < 1:
        raise ValueError("not a streak")
    return streak


def _streaks(part: Any) -> Streaks:
    minimum, rest_days = part["minimum"], frozenset(items(part["rest-days"]))
    if (
        isinstance(minimum, bool)
        or not isinstance(minimum, int)
        or minimum < 1
        or not rest_days <= set(range(7))
    ):
        raise ValueError("not rules")
    current, longest = (_streak(part[name]) if name in part else None for name in ("current", "longest"))
    return Streaks(minimum, rest_days, current, longest)


def _lateness(part: Any) -> Lateness:
    counts, last = tuple(items(part["counts"])), part.get("last")
    numbers = (*counts, last or 0)
    if len(counts) != len(Lateness().counts) or any(type(each) is not int or each < 0 for each in numbers):
        raise ValueError("not a histogram")
    return Lateness(counts, last, instant(part["seen"]))


def _dates(streak: Streak) -> dict[str, Any]:
    return {"start": f"{streak.start}", "end": f"{streak.end}"}
