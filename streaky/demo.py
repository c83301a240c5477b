"""The whole job on a sandbox on this machine: real HTTP, real decisions, no account and no network."""

from __future__ import annotations

import shlex
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from importlib.util import find_spec
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from streaky.sandbox import Fault, Sandbox
    from streaky.sandbox.discord.webhook import Webhook
    from streaky.sandbox.telegram.bot import Bot

SUNDAY_AFTERNOON = datetime(2026, 11, 22, 13, 40, tzinfo=UTC)
CHAT = 123456789
PROGRAM = f"{shlex.quote(sys.executable)} -m streaky"
LATER = timedelta(minutes=10)
# What a request to GitHub is for, by a part of it; the first that fits.
ASKED = {
    "StreakyOlder": "the years before, at once",
    "StreakyLedger": "to write the ledger, if nobody was first",
    "StreakyRepository": "the ledger anew",
    "query Streaky": "the last 14 days, the last year, the config file and the ledger, at once",
    "refs/heads/streaky": "to begin the branch of the ledger",
}
TOKEN = "ghs_sandboxSandboxSandboxSandbox0000"  # opens nothing but the sandbox


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the demo: `streak` days up to yesterday, `today` contributions, and their settings;
    `again`: another run comes a little later."""

    login: str
    story: str
    streak: int
    today: int
    settings: dict[str, str]
    again: bool = False
    trouble: Callable[[Sandbox], None] | None = field(default=None)


PEOPLE = (
    Person(
        "hana",
        "in Tokyo, a long streak, and the evening is nearly over",
        streak=412,
        today=0,
        settings={"STREAKY_TIMEZONE": "Asia/Tokyo"},
        again=True,
    ),
    Person(
        "lukas",
        "in Berlin, who has contributed today and so reaches a round number",
        streak=99,
        today=3,
        settings={"STREAKY_TIMEZONE": "Europe/Berlin", "STREAKY_LANGUAGE": "de"},
    ),
    Person(
        "amara",
        "in Lagos, who rests on Sundays",
        streak=58,
        today=0,
        settings={"STREAKY_TIMEZONE": "Africa/Lagos", "STREAKY_REST_DAYS": "sun"},
    ),
    Person(
        "ines",
        "in Lisbon, at a moment when Discord bans the runner's address",
        streak=17,
        today=0,
        settings={"STREAKY_TIMEZONE": "Europe/Lisbon", "STREAKY_REMIND_AT": "12:00,21:00"},
        trouble=lambda sandbox: sandbox.discord.fail(_edge_ban(), times=None),
    ),
    Person(
        "diego",
        "in Mexico City, at a moment when GitHub answers nobody",
        streak=31,
        today=0,
        settings={"STREAKY_TIMEZONE": "America/Mexico_City"},
        trouble=lambda sandbox: sandbox.github.rate_limited(reset_in=3600),
    ),
)


def demo(*, serve: bool) -> int:
    """Play the demo, or with `serve` keep the sandbox up; 0 when all went as it should."""
    if find_spec("graphql") is None:
        print("error: the demo needs graphql-core: pip install 'streaky[demo]'", file=sys.stderr)
        return 2
    return _serve() if serve else _play()


def _edge_ban() -> Fault:
    from streaky.sandbox import Fault

    return Fault.edge_ban()


def _calendar(today: date, person: Person) -> dict[date, int]:
    """`streak` days of contributions before today, and today's own."""
    days = {today - timedelta(days=back): 1 + back % 4 for back in range(1, person.streak + 1)}
    return days | ({today: person.today} if person.today else {})


def _environment(sandbox: Sandbox, login: str, hook: Webhook, bot: Bot) -> dict[str, str]:
    """What a runner and a person's secrets would give to `streaky check`."""
    return {
        "GITHUB_API_URL": sandbox.github.url,
        "GITHUB_GRAPHQL_URL": f"{sandbox.github.url}/graphql",
        "GITHUB_TOKEN": TOKEN,
        "GITHUB_REPOSITORY": f"{login}/streaky",
        "DISCORD_WEBHOOK_URL": hook.url,
        "TELEGRAM_API_URL": sandbox.telegram.url,
        "TELEGRAM_BOT_TOKEN": bot.token,
        "TELEGRAM_CHAT_ID": str(CHAT),
    }


