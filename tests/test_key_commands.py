"""keygen, seal and open as a person runs them: over pipes, and in a terminal."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from streaky import sealing
from streaky.sealing import PrivateKey
from tests import program
from tests.conftest import PLAIN, PROGRAM, World, leaks
from tests.questions import push, write
from tests.traces import commands, no_leaks

TELLING = "ZQ9xK7wV5uT3sR1pO8nM6lJ4iH2gF0dBaZ"
HOOK = f"https://discord.com/api/webhooks/1234567890123456789/{TELLING}"
NAME = "discord-webhook-url"
KEY, OTHER = PrivateKey(bytes(range(32))), PrivateKey(bytes(range(1, 33)))
LOGIN = "import os, sys; os.login_tty(0); os.execv(sys.argv[1], sys.argv[1:])"
SECRETS = (TELLING, KEY.text.rpartition(":")[2])


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository's folder, with its public key."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "roster").mkdir()
    (tmp_path / "roster/streaky.pub").write_text(f"{KEY.public}\n")
    return tmp_path


def run(*arguments: str, given: str | bytes = b"", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the program with `given` on its stdin."""
    raw = given.encode() if isinstance(given, str) else given
    return program.run(*arguments, environment=PLAIN | environment, given=raw)


def refused(*arguments: str, given: str | bytes = b"", **environment: str) -> str:
    """What is said of a command that is refused; it prints nothing, and repeats no secret."""
    done = run(*arguments, given=given, **environment)
    assert (done.returncode, done.stdout) == (2, "")
    assert leaks(done.stderr, SECRETS) == []
    assert "Traceback" not in done.stderr
    return done.stderr


def in_terminal(*arguments: str, typed: tuple[str, ...], **environment: str) -> str:
    """Run the program in a terminal, answer each prompt, and return all that the terminal showed."""
    terminal, theirs = os.openpty()
    # Not by a fork of this process, which has threads.
    command = [sys.executable, "-c", LOGIN, *PROGRAM, *arguments]
    child = subprocess.Popen(command, env=PLAIN | environment, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown, answers, until = b"", list(typed), time.monotonic() + 30
    try:
        while time.monotonic() < until:
            if not select.select([terminal], [], [], 1)[0]:
                continue
            try:
                part = os.read(terminal, 4096)
            except OSError:  # as Linux says that the other side has closed
                part = b""
            if not part:
                break
            shown += part
            if answers and shown.rstrip(b"\r\n").endswith((b"(not shown): ", b"Enter.")):
                os.write(terminal, f"{answers.pop(0)}\n".encode())
    finally:
        os.close(terminal)
        child.wait(30)
    return shown.decode()


# keygen


def test_keygen_prints_the_private_key_alone_and_keeps_the_public_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("keygen")
    assert done.returncode == 0
    (key,) = sealing.private_keys(done.stdout)
    assert done.stdout == f"{key.text}\n"
    assert (tmp_path / "roster/streaky.pub").read_bytes() == f"{key.public}\n".encode()
    assert leaks(done.stderr, (key.text.rpartition(":")[2],)) == []
    assert "STREAKY_KEY" in done.stderr
    other = run("keygen", "--public", "elsewhere/key.pub")
    assert sealing.private_keys(other.stdout) != (key,)
    assert (tmp_path / "elsewhere/key.pub").exists()


def test_keygen_never_overwrites_a_public_key(place: Path) -> None:
    file = place / "roster/streaky.pub"
    before = file.read_bytes()
    assert "roster/streaky.pub exists" in refused("keygen")
    assert "dangling exists" in refused("keygen", "--public", _dangling(place))
    assert file.read_bytes() == before


def _dangling(place: Path) -> str:
    (place / "dangling").symlink_to(place / "nowhere")
    return "dangling"


def test_keygen_into_an_unusable_place_is_refused(place: Path) -> None:
    (place / "file").touch()
    assert "cannot be written: " in refused("keygen", "--public", "file/streaky.pub")


def test_keygen_whose_key_nobody_reads_leaves_no_public_key(place: Path) -> None:
    read, write_end = os.pipe()
    os.close(read)
    done = subprocess.run(
        [*PROGRAM, "keygen", "--public", "new.pub"],
        env=PLAIN,
        stdout=write_end,
        stderr=subprocess.PIPE,
        text=True,
        timeout=30,
        check=False,
    )
    os.close(write_end)
    assert done.returncode == 2
    assert "could not be printed" in done.stderr
    assert not (place / "new.pub").exists()


def test_keygen_in_a_workflow_is_refused_since_its_log_would_keep_the_key(place: Path) -> None:
    said = refused("keygen", "--public", "new.pub", GITHUB_ACTIONS="true")
    assert "would stand in the log" in said
    assert not (place / "new.pub").exists()


# seal


@pytest.mark.parametrize(
    ("given", "kept"),
    [(HOOK, HOOK), (f"{HOOK}\n", HOOK), (f"{HOOK}\r\n", HOOK), (f"{HOOK}\n\n", f"{HOOK}\n")],
)
@pytest.mark.usefixtures("place")
def test_seal_prints_one_line_that_opens_to_the_value(given: str, kept: str) -> None:
    done = run("seal", NAME, "--user", "@OctoCat", given=given)
    assert done.returncode == 0, done.stderr
    name, _, text = done.stdout.removesuffix("\n").partition(": ")
    assert name == NAME
    assert sealing.open_sealed(text, [KEY], "octocat", NAME) == kept
    assert leaks(done.stderr, SECRETS) == []


@pytest.mark.usefixtures("place")
def test_seal_takes_several_lines_for_the_inputs_that_have_them() -> None:
    given = f"ntfy://{TELLING}\nntfy://second\n"
    done = run("seal", "apprise-urls", "--user", "octocat", given=given)
    text = done.stdout.partition(": ")[2].strip()
    assert sealing.open_sealed(text, [KEY], "octocat", "apprise-urls") == given.removesuffix("\n")


@pytest.mark.usefixtures("place")
def test_seal_in_a_terminal_asks_and_does_not_show_what_is_typed() -> None:
    shown = in_terminal("seal", NAME, "--user", "octocat", typed=(HOOK,))
    assert "discord-webhook-url of octocat (not shown): " in shown
    assert leaks(shown, (TELLING,)) == []
    assert "discord.com" not in shown
    text = shown.splitlines()[-1].partition(": ")[2]
    assert sealing.open_sealed(text, [KEY], "octocat", NAME) == HOOK


@pytest.mark.usefixtures("place")
def test_seal_in_a_terminal_says_that_nothing_was_typed_where_the_input_ends_at_once() -> None:
    shown = in_terminal("seal", NAME, "--user", "octocat", typed=("\x04",))  # Ctrl+D
    assert "error: Nothing was typed." in shown


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        (NAME, f"https://example.com/{TELLING}", "discord-webhook-url is not a Discord webhook URL"),
        (NAME, f"{HOOK}\n{HOOK}\n", "discord-webhook-url holds a control character"),
        (NAME, "", "discord-webhook-url is empty."),
        (NAME, "\n", "discord-webhook-url is empty."),
        (NAME, b"\xff" + TELLING.encode(), "is not text (UTF-8)"),
        (NAME, TELLING * 3000, "is too long"),
        ("telegram-bot-token", TELLING, "telegram-bot-token is not a Telegram bot token."),
    ],
)
@pytest.mark.usefixtures("place")
def test_seal_refuses_what_is_no_value_of_that_input(name: str, given: str | bytes, said: str) -> None:
    assert said in refused("seal", name, "--user", "octocat", given=given)


