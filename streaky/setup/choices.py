"""What somebody wants: given by flags and the environment, or asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from streaky import zones
from streaky.channels import CHANNELS
from streaky.config import values
from streaky.config.inputs import INPUTS, TIMEZONE
from streaky.errors import ConfigurationError, Fault
from streaky.input.refusal import BadValue
from streaky.input.row import Input

NAME = "streaky"  # of a repository of its own
FOUND = "telegram-chat-id"  # what Streaky finds out by itself
# The rows of each channel that its secrets are read by, in the order in which they are asked for.
ROWS: dict[str, tuple[Input[Any], ...]] = {
    each.name: tuple(row for row in each.inputs if row.secret or row.name == FOUND)
    for each in CHANNELS
    if each.own
}
Ask = Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class Choices:
    """`repository` is owner/name; `profile`: it is there already, and gets one file. `zone` is an IANA name.
    `secrets`: what each repository secret is to hold, by its name. `find_chat`: the Telegram bot's token,
    where the chat is still to be found by it, else ""."""

    repository: str
    profile: bool
    zone: str
    private: bool = False
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    find_chat: str = field(default="", repr=False)


def choose(
    login: str, given: Mapping[str, Any], environment: Mapping[str, str], machine_zone: str, asks: Asks
) -> Choices:
    """The choices of a person. `given`: flags by name. Raises ConfigurationError where one is wrong."""
    faults: list[Fault] = []
    profile = bool(given.get("profile"))
    zone = given.get("timezone") or _answer(
        lambda: asks.line("Your time zone", zones.of_today(machine_zone)), values.zone, asks
    )
    try:
        values.zone(zone)
    except BadValue as bad:
        faults.append(Fault(TIMEZONE.name, bad.what, bad.mend))
    secrets = _secrets(environment, asks, faults)
    repository = given.get("repository") or f"{login}/{login if profile else NAME}"
    try:
        values.repository(repository if "/" in repository else f"{login}/{repository}")
    except BadValue as bad:
        faults.append(Fault("repository", bad.what, bad.mend))
    if faults:
        raise ConfigurationError(tuple(faults))
    chat, bot = INPUTS[FOUND].environment, INPUTS["telegram-bot-token"].environment
    return Choices(
        repository=repository if "/" in repository else f"{login}/{repository}",
        profile=profile,
        zone=zones.of_today(zone),
        private=bool(given.get("private")),
        secrets=secrets,
        find_chat=secrets[bot] if bot in secrets and chat not in secrets else "",
    )


@dataclass(frozen=True, slots=True)
class Asks:
    """How a person is asked: for a line, with what it is if they just press Enter; for a secret, which is not
    shown; and for yes or no. Where nobody can be asked, each gives what Enter would. `again` says what is
    wrong with an answer, and whether somebody is there who can give another one."""

    line: Ask
    secret: Callable[[str], str]
    agreed: Callable[[str, bool], bool]
    again: Callable[[BadValue], bool]


def _answer(ask: Callable[[], str], read: Callable[[str], object], asks: Asks) -> str:
    """What a person answers, once it can be read; where nobody can be asked again, as it stands."""
    while True:
        text = ask().strip()
        try:
            if text:
                read(text)
        except BadValue as bad:
            if asks.again(bad):
                continue
        return text


def _read(row: Input[Any], text: str) -> None:
    values.printable(text, lines=row.lines)
    row.read(text)


def _secrets(environment: Mapping[str, str], asks: Asks, faults: list[Fault]) -> dict[str, str]:
    """The secrets of the channels that are wanted, each as its input takes it."""
    found: dict[str, str] = {}
    for channel, rows in ROWS.items():
        variables = [row.environment for row in rows]
        wanted = any(environment.get(each, "").strip() for each in variables)
        if not wanted and not asks.agreed(f"Alerts through {channel}?", False):
            continue
        for row in rows:
            text = environment.get(row.environment, "").strip()
            if not text and row.name != FOUND:
                question = f"{row.name} ({row.form.rstrip('.')})"
                text = _answer(partial(asks.secret, question), partial(_read, row), asks)
            if not text:
                continue
            try:
                _read(row, text)
            except BadValue as bad:
                faults.append(Fault(row.environment, bad.what, bad.mend))
            found[row.environment] = text
    return found
