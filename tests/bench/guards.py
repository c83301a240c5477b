"""Ways to guard a streak: Streaky's own decisions, whole, and what else people do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Protocol
from unittest import mock
from zoneinfo import ZoneInfo

from streaky import due
from streaky.calendar import Calendar, Day
from streaky.config.file import ConfigFile
from streaky.config.sources import Sources
from streaky.github import Person
from streaky.github.clients import clients
from streaky.github.repository import Repository
from streaky.judge import judge, rules_in_force
from streaky.ledger import form
from streaky.ledger.book import Mark
from streaky.ledger.claims import Wanted
from streaky.ledger.memory import LedgerMemory
from streaky.ledger.store import Snapshot, StoredLedger
from streaky.limits import Limits
from streaky.look import Look
from streaky.schedule import outlook
from streaky.schedule.crons import Cron
from streaky.schedule.slots import Kind
from streaky.streak import State

TEMPLATE = (Path(__file__).parents[2] / "template/.github/workflows/streaky.yml").read_text("utf-8")
(SCHEDULE,) = re.findall(r'- cron: "([^"]+)"', TEMPLATE)
HOURLY = "17 13-23 * * *"
EARLIEST, BEFORE_END = time(9), timedelta(minutes=60)
MOST_GAPS = 5.6  # hours; 95 % of the gaps of September 2026 are no longer
LIMITS = Limits()


class Guard(Protocol):
    """A way to guard a streak. `zone` is what it believes to be the person's."""

    lines: tuple[Cron, ...]
    zone: ZoneInfo

    def run(self, now: datetime, counts: Mapping[date, int], starts: Sequence[datetime]) -> date | None:
        """The local date that this run warns of, if it does; `starts`: those up to now."""


def template(zone: ZoneInfo) -> tuple[Cron, ...]:
    """The template's own cron line, as a person sets it to their zone."""
    return (Cron(SCHEDULE, zone),)


class Store:
    """A ledger that lies in memory, where nobody else writes."""

    name, shown = "memory", False

    def __init__(self) -> None:
        self.writes = 0

    def read(self, patience: object) -> Snapshot:
        raise AssertionError("nobody else writes")

    def write(
        self,
        before: Snapshot,
        data: bytes,
        about: str,
        aside: tuple[str, bytes] | None,
        patience: object,
        beside: Mapping[str, bytes],
    ) -> Snapshot:
        self.writes += 1
        return Snapshot(data, str(self.writes))


class Listed:
    """GitHub's list of the workflow's runs."""

    def __init__(self) -> None:
        self.asked = 0
        self.starts: Sequence[datetime] = ()

    def scheduled_starts(self, patience: object) -> list[datetime]:
        self.asked += 1
        return list(self.starts[-100:])


@dataclass(frozen=True)
class Parts:
    """Which parts of Streaky are switched on, and its cron line."""

    ahead: bool = True
    learning: bool = True
    auto: bool = True
    line: str = SCHEDULE


class Streaky:
    """The program itself but for its requests: judge, decide, claim, learn and settle, as guard.py does."""

    def __init__(self, zone: ZoneInfo, parts: Parts, first: date) -> None:
        self.zone, self.lines, self.parts, self.first = zone, (Cron(parts.line, zone),), parts, first
        environment = {
            "STREAKY_USER": "octocat",
            "STREAKY_TIMEZONE": zone.key,
            "GITHUB_TOKEN": "x" * 40,
            "GITHUB_REPOSITORY": "octocat/streaky",
            "GITHUB_EVENT_NAME": "schedule",
            "GITHUB_WORKFLOW_REF": "octocat/streaky/.github/workflows/streaky.yml@refs/heads/main",
            "DISCORD_WEBHOOK_URL": "https://discord.com/api/webhooks/100000000000000001/" + "x" * 68,
        }
        settings = Sources({}, environment).settle(ConfigFile(""), file_may_follow=False)
        self.settings = replace(settings, speaking=replace(settings.speaking, auto=parts.auto))
        self.clients, self.listed = clients(settings.github), Listed()
        self.repository = Repository(
            public=True,
            branch="main",
            workflow_text=TEMPLATE.replace(SCHEDULE, parts.line).replace("Etc/UTC", zone.key),
            job=settings.job,
            owner_may_write=True,
        )
        self.store = Store()
        self.ledger = StoredLedger(self.store, Snapshot(None, ""), "octocat", first)
        self.seen_safe: date | None = None
        self.look_ahead = outlook.speaks_ahead if parts.ahead else lambda *_: None

    @property
    def lists(self) -> int:
        return self.listed.asked

    @property
    def commits(self) -> int:
        return self.store.writes

    def run(self, now: datetime, counts: Mapping[date, int], starts: Sequence[datetime]) -> date | None:
        day, ledger = Day.at(now, self.zone), self.ledger.ledger
        if day.date == self.seen_safe:
            return None  # that was written down, and nothing more is due
        calendar = Calendar(self.first - timedelta(days=20), day.date + timedelta(days=1), counts)
        person = Person("octocat", calendar, date(2011, 1, 25), (2026,), False, True, True)
        repository = replace(self.repository, active=day.date)
        seen = Look(self.settings, self.clients, None, person, repository=repository)
        judgement = judge(seen, rules_in_force(self.settings, ledger, day.date), ledger, day)
        with mock.patch.object(outlook, "speaks_ahead", self.look_ahead):
            told = due.decide(judgement, seen, ledger, now, test=False)
        self.listed.starts = starts
        runs = self.listed if self.parts.learning else None
        memory = LedgerMemory(self.ledger, LIMITS, begins=True, dry_run=False, runs=runs)  # type: ignore[arg-type]
        wanted = Wanted(told, {"discord": "mark"}, now, "1/1/x")
        claimed = memory.claim(wanted, due.today(judgement, seen, now))
        memory.settle(dict.fromkeys(claimed.send, Mark.SENT), wanted, now, {})
        if judgement.standing and judgement.standing.state is State.SAFE:
            self.seen_safe = day.date
        return next((slot.day for slot, _ in claimed.send if slot.kind is Kind.AT_RISK), None)


