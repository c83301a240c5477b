"""What the tests share: a sandbox with one person and two channels in it, and two ways to run a check."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import hypothesis
import pytest

from streaky.config.sources import Sources
from streaky.guard import guard
from streaky.http import Pace
from streaky.limits import Limits as Limits  # the tests take it from here
from streaky.report import Report
from streaky.sandbox import Sandbox
from streaky.sandbox.discord.service import Message, Webhook
from streaky.sandbox.telegram.service import Bot
from tests import program
from tests.book import IN_RUN, Book
from tests.program import PLAIN as PLAIN
from tests.program import PROGRAM as PROGRAM
from tests.program import ROOT

SPECS = ROOT.parent / "shared" / "specs"
NOW = datetime(2026, 11, 23, 21, 30, tzinfo=UTC)  # a Monday; 2.5 hours are left of the day in UTC
TOKEN = "ghs_0a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R"
CHAT = 123456789
# On a busy machine a slow example is no defect.
hypothesis.settings.register_profile(
    "streaky", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("streaky")
# Real waits, but short ones: what a service asks for stays as it is.
QUICK = Limits(
    Pace(total=9, each=3, attempts=6, first=0.01, longest=0.05),
    Pace(total=9, each=3, attempts=6, first=0.01, longest=0.05),
    Pace(total=9, each=3, attempts=6, first=0.01, longest=0.05),
    Pace(total=9, each=3, attempts=6, first=0.01, longest=0.05),
)


def days_before(today: date, count: int) -> dict[date, int]:
    """One contribution on each of `count` days before `today`."""
    return {today - timedelta(days=back): 1 for back in range(1, count + 1)}


# A test file that imports one of these waits for a server, a process, GitHub's schema or a simulation.
SLOW = {"Sandbox", "graphql", "program", "simulate", "subprocess", "threading"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark `pure` what needs neither the sandbox nor another process: the rules alone, for `make quick`."""
    for item in items:
        assert isinstance(item, pytest.Function)
        if "sandbox" not in item.fixturenames and not SLOW & vars(item.module).keys():
            item.add_marker("pure")


@dataclass
class World:
    """A sandbox where octocat, with a streak of 42 days and nothing yet today, has Discord and Telegram."""

    sandbox: Sandbox
    hook: Webhook
    bot: Bot
    contributions: dict[date, int]
    environment: dict[str, str] = field(default_factory=dict)

    def check(
        self, now: datetime = NOW, *, test: bool = False, limits: Limits = QUICK, **more: str
    ) -> Report:
        """Run the guard in this process; `more` are environment variables, "" unsets one."""
        return guard(Sources({}, self.environment | more), now, test=test, limits=limits)

    def run(self, *arguments: str, now: datetime = NOW, **more: str) -> subprocess.CompletedProcess[str]:
        """Run the program itself."""
        environment = PLAIN | {"STREAKY_NOW": now.isoformat()} | self.environment | more
        return program.run(*(arguments or ("check",)), environment=environment)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be seen anywhere."""
        return (TOKEN, self.hook.token, self.bot.token.partition(":")[2])


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """The four services, fresh."""
    with Sandbox() as running:
        yield running


def linked(sandbox: Sandbox) -> tuple[dict[str, str], Webhook, Bot]:
    """A token, a webhook and a bot of octocat's, and the variables by which a run knows them."""
    sandbox.github.tokens.add(TOKEN)
    hook, bot = sandbox.discord.add_webhook(), sandbox.telegram.add_bot()
    bot.add_chat(CHAT)
    environment = {
        "GITHUB_API_URL": sandbox.github.url,
        "GITHUB_GRAPHQL_URL": f"{sandbox.github.url}/graphql",
        "GITHUB_TOKEN": TOKEN,
        "GITHUB_REPOSITORY": "octocat/streaky",
        "DISCORD_WEBHOOK_URL": hook.url,
        "TELEGRAM_API_URL": sandbox.telegram.url,
        "TELEGRAM_BOT_TOKEN": bot.token,
        "TELEGRAM_CHAT_ID": str(CHAT),
    }
    return environment, hook, bot


@pytest.fixture
def world(sandbox: Sandbox, tmp_path: Path) -> World:
    """octocat, 42 days, at 21:30 of a day without a contribution yet."""
    before = days_before(NOW.date(), 42)
    contributions = sandbox.github.person(
        "octocat", created=date(2011, 1, 25), contributions=before
    ).contributions
    sandbox.github.repository("octocat/streaky")
    (tmp_path / "workspace").mkdir()
    environment, hook, bot = linked(sandbox)
    environment |= {
        "GITHUB_WORKSPACE": str(tmp_path / "workspace"),
        "STREAKY_LEDGER": "none",
        "STREAKY_SUGGEST": "false",  # one request beside a warning: see test_suggest.py
    }
    return World(sandbox, hook, bot, contributions, environment)


@pytest.fixture(params=["branch", "file"])
def book(request: pytest.FixtureRequest, world: World, tmp_path: Path) -> Book:
    """A world whose runs remember, on either backend."""
    path = tmp_path / "ledger" / "ledger.json"
    world.environment |= IN_RUN
    world.environment["STREAKY_LEDGER"] = "auto" if request.param == "branch" else f"file:{path}"
    return Book(world, path if request.param == "file" else None)


@pytest.fixture
def runner(tmp_path: Path) -> dict[str, str]:
    """The variables and files that an Actions runner gives to a step."""
    files = {"GITHUB_OUTPUT": tmp_path / "output", "GITHUB_STEP_SUMMARY": tmp_path / "summary"}
    for file in files.values():
        file.touch()
    return {"GITHUB_ACTIONS": "true"} | {name: str(file) for name, file in files.items()}


def local(text: str, zone: str = "UTC") -> datetime:
    """A local time as an instant in UTC, as the program's own clock gives it."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def titles(world: World) -> list[str]:
    """The titles that arrived, the same on both channels."""
    discord = [said(message) for message in world.hook.messages]
    telegram = [message.plain.splitlines()[0] for message in world.bot.messages]
    assert discord == telegram
    return discord


def said(message: Message) -> str:
    """The line of a Discord message, as a person reads it and without the mention."""
    return message.content.partition(" <@")[0].replace("\\", "")


def slots(report: Report) -> list[str]:
    """The slots that a run spoke for."""
    return [str(alert.slot) for alert in report.alerts]


def parts_of(secret: str, length: int = 8) -> set[str]:
    """Every part of a secret that may not be seen."""
    return {secret[at : at + length] for at in range(len(secret) - length + 1)}


def leaks(text: str, secrets: tuple[str, ...]) -> list[str]:
    """The parts of secrets that a text holds."""
    return [part for secret in secrets for part in parts_of(secret) if part in text]
