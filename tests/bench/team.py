"""Teams of 10 to 10,000 people, guarded by the program itself: `python -m tests.bench.team`.

GitHub takes 300 ms for each answer, and Discord 100 ms within its limits: 5 messages in 2 seconds and 30 a
minute for a webhook, 50 requests a second over all. Three in ten people are at risk, each with a webhook of
their own, sealed in a file of their own. Three runs each: one in the morning that begins the ledgers; the
evening's, in which nobody's contributions are known yet and three in ten are warned; and one half an hour
later with nothing new. Services run in processes of their own; the table shows what the guarding process
alone used.

`--write` puts the table into docs/scale.md, `--people 10,100` measures these alone.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import sysconfig
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from multiprocessing import Pipe, Process
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from streaky import sealing
from streaky.sandbox import Fault
from streaky.sandbox.discord.service import Discord
from streaky.sandbox.github.service import GitHub
from streaky.sealing import PrivateKey
from streaky.team.shards import Shard, shards

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs/scale.md"
BEGIN, END = "<!-- Written by `python -m tests.bench.team --write`. -->", "<!-- End of what is written. -->"
GITHUB, DISCORD = 0.300, 0.100  # seconds for an answer
TOKEN = "ghs_benchBenchBenchBenchBenchBench00"
KEY = PrivateKey(bytes(range(32)))
EVENING = datetime(2026, 11, 23, 21, 30, tzinfo=UTC)
MORNING, LATER = (EVENING + timedelta(minutes=off) for off in (-660, 30))
WORKFLOW = ".github/workflows/team.yml"
WRITES = "on:\n  schedule:\n    - cron: 7 * * * *\npermissions:\n  contents: write\n"
AT_RISK = 0.3
FAILING = 0.05
SIZES = (10, 100, 1_000, 10_000)
Asked = Callable[..., Any]


def login(number: int) -> str:
    return f"person{number}"


def at_risk(number: int) -> bool:
    return number % 10 < AT_RISK * 10


# The services, each in a process of its own


def _github(pipe: Connection) -> None:
    service = GitHub()
    service.tokens.add(TOKEN)
    service.repository("acme/streaks", {WORKFLOW: WRITES})
    service.start()
    pipe.send(service.url)
    while True:
        what, *rest = pipe.recv()
        if what == "people":
            days = {EVENING.date() - timedelta(days=back): 1 for back in range(1, 6)}
            for number in range(rest[0]):
                service.person(login(number), created=date(2015, 1, 1), contributions=days)
        elif what == "evening":
            for number in range(rest[0]):
                if not at_risk(number):
                    service._people[login(number)].contributions[EVENING.date()] = 1
        elif what == "latency":
            service.latency = rest[0]
        elif what == "fail":
            _fail(service, rest[0])
        pipe.send(_told(service))


def _told(service: GitHub) -> dict[str, int]:
    """How often each thing was asked since the last question."""
    told: Counter[str] = Counter()
    for request in service.requests:
        named = request.path.endswith("/graphql")
        told[json.loads(request.body)["query"].partition("(")[0].split()[-1] if named else "REST"] += 1
    service.requests.clear()
    return told


def _discord(pipe: Connection) -> None:
    service = Discord()
    service.minute, service.overall = (30, 60.0), (50, 1.0)
    service.start()
    pipe.send(service.url)
    hooks = {}
    while True:
        what, *rest = pipe.recv()
        answer: Any = None
        if what == "hooks":
            hooks = {number: service.add_webhook(f"{10**17 + number}") for number in range(rest[0])}
            answer = {number: hook.url for number, hook in hooks.items()}
        elif what == "last":
            answer = max((message.at for hook in hooks.values() for message in hook.messages), default=0.0)
        elif what == "messages":
            answer = Counter(len(hook.messages) for number, hook in hooks.items() if at_risk(number))
            answer["others"] = sum(
                len(hook.messages) for number, hook in hooks.items() if not at_risk(number)
            )
            answer["asked"] = len(service.requests)
        elif what == "latency":
            service.latency = rest[0]
        elif what == "fail":
            _fail(service, rest[0])
        pipe.send(answer)


def _fail(service: GitHub | Discord, share: float) -> None:
    """Let this share of all requests fail before anything is done, in one of four ways."""
    dice = random.Random(11)
    for fault in (Fault.drop(), Fault.status(500), Fault.status(502), Fault.status(503)):
        service.fail(fault, times=None, when=lambda _: dice.random() < share / 4)


@contextmanager
def service(run: Callable[[Connection], None]) -> Iterator[tuple[str, Asked]]:
    """A service's address, and a way to ask its process."""
    ours, theirs = Pipe()
    process = Process(target=run, args=(theirs,), daemon=True)
    process.start()

    def ask(*what: Any) -> Any:
        ours.send(what)
        return ours.recv()

    yield ours.recv(), ask
    process.kill()
    process.join()


