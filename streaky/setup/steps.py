"""The set-up, step by step. Each step looks first whether it is done already, so it may be started again."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from streaky.config.inputs import INPUTS
from streaky.setup.by_hand import WORKFLOW
from streaky.setup.chat import find_chat
from streaky.setup.choices import FOUND, ROWS, Choices
from streaky.setup.home import Account, CannotSetUp, Done, Home

# The zone of a schedule, or of an input: plain, quoted, or an expression.
ZONE = re.compile(
    r"""(?mx) ^(\ +(?:-\ +)?timezone:\ +)
    (?:"[^"\n]*" | '[^'\n]*' | \$\{\{.*?\}\} | [^\s\#"'$]+) (?=[\ \t\r]*(?:\ \#.*)?$)"""
)
CRON = re.compile(r"(?m)^( +)- cron: [^\r\n]*")
PASSED_ON = re.compile(r"(?m)^( +)[\w-]+: \$\{\{ *secrets\.\w+ *\}\}[^\r\n]*")
CHAT = INPUTS[FOUND].environment


@dataclass(frozen=True, slots=True)
class Telegram:
    """Where Telegram's Bot API is, and how to wait between two looks, in seconds."""

    api: str
    wait: Callable[[float], None]


def set_up(choices: Choices, account: Account, telegram: Telegram, tell: Callable[[str], None]) -> Done:
    """Do all of it, telling of each step; how the test alert ended. Raises CannotSetUp."""
    home = _repository(choices, account, tell)
    _workflow(choices, account, home, tell)
    secrets = dict(choices.secrets)
    known = home.secrets()
    if choices.find_chat and CHAT not in known:
        tell("Telegram: send your bot a message now, anything …")
        secrets[CHAT], name = find_chat(choices.find_chat, telegram.api, telegram.wait)
        tell(f"Telegram: found your chat{f' ({name})' if name else ''}")
    for name, value in secrets.items():
        home.keep_secret(name, value)
        tell(f"secret {name}: {'replaced' if name in known else 'set'}")
    before = home.start("test-alert")
    tell("test alert: started")
    done = home.follow(before, lambda status: tell(f"test alert: {status}"))
    tell(f"test alert: {'arrived' if done.well else f'failed ({done.conclusion})'}, see {done.page}")
    return done


def rehearse(choices: Choices, account: Account) -> list[str]:
    """What `set_up` would do, in words; nothing is changed. Raises CannotSetUp."""
    home = account.home(choices.repository)
    if home is None and choices.profile:
        raise _no_profile(choices)
    found = [] if home else [f"make the repository {choices.repository} from the template"]
    text = home.workflow() if home else account.workflow_of_template()
    if text is None:
        text = account.workflow_of_template()
        found.append(f"add {WORKFLOW} to {choices.repository}, with the time zone {choices.zone}")
    elif with_zone(text, choices.zone) != text:
        found.append(f"write the time zone {choices.zone} into {WORKFLOW}")
    found += [f"let {WORKFLOW} pass on {name}" for name in _not_passed_on(text, choices)]
    known = home.secrets() if home else frozenset[str]()
    names = [*choices.secrets]
    if choices.find_chat and CHAT not in known:
        found.append("ask you to send your bot a message, and find your chat by it")
        names.append(CHAT)
    found += [f"{'replace' if name in known else 'set'} the secret {name}" for name in names]
    return [*found, "start a test alert, and wait for its result"]


def with_zone(workflow: str, zone: str) -> str:
    """The workflow with another time zone for its schedule. Raises CannotSetUp where it has no schedule."""
    if ZONE.search(workflow):
        return ZONE.sub(rf'\g<1>"{zone}"', workflow)
    if CRON.search(workflow):
        return CRON.sub(rf'\g<0>\n\g<1>  timezone: "{zone}"', workflow)
    raise CannotSetUp(
        f"{WORKFLOW} is there already, and has no schedule: it is not Streaky's.",
        "",
        "Give that file another name, or choose another repository with --repository.",
    )


def with_secrets(workflow: str, names: Mapping[str, str]) -> str:
    """The workflow, which passes on secrets to inputs, too; `names`: the inputs by their secrets' names.
    Raises CannotSetUp where it has no place for them."""
    lines = "".join(f"\n\\g<1>{name}: ${{{{ secrets.{secret} }}}}" for secret, name in names.items())
    last = [*PASSED_ON.finditer(workflow)][-1:]
    if not last:
        wanted = ", ".join(f"`{name}: ${{{{ secrets.{secret} }}}}`" for secret, name in names.items())
        raise CannotSetUp(f"{WORKFLOW} passes no secrets on.", "", f"Add below its `secrets:` {wanted}.")
    return workflow[: last[0].start()] + last[0].expand(rf"\g<0>{lines}") + workflow[last[0].end() :]


def _not_passed_on(workflow: str, choices: Choices) -> dict[str, str]:
    """The secrets that were chosen and that the workflow does not pass on: their inputs by their names."""
    rows = {row.environment: row.name for rows in ROWS.values() for row in rows}
    wanted = [*choices.secrets, *([CHAT] if choices.find_chat else [])]
    return {each: rows[each] for each in wanted if not re.search(rf"\bsecrets\.{each}\b", workflow)}


def _repository(choices: Choices, account: Account, tell: Callable[[str], None]) -> Home:
    home = account.home(choices.repository)
    if home:
        tell(f"repository {choices.repository}: there already")
        return home
    if choices.profile:
        raise _no_profile(choices)
    home = account.make(choices.repository, private=choices.private)
    tell(f"repository {choices.repository}: made from the template")
    return home


def _no_profile(choices: Choices) -> CannotSetUp:
    mend = "Make it on GitHub first, or leave --profile out for a repository of Streaky's own."
    return CannotSetUp(f"There is no repository {choices.repository}.", "", mend)


def _workflow(choices: Choices, account: Account, home: Home, tell: Callable[[str], None]) -> None:
    before = home.workflow()
    text = with_zone(before or account.workflow_of_template(), choices.zone)
    zoned = text != before
    passed = _not_passed_on(text, choices)
    if passed:
        text = with_secrets(text, passed)
    if text == before:
        tell(f"workflow: there already, in {choices.zone}")
        return
    home.write_workflow(text)
    if zoned:
        tell(f"workflow: {'added' if before is None else 'time zone written'} ({choices.zone})")
    if passed:
        tell(f"workflow: passes on {', '.join(passed.values())}")
