"""Bad input to the program itself: exit 2, one line per fault, nothing sent, no traceback, no secret."""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from streaky.sealing import PrivateKey
from tests.conftest import PROGRAM, ROOT, TOKEN, leaks
from tests.program import run

KEY = "ZQ9xK7wV5uT3sR1pO8nM6lJ4iH2gF0dBaZ"
HOOK = f"https://discord.com/api/webhooks/1234567890123456789/{KEY}"
BOT = f"123456789:{KEY}"
SECRETS = (TOKEN, KEY, KEY[::-1])
PATH = ".github/streaky.yml"
Process = subprocess.CompletedProcess[str]
linux = pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")


class Counter:
    """A listening socket that counts who comes, and never answers."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.came = threading.Event()
        self.guests: list[socket.socket] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        try:
            while True:
                self.guests.append(self._socket.accept()[0])
                self.came.set()
        except OSError:
            return

    def close(self) -> None:
        self._socket.close()
        for guest in self.guests:
            guest.close()


@pytest.fixture
def counter() -> Iterator[Counter]:
    """GitHub, for all that the program knows."""
    running = Counter()
    yield running
    running.close()


class Program:
    """`streaky` in a folder of its own, with the least that must be set, all of it right."""

    def __init__(self, counter: Counter, folder: Path) -> None:
        self.counter, self.folder = counter, folder
        self.environment = {
            "PYTHONPATH": str(ROOT),
            "GITHUB_API_URL": counter.url,
            "GITHUB_GRAPHQL_URL": f"{counter.url}/graphql",
            "GITHUB_TOKEN": TOKEN,
            "GITHUB_REPOSITORY_OWNER": "octocat",
            "DISCORD_WEBHOOK_URL": f"{counter.url}/api/webhooks/1234567890123456789/{KEY}",
        }

    def file(self, content: bytes | str, path: str = PATH) -> None:
        """Write the config file."""
        file = self.folder / path
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())

    def run(self, *flags: str | bytes, **more: str) -> Process:
        """Run `streaky check`."""
        with contextlib.chdir(self.folder):
            return run("check", *flags, environment=self.environment | more)

    def refused(self, *flags: str | bytes, secrets: tuple[str, ...] = SECRETS, **more: str) -> Process:
        """Run it on something wrong, and hold it to what is promised of every refusal."""
        done = self.run(*flags, **more)
        assert done.returncode == 2, done
        assert "Traceback" not in done.stdout + done.stderr
        printed = re.sub(r"(?m)^::add-mask::.*$", "", done.stdout + done.stderr)
        assert leaks(printed, secrets) == []
        assert self.counter.guests == []
        return done

    def faults(self, *flags: str | bytes, **more: str) -> list[str]:
        """What it says on stderr, one line per fault, outside of a runner; stdout stays empty."""
        done = self.refused(*flags, **more)
        assert done.stdout == ""
        lines = done.stderr.splitlines()
        assert all(line.startswith("error: ") and line.isprintable() for line in lines), lines
        return [line.removeprefix("error: ") for line in lines]


@pytest.fixture
def program(counter: Counter, tmp_path: Path) -> Program:
    return Program(counter, tmp_path)


# All at once


def test_all_faults_of_one_run_are_told_together_each_with_its_place_and_mend(program: Program) -> None:
    program.file(
        "timezone: Europe/Berln\nremind_at: [18:00]\nuser: octocat\nuser: hubot\n"
        f"github-token: {TOKEN}\nnotify: [at-risk, brocken]\nquiet-until: {{a: b}}\nrest-days: [sat\n"
    )
    said = program.faults(
        "--pause-until=31.12.2026",
        "--min-contributions",
        "0",
        f"--webhook-url=http://hooks.example/{KEY[::-1]}",
        "--now=2026-11-23T21:30:00",
        STREAKY_LANGUAGE="eng",
        DISCORD_WEBHOOK_URL=HOOK.replace("discord.com", "dlscord.com"),
        TELEGRAM_BOT_TOKEN=KEY,
        TELEGRAM_CHAT_ID="mychannel",
        GITHUB_SERVER_URL=f"https://{KEY}@github.com",
    )
    assert said == [
        f'{PATH}:2:1: remind_at: is not a setting. Did you mean "remind-at"?',
        f"{PATH}:4:1: user: stands twice; the first is in line 3. Keep one.",
        f"{PATH}:5:1: github-token: is a secret, which a file must not hold. Make it a repository secret,"
        " and remove it from here; replace it, if it was ever pushed.",
        f"{PATH}:7:14: quiet-until: must be one value or a plain list. Write each value out.",
        f"{PATH}:8:12: config: the file is not YAML: did not find expected ',' or ']'.",
        f'{PATH}:1:11: timezone: "Europe/Berln" is not an IANA time zone. Did you mean "Europe/Berlin"?',
        'discord-webhook-url: is not a Discord webhook URL: its host is "dlscord.com".'
        ' Did you mean "discord.com"? (from DISCORD_WEBHOOK_URL)',
        "telegram-bot-token: is not a Telegram bot token."
        " Copy it from @BotFather; it looks like 123456789:AbC… (from TELEGRAM_BOT_TOKEN)",
        "telegram-chat-id: is not a Telegram chat id. Write a number such as 123456789 or -1001234567890,"
        " or @channelname. (from TELEGRAM_CHAT_ID)",
        "webhook-url: would be sent unencrypted. Use https:// (http:// works to a loopback address only)."
        " (from --webhook-url)",
        f'{PATH}:6:9: notify: "brocken" is not a kind of alert. Did you mean "broken"?',
        'pause-until: "31.12.2026" is no length of a pause. Write YYYY-MM-DD, 3d, 2w, today, or none.'
        " (from --pause-until)",
        'min-contributions: "0" is not a whole number from 1 to 999999. (from --min-contributions)',
        'language: "eng" is not a language Streaky speaks. Did you mean "en"? (from STREAKY_LANGUAGE)',
        'now: "2026-11-23T21:30:00" is not an instant.'
        " Write ISO 8601 with an offset: 2026-11-23T21:30:00+01:00. (from --now)",
        "GITHUB_SERVER_URL: names a user before the host. Remove everything from :// to @.",
    ]


def test_an_empty_environment_is_told_what_it_lacks(program: Program) -> None:
    program.environment = {"PYTHONPATH": str(ROOT)}
    names = [said.partition(":")[0] for said in program.faults()]
    assert names == ["github-token", "user", "discord-webhook-url"]


def test_what_is_right_is_not_refused(program: Program, counter: Counter) -> None:
    """The other tests' proof: the same program with nothing wrong does go to that GitHub."""
    program.file("timezone: Europe/Berlin\n")
    with subprocess.Popen([*PROGRAM, "check"], env=program.environment, cwd=program.folder) as process:
        assert counter.came.wait(15)
        process.kill()


