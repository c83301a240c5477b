"""Never twice, never lost: many processes at once, kills at every step, and any order of any of it."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from streaky.sandbox import Fault
from streaky.sandbox.exchange import Request
from tests import program
from tests.book import Book
from tests.conftest import NOW, World

CROWD = 20
AFTER_LEASE = NOW + timedelta(minutes=6)


@pytest.fixture(params=["branch", "file"])
def book(request: pytest.FixtureRequest, world: World, tmp_path: Path) -> Book:
    """A world whose runs remember, with a ledger that has begun or, on the first run, has not."""
    path = tmp_path / "ledger.json"
    world.environment["STREAKY_LEDGER"] = "auto" if request.param == "branch" else f"file:{path}"
    return Book(world, path if request.param == "file" else None)


def start(world: World, now: datetime = NOW, **more: str) -> program.Started:
    """The program itself, as a process that goes on by itself."""
    environment = program.PLAIN | {"STREAKY_NOW": now.isoformat()} | world.environment | more
    return program.start("check", "--format", "json", environment=environment)


@pytest.mark.parametrize("begun", [False, True])
def test_twenty_processes_at_once_send_one_alert_on_each_channel(book: Book, begun: bool) -> None:
    world = book.world
    if begun:
        world.check(NOW - timedelta(hours=9))
        if book.path is None and book.raw() is None:
            book.put(b'{"version": 1, "user": "octocat", "alerts": [], "days": {}}')
    crowd = [start(world, GITHUB_RUN_ID=str(number)) for number in range(1, CROWD + 1)]
    ended = [process.end() for process in crowd]
    assert {each.returncode for each in ended} == {0}, ended
    assert (len(world.hook.messages), len(world.bot.messages)) == (1, 1)
    reports = [json.loads(each.stdout) for each in ended]
    sent = [row for report in reports for row in report["alerts"] if row["state"] == "sent"]
    assert sorted(row["channel"] for row in sent) == ["discord", "telegram"]
    assert book.states() == {
        "2026-11-23/at-risk/18:00 discord": "skipped",
        "2026-11-23/at-risk/18:00 telegram": "skipped",
        "2026-11-23/at-risk/21:00 discord": "sent",
        "2026-11-23/at-risk/21:00 telegram": "sent",
    }
    if book.path is None:
        branch = book.repository.branches["streaky"]
        assert [commit.parents for commit in branch.commits[1:]] == [
            (before.oid,) for before in branch.commits[:-1]
        ]


def test_many_slots_claimed_by_many_processes_lose_no_row(book: Book) -> None:
    world = book.world
    minutes = [f"{hour:02}:{minute:02}" for hour in range(8, 21) for minute in (0,)]
    world.check(NOW - timedelta(hours=15), STREAKY_REMIND_AT=",".join(minutes))
    with ThreadPoolExecutor(8) as pool:
        channels = ["DISCORD_WEBHOOK_URL", "TELEGRAM_BOT_TOKEN"]
        days = [NOW + timedelta(days=day) for day in range(4)]
        jobs = [
            pool.submit(lambda day, off: start(world, day, **_without(off)).end(), day, off)
            for day in days
            for off in channels
        ]
        for job in jobs:
            job.result()
    # A run of a later day may have told already what became of the first one.
    sent = {name for name, state in book.states().items() if state in ("sent", "resolved")}
    assert {name for name in sent if "at-risk/21:00" in name} == {
        f"{(NOW + timedelta(days=day)).date()}/at-risk/21:00 {channel}"
        for day in range(1)
        for channel in ("discord", "telegram")
    }


def _without(channel: str) -> dict[str, str]:
    """The environment without one channel."""
    return {channel: ""} | ({"TELEGRAM_CHAT_ID": ""} if channel.startswith("TELEGRAM") else {})


# Killed


def claims(request: Request) -> bool:
    """Whether a request writes the ledger: by a commit, or by a branch's beginning."""
    return b"createCommitOnBranch" in request.body or request.path.endswith("/git/refs")


