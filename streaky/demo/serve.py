"""The sandbox for somebody who wants to try it themselves: it stays up, and shows each message and edit."""

from __future__ import annotations

import select
import shlex
import signal
import sys
import time
from datetime import UTC, date, datetime
from types import FrameType

from streaky.demo.shown import Shown
from streaky.demo.stage import CHAT, NobodyReads, calendar, environment, say
from streaky.sandbox import Sandbox


def serve_sandbox(program: str) -> int:
    """Keep a sandbox up until Ctrl-C, say how to point at it, and show what arrives. Raises NobodyReads."""
    stopped: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        stopped.append(number)

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    with Sandbox() as sandbox:
        today = datetime.now(UTC).date()
        sandbox.github.person("octocat", created=date(2011, 1, 25), contributions=calendar(today, 42))
        repository = sandbox.github.repository("octocat/streaky")
        hook, bot = sandbox.discord.add_webhook(), sandbox.telegram.add_bot()
        bot.add_chat(CHAT)
        variables = environment(sandbox, "octocat") | {
            "DISCORD_WEBHOOK_URL": hook.url,
            "TELEGRAM_API_URL": sandbox.telegram.url,
            "TELEGRAM_BOT_TOKEN": bot.token,
            "TELEGRAM_CHAT_ID": str(CHAT),
            "STREAKY_REMIND_AT": "00:00",
        }
        say("# The sandbox is up until Ctrl-C. Paste this into another terminal, in any folder:")
        for name, value in variables.items():
            say(f"export {name}={shlex.quote(value)}")
        say(f"{program} check")
        say("# What arrives is shown here.")
        shown: dict[str, str] = {}
        while not stopped:
            time.sleep(0.2)
            _check_reader()
            now = Shown.of(hook, bot, UTC, repository)
            for key, text in now.texts.items():
                if shown.get(key) != text:
                    what = "is edited" if key in shown else "arrives"
                    say(f"# A message {what} on {now.places[key]}:")
                    say("\n".join(f"#   | {line}" for line in text.splitlines()))
                    shown[key] = text
    return 0


def _check_reader() -> None:
    """Notice that the reader of our output has gone, though nothing is printed now. Raises NobodyReads.

    Windows has no poll(); there the next line notices it.
    """
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(sys.stdout.fileno(), 0)  # asked for nothing, it still tells of a closed pipe
        if poll.poll(0):
            raise NobodyReads
