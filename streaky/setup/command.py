"""The command `streaky setup`: who is asked what, and what is said at the end."""

from __future__ import annotations

import getpass
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

from streaky.channels.telegram.inputs import API_URL as BOTS
from streaky.config import values
from streaky.errors import ConfigurationError, Fault
from streaky.input.refusal import BadValue, visible
from streaky.input.urls import base_url
from streaky.runner.server import API
from streaky.setup.by_hand import by_hand
from streaky.setup.choices import Asks, choose

DONE, FAILED, WRONG, UNDELIVERED = 0, 1, 2, 3
NO_PLACE = "UTC"  # the zone of machines that nobody told where they are
DOUBT = (
    "This machine names no place, so your days would end at midnight in UTC. If yours don't,"
    " start it again with --timezone, such as --timezone Europe/Berlin."
)


def run(options: Mapping[str, Any], environment: Mapping[str, str]) -> int:
    """Set up; the exit status: 0 done, 1 a step failed, 2 what was given is wrong, 3 no test alert came."""
    name, token = _token(environment)
    if not token:
        print(by_hand(options.get("repository") or "", profile=bool(options.get("profile"))))
        return DONE
    try:
        from tzlocal import get_localzone_name

        from streaky.setup.home import Account, CannotSetUp
        from streaky.setup.steps import Telegram, rehearse, set_up
    except ImportError:
        print("error: PyGithub is not installed here. Install streaky[setup].", file=sys.stderr)
        return WRONG
    try:
        bots = _given(BOTS.environment, BOTS.read, environment, BOTS.default)
        github = _given("GITHUB_API_URL", base_url, environment, API)
        account = Account(_given(name, values.secret, {name: token}), github, time.sleep)
        try:
            zone = get_localzone_name() or NO_PLACE
        except ZoneInfoNotFoundError:  # the machine's own settings contradict each other
            zone = NO_PLACE
        choices = choose(account.login, options, environment, zone, _asks(options))
        if choices.zone.rpartition("/")[2] == NO_PLACE and not options.get("timezone"):
            print(DOUBT)
        if options.get("dry_run"):
            steps = rehearse(choices, account)
            print(f"In {choices.repository}, this would be done:")
            print("\n".join(f"- {visible(step)}" for step in steps))
            return DONE
        done = set_up(
            choices, account, Telegram(bots, time.sleep), lambda text: print(f"✓ {visible(text)}", flush=True)
        )
    except ConfigurationError as wrong:
        return _refuse(str(wrong), WRONG)
    except CannotSetUp as problem:
        return _refuse(str(problem), FAILED)
    except (KeyboardInterrupt, EOFError):  # Ctrl+C, or Ctrl+D at a question
        print(file=sys.stderr)
        return _refuse("Stopped. What is done stays; start the command again to go on.", FAILED)
    return DONE if done.well else UNDELIVERED


def _refuse(why: str, status: int) -> int:
    print("\n".join(f"error: {visible(line)}" for line in why.splitlines()), file=sys.stderr)
    return status


def _given(name: str, read: Callable[[str], str], environment: Mapping[str, str], usual: str = "") -> str:
    """What a variable holds, or what is usual. Raises ConfigurationError where it is none of its kind."""
    try:
        return read(environment.get(name) or usual)
    except BadValue as bad:
        raise ConfigurationError((Fault(name, bad.what, bad.mend),)) from None


def _token(environment: Mapping[str, str]) -> tuple[str, str]:
    """A token of the person's, and where it is from: the environment's, or that of GitHub's own command
    line."""
    for name in ("GITHUB_TOKEN", "GH_TOKEN"):
        if found := environment.get(name, "").strip():
            return name, found
    program = shutil.which("gh", path=environment.get("PATH"))
    if not program:
        return "", ""
    done = subprocess.run(  # noqa: S603
        [program, "auth", "token"], env=dict(environment), capture_output=True, text=True, check=False
    )
    return "gh auth token", done.stdout.strip() if done.returncode == 0 else ""


def _asks(options: Mapping[str, Any]) -> Asks:
    """How to ask: in a terminal, unless `yes` takes every answer as it stands."""
    if options.get("yes") or not sys.stdin.isatty():
        return Asks(lambda _, usual: usual, lambda _: "", lambda _, usual: usual, lambda _: False)
    return Asks(
        line=lambda what, usual: input(f"{what} [{usual}]: ").strip() or usual,
        secret=lambda what: getpass.getpass(f"{what}: "),
        agreed=_agreed,
        again=_again,
    )


def _agreed(what: str, usual: bool) -> bool:
    while True:
        answer = input(f"{what} [{'Y/n' if usual else 'y/N'}]: ").strip().lower()
        if answer in ("", "y", "yes", "n", "no"):
            return answer.startswith("y") if answer else usual
        print("Please answer y or n.")


def _again(bad: BadValue) -> bool:
    print(f"{'That ' if bad.what[0].islower() else ''}{bad.what} {bad.mend}".rstrip())
    return True
