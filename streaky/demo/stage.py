"""One person on the sandbox: what happens to them at which time, told line by line."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from streaky.config.sources import Sources
from streaky.demo.shown import Shown
from streaky.guard import guard
from streaky.locales.voice import Voice
from streaky.report import Report, days
from streaky.sandbox import Sandbox
from streaky.sandbox.discord import Webhook
from streaky.sandbox.github.people import Person
from streaky.sandbox.github.repositories import Repository
from streaky.sandbox.telegram import Bot

SUNDAY = date(2026, 11, 22)
CHAT = 123456789
TOKEN = "ghs_sandboxSandboxSandboxSandbox0000"  # opens nothing but the sandbox
WORKFLOW = ".github/workflows/streaky.yml"
# What the template's workflow asks for, as far as a run reads it.
YAML = """on:
  schedule:
    - cron: 7 * * * *
      timezone: {zone}
  workflow_dispatch:
    inputs:
      pause-until:
        type: string
permissions:
  contents: write
  issues: write
"""


class NobodyReads(Exception):
    """Whoever read our output has gone, as with `| head`."""


def say(text: str = "") -> None:
    """Print a line. Raises NobodyReads."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        raise NobodyReads from None


def calendar(today: date, streak: int) -> dict[date, int]:
    """Contributions on each of `streak` days before today."""
    return {today - timedelta(days=back): 1 + back % 4 for back in range(1, streak + 1)}


def environment(sandbox: Sandbox, login: str) -> dict[str, str]:
    """What a runner gives to `streaky check`, but for the secrets."""
    return {
        "GITHUB_API_URL": sandbox.github.url,
        "GITHUB_GRAPHQL_URL": f"{sandbox.github.url}/graphql",
        "GITHUB_TOKEN": TOKEN,
        "GITHUB_REPOSITORY": f"{login}/streaky",
    }


@dataclass
class Stage:
    """A person who has copied the template, in their own time zone.

    `settings`: what they set, as environment variables; `workspace`: an empty folder.
    """

    sandbox: Sandbox
    login: str
    zone: ZoneInfo
    workspace: str
    streak: int
    settings: dict[str, str] = field(default_factory=dict)
    well: bool = True
    _hook: Webhook | None = None
    _bot: Bot | None = None
    _runs: int = 0
    _seen: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        github = self.sandbox.github
        self.person: Person = github.person(
            self.login, created=date(2019, 4, 1), contributions=calendar(SUNDAY, self.streak)
        )
        files = {WORKFLOW: YAML.format(zone=self.zone)}
        created = datetime(2026, 11, 1, tzinfo=UTC)
        self.repository: Repository = github.repository(f"{self.login}/streaky", files, created=created)
        self.settings |= environment(self.sandbox, self.login) | {
            "GITHUB_WORKSPACE": self.workspace,  # a config file where we are started is not theirs
            "GITHUB_EVENT_NAME": "schedule",
            "GITHUB_WORKFLOW_REF": f"{self.login}/streaky/{WORKFLOW}@refs/heads/main",
        }

    def discord(self) -> None:
        """They have set Discord's secret."""
        self._hook = self.sandbox.discord.add_webhook()
        self.settings["DISCORD_WEBHOOK_URL"] = self._hook.url

    def telegram(self) -> None:
        """They have set Telegram's secrets."""
        self._bot = self.sandbox.telegram.add_bot()
        self._bot.add_chat(CHAT)
        self.settings |= {
            "TELEGRAM_API_URL": self.sandbox.telegram.url,
            "TELEGRAM_BOT_TOKEN": self._bot.token,
            "TELEGRAM_CHAT_ID": str(CHAT),
        }

    def moment(self, clock: str, day: date = SUNDAY) -> datetime:
        """A local time as an instant; the sandbox's GitHub has it from now on, too."""
        now = datetime.combine(day, time.fromisoformat(clock), self.zone).astimezone(UTC)
        self.sandbox.github.clock = lambda: now
        return now

    def happens(self, clock: str, what: str, day: date = SUNDAY) -> datetime:
        """Tell what happens at a local time."""
        say(f"  {clock}  {what}")
        return self.moment(clock, day)

    def contribute(self, clock: str) -> None:
        """They do something that GitHub counts."""
        self.happens(clock, f"{self.login.capitalize()} pushes a commit.")
        self.person.contributions[SUNDAY] = 1

    def run(self, clock: str, what: str = "GitHub starts a run.", *, so: str = "", **more: str) -> Report:
        """A scheduled run, and what comes of it. `so`: what today is, where there is no need to do anything;
        `more`: variables of this run alone."""
        now = self.happens(clock, what)
        if not more:
            self._runs += 1
        job = {"GITHUB_RUN_ID": str(self._runs), "GITHUB_RUN_ATTEMPT": "1"}
        report = guard(Sources({}, self.settings | job | more), now)
        self.tell(found(report, so))
        arrived = self.arrived()
        for place, text in arrived.items():
            self.tell(place)
            say("\n".join(f"         | {line}" for line in text.split("\n")))
        return report

    def tell(self, text: str) -> None:
        """Tell what belongs to the time above."""
        say(f"         {text}")

    def expect(self, *, true: bool) -> None:
        """Whether the story goes as it is told."""
        self.well &= true

    @property
    def read(self) -> str:
        """All that stands in their chats and on their issue."""
        return "\n".join(self._seen.values())

    def arrived(self) -> dict[str, str]:
        """What is new in the person's chats and on their issue: the words of where it is, and what is read
        there. What reads alike in two places comes once."""
        now = Shown.of(self._hook, self._bot, self.zone, self.repository)
        news = {key: text for key, text in now.texts.items() if self._seen.get(key) != text}
        places: dict[tuple[str, bool], list[str]] = {}
        for key, text in news.items():
            places.setdefault((text, key in self._seen), []).append(now.places[key])
        self._seen = dict(now.texts)
        return {
            f"{' and '.join(where)} {'now shows instead' if edited else 'shows'}:": text
            for (text, edited), where in places.items()
        }


def found(report: Report, so: str) -> str:
    """What a run has found, in a line."""
    left = Voice("en", report.day.date).left(report.day.left(report.now))
    if report.standing is None:
        return f"GitHub does not say how many contributions there are. Left of the day: {left}."
    today = f"Today, {so}" if so and report.status == "resting" else "Today"
    return f"{today}: {report.today}. The streak: {days(report.current)}. Left of the day: {left}."
