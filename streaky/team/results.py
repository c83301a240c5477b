"""What a shard's run leaves to the jobs after it: a file of JSON lines, an artifact of the workflow.

Each line is written as soon as it is known, so that a process that dies leaves what it has sent. A file, and
no output of the job: outputs of a matrix replace each other, hold 1 MB at the most, and are dropped where
they hold any secret's value. It has logins, slots, channels and reasons, and never a secret. Source: GitHub
docs, "Passing information between jobs", "Limits" of outputs.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from streaky.channels.base import Outcome, Result
from streaky.ledger.book import Mark, Pair
from streaky.schedule.slots import Slot
from streaky.team.shards import Shard

LARGEST = 64 * 1024 * 1024
CALLED = {Result.SENT: Mark.SENT, Result.FAILED: Mark.FAILED, Result.RESOLVED: Mark.RESOLVED}


class Results:
    """The file of one shard, as it is written; nothing is where there is no folder for it. `problem`: why it
    could not be written any more, which stops nobody's alert."""

    def __init__(self, folder: Path | None, shard: Shard) -> None:
        self._lock, self.problem = threading.Lock(), ""
        self._path = folder / f"{shard.name}.jsonl" if folder else None
        self._add({"shard": str(shard)}, begin=True)

    def write(self, line: Mapping[str, Any]) -> None:
        """Add a line."""
        self._add(line)

    def _add(self, line: Mapping[str, Any], *, begin: bool = False) -> None:
        with self._lock:
            if self._path is None:
                return
            try:
                if begin:
                    self._path.parent.mkdir(parents=True, exist_ok=True)
                with self._path.open("w" if begin else "a", encoding="utf-8") as stream:
                    stream.write(json.dumps(line, separators=(",", ":")) + "\n")
            except OSError as error:
                self._path, why = None, error.strerror
                self.problem = f"What this job has done could not be written into its results: {why}."

    def outcome(self, login: str, outcome: Outcome) -> None:
        """Add what became of one person's alert on one channel."""
        line = {
            "login": login,
            "slot": str(outcome.slot),
            "channel": outcome.key,
            "state": str(outcome.state),
            "why": f"{outcome.why} {outcome.mend}".strip(),
            "message": outcome.message,
            "again": outcome.again,
            "dead": outcome.dead,
        }
        self.write({name: value for name, value in line.items() if value})


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one alert on one channel, as a file tells."""

    login: str
    slot: Slot
    channel: str
    state: Result
    why: str = ""
    message: str = ""
    again: bool = False
    dead: bool = False


@dataclass(slots=True)
class Found:
    """What a shard's files tell. `end`: its closing line, None where the process died; `unread`: why people
    could not be judged, by login."""

    shard: Shard
    told: list[Told] = field(default_factory=list)
    unread: dict[str, str] = field(default_factory=dict)
    end: Mapping[str, Any] | None = None

    @property
    def ended(self) -> bool:
        """Whether the process came to its end, and all that it did stands in the ledger."""
        return self.end is not None and not self.end.get("unsettled")

    @property
    def sent(self) -> dict[str, dict[Pair, tuple[Mark, str]]]:
        """By login in lower case: the marks of what is known to have become of alerts."""
        found: dict[str, dict[Pair, tuple[Mark, str]]] = {}
        for each in self.told:
            if each.state in CALLED:
                mark = Mark.DEAD if each.dead else CALLED[each.state]
                found.setdefault(each.login.lower(), {})[each.slot, each.channel] = (mark, each.message)
        return found


def read(path: Path) -> Found | None:
    """What a shard's file tells; None for a file that is none. A line that breaks off ends it."""
    try:
        with path.open(encoding="utf-8", errors="replace") as stream:
            lines = stream.read(LARGEST).splitlines()
    except OSError:
        return None
    found: Found | None = None
    for line in lines:
        try:
            document = json.loads(line)
            if found is None:
                found = Found(Shard.read(document["shard"]))
            elif "end" in document:
                if not isinstance(document["end"], dict):
                    break
                found.end = document["end"]
            elif "unread" in document:
                found.unread[str(document["login"])] = str(document["unread"])
            else:
                found.told.append(_told(document))
        except (ValueError, TypeError, KeyError, RecursionError):
            break
    return found


def read_all(folder: Path) -> dict[Shard, list[Found]]:
    """What all files below a folder tell, by shard; those of a later job come after those of an earlier one,
    by the names of their folders."""
    found: dict[Shard, list[Found]] = {}
    for each in filter(None, (read(path) for path in _files(folder))):
        found.setdefault(each.shard, []).append(each)
    return found


def _files(folder: Path) -> Iterable[Path]:
    return sorted(folder.rglob("shard-*.jsonl")) if folder.is_dir() else ()


def _told(document: Mapping[str, Any]) -> Told:
    return Told(
        login=str(document["login"]),
        slot=Slot.read(document["slot"]),
        channel=str(document["channel"]),
        state=Result(document["state"]),
        why=str(document.get("why", "")),
        message=str(document.get("message", "")),
        again=document.get("again") is True,
        dead=document.get("dead") is True,
    )