def _play() -> int:
    from tempfile import TemporaryDirectory
    from zoneinfo import ZoneInfo

    from streaky.sandbox import Sandbox

    print(f"Five people, one moment: {SUNDAY_AFTERNOON:%A %d %B %Y, %H:%M} UTC. Everything below is real,")
    print("but GitHub, Discord and Telegram are a sandbox on this machine.\n")
    started, well = time.monotonic(), True
    for person in PEOPLE:
        with Sandbox() as sandbox, TemporaryDirectory() as workspace:
            zone = ZoneInfo(person.settings["STREAKY_TIMEZONE"])
            today = SUNDAY_AFTERNOON.astimezone(zone).date()
            sandbox.github.person(
                person.login, created=date(2019, 4, 1), contributions=_calendar(today, person)
            )
            sandbox.github.repository(f"{person.login}/streaky")
            hook, bot = sandbox.discord.add_webhook(), sandbox.telegram.add_bot()
            bot.add_chat(CHAT)
            if person.trouble:
                person.trouble(sandbox)
            environment = _environment(sandbox, person.login, hook, bot) | person.settings
            environment["GITHUB_WORKSPACE"] = workspace  # a config file where we are started is not theirs
            well &= _show(person, sandbox, environment, hook, bot)
    print(f"Five runs in {time.monotonic() - started:.1f} seconds. Try your own: {PROGRAM} demo --serve")
    return 0 if well else 1


def _show(person: Person, sandbox: Sandbox, environment: dict[str, str], hook: Webhook, bot: Bot) -> bool:
    """Run one person's check and print what was asked, decided and delivered."""
    from streaky.config.sources import Sources
    from streaky.guard import guard
    from streaky.pictures.terminal import terminal

    local = SUNDAY_AFTERNOON.astimezone(Sources({}, environment).settle(None).zone)
    print(f"── {person.login}, {person.story} (local time {local:%H:%M})")
    report = guard(Sources({}, environment), SUNDAY_AFTERNOON)
    print(f"  asked      GitHub: {'; then '.join(_asked(sandbox))}")
    print("  decided    " + terminal(report).replace("\n", "\n           "))
    told: dict[str, list[str]] = {}
    for message in hook.messages:
        embed = message.payload["embeds"][0]
        told.setdefault(f"{embed['title']}\n{embed['description']}".replace("\\", ""), []).append("Discord")
    for sent in bot.messages:
        text = sent.plain.rpartition("\n")[0].replace("\n\n", "\n").strip()
        told.setdefault(text, []).append("Telegram")
    for text, channels in told.items():
        title, *lines = text.split("\n")
        print(f"  delivered  on {' and '.join(channels)}: {title}")
        print("\n".join(f"               {line}" for line in lines))
    if not told:
        print("  delivered  nothing")
    print(f"  exit       {report.exit_status}")
    heard = len(bot.messages)
    if person.again:
        sandbox.clear()
        again = guard(Sources({}, environment), SUNDAY_AFTERNOON + LATER)
        states = ", ".join(f"{each.channel} {each.state}" for each in again.outcomes)
        print(f"  10 minutes later another run comes, and sends nothing twice: {states}")
        print(f"  asked      GitHub: {'; then '.join(_asked(sandbox))}")
        heard += len(bot.messages)
    print()
    return heard == len(report.alerts)


def _asked(sandbox: Sandbox) -> list[str]:
    """What the requests to GitHub were for, in order."""
    bodies = [request.body.decode() for request in sandbox.github.requests]
    said = [next((words for part, words in ASKED.items() if part in body), None) for body in bodies]
    return [words for words in said if words]


def _serve() -> int:
    from streaky.sandbox import Sandbox

    octocat = Person("octocat", "", streak=42, today=0, settings={})
    stopped: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        stopped.append(number)

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    with Sandbox() as sandbox:
        today = datetime.now(UTC).date()
        sandbox.github.person("octocat", created=date(2011, 1, 25), contributions=_calendar(today, octocat))
        sandbox.github.repository("octocat/streaky")
        hook, bot = sandbox.discord.add_webhook(), sandbox.telegram.add_bot()
        bot.add_chat(CHAT)
        print(f"# The sandbox is up until Ctrl-C. In another terminal, set these, then run: {PROGRAM} check")
        for name, value in (
            _environment(sandbox, "octocat", hook, bot) | {"STREAKY_REMIND_AT": "00:00"}
        ).items():
            print(f"export {name}={shlex.quote(value)}", flush=True)
        print("# What arrives is shown here.", flush=True)
        shown = {"Discord": 0, "Telegram": 0}
        while not stopped:
            time.sleep(0.2)
            arrived = {
                "Discord": [message.payload["embeds"][0]["title"] for message in hook.messages],
                "Telegram": [message.plain.splitlines()[0] for message in bot.messages],
            }
            for service, titles in arrived.items():
                for title in titles[shown[service] :]:
                    print(f"# {service}: {title}", flush=True)
                shown[service] = len(titles)
    return 0
