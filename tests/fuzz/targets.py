"""What is fuzzed: each target reads one kind of document that comes from outside.

The valid examples of answers are recorded from a real run on the sandbox.
"""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from unittest import mock

from streaky import sealing
from streaky.channels.base import Channel, Undelivered
from streaky.channels.discord.delivery import Discord
from streaky.channels.discord.inputs import read_webhook
from streaky.channels.telegram.delivery import Telegram
from streaky.channels.telegram.inputs import read_chat
from streaky.config import file as config_file
from streaky.config import values
from streaky.config.inputs import IN_FILE, IN_ROSTER
from streaky.config.sources import Sources
from streaky.errors import ConfigurationError, StreakyError
from streaky.github.workflow import read_workflow
from streaky.guard import guard
from streaky.http import Http, Pace, Patience, Reply
from streaky.input.refusal import BadValue
from streaky.ledger import form
from streaky.look import look
from streaky.runner.handover import packed
from streaky.runner.job import Job
from streaky.sandbox import Sandbox
from tests.book import IN_RUN, WORKFLOW
from tests.conftest import NOW, TOKEN, days_before, linked
from tests.fuzz import spoil
from tests.program import ROOT
from tests.test_messages import alert

HOOK = "https://discord.com/api/webhooks/1234567890123456789/" + "ZQ9xK7wV5uT3sR1pO8nM6lJ4iH2gF0dBaZ" * 2
BOT = "123456789:AAH4n7Kq2vXyZ0bCdEfGhIjKlMnOpQrStUv"
NOWHERE = Pace(5, each=1, attempts=2, clock=lambda: 0.0, sleep=lambda _: None)  # no second passes


@dataclass(frozen=True)
class Target:
    """One kind of document. `share`: of a million inputs, in thousands. `read`: spoils a valid one and reads
    it; the name of the declared error that was raised, "" where a value came of it. Any other error is a
    crash."""

    name: str
    share: int
    read: Callable[[random.Random], str]


@dataclass(frozen=True)
class Recorded:
    """What a real run met: the answers by service, and the ledger that it wrote."""

    answers: Mapping[str, list[Reply]]
    ledger: bytes


def recorded() -> Recorded:
    """Record a run on the sandbox: a warning, then the same day safe."""
    answers: dict[str, list[Reply]] = {"github": [], "discord": [], "telegram": []}
    send = Http.send
    with Sandbox() as sandbox, tempfile.TemporaryDirectory() as folder:

        def record(http: Http, method: str, url: str, **more: Any) -> Reply:
            reply = send(http, method, url, **more)
            for name, found in answers.items():
                if url.startswith(sandbox.services[name].url):
                    found.append(reply)
            return reply

        person = sandbox.github.person(
            "octocat", created=date(2011, 1, 25), contributions=days_before(NOW.date(), 42)
        )
        workflow = (ROOT / "template/.github/workflows/streaky.yml").read_text("utf-8")
        settings = "timezone: Europe/Berlin\nremind-at: [18:00, 22:30]\n"
        sandbox.github.repository("octocat/streaky", {WORKFLOW: workflow, ".github/streaky.yml": settings})
        variables, _, _ = linked(sandbox)
        environment = IN_RUN | variables | {"STREAKY_LEDGER": f"file:{folder}/ledger.json"}
        with mock.patch.object(Http, "send", record):
            guard(Sources({}, environment), NOW)
            person.contributions[NOW.date()] = 2
            guard(Sources({}, environment), NOW.replace(hour=22, minute=10))
        return Recorded(answers, Path(folder, "ledger.json").read_bytes())


def targets() -> list[Target]:
    """All of them, with their examples made."""
    real, quiet = recorded(), Patience(NOWHERE)
    discord = Discord(read_webhook(HOOK))
    telegram = Telegram(BOT, read_chat("42"), "https://api.telegram.org")
    return [
        Target("config file", 60, _config()),
        Target("roster file", 60, _roster()),
        Target("sealed values", 180, _sealed()),
        Target("ledger", 150, _ledger(real.ledger)),
        Target("workflow reader", 60, _workflow()),
        Target("GitHub's answers", 40, _github(real.answers["github"])),
        Target("Discord's answers", 130, _channel(discord, real.answers["discord"], quiet)),
        Target("Telegram's answers", 130, _channel(telegram, real.answers["telegram"], quiet)),
        Target("pending", 190, _pending()),
    ]