# The guard


@dataclass(slots=True)
class Used:
    """What one run used: of its shards, the seconds and the memory of the one that used most, and the
    sums."""

    seconds: float = 0.0
    longest: float = 0.0
    began: float = 0.0
    cpu: float = 0.0
    memory: float = 0.0
    ended: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Team:
    """A roster in a folder, and the two services."""

    people: int
    folder: Path
    github: Asked
    discord: Asked
    environment: dict[str, str]
    shards: tuple[Shard, ...]

    def run(self, now: datetime, *, left: str = "", into: str = "results") -> Used:
        """Guard all shards, one after the other."""
        used = Used()
        for shard in self.shards:
            # As action.yml does.
            command = [sys.executable, "-P", "-S", "-m", "streaky", "team", "check", "--shard", f"{shard}"]
            command += ["--roster", f"{self.folder / 'roster'}", "--results", f"{self.folder / into}"]
            command += ["--left", f"{self.folder / left}"] if left else []
            started = time.perf_counter()
            used.began = used.began or time.monotonic()
            process = subprocess.Popen(
                command,
                env=self.environment | {"STREAKY_NOW": now.isoformat()},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            seconds = time.perf_counter() - started
            used.seconds += seconds
            used.longest = max(used.longest, seconds)
            used.cpu += usage.ru_utime + usage.ru_stime
            used.memory = max(used.memory, usage.ru_maxrss / 1024)
            used.ended.append(process.returncode)
        return used


@contextmanager
def team(people: int) -> Iterator[Team]:
    """A team of so many people, three in ten at risk in the evening."""
    with service(_github) as (api, github), service(_discord) as (_, discord), TemporaryDirectory() as folder:
        github("people", people)
        roster = Path(folder, "roster")
        roster.mkdir()
        for number, url in discord("hooks", people).items():
            sealed = sealing.seal(url, KEY.public, login(number), "discord-webhook-url")
            text = f"timezone: Etc/UTC\nremind-at: 20:00\ndiscord-webhook-url: {sealed}\n"
            (roster / f"{login(number)}.yml").write_text(text)
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{ROOT}{os.pathsep}{sysconfig.get_path('purelib')}",
            "GITHUB_API_URL": api,
            "GITHUB_GRAPHQL_URL": f"{api}/graphql",
            "GITHUB_TOKEN": TOKEN,
            "GITHUB_REPOSITORY": "acme/streaks",
            "GITHUB_WORKFLOW_REF": f"acme/streaks/{WORKFLOW}@refs/heads/main",
            "GITHUB_WORKSPACE": folder,
            "GITHUB_RUN_ID": "1",
            "STREAKY_KEY": KEY.text,
        }
        yield Team(people, Path(folder), github, discord, environment, shards(people))