def test_seal_needs_a_public_key(place: Path) -> None:
    file = place / "roster/streaky.pub"
    seal = ("seal", NAME, "--user", "octocat")
    file.write_text(KEY.text)
    assert "roster/streaky.pub is a private key" in refused(*seal, given=HOOK)
    file.write_text(f"{KEY.public}A")
    assert "roster/streaky.pub is no public key" in refused(*seal, given=HOOK)
    file.write_text("streaky-public:v1:" + "A" * 43)
    assert "nothing can be sealed with" in refused(*seal, given=HOOK)
    file.unlink()
    assert "roster/streaky.pub does not exist." in refused(*seal, given=HOOK)
    assert "roster cannot be read: " in refused(*seal, "--public", "roster", given=HOOK)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("github-token", "--user", "octocat"), "INPUT must be one of discord-webhook-url,"),
        ((NAME,), "--user"),
        ((NAME, "--user", "octo cat"), "--user: "),
        ((NAME, HOOK, "--user", "octocat"), "too many arguments"),
        ((HOOK, "--user", "octocat"), "INPUT must be one of"),
        ((NAME, "--user", HOOK), "looks like a secret"),
    ],
)
@pytest.mark.usefixtures("place")
def test_wrong_arguments_are_refused_without_repeating_a_secret(
    arguments: tuple[str, ...], said: str
) -> None:
    assert said in refused("seal", *arguments, given=HOOK)


# open

SEALED = sealing.seal(HOOK, KEY.public, "octocat", NAME)
OPEN = ("open", NAME, "--user", "OctoCat")


@pytest.mark.parametrize(
    "given", [SEALED, f"{NAME}: {SEALED}\n", f"# mine\ntimezone: UTC\n{NAME}: '{SEALED}'\nwhat: ever\n"]
)
def test_open_says_whether_a_value_opens_and_shows_it_only_when_asked(given: str) -> None:
    keys = f"{OTHER.text}\n{KEY.text}"
    done = run(*OPEN, given=given, STREAKY_KEY=keys)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("discord-webhook-url of octocat opens")
    assert leaks(done.stdout, SECRETS) == []
    done = run(*OPEN, "--show", given=given, STREAKY_KEY=keys)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{HOOK}\n", "")