@contextmanager
def killed(world: World, service: str, when: Callable[[Request], bool], *, processed: bool) -> Iterator[None]:
    """Run the program and kill it, with SIGKILL, as a request arrives; that is then processed, or lost."""
    arrived, started = threading.Event(), threading.Event()
    process: program.Started | None = None

    def strike(request: Request) -> bool:
        if arrived.is_set() or not when(request):
            return False
        arrived.set()
        started.wait(10)
        assert process is not None
        os.kill(process.pid, signal.SIGKILL)
        return not processed

    world.sandbox.services[service].fail(Fault.drop(), times=None, when=strike)
    process = start(world, GITHUB_RUN_ID="1")
    started.set()
    ended = process.end()
    assert arrived.is_set()
    assert ended.returncode == -signal.SIGKILL
    world.sandbox.heal()
    yield


def nth(number: int, when: Callable[[Request], bool]) -> Callable[[Request], bool]:
    """The number-th request for which something holds, from 1 on."""
    seen = []

    def found(request: Request) -> bool:
        if when(request):
            seen.append(request)
        return len(seen) == number and when(request)

    return found


def always(request: Request) -> bool:
    return True


STEPS = {
    "before the claim": ("github", nth, 1, always, False, 1),
    "while the claim is on its way": ("github", nth, 1, claims, False, 1),
    "after the claim": ("github", nth, 1, claims, True, 1),
    "while sending": ("discord", nth, 1, always, False, 1),
    "after sending": ("discord", nth, 1, always, True, 2),
    "before settling": ("github", nth, 2, claims, False, 2),
    "after settling": ("github", nth, 2, claims, True, 1),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_kill_at_any_step_loses_no_alert_and_doubles_it_only_between_answer_and_settling(
    world: World, step: str
) -> None:
    book = Book(world, None)
    world.environment |= {"STREAKY_LEDGER": "auto", "TELEGRAM_BOT_TOKEN": "", "TELEGRAM_CHAT_ID": ""}
    world.check(NOW - timedelta(hours=1), STREAKY_REMIND_AT="20:00")  # the branch has begun
    world.sandbox.clear()
    service, counted, number, when, processed, most = STEPS[step]
    with killed(world, service, counted(number, when), processed=processed):
        pass
    statuses = [world.run("check", now=now, GITHUB_RUN_ID=run).returncode for now, run in LATER]
    assert statuses == [0, 0, 0]
    assert 1 <= len(world.hook.messages) <= most
    assert book.states()["2026-11-23/at-risk/21:00 discord"] == "sent"


# Within the lease, after it, and once more.
LATER = (
    (NOW + timedelta(minutes=2), "2"),
    (AFTER_LEASE, "3"),
    (AFTER_LEASE + timedelta(minutes=10), "4"),
)


@pytest.mark.parametrize("step", ["after the claim", "while sending"])
def test_the_next_attempt_of_a_killed_run_need_not_wait_for_the_lease(world: World, step: str) -> None:
    Book(world, None)
    world.environment |= {"STREAKY_LEDGER": "auto", "TELEGRAM_BOT_TOKEN": "", "TELEGRAM_CHAT_ID": ""}
    world.check(NOW - timedelta(hours=1), STREAKY_REMIND_AT="20:00")
    world.sandbox.clear()
    service, counted, number, when, processed, _ = STEPS[step]
    with killed(world, service, counted(number, when), processed=processed):
        pass
    world.check(NOW + timedelta(minutes=1), GITHUB_RUN_ID="1", GITHUB_RUN_ATTEMPT="2")
    assert len(world.hook.messages) == 1


def test_a_lost_answer_to_the_claim_does_not_lose_the_alert(world: World) -> None:
    Book(world, None)
    world.environment["STREAKY_LEDGER"] = "auto"
    world.check(NOW - timedelta(hours=1), STREAKY_REMIND_AT="20:00")
    world.sandbox.clear()
    world.sandbox.github.fail(Fault.drop_after(), times=1, when=claims)
    assert world.check().exit_status == 0
    assert (len(world.hook.messages), len(world.bot.messages)) == (1, 1)
    world.check(NOW + timedelta(minutes=30))
    assert (len(world.hook.messages), len(world.bot.messages)) == (1, 1)
