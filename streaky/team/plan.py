"""Which shards there are, which of them have to run now, and in what order.

Two things are told apart. Who belongs to which shard never changes with the time, so that ledgers stay where
they are (`shards.py`). Who is looked at now does: only those whose day can still bring a word, and a shard
without any of them has no job. Of the jobs, the one whose first day ends soonest starts first; so in a shard.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from streaky.calendar import Day
from streaky.config.settings import Settings
from streaky.config.sources import Sources
from streaky.errors import CouldNotTell
from streaky.github.clients import clients
from streaky.github.person import read_last_branch
from streaky.http import Patience
from streaky.limits import Limits
from streaky.team.progress import Progress
from streaky.team.roster import Member, read_roster, roster_files
from streaky.team.shards import FOLDER, Shard, shards

FILE = "plan.json"


def day_of(settings: Settings, now: datetime) -> Day:
    """A person's day; in UTC where the file names no zone and the workflow's may hold."""
    return Day.at(now, settings.zone or UTC)


def matters(settings: Settings, now: datetime) -> bool:
    """Whether anything can be said to a person now: from the end of the quiet hours on, or from the first
    reminder on, to the end of the day. Where the file names no zone, always."""
    if settings.zone is None:
        return True
    day, speaking = day_of(settings, now), settings.speaking
    return day.moment(min(speaking.quiet_until, *speaking.remind_at)) <= now


@dataclass(frozen=True, slots=True)
class Plan:
    """The shards that have to run, in their order; `count`: of how many. `people`: everybody; `waiting`:
    whose day matters now; `faulty`: what is wrong with files, by login; `warnings`: what should be mended."""

    shards: tuple[Shard, ...]
    count: int = 1
    people: int = 0
    waiting: int = 0
    faulty: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def matrix(self) -> str:
        """The matrix of jobs as JSON, for `fromJSON` in a workflow; "" for no job, since an empty one is an
        error."""
        return matrix(self.shards)

    def document(self) -> dict[str, Any]:
        """The plan as the job that reports reads it."""
        return {
            "shards": [str(each) for each in self.shards],
            "count": self.count,
            "people": self.people,
            "waiting": self.waiting,
            "faulty": dict(self.faulty),
            "warnings": list(self.warnings),
        }

    def write(self, folder: Path) -> None:
        """Leave the plan to the job that reports."""
        folder.mkdir(parents=True, exist_ok=True)
        folder.joinpath(FILE).write_text(json.dumps(self.document()), encoding="utf-8")


def read(folder: Path) -> Plan | None:
    """The plan that lies in a folder or below it; None for none that can be read."""
    for path in sorted(folder.rglob(FILE), reverse=True):  # of several attempts the last one
        try:
            found = json.loads(path.read_bytes())
            return Plan(
                tuple(map(Shard.read, found["shards"])),
                int(found["count"]),
                int(found["people"]),
                int(found["waiting"]),
                {str(login): str(why) for login, why in found["faulty"].items()},
                tuple(map(str, found["warnings"])),
            )
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            continue
    return None


def matrix(jobs: tuple[Shard, ...]) -> str:
    """A matrix with one job for each shard: K/N, and its name, as an artifact may have it."""
    rows = [{"shard": str(each), "name": each.name} for each in jobs]
    return json.dumps({"include": rows}, separators=(",", ":")) if jobs else ""


def plan(
    sources: Sources, clock: datetime, roster: Path, limits: Limits, stream: TextIO | None = None
) -> Plan:
    """Plan one run. `clock` is the present (aware), which a `now` input replaces; `stream`: where progress is
    shown. Nothing sealed is opened. Raises ConfigurationError for what is wrong for everybody."""
    now = sources.now(clock)
    progress = Progress(stream or sys.stderr, "files read", len(roster_files(roster)), limits.clock)
    members = read_roster(roster, sources, opening=False, tell=progress.add)
    progress.end()
    last, warnings = _last_branch(members, limits)
    found = shards(len(members), last)
    waiting = [each for each in members if each.settings and matters(each.settings, now)]
    soonest: dict[Shard, datetime] = {}
    for member in waiting:
        if member.settings:
            mine, end = found[Shard.at(member.login, len(found))], day_of(member.settings, now).deadline
            soonest[mine] = min(soonest.get(mine, end), end)
    return Plan(
        tuple(sorted(soonest, key=lambda shard: (soonest[shard], shard.number))),
        len(found),
        len(members),
        len(waiting),
        {each.login: " ".join(map(str, each.faults)) for each in members if each.settings is None},
        tuple(sources.redact(each) for each in warnings),
    )


def _last_branch(members: tuple[Member, ...], limits: Limits) -> tuple[str, list[str]]:
    """The shard of the highest number that has a branch, and what should be mended."""
    settings = next((each.settings for each in members if each.settings), None)
    if settings is None or settings.github.repository is None:
        return "", []
    try:
        client = clients(settings.github).job
        return read_last_branch(client, settings.github.repository, FOLDER, Patience(limits.github)), []
    except CouldNotTell as problem:
        why = f"How many shards there were could not be read, so there are as many as people need. {problem}"
        return "", [why]
