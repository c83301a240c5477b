"""The ledger's JSON: each field is described once, and read, written and checked by that description.

`ledger.schema.json` is written from it by `python -m streaky.ledger.form`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from streaky.ledger.book import MESSAGE, WHY, Dead, Ledger, Line, Mark, Note, Pair, Row, Streaks, Weeks
from streaky.ledger.parts import (
    CLOCK,
    DAY,
    FLAG,
    INSTANT,
    Form,
    choice,
    many,
    number,
    record,
    row,
    table,
    text,
)
from streaky.schedule.slots import Kind, Slot
from streaky.streak import Shrunk, State, Streak

VERSION = 1
FOREIGN = (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError)
WORD = text("[A-Za-z0-9_./-]{1,80}")


class Unreadable(Exception):
    """A ledger that cannot be used. Its text says why, as a clause."""


@dataclass(frozen=True, slots=True)
class Alert:
    """A slot, a channel and what became of it there, as one row of the JSON."""

    slot: Slot
    channel: str
    state: Mark
    at: datetime
    run: str
    message: str = ""
    why: str = ""


def _alerts(rows: list[Alert]) -> Mapping[Pair, Row]:
    alerts = {
        (each.slot, each.channel): Row(each.state, each.at, each.run, each.message, each.why) for each in rows
    }
    if len(alerts) < len(rows):
        raise ValueError("the same alert twice")
    return alerts


def _streak(run: Streak) -> Streak:
    if run.days < 1:
        raise ValueError("a streak that ends before it starts")
    return run


def _starts(days: Mapping[date, list[int]]) -> tuple[datetime, ...]:
    return tuple(
        datetime.combine(day, time(), UTC) + timedelta(minutes=minute)
        for day, minutes in sorted(days.items())
        for minute in sorted(minutes)
    )


def _minutes(starts: tuple[datetime, ...]) -> Mapping[date, list[int]]:
    days: dict[date, list[int]] = {}
    for start in starts:
        utc = start.astimezone(UTC)
        days.setdefault(utc.date(), []).append(utc.hour * 60 + utc.minute)
    return days


STREAK = record(Streak, without=["at_least"], start=DAY, end=DAY).via(_streak, lambda run: run)
ALERTS: Form[Mapping[Pair, Row]] = many(
    record(
        Alert,
        slot=text(f"[0-9-]{{10}}/({'|'.join(Kind)})/([0-9]{{2}}:[0-9]{{2}}|day)")
        .via(Slot.read, str)
        .said("The local date, the kind of alert, and the local time it fell due."),
        channel=WORD.said("A channel's name, with a number from the second one of that name on: apprise-2."),
        state=choice(Mark).said(
            "claimed: a run is sending it, for 15 minutes at most. failed: the next run may try again. "
            "dead: the service refuses the address for good. skipped: a later reminder took its place. "
            "resolved: it was sent, and is over: the day is safe, paused or over, or a later reminder came."
        ),
        at=INSTANT,
        run=text("[A-Za-z0-9_]{1,40}/[0-9]{1,6}/[A-Za-z0-9_]{1,20}").said(
            "The workflow run's id, its attempt, and a random part."
        ),
        message=text(MESSAGE).said("What the service calls the message, until it is edited."),
        why=text(f"[^\\x00-\\x1f]{{1,{WHY}}}").said("Why it failed."),
    )
).via(
    _alerts,
    lambda alerts: [
        Alert(*pair, row.mark, row.at, row.run, row.message, row.why) for pair, row in alerts.items()
    ],
)
STARTS: Form[tuple[datetime, ...]] = table(DAY, many(number(0, 1439))).via(_starts, _minutes)
LEDGER = record(
    Ledger,
    user=text("[A-Za-z0-9][A-Za-z0-9_-]{0,38}").said("The GitHub login."),
    alerts=ALERTS.said("One row for each slot and channel of the last 40 days."),
    days=table(
        DAY, row(Line, count=number(0), standing=choice(State), note=choice(Note), safe_at=CLOCK)
    ).said(
        "The journal: for each local date its contributions, the standing, rescued (warned of, then "
        "contributed to) or unwatched (no run), and the local time at which a run first saw it safe."
    ),
    streaks=record(
        Streaks,
        minimum=number(1),
        rest_days=many(number(0, 6)).via(frozenset, sorted).said("Monday is 0."),
        current=STREAK,
        longest=STREAK,
        past=many(STREAK).via(tuple, list),
        own=FLAG.said("Counted by the person's own token."),
    ).said(
        "The running streak, the longest of all time and the longest ones that ended, where they are known, "
        "and the rules that they were counted by."
    ),
    pause_until=DAY.said("Say nothing up to this date, included."),
    starts=STARTS.said(
        "When scheduled runs started: for each date in UTC the minutes of that day; the last four weeks."
    ),
    listed=INSTANT.said("Up to when GitHub's own list of runs is in `starts`."),
    dead=table(WORD, record(Dead, address=WORD, since=INSTANT)).said(
        "Addresses that their service refuses for good, by channel. The address is eight digits of a hash."
    ),
    weeks=record(Weeks, first=DAY, levels=text("[0-4]{1,400}")).said(
        "The last year as a map: for each date from the first on a digit, from 0 (does not count) to 4 (many "
        "contributions)."
    ),
    shrunk=record(Shrunk, streak=STREAK, counted=DAY, noticed=DAY).said(
        "A streak of which days that had counted do not any more, as it was last counted."
    ),
)


def write(ledger: Ledger) -> bytes:
    """The ledger as JSON, a line for each alert and day, so that its history reads well."""
    parts = {"version": VERSION} | LEDGER.write(ledger)
    lines = (f" {json.dumps(name)}: {_laid_out(part)}" for name, part in parts.items())
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def _laid_out(part: Any) -> str:
    """A list or an object of rows with one row a line."""
    if isinstance(part, list) and part:
        return "[\n" + ",\n".join(f"  {json.dumps(each)}" for each in part) + "\n ]"
    if isinstance(part, dict) and part and all(isinstance(each, (list, dict)) for each in part.values()):
        rows = (f"  {json.dumps(name)}: {json.dumps(each)}" for name, each in part.items())
        return "{\n" + ",\n".join(rows) + "\n }"
    return json.dumps(part)


def read(data: bytes, user: str) -> Ledger:
    """The ledger that `write` wrote for this person. Raises Unreadable."""
    by_hand = Unreadable("it was changed by hand, or breaks off: it does not fit ledger.schema.json")
    try:
        document = json.loads(data, object_pairs_hook=once)
    except KeyError:
        raise by_hand from None
    except (ValueError, RecursionError):
        raise Unreadable("it is not JSON") from None
    if not isinstance(document, dict) or type(document.get("version")) is not int:
        raise Unreadable("it is not a ledger of Streaky's")
    version = document.pop("version")
    if version != VERSION:
        newer = "a newer Streaky" if version > VERSION else "an older Streaky"
        raise Unreadable(f"it was written by {newer} (version {version}, not {VERSION})")
    try:
        ledger = LEDGER.read(document)
    except FOREIGN:
        raise by_hand from None
    if ledger.user.casefold() != user.casefold():
        raise Unreadable(f"it belongs to {ledger.user}")
    return ledger


def once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object's members. Raises KeyError where a name comes twice: nobody knows which of them holds."""
    if len(dict(members)) < len(members):
        raise KeyError("a name twice")
    return dict(members)


def schema() -> str:
    """The text of `ledger.schema.json`."""
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://github.com/streaky-action/streaky/ledger.schema.json",
        "title": "Streaky's ledger: what was claimed, sent or failed, a line a day, and when runs started",
    }
    body = {
        **LEDGER.schema,
        "required": ["version", *LEDGER.schema["required"]],
        "properties": {"version": {"const": VERSION}} | LEDGER.schema["properties"],
    }
    return json.dumps(head | body, indent=2) + "\n"


if __name__ == "__main__":
    Path(__file__).parents[1].joinpath("ledger.schema.json").write_text(schema(), encoding="utf-8")
