"""The whole job on a sandbox on this machine: real HTTP, real decisions, no account and no network."""

from __future__ import annotations

import os
import re
import select
import shlex
import signal
import sys
import sysconfig
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from zoneinfo import ZoneInfo

from streaky.config.sources import Sources
from streaky.guard import guard
from streaky.pictures.terminal import terminal
from streaky.report import Report
from streaky.sandbox import Fault, Sandbox
from streaky.sandbox.discord import Webhook
from streaky.sandbox.telegram import Bot

SUNDAY_AFTERNOON = datetime(2026, 11, 22, 13, 40, tzinfo=UTC)
CHAT = 123456789
TIME = re.compile(r"<t:(\d+):([tR])>")  # a moment in a Discord message
LATER = timedelta(minutes=10)
# What a request to GitHub is for, by a part of it; the first that fits.
ASKED = {
    "StreakyOlder": "read the years before",
    "StreakyLedger": "write down what it sends, so that no other run sends it too",
    "StreakyRepository": "read its own notes again",
    "query Streaky": "read the calendar, the settings file and its own notes, in one request",
    "refs/heads/streaky": "make a branch for its notes",
}
TOKEN = "ghs_sandboxSandboxSandboxSandbox0000"  # opens nothing but the sandbox


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the demo: `streak` days up to yesterday, `today` contributions, and their settings.

    `again`: another run comes a little later. `trouble`: what goes wrong on the way.
    """

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
        "in Tokyo, with a long streak, and little is left of the evening",
        streak=412,
        today=0,
        settings={"STREAKY_TIMEZONE": "Asia/Tokyo"},
        again=True,
    ),
    Person(
        "lukas",
        "in Berlin, who has contributed today and so reaches 100 days",
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
        "in Lisbon, at a moment when Discord refuses everything from this machine's address",
        streak=17,
        today=0,
        settings={"STREAKY_TIMEZONE": "Europe/Lisbon", "STREAKY_REMIND_AT": "12:00,21:00"},
        trouble=lambda sandbox: sandbox.discord.fail(Fault.edge_ban(), times=None),
    ),
    Person(
        "diego",
        "in Manila, at a moment when GitHub does not answer the question",
        streak=31,
        today=0,
        settings={"STREAKY_TIMEZONE": "Asia/Manila"},
        trouble=lambda sandbox: sandbox.github.rate_limited(reset_in=3600),
    ),
)


class _NobodyReads(Exception):
    """Whoever read our output has gone, as with `| head`."""


def demo(*, serve: bool) -> int:
    """Play the demo, or with `serve` keep the sandbox up; 0 when all went as it should."""
    if find_spec("graphql") is None:
        print("error: the demo needs graphql-core: pip install 'streaky[demo]'", file=sys.stderr)
        return 2
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")  # a terminal that lacks a character must not end the demo
    try:
        return _serve() if serve else _play()
    except _NobodyReads:
        return 0


def program() -> str:
    """How to start this same Streaky from any folder, as words for a shell."""
    paths = [os.path.abspath(each) for each in os.environ.get("PYTHONPATH", "").split(os.pathsep) if each]
    home = str(Path(__file__).parents[1])
    installed = home in (sysconfig.get_path("purelib"), sysconfig.get_path("platlib"))
    if not installed and home not in paths:
        paths.append(home)
    # -P: a file of the folder where it is started must not pass for one of ours
    words = [os.path.abspath(sys.executable), "-P", "-m", "streaky"]
    setting = f"PYTHONPATH={shlex.quote(os.pathsep.join(paths))} " if paths else ""
    return setting + shlex.join(words)


def _say(text: str = "") -> None:
    """Print a line. Raises _NobodyReads."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        raise _NobodyReads from None


def _check_reader() -> None:
    """Notice that the reader of our output has gone, though nothing is printed now. Raises _NobodyReads.

    Windows has no poll(); there the next line notices it.
    """
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(sys.stdout.fileno(), 0)  # asked for nothing, it still tells of a closed pipe
        if poll.poll(0):
            raise _NobodyReads


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
    _say(f"Five people, one moment: {SUNDAY_AFTERNOON:%A %d %B %Y, %H:%M} UTC. Everything below is real,")
    _say("but GitHub, Discord and Telegram are a sandbox on this machine.\n")
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
            _say(f"── {person.login}, {person.story} (local time {SUNDAY_AFTERNOON.astimezone(zone):%H:%M})")
            well &= _show(person, sandbox, environment, hook, bot)
    _say(f"Five people in {time.monotonic() - started:.1f} seconds. Try it yourself, from any folder:")
    _say(f"  {program()} demo --serve")
    return 0 if well else 1