class WithoutMemory:
    """The field's usual way: whatever run comes warns, if there is no contribution yet."""

    def __init__(self, zone: ZoneInfo, lines: tuple[Cron, ...]) -> None:
        self.zone, self.lines = zone, lines

    def run(self, now: datetime, counts: Mapping[date, int], starts: Sequence[datetime]) -> date | None:
        today = now.astimezone(self.zone).date()
        return None if counts.get(today) else today


class Oracle:
    """Who knows every start: warns in the last run that is in time, and in no other. Nobody does better."""

    def __init__(self, zone: ZoneInfo, lines: tuple[Cron, ...]) -> None:
        self.zone, self.lines = zone, lines
        self.coming: Sequence[datetime] = ()

    def run(self, now: datetime, counts: Mapping[date, int], starts: Sequence[datetime]) -> date | None:
        day = Day.at(now, self.zone)
        latest = day.deadline.astimezone(UTC) - BEFORE_END
        after = next((start for start in self.coming if start > now), None)
        last = now <= latest and (after is None or after > latest)
        return day.date if last and not counts.get(day.date) else None


class KnowsTheGaps:
    """Who knows how the gaps of September 2026 are spread, but no start to come: warns in the first run after
    which only a gap of so many hours or less would lead to another one in time."""

    def __init__(self, zone: ZoneInfo, lines: tuple[Cron, ...], hours: float = MOST_GAPS) -> None:
        self.zone, self.lines, self.gap = zone, lines, timedelta(hours=hours)
        self.warned: date | None = None

    def run(self, now: datetime, counts: Mapping[date, int], starts: Sequence[datetime]) -> date | None:
        day = Day.at(now, self.zone)
        needed = day.deadline.astimezone(UTC) - BEFORE_END < now + self.gap
        if not needed or counts.get(day.date) or self.warned == day.date:
            return None
        self.warned = day.date
        return day.date


Way = Callable[[ZoneInfo, date], Guard]
WAYS: dict[str, Way] = {
    "**Streaky**": lambda zone, first: Streaky(zone, Parts(), first),
    "Streaky, 18:00, 21:00, 23:00 set": lambda zone, first: Streaky(zone, Parts(auto=False), first),
    "hourly, memory, no look-ahead": lambda zone, first: Streaky(
        zone, Parts(ahead=False, auto=False, line=HOURLY), first
    ),
    "one cron at 20:00 UTC": lambda zone, _: WithoutMemory(zone, (Cron("0 20 * * *"),)),
    "one cron at 20:00 local": lambda zone, _: WithoutMemory(zone, (Cron("0 20 * * *", zone),)),
    "three crons, no memory": lambda zone, _: WithoutMemory(zone, (Cron("0 18,21,23 * * *", zone),)),
    "5.6 h before it would be too late": lambda zone, _: KnowsTheGaps(zone, template(zone)),
    "oracle": lambda zone, _: Oracle(zone, template(zone)),
}
# Without a part of Streaky, which must show; or with another line. Not in the tables, which take long enough.
OTHERS: dict[str, Way] = {
    "Streaky, hourly at :17": lambda zone, first: Streaky(zone, Parts(line=HOURLY), first),
    "Streaky, learning off": lambda zone, first: Streaky(zone, Parts(learning=False), first),
    "Streaky, look-ahead off": lambda zone, first: Streaky(zone, Parts(ahead=False), first),
}
# By how many hours each looks ahead: what nobody can do better in a September who knows no start to come.
KNOWING: dict[str, Way] = {
    f"{hours} h": lambda zone, _, hours=hours: KnowsTheGaps(zone, template(zone), hours)  # type: ignore[misc]
    for hours in (5.0, 5.25, 5.4, 5.6, 5.8, 6.0)
}


@contextmanager
def quickened() -> Iterator[None]:
    """Without the ledger's text, since nobody reads it."""
    with mock.patch.object(form, "write", return_value=b""):
        yield