# One at a time


@pytest.mark.parametrize(
    ("flags", "environment", "said"),
    [
        (("--user", ""), {"GITHUB_REPOSITORY_OWNER": ""}, "user: nobody to guard is named."),
        (("--user=@",), {}, 'user: "@" is not a GitHub login.'),
        ((), {"GITHUB_TOKEN": ""}, "github-token: is missing."),
        ((), {"GITHUB_TOKEN": f"{TOKEN} {KEY}"}, "github-token: holds a space"),
        ((), {"DISCORD_WEBHOOK_URL": ""}, "discord-webhook-url: no channel is set"),
        ((f"--discord-webhook-url={HOOK}#",), {}, "discord-webhook-url: has a fragment."),
        (("--discord-webhook-url", f"https://{KEY}@discord.com/"), {}, "discord-webhook-url: names a user"),
        (("--dry-run", "maybe"), {}, 'dry-run: "maybe" is neither true nor false.'),
        (("--timezone", f"A\n::error::{KEY[:7]}"), {}, "timezone: holds a control character (U+000A)."),
        (("--timezone", TOKEN), {}, "timezone: the value (not repeated here, it looks like a secret) is not"),
        (("--user", b"octo\xffcat"), {}, "user: holds a control character (U+DCFF)."),
        (
            (),
            {"STREAKY_REMIND_AT": ",".join(["25:00"] * 20_000)},
            "remind-at: the list has 20000 items. Write at most 100.",
        ),
        (
            ("--config=no/such.yml",),
            {},
            "config: no/such.yml does not exist. Correct the path, or remove it.",
        ),
        (("--config=/no/such.yml",), {"GITHUB_REPOSITORY": "a/b"}, "config: /no/such.yml does not exist."),
        (("--config=.",), {}, "config: . does not exist."),
    ],
)
def test_one_wrong_input_is_one_line(
    program: Program, flags: tuple[str | bytes, ...], environment: dict[str, str], said: str
) -> None:
    (line,) = program.faults(*flags, **environment)
    assert line.startswith(said)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("user: [a", f"{PATH}:1:7: config: the file is not YAML"),
        (b"\x89PNG\r\n\x1a\n" * 50, f"{PATH}:1:1: config: the file is not UTF-8 text."),
        (b"#" * 1_048_576, f"{PATH}:1:1: config: the file has more than 65536 bytes."),
        ("user: " + "[" * 60_000, f"{PATH}:1:15: config: this is nested too deeply."),
        ("user: &a [x, x]\nrest-days: [*a, *a]\n", f"{PATH}:2:12: rest-days: must be one value"),
        ('user: "octo\\u001bcat"', f"{PATH}:1:7: user: holds a control character (U+001B)."),
    ],
)
def test_one_wrong_line_of_the_file_is_one_line(program: Program, content: bytes | str, said: str) -> None:
    program.file(content)
    assert program.faults()[0].startswith(said)