def _declared(work: Callable[[], object], *errors: type[Exception]) -> str:
    """Do it; the name of the error where it raised one of these."""
    try:
        work()
    except errors as error:
        str(error)  # what is said of it can be said
        return type(error).__name__
    return ""


def _settings(text: str) -> list[str]:
    """A file whose settings are commented out, as it is and with all of them in force."""
    lines = text.splitlines(keepends=True)
    inside = [
        line.removeprefix("# ") if line[2:].split(":")[0].replace("-", "").isalpha() else line
        for line in lines
    ]
    return ["".join(line for line in inside if not line.startswith("#")), text]


ENVIRONMENT = {"GITHUB_TOKEN": TOKEN, "GITHUB_REPOSITORY": "octocat/streaky", "DISCORD_WEBHOOK_URL": HOOK}
CONFIG = (
    "user: octocat\ntimezone: Europe/Berlin\nnotify:\n  - at-risk\n  - broken\nremind-at: [18:00, '22:30']\n"
    "lead: 1h30m\nquiet-until: 09:00\nrest-days: sat,sun\npause-until: 2026-12-01 # until then\n"
    "min-contributions: 2\nlanguage: de\nsuggest: true\ncard: false\nissue: auto\n"
    "discord-mention: role:123456789012345678\n"
)


def _config() -> Callable[[random.Random], str]:
    examples = [CONFIG, CONFIG, *_settings((ROOT / "template/.github/streaky.yml").read_text("utf-8"))]
    sources = Sources({}, ENVIRONMENT)

    def read(chance: random.Random) -> str:
        content = spoil.data(chance, chance.choice(examples).encode())
        found = config_file.read(content, ".github/streaky.yml", IN_FILE)
        return _declared(lambda: sources.settle(found), ConfigurationError)

    return read


def _keys() -> tuple[sealing.PrivateKey, Callable[[str, str], str]]:
    key = sealing.new_key()
    return key, lambda value, name: sealing.seal(value, key.public, "octocat", name)


def _roster() -> Callable[[random.Random], str]:
    key, seal = _keys()
    hook, token = seal(HOOK, "discord-webhook-url"), seal(BOT, "telegram-bot-token")
    text = (
        f"timezone: Asia/Tokyo\ndiscord-webhook-url: {hook}\nremind-at: 20:30\nlead: 2h\nrest-days: [sun]\n"
    )
    other = f"telegram-bot-token: {token}\ntelegram-chat-id: -1001234567890:42\nlanguage: ja\nissue: true\n"
    urls = "webhook-url: https://hooks.example.com/x\nwebhook-secret: abcdefgh\nnotify: at-risk\n"
    team = Sources({}, ENVIRONMENT | {"STREAKY_KEY": key.text}).team()

    def read(chance: random.Random) -> str:
        content = spoil.data(chance, chance.choice((text, other, urls, text + other)).encode())
        found = config_file.read(content, "roster/octocat.yml", IN_ROSTER)
        return _declared(lambda: team.settle("octocat", found, lambda *_: None), ConfigurationError)

    return read


def _sealed() -> Callable[[random.Random], str]:
    key, seal = _keys()
    whole = seal(HOOK, "discord-webhook-url")

    def read(chance: random.Random) -> str:
        match chance.randrange(8):
            case 0:
                given = spoil.text(
                    chance, f"{key.text}\n{sealing.new_key().text}\n" if chance.random() < 0.1 else key.text
                )
                return _declared(lambda: sealing.private_keys(given), sealing.BadKey)
            case 1:
                given = spoil.text(chance, str(key.public))
                return _declared(lambda: sealing.public_key(given), sealing.BadKey)
            case _:
                given = spoil.text(chance, whole)
                if given == whole:
                    return ""
                return _declared(
                    lambda: sealing.open_sealed(given, (key,), "octocat", "discord-webhook-url"),
                    sealing.NotOpened,
                )

    return read


def _ledger(written: bytes) -> Callable[[random.Random], str]:
    valid = json.loads(written)

    def read(chance: random.Random) -> str:
        content = spoil.data(chance, written) if chance.random() < 0.2 else spoil.json_data(chance, valid)

        def both() -> None:
            ledger = form.read(content, "octocat")
            assert form.read(form.write(ledger), "octocat") == ledger, "what was read is not what is written"

        return _declared(both, form.Unreadable)

    return read