def measured(people: int, start: float) -> list[str]:
    """The row of the table for a team of so many; `start`: CPU seconds of a process for one person alone. Of
    small teams three are measured, and the one in the middle is shown, since theirs differ most."""
    rows = sorted(measured_once(people, start) for _ in range(3 if people <= 100 else 1))
    return rows[len(rows) // 2][1]


def measured_once(people: int, start: float) -> tuple[float, list[str]]:
    """CPU seconds in all, and the row of the table."""
    with team(people) as found:
        found.run(MORNING)
        found.github("evening", people)
        found.github("latency", GITHUB)
        found.discord("latency", DISCORD)
        evening = found.run(EVENING)
        asked = found.github("nothing")
        messages, last = found.discord("messages"), found.discord("last")
        later = found.run(LATER)
        again = found.github("nothing")
    risky = sum(at_risk(number) for number in range(people))
    once = messages[1] == risky and not messages["others"] and set(evening.ended) == {0}
    calendars, own = asked["StreakyMembers"], evening.cpu - start * len(found.shards)
    writes, each = asked["StreakyLedger"], own / max(1, people - len(found.shards)) * 1000
    return evening.cpu, [
        f"{people:,}",
        f"{len(found.shards)}",
        f"{evening.longest:.1f} s"
        + (f", warned after {last - evening.began:.1f} s" if people <= 1_000 else ""),
        f"{evening.cpu / people * 1000:.1f} ms" + (f", {each:.1f} ms" if people >= 100 else ""),
        f"{evening.memory:.0f} MB",
        f"{calendars} ({people / calendars:.0f} each)",
        f"{writes}",
        f"{risky:,}" if once else f"{risky:,}, wrong: {dict(messages)}",
        f"{later.longest:.1f} s, {again['StreakyMembers']} + {again['StreakyLedger']}",
    ]


def started() -> float:
    """CPU seconds of a process that has one person to look at, and to warn."""
    found = []
    for _ in range(3):
        with team(1) as one:
            one.run(MORNING)
            one.github("evening", 1)
            found.append(one.run(EVENING).cpu)
    return statistics.median(found)


HEAD = (
    "people",
    "shards",
    "longest shard",
    "CPU a person: all, each one more",
    "memory",
    "requests for calendars",
    "writes",
    "alerts, each once",
    "half an hour later",
)


def failing(people: int) -> str:
    """What becomes of a team's alerts while one request in twenty fails."""
    with team(people) as found:
        found.run(MORNING)
        found.github("evening", people)
        found.github("fail", FAILING)
        found.discord("fail", FAILING)
        first = found.run(EVENING, into="all/b-first")
        found.run(EVENING + timedelta(minutes=2), left="all", into="all/c-fresh")
        messages = found.discord("messages")
    risky = sum(at_risk(number) for number in range(people))
    well = messages[1] == risky and not messages["others"]
    said = f"{messages[1]:,} of {risky:,} alerts arrived exactly once, in {first.longest:.0f} s."
    wrong = "" if well else f" Wrong: {dict(messages)}."
    return f"With 5 % of all requests failing, {people:,} people: {said}{wrong}"


def write(begin: str, text: str) -> None:
    """Put a text into the document, between a comment and the next that ends what is written."""
    before, _, rest = DOCUMENT.read_text().partition(begin)
    _, _, after = rest.partition(END)
    DOCUMENT.write_text(f"{before}{begin}\n\n{text}\n\n{END}{after}")


def main(arguments: list[str]) -> None:
    """Print the table, and write it where that is asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.team")
    parser.add_argument("--people", default=",".join(map(str, SIZES)))
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args(arguments)
    lines = [f"| {' | '.join(HEAD)} |", f"|{' --: |' * len(HEAD)}"]
    print("\n".join(lines), flush=True)
    start = started()
    for people in map(int, given.people.split(",")):
        lines.append(f"| {' | '.join(measured(people, start))} |")
        print(lines[-1], flush=True)
    lines += ["", failing(1_000)]
    print(f"\n{lines[-1]}", flush=True)
    if given.write:
        write(BEGIN, "\n".join(lines))


if __name__ == "__main__":
    main(sys.argv[1:])