@linux
def test_a_file_that_cannot_be_read_is_refused(program: Program) -> None:
    # Even root cannot read the first page of a process's memory.
    (line,) = program.faults("--config=/proc/self/mem")
    assert line == "config: /proc/self/mem cannot be read: Input/output error."


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_the_right_to_read_it_is_refused(program: Program) -> None:
    program.file("user: octocat")
    (program.folder / PATH).chmod(0)
    (line,) = program.faults()
    assert line == f"config: {PATH} cannot be read: Permission denied."


def test_a_path_with_line_breaks_makes_no_second_line(program: Program) -> None:
    said = program.faults("--config", "a\nerror: b\x1b[31m")
    assert [line.partition(": ")[0] for line in said] == ["config", "config"]
    assert sum("does not exist" in line for line in said) == 1


# Flags that do not exist


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (
            (f"--discord-webhook={HOOK}",),
            "unknown flags: --discord-webhook (did you mean --discord-webhook-url?)",
        ),
        (
            ("--discord-webhook", HOOK),
            "unknown flags: --discord-webhook (did you mean --discord-webhook-url?)",
        ),
        (("--timezon=UTC", "--xyzzy"), "unknown flags: --timezon (did you mean --timezone?), --xyzzy"),
        ((f"-{KEY}",), "too many arguments"),
        ((f"--{KEY}",), "too many arguments"),
        ((HOOK,), "too many arguments"),
        (("--webhook-secret", f"-{KEY}"), "argument --webhook-secret: expected one argument"),
        (("--format", KEY), "--format must be one of text, json. See"),
        (("--format", "jsno"), "--format must be one of text, json. Did you mean json? See"),
    ],
)
def test_a_wrong_flag_is_named_without_any_value(program: Program, flags: tuple[str, ...], said: str) -> None:
    done = program.refused(*flags)
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("streaky")
    assert f": {said}" in done.stderr


# In other forms


def test_as_json_the_faults_are_a_list_on_stdout(program: Program) -> None:
    program.file("timezon: UTC")
    done = program.refused("--format=json", STREAKY_LANGUAGE="tlh")
    document = json.loads(done.stdout)
    assert document == {
        "version": 1,
        "exit-status": 2,
        "faults": [
            f'{PATH}:1:1: timezon: is not a setting. Did you mean "timezone"?',
            'language: "tlh" is not a language Streaky speaks.'
            " Choose from: de, en, es, fr, id, ja, pt, zh-CN. (from STREAKY_LANGUAGE)",
        ],
    }
    assert done.stderr.splitlines() == [f"error: {fault}" for fault in document["faults"]]