def _workflow() -> Callable[[random.Random], str]:
    paths = [
        "template/.github/workflows/streaky.yml",
        *sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("template-team/.github/workflows/*.yml")),
    ]
    # Without the comments, so that what is spoilt is what is read.
    texts = [
        "".join(
            line
            for line in (ROOT / path).read_text("utf-8").splitlines(keepends=True)
            if not line.lstrip().startswith("#")
        )
        for path in paths
    ]
    job = Job("100", 1, "schedule", WORKFLOW, "", "guard")

    def read(chance: random.Random) -> str:
        content = spoil.text(chance, chance.choice(texts))
        found = read_workflow(content, job)
        if found is None:
            return "None"
        found.chosen_zone(WORKFLOW)
        return ""

    return read


@contextmanager
def _answered(answer: Callable[[], Reply]) -> Iterator[None]:
    """Whatever is asked, this is answered, and nothing is sent."""
    with mock.patch.object(Http, "send", side_effect=lambda *_, **__: answer()):
        yield


STATUSES = (200, 200, 200, 200, 201, 204, 302, 400, 401, 403, 404, 409, 410, 422, 429, 500, 502, 503)
HEADERS: tuple[dict[str, str], ...] = (
    *(
        {},
        {},
        {},
        {"Retry-After": "1"},
        {"Retry-After": "-5"},
        {"Retry-After": "1e400"},
        {"Retry-After": "nan"},
    ),
    *({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, {"Retry-After": "Wed, 99 Oct 99999 07:28:00"}),
    *({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "99999999999999999"}, {"X-RateLimit-Reset": "x"}),
    *({"GitHub-Authentication-Token-Expiration": "2026-13-45 99:99:99 UTC"}, {"Via": "1.1"}),
    {"GitHub-Authentication-Token-Expiration": "9999-12-31 23:59:59 -1200"},
)
ERRORS = {
    "data": None,
    "errors": [{"type": "RATE_LIMITED", "message": "x", "path": ["user"], "locations": []}],
}
TROUBLES = (
    ERRORS,
    {"message": "You are being rate limited.", "retry_after": 0.5, "global": False, "code": 10015},
    {"ok": False, "error_code": 429, "description": "Too Many Requests", "parameters": {"retry_after": 3}},
    {"ok": False, "error_code": 400, "description": "x", "parameters": {"migrate_to_chat_id": -100123}},
)


def _spoilt(chance: random.Random, replies: list[tuple[Reply, Any]]) -> Reply:
    """One of the answers, with another status, other headers, a spoilt body, or all of it."""
    reply, valid = chance.choice(replies)
    if chance.random() < 0.25:
        valid = chance.choice(TROUBLES)
    body = spoil.json_data(chance, valid) if chance.random() < 0.9 else spoil.data(chance, b"<html>no</html>")
    status = reply.status if chance.random() < 0.5 else chance.choice(STATUSES)
    return Reply(status, dict(chance.choice(HEADERS)), body)


def _with_documents(replies: list[Reply]) -> list[tuple[Reply, Any]]:
    return [(reply, reply.json()) for reply in replies]


def _github(replies: list[Reply]) -> Callable[[random.Random], str]:
    known = _with_documents([reply for reply in replies if reply.status == 200])[:1]
    sources = Sources({}, ENVIRONMENT | IN_RUN)

    def read(chance: random.Random) -> str:
        with _answered(lambda: _spoilt(chance, known)):
            seen: list[Any] = []
            raised = _declared(lambda: seen.append(look(sources, NOW, Patience(NOWHERE))), StreakyError)
        return raised or ("CouldNotTell" if seen[0].problem else "")

    return read


def _channel(channel: Channel, replies: list[Reply], patience: Patience) -> Callable[[random.Random], str]:
    known, made = _with_documents([reply for reply in replies if reply.json()]), alert("urgent")

    def read(chance: random.Random) -> str:
        with _answered(lambda: _spoilt(chance, known)):
            if chance.random() < 0.3:
                return _declared(lambda: channel.look_up(patience), Undelivered)
            return _declared(lambda: channel.deliver(made, patience), Undelivered)

    return read


def _pending() -> Callable[[random.Random], str]:
    valid = [
        {"kind": "at-risk", "slot": "2026-11-23/at-risk/21:00", "channel": "discord", "heard": False},
        {"kind": "unknown", "slot": "2026-11-23/unknown/day", "channel": "apprise-2", "heard": True},
    ]
    shut = packed(json.dumps(valid))

    def read(chance: random.Random) -> str:
        raw = spoil.json_data(chance, valid).decode("utf-8", "replace") if chance.random() < 0.7 else ""
        return _declared(lambda: values.pending(raw or spoil.text(chance, shut)), BadValue)

    return read
