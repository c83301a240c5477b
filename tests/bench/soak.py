"""A month of hourly runs of the guard in one process, on a sandbox whose services fail now and then.

`python -m tests.bench.soak [--days N]` prints the figures, and ends with 1 where something grew, was lost,
came twice or leaked. Time is passed in: no run waits for its hour. Before each run each service fails with a
chance of one in twenty, in one of many ways. A channel's fault is one in which the alert did not arrive: one
that arrives and is not confirmed is sent again on purpose.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import re
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from streaky.channels.base import Result
from streaky.config.sources import Sources
from streaky.guard import guard
from streaky.pictures.summary import summary
from streaky.pictures.terminal import terminal
from streaky.report import Report
from streaky.sandbox import Fault, Sandbox
from streaky.schedule.slots import Kind
from tests.book import IN_RUN, WORKFLOW
from tests.conftest import QUICK, TOKEN, days_before, leaks, linked
from tests.program import ROOT

FIRST = date(2026, 11, 1)
FAULTS = 0.05  # the chance that a service fails in a run
IDLE = 0.3  # the share of days without a contribution
WARM = 2  # days after which nothing may grow any more
# The product, and what it sends with; not the sandbox, whose repository rightly grows by a commit a write.
OURS = re.compile(r"streaky\.(?!sandbox\.)|http\.client")
MORE = 24 * 2**20  # bytes that the whole process may grow by: most of it is the sandbox's commits
NOT_ARRIVED: tuple[Callable[[], Fault], ...] = (
    Fault.drop,
    Fault.garbage,
    Fault.edge_ban,
    Fault.edge_refusal,
    lambda: Fault.status(500),
    lambda: Fault.status(503, "", {"Retry-After": "0"}),
)
ARRIVED: tuple[Callable[[], Fault], ...] = (
    Fault.drop_after,
    Fault.truncate,
    lambda: Fault.status(502, after=True),
    lambda: Fault.graphql("SOMETHING_WENT_WRONG", path="user"),
)


@dataclass
class Sample:
    """What the process held at the end of a day: objects of our own classes, open files (0 where the system
    does not say), threads, and bytes in all."""

    objects: int
    files: int
    threads: int
    whole: int


@dataclass
class Soaked:
    """What became of it. `sent`: how often an alert was said to be sent, by slot and channel; `arrived`: how
    many messages each channel got; `at_risk`: the dates that ended without a contribution to a running
    streak; `warned`: the channels that a warning was sent to, by date; `leaked`: what was seen of secrets;
    `open`: what the ledger holds at the end that nobody settled."""

    runs: int = 0
    faults: int = 0
    unknown: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    sent: Counter[tuple[str, str]] = field(default_factory=Counter)
    arrived: Counter[str] = field(default_factory=Counter)
    at_risk: list[date] = field(default_factory=list)
    warned: dict[date, set[str]] = field(default_factory=dict)
    leaked: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)

    @property
    def wrong(self) -> list[str]:
        """All that must not be, as sentences."""
        found = [f"Twice: {slot} on {key}." for (slot, key), times in self.sent.items() if times > 1]
        for channel, count in self.arrived.items():
            said = sum(times for (_, key), times in self.sent.items() if key == channel)
            if said != count:
                found.append(f"{channel} got {count} messages, and {said} were said to be sent.")
        for day in self.at_risk:
            found += [
                f"Lost: {each}, {day}." for each in self.arrived if each not in self.warned.get(day, ())
            ]
        found += [f"Never settled: {row}." for row in self.open]
        if self.leaked:
            found.append(f"{len(self.leaked)} parts of secrets were seen.")
        return found + self._grown()

    def _grown(self) -> list[str]:
        if len(self.samples) <= WARM:
            return []
        first, last = self.samples[WARM - 1], self.samples[-1]
        found = []
        if last.objects > first.objects + 200:  # caches of a few texts may still fill up
            found.append(f"Objects grew from {first.objects:,} to {last.objects:,}.")
        if last.whole > first.whole + MORE:
            found.append(f"Memory grew from {first.whole:,} to {last.whole:,} bytes.")
        if last.files > first.files + 3:
            found.append(f"Open files grew from {first.files} to {last.files}.")
        if last.threads > first.threads + 3:
            found.append(f"Threads grew from {first.threads} to {last.threads}.")
        return found

    def __str__(self) -> str:
        warm, last = self.samples[min(WARM, len(self.samples)) - 1], self.samples[-1]
        return (
            f"{self.runs} runs, {self.faults} faults, {self.seconds:.0f} s ({self.cpu:.0f} s of CPU); "
            f"{sum(self.sent.values())} messages, {len(self.at_risk)} days at risk, "
            f"{self.unknown} runs that could not tell\n"
            f"from day {WARM} to the last: objects of our own {warm.objects:,} to {last.objects:,}; memory "
            f"{warm.whole / 2**20:.0f} to {last.whole / 2**20:.0f} MiB; open files {warm.files} "
            f"to {last.files}; threads {warm.threads} to {last.threads}"
        )


def soak(days: int, seed: int = 1, hours: Collection[int] = range(24)) -> Soaked:
    """So many days with a run in each of these hours."""
    chance, told, began, busy = random.Random(seed), Soaked(), time.monotonic(), time.process_time()
    with Sandbox() as sandbox:
        _soak(sandbox, days, chance, told, hours)
    told.seconds, told.cpu = time.monotonic() - began, time.process_time() - busy
    return told


def _soak(sandbox: Sandbox, days: int, chance: random.Random, told: Soaked, hours: Collection[int]) -> None:
    person = sandbox.github.person("octocat", created=date(2011, 1, 25), contributions=days_before(FIRST, 42))
    workflow = (ROOT / "template/.github/workflows/streaky.yml").read_text("utf-8")
    created = datetime(2026, 10, 1, tzinfo=UTC)
    repository = sandbox.github.repository("octocat/streaky", {WORKFLOW: workflow}, created=created)
    variables, hook, bot = linked(sandbox)
    environment = IN_RUN | variables
    secrets = (TOKEN, hook.token, bot.token.partition(":")[2])
    now = datetime.combine(FIRST, datetime.min.time(), UTC)
    sandbox.github.clock = lambda: now
    for number in range(days):
        day = FIRST + timedelta(days=number)
        contributes = None if chance.random() < IDLE else chance.randrange(9, 24)
        kept = bool(person.contributions.get(day - timedelta(days=1)))
        for hour in range(24):
            if hour == contributes:
                person.contributions[day] = chance.randint(1, 5)
            if hour not in hours:
                continue
            now = datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=hour, minutes=17)
            told.faults += _break(sandbox, chance)
            run = {"GITHUB_RUN_ID": str(1000 + told.runs)}
            report = guard(Sources({}, environment | run), now, limits=QUICK)
            sandbox.heal()
            _note(told, report, secrets)
            told.arrived.update(discord=len(hook.messages), telegram=len(bot.messages))
            said = " ".join(message.content for message in hook.messages)
            told.leaked += leaks(said, secrets)
            sandbox.clear()
        if kept and contributes is None:
            told.at_risk.append(day)
        told.samples.append(_sample())
    for name, data in repository.branches["streaky"].files.items():
        told.leaked += leaks(data.decode(), secrets)
        if name == "ledger.json":
            rows = json.loads(data)["alerts"]
            told.open = [f"{row['slot']} on {row['channel']}" for row in rows if row["state"] == "claimed"]


def _break(sandbox: Sandbox, chance: random.Random) -> int:
    """Let services fail in the next run; how many do."""
    failing = [name for name in ("github", "discord", "telegram") if chance.random() < FAULTS]
    for name in failing:
        ways = (*NOT_ARRIVED, *ARRIVED) if name == "github" else NOT_ARRIVED
        sandbox.services[name].fail(chance.choice(ways)(), times=chance.choice((1, 1, 2)))
    return len(failing)


def _note(told: Soaked, report: Report, secrets: tuple[str, ...]) -> None:
    """Take down one run: what it says it sent, and whether what it says holds a secret."""
    told.runs += 1
    told.unknown += report.standing is None
    for outcome in report.outcomes:
        if outcome.state is Result.SENT:
            told.sent[str(outcome.slot), outcome.key] += 1
            if outcome.slot.kind is Kind.AT_RISK:
                told.warned.setdefault(outcome.slot.day, set()).add(outcome.key)
    said = summary(report) + terminal(report) + json.dumps([report.outputs(), report.document()])
    told.leaked += leaks(said, secrets)


def _sample() -> Sample:
    """What the process holds once what ended has ended; the sandbox's connections take a moment."""
    folder = Path("/proc/self/fd")
    for _ in range(3):
        gc.collect()
        time.sleep(0.01)
    objects = sum(bool(OURS.match(str(type(each).__module__))) for each in gc.get_objects())
    whole = Path("/proc/self/statm")
    size = int(whole.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") if whole.exists() else 0
    opened = len(list(folder.iterdir())) if folder.exists() else 0
    return Sample(objects, opened, threading.active_count(), size)


def main() -> int:
    """Exit status 1 where anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.soak")
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    told = soak(options.days, options.seed)
    print(told)
    print("\n".join(told.wrong) or "Nothing grew, nothing was lost, nothing came twice, nothing leaked.")
    return int(bool(told.wrong))


if __name__ == "__main__":
    sys.exit(main())