def test_in_a_runner_masks_come_first_and_faults_are_annotations_and_in_the_summary(
    program: Program, tmp_path: Path
) -> None:
    program.file("# mine\n  remind-at: [18:00, 25:00]\n")
    summary = tmp_path / "summary"
    done = program.refused(
        "--language=tlh",
        GITHUB_ACTIONS="true",
        GITHUB_STEP_SUMMARY=str(summary),
        TELEGRAM_BOT_TOKEN=KEY[::-1],
        TELEGRAM_CHAT_ID="1",
    )
    lines = done.stdout.splitlines()
    masks = [line.removeprefix("::add-mask::") for line in lines if line.startswith("::add-mask::")]
    assert {TOKEN, KEY, KEY[::-1], program.environment["DISCORD_WEBHOOK_URL"]} <= set(masks)
    assert all(line.startswith("::add-mask::") for line in lines[: len(masks)])
    assert lines[len(masks) :] == [
        "::error title=Streaky%3A telegram-bot-token::telegram-bot-token: is not a Telegram bot token."
        " Copy it from @BotFather; it looks like 123456789:AbC… (from TELEGRAM_BOT_TOKEN)",
        f"::error title=Streaky%3A remind-at,file={PATH},line=2,col=14::{PATH}:2:14:"
        ' remind-at: "25:00" is not a time of day (HH:MM, 00:00 to 23:59).',
        '::error title=Streaky%3A language::language: "tlh" is not a language Streaky speaks.'
        " Choose from: de, en, es, fr, id, ja, pt, zh-CN. (from --language)",
    ]
    written = summary.read_text("utf-8")
    assert written.startswith("## 🔴 Streaky's configuration is wrong\n\nNothing was sent.\n\n- telegram")
    assert written.count("\n- ") == 3
    assert leaks(written, SECRETS) == []


def test_bytes_that_are_no_text_end_no_run_in_a_runner(program: Program, tmp_path: Path) -> None:
    summary = tmp_path / "summary"
    done = program.refused(
        "--config", b"\xff\n::stop-commands::x", GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary)
    )
    assert done.stdout.count("::error ") == 2
    assert "\n::stop-commands::" not in done.stdout + done.stderr
    assert "does not exist" in summary.read_text("utf-8")


def test_what_the_file_says_gives_the_runner_no_commands(program: Program) -> None:
    program.file('"x\\n::error::evil": 1\ntimezone: "A%0A::error::evil"\n')
    done = program.refused(GITHUB_ACTIONS="true")
    assert not re.search(r"(?m)^::error::evil", done.stdout + done.stderr)
    assert done.stdout.count("\n::error title=Streaky") == 2
    assert "%250A::error::evil" in done.stdout


# Flags that hold a secret

PRIVATE = PrivateKey(bytes(range(32))).text


@linux
def test_secrets_given_as_flags_are_wiped_from_the_process_title(program: Program, counter: Counter) -> None:
    hook = f"{counter.url}/api/webhooks/1/{KEY}"
    flags = [
        *(f"--github-token={TOKEN}", "--discord-webhook-url", hook, "--telegram-bot-token", f"1234567:{KEY}"),
        *(
            "--telegram-chat-id=1",
            f"--webhook-url=https://hooks.example/{KEY[::-1]}",
            "--webhook-secret",
            "é" + KEY,
        ),
        *("--now", "2026-11-23T21:30:00Z", "--timezone=Asia/Tokyo", "--key", f"{PRIVATE}\n{PRIVATE}"),
    ]
    process = subprocess.Popen([*PROGRAM, "check", *flags], env=program.environment, cwd=program.folder)
    try:
        assert counter.came.wait(15)
        title = Path(f"/proc/{process.pid}/cmdline").read_text("utf-8", errors="replace")
    finally:
        process.kill()
        process.wait(10)
    assert leaks(title, (*SECRETS, PRIVATE)) == []
    words = title.split("\0")
    assert "--timezone=Asia/Tokyo" in words
    assert "--github-token=" + "*" * len(TOKEN) in words
    assert len(words) == len(PROGRAM) + 1 + len(flags) + 1
