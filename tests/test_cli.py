"""The program itself, as a process: its flags, what it prints, and what it ends with."""

from __future__ import annotations

import ast
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator

import jsonschema
import pytest

from streaky import __version__
from streaky.__main__ import NEEDED
from streaky.config.inputs import IN_FILE, INPUTS, SEALABLE
from streaky.sandbox import Fault
from tests import program
from tests.conftest import NOW, PLAIN, PROGRAM, ROOT, TOKEN, World, leaks
from tests.traces import no_leaks, outputs, summary

TODAY = NOW.date()


# What it prints


def test_a_dry_run_shows_the_words_and_sends_nothing(world: World, runner: dict[str, str]) -> None:
    done = world.run("check", "--dry-run", **runner)
    assert done.returncode == 0
    assert "would say: octocat: 2 h 30 min left to save your 42-day streak" in done.stdout
    assert "2026-11-23/at-risk/21:00 on telegram: dry-run" in done.stdout
    assert not world.sandbox.discord.requests
    assert not world.sandbox.telegram.requests


def test_who_stops_a_run_reads_one_word_and_no_traceback(world: World) -> None:
    world.sandbox.github.fail(Fault.hang(20), times=None)
    environment, pipe = PLAIN | world.environment, subprocess.PIPE
    # Where the tests run in the background, a shell has them ignore the signal.
    heard = "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL)\n"
    heard += "os.execv(sys.argv[1], sys.argv[1:])"
    command = [sys.executable, "-c", heard, *PROGRAM, "check"]
    with subprocess.Popen(command, env=environment, stdout=pipe, stderr=pipe) as process:
        while not world.sandbox.github.requests:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=60) == (b"", b"Stopped.\n")
    assert process.returncode == 130


# Flags


def test_flags_beat_the_environment_and_secrets_among_them_stay_unseen(
    world: World, runner: dict[str, str]
) -> None:
    bot = world.sandbox.telegram.add_bot("987654321:" + "Zq9Xw8Vu7Ts6Rp5On4Ml3Kj2Ih1Gf0EdCbA"[:35])
    bot.add_chat(42)
    flags = ("--telegram-bot-token", bot.token, "--telegram-chat-id=42", "--timezone", "Asia/Tokyo")
    done = world.run("check", *flags, "--remind-at", "06:00", STREAKY_TIMEZONE="Europe/Berlin", **runner)
    assert done.returncode == 0
    assert "(Asia/Tokyo)" in done.stdout
    assert not world.bot.messages
    world.contributions[TODAY] = 1
    assert world.run("check", *flags, "--remind-at", "06:00", **runner).returncode == 0
    assert len(bot.messages) == 1
    no_leaks(world, runner, done)
    printed = re.sub(r"(?m)^::add-mask::.*$", "", done.stdout)
    assert leaks(printed, (bot.token.partition(":")[2],)) == []


@pytest.mark.parametrize(
    ("command", "flag", "said"),
    [
        ("team check", "--timezone", "unknown flags: --timezone."),
        ("team check", "--rooster", "unknown flags: --rooster (did you mean --roster?)."),
        ("seal webhook-url --user ada", "--pulbic", "unknown flags: --pulbic (did you mean --public?)."),
        ("check", "--tiemzone", "unknown flags: --tiemzone (did you mean --timezone?)."),
    ],
)
def test_an_unknown_flag_is_compared_with_those_of_its_own_command(
    command: str, flag: str, said: str
) -> None:
    done = program.run(*command.split(), flag, "x", environment=PLAIN)
    assert done.returncode == 2
    assert said in done.stderr


def test_an_unknown_flag_is_named_without_its_value(world: World) -> None:
    done = world.run("check", f"--tocken={TOKEN}")
    assert done.returncode == 2
    assert "--tocken" in done.stderr
    assert leaks(done.stdout + done.stderr, world.secrets) == []
    assert not world.sandbox.github.requests


@pytest.mark.parametrize(
    "arguments", [(TOKEN,), ("check", TOKEN), ("check", "--format", TOKEN), (f"--version={TOKEN}",)]
)
def test_a_misplaced_secret_is_not_repeated(world: World, arguments: tuple[str, ...]) -> None:
    done = world.run(*arguments)
    assert done.returncode == 2
    assert leaks(done.stdout + done.stderr, world.secrets) == []