@pytest.mark.parametrize(
    ("arguments", "given", "key", "said"),
    [
        (OPEN, SEALED, "", "No key is set."),
        (OPEN, SEALED, KEY.text[:-1], "STREAKY_KEY: line 1 is no private key"),
        (OPEN, SEALED, OTHER.text, f"was sealed with the public key {KEY.public.id}"),
        (
            ("open", NAME, "--user", "octodog"),
            SEALED,
            KEY.text,
            "it was not sealed as discord-webhook-url for octodog",
        ),
        (
            ("open", "webhook-url", "--user", "octocat"),
            SEALED,
            KEY.text,
            "it was not sealed as webhook-url for",
        ),
        (OPEN, SEALED[:-20], KEY.text, "it was changed"),
        (OPEN, f"webhook-url: {SEALED}", KEY.text, "no sealed value of discord-webhook-url"),
        (OPEN, f"{NAME}: {HOOK}", KEY.text, "no sealed value of discord-webhook-url"),
        (OPEN, "", KEY.text, "no sealed value of discord-webhook-url"),
    ],
)
def test_what_does_not_open_is_told(arguments: tuple[str, ...], given: str, key: str, said: str) -> None:
    assert said in refused(*arguments, "--show", given=given, STREAKY_KEY=key)


def test_open_tells_of_a_value_that_is_none_of_that_input() -> None:
    given = sealing.seal(f"https://example.com/{TELLING}", KEY.public, "octocat", NAME)
    assert "is not a Discord webhook URL" in refused(*OPEN, "--show", given=given, STREAKY_KEY=KEY.text)


def test_in_a_workflow_a_value_is_checked_but_never_shown() -> None:
    environment = {"STREAKY_KEY": KEY.text, "GITHUB_ACTIONS": "true"}
    assert "would stand in the log" in refused(*OPEN, "--show", given=SEALED, **environment)
    assert run(*OPEN, given=SEALED, **environment).returncode == 0


def test_open_in_a_terminal_asks_for_the_key_and_does_not_show_it() -> None:
    shown = in_terminal(*OPEN, typed=(KEY.text, SEALED))
    assert "STREAKY_KEY (not shown): " in shown
    assert "discord-webhook-url of octocat opens" in shown
    assert leaks(shown, SECRETS) == []


def test_without_the_library_the_commands_say_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "cryptography").mkdir()
    (tmp_path / "cryptography/__init__.py").write_text("raise ImportError")
    environment = {"PYTHONPATH": f"{tmp_path}{os.pathsep}{PLAIN['PYTHONPATH']}"}
    said = refused("keygen", "--public", str(tmp_path / "new.pub"), **environment)
    assert "Install streaky[sealed]." in said
    assert not (tmp_path / "new.pub").exists()


# A run


def test_a_run_alerts_through_a_sealed_webhook_and_leaks_it_nowhere(
    world: World, runner: dict[str, str]
) -> None:
    line = f"{NAME}: {sealing.seal(world.hook.url, KEY.public, 'octocat', NAME)}\n"
    bare = {
        "DISCORD_WEBHOOK_URL": "",
        "TELEGRAM_BOT_TOKEN": "",
        "TELEGRAM_CHAT_ID": "",
        "TELEGRAM_API_URL": "",
    }
    for number, put in enumerate((push, write), 1):
        put(world, line)
        done = world.run("check", "--key", KEY.text, RUNNER_DEBUG="1", **bare, **runner)
        assert done.returncode == 0, done.stderr
        assert len(world.hook.messages) == number
        masks = [text for _, text in commands(done.stdout, "add-mask")]
        assert {world.hook.url, world.hook.token, KEY.text} <= {*masks}
        no_leaks(world, runner, done)
        printed = "".join(each for each in done.stdout.splitlines(True) if "::add-mask::" not in each)
        assert leaks(printed + done.stderr, SECRETS) == []


def test_a_run_without_the_key_names_the_place_and_sends_nothing(
    world: World, runner: dict[str, str]
) -> None:
    push(world, f"{NAME}: {sealing.seal(world.hook.url, KEY.public, 'octocat', NAME)}\n")
    done = world.run("check", DISCORD_WEBHOOK_URL="", **runner)
    assert done.returncode == 2
    assert f".github/streaky.yml:1:22: {NAME}: is sealed, and no key is set that opens it." in done.stderr
    assert commands(done.stdout, "error")[0][0]["line"] == "1"
    assert not world.sandbox.discord.requests
    assert not world.sandbox.telegram.requests