def _show(person: Person, sandbox: Sandbox, environment: dict[str, str], hook: Webhook, bot: Bot) -> bool:
    """Run one person's check and tell what was asked, found and delivered."""
    report = guard(Sources({}, environment), SUNDAY_AFTERNOON)
    _asked(sandbox)
    _say("  It finds:\n    " + terminal(report).replace("\n", "\n    "))
    told: dict[str, list[str]] = {}
    for (service, _), text in _arrived(hook, bot).items():
        told.setdefault(text.replace("\n\n", "\n"), []).append(service)
    for text, channels in told.items():
        _say(f"  {person.login} reads on {' and '.join(channels)}:")
        _say("\n".join(f"    | {line}" for line in text.split("\n")))
    if not told:
        _say(f"  {person.login} hears nothing.")
    _say(f"  {_end(report)}")
    heard = len(bot.messages)
    if person.again:
        sandbox.clear()
        again = guard(Sources({}, environment), SUNDAY_AFTERNOON + LATER)
        _say("\n  10 minutes later GitHub starts another run.")
        _asked(sandbox)
        sent_again = len(hook.messages) + len(bot.messages)
        notes = f"nothing, since its notes say that {person.login} was warned already"
        _say(f"  It sends {f'{sent_again} messages again' if sent_again else notes}.")
        _say(f"  {_end(again)}")
        heard += sent_again
    _say()
    return heard == len(report.alerts)


def _end(report: Report) -> str:
    """How the job ends, and what that means to the person."""
    if report.exit_status:
        return "The job fails, on purpose: GitHub itself then sends an e-mail, the last way to be heard."
    return "The job ends well."


def _asked(sandbox: Sandbox) -> None:
    """Say what the requests to GitHub were for, in order."""
    _say("  The run asks GitHub to:")
    for request in sandbox.github.requests:
        body = request.body.decode()
        what = next((words for part, words in ASKED.items() if part in body), None)
        if what:
            _say(f"    - {what}")


def _serve() -> int:
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
        _say("# The sandbox is up until Ctrl-C. Paste this into another terminal, in any folder:")
        environment = _environment(sandbox, "octocat", hook, bot) | {"STREAKY_REMIND_AT": "00:00"}
        for name, value in environment.items():
            _say(f"export {name}={shlex.quote(value)}")
        _say(f"{program()} check")
        _say("# What arrives is shown here.")
        shown: dict[tuple[str, str], str] = {}
        while not stopped:
            time.sleep(0.2)
            _check_reader()
            for message, text in _arrived(hook, bot).items():
                if shown.get(message) != text:
                    what = "is edited" if message in shown else "arrives"
                    _say(f"# A message {what} on {message[0]}:")
                    _say("\n".join(f"#   | {line}" for line in text.splitlines()))
                    shown[message] = text
    return 0


def _arrived(hook: Webhook, bot: Bot) -> dict[tuple[str, str], str]:
    """All that a person sees of the messages now: by service and id, text with its buttons."""
    seen: dict[tuple[str, str], str] = {}
    for message in list(hook.messages):
        parts = [message.content]
        for embed in message.embeds:
            fields = [f"{each['name']}: {each['value']}" for each in embed.get("fields") or ()]
            parts += [embed.get("title", ""), embed.get("description", ""), *fields]
        seen["Discord", message.id] = _whole([TIME.sub(_time, each) for each in parts], message.buttons)
    for sent in list(bot.messages):
        seen["Telegram", str(sent.id)] = _whole([sent.plain], sent.buttons)
    return seen


def _time(found: re.Match[str]) -> str:
    """A time as Discord shows it to a reader in UTC; the relative one changes while it is read."""
    return "counted down" if found[2] == "R" else f"{datetime.fromtimestamp(int(found[1]), UTC):%H:%M} UTC"


def _whole(parts: Iterable[str], buttons: Mapping[str, str]) -> str:
    lines = [part.replace("\\", "") for part in parts if part]
    return "\n".join([*lines, *(f"[{label}] {url}" for label, url in buttons.items())])