@pytest.mark.parametrize(("typed", "meant"), [("chek", "check"), ("TEST_ALERT", "test-alert"), (TOKEN, "")])
def test_a_command_that_is_none_is_answered_with_the_one_that_was_meant(typed: str, meant: str) -> None:
    command = [*PROGRAM, typed]
    done = subprocess.run(command, env=PLAIN, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("streaky: COMMAND must be one of check, test-alert, ")
    assert re.findall(r"Did you mean (.*)\? See 'streaky --help'\.\n", done.stderr) == [meant] * bool(meant)
    assert typed not in done.stderr


# What is read by a Python that is too old to run the rest.
FIRST = ("__init__.py", "__main__.py")


def test_an_old_python_can_read_the_first_step() -> None:
    for name in FIRST:
        text = (ROOT / "streaky" / name).read_text("utf-8")
        ast.parse(text, feature_version=(3, 7))
        before = text.partition("if sys.version_info")[0]
        assert set(re.findall(r"(?m)^ *(?:import|from) (\S+)", before)) <= {"__future__", "sys"}, name


@pytest.mark.parametrize("version", [(3, 8, 18), (3, 10, 13)])
@pytest.mark.parametrize(
    "start",
    [
        "import runpy; runpy.run_module('streaky', run_name='__main__')",
        "from streaky.__main__ import main; main()",
    ],
)
def test_an_old_python_gets_a_sentence_and_no_traceback(version: tuple[int, ...], start: str) -> None:
    script = f"import sys; sys.version_info = {(*version, 'final', 0)}; {start}"
    command = [sys.executable, "-P", "-c", script]
    done = subprocess.run(command, env=PLAIN, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 2
    here = ".".join(map(str, version[:2]))
    assert done.stderr == (
        f"Streaky needs Python 3.11 or newer, and this is Python {here} ({sys.executable})."
        " Start it with a newer one.\n"
    )


def test_the_command_starts_with_the_step_that_an_old_python_can_read() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["scripts"] == {"streaky": "streaky.__main__:main"}
    assert project["requires-python"] == ">=" + ".".join(map(str, NEEDED))


def test_help_names_every_command_and_every_input(world: World) -> None:
    done = world.run("--help")
    assert done.returncode == 0
    for command in ("check", "test-alert", "doctor", "demo", "schema", "keygen", "seal", "open"):
        assert re.search(rf"(?m)^ +{command}\s", done.stdout)
    said = world.run("check", "--help").stdout
    for each in INPUTS.values():
        assert f"{each.flag} " in said
        assert each.environment in said
        assert "".join(each.what.split()) in "".join(said.split())


def test_the_version_is_told(world: World) -> None:
    assert world.run("--version").stdout == f"streaky {__version__}\n"


def test_no_command_is_exit_2() -> None:
    done = subprocess.run(PROGRAM, env=PLAIN, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 2
    assert "COMMAND" in done.stderr


# Other commands


def test_the_schema_command_prints_the_config_files_schema(world: World) -> None:
    done = world.run("schema")
    assert done.returncode == 0, done.stderr
    schema = json.loads(done.stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    allowed = {name for name, refusal in IN_FILE.items() if refusal is None}
    assert set(schema["properties"]) == allowed | {*SEALABLE}
    jsonschema.validate({"timezone": "Europe/Berlin", "rest-days": ["sat", "sun"]}, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"github-token": "x"}, schema)


def test_test_alert_tests_every_channel(world: World) -> None:
    world.contributions[TODAY] = 1
    done = world.run("test-alert")
    assert done.returncode == 0, done.stderr
    assert "2026-11-23/test/day on discord: sent" in done.stdout
    assert "This is a test" in world.bot.messages[0].plain
    assert len(world.hook.messages) == 1


def test_test_alert_that_reaches_nobody_is_exit_3(world: World) -> None:
    for service in (world.sandbox.discord, world.sandbox.telegram):
        service.fail(Fault.edge_ban(), times=None)
    assert world.run("test-alert").returncode == 3


# A reader that goes away


@pytest.fixture
def closed() -> Iterator[int]:
    """The writing end of a pipe that nobody reads any more, as after `| head -1`."""
    read, write = os.pipe()
    os.close(read)
    yield write
    os.close(write)


def unread(world: World, closed: int, *arguments: str, both: bool = False, **more: str) -> tuple[int, str]:
    """Run the program into that pipe, with `both` streams: exit status and what stderr says."""
    done = subprocess.run(
        [*PROGRAM, *arguments],
        env=PLAIN | {"STREAKY_NOW": NOW.isoformat()} | world.environment | more,
        stdout=closed,
        stderr=closed if both else subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stderr or ""


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("both", [False, True])
def test_nothing_is_lost_when_nobody_reads_what_is_printed(
    world: World, runner: dict[str, str], closed: int, form: str, both: bool
) -> None:
    status, said = unread(world, closed, "check", "--format", form, both=both, **runner)
    assert status == 0
    assert "Traceback" not in said
    assert len(world.hook.messages) == len(world.bot.messages) == 1
    assert outputs(runner)["status"] == "at-risk"
    assert "is at risk" in summary(runner)


@pytest.mark.parametrize(
    ("more", "status"), [({"GITHUB_TOKEN": "ghs_wrong"}, 1), ({"STREAKY_TIMEZONE": "Nowhere"}, 2)]
)
def test_a_run_that_nobody_reads_ends_with_its_own_status(
    world: World, closed: int, more: dict[str, str], status: int
) -> None:
    assert unread(world, closed, "check", both=True, **more) == (status, "")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "arguments", [("--help",), ("--version",), ("check", "--help"), ("schema",), ("demo",)], ids=" ".join
)
def test_no_command_minds_that_nobody_reads_it(world: World, closed: int, arguments: tuple[str, ...]) -> None:
    assert unread(world, closed, *arguments) == (0, "")


def test_a_run_whose_output_is_closed_from_the_start_is_well(world: World) -> None:
    command = " ".join(shlex.quote(word) for word in [*PROGRAM, "check"]) + " >&- 2>&-"
    environment = PLAIN | {"STREAKY_NOW": NOW.isoformat()} | world.environment
    assert subprocess.run(["sh", "-c", command], env=environment, timeout=60, check=False).returncode == 0
    assert len(world.hook.messages) == 1
