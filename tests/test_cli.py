"""The program itself, as a process: what it prints, writes for the runner, and ends with."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from streaky import __version__
from streaky.config.inputs import IN_FILE, INPUTS
from streaky.sandbox import Fault
from tests.conftest import NOW, ROOT, TOKEN, World, leaks

TODAY = NOW.date()
Process = subprocess.CompletedProcess[str]
REPORT_SCHEMA = json.loads((ROOT / "streaky/report.schema.json").read_text("utf-8"))
PROGRAM = [sys.executable, "-P", "-m", "streaky"]
PLAIN = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
SLOT = "2026-11-23/at-risk/21:00"


@pytest.fixture
def runner(world: World, tmp_path: Path) -> dict[str, str]:
    """The variables and files that an Actions runner gives to a step."""
    files = {"GITHUB_OUTPUT": tmp_path / "output", "GITHUB_STEP_SUMMARY": tmp_path / "summary"}
    for file in files.values():
        file.touch()
    return {"GITHUB_ACTIONS": "true"} | {name: str(file) for name, file in files.items()}


def outputs(runner: dict[str, str]) -> dict[str, str]:
    """The step's outputs, as the runner reads the file."""
    text = Path(runner["GITHUB_OUTPUT"]).read_text("utf-8")
    blocks = re.compile(r"([\w-]+)<<(.+)\n(?:(.*)\n)?\2\n")
    assert blocks.sub("", text) == ""
    return {name: value for name, _, value in blocks.findall(text)}


def summary(runner: dict[str, str]) -> str:
    return Path(runner["GITHUB_STEP_SUMMARY"]).read_text("utf-8")


def commands(text: str, name: str) -> list[tuple[dict[str, str], str]]:
    """The workflow commands of a name: properties and text, as the runner reads them."""
    found = re.findall(rf"(?m)^::{name}(?: ([^:]*))?::(.*)$", text)
    return [(dict(each.split("=", 1) for each in given.split(",") if each), said) for given, said in found]


def valid(document: object) -> None:
    """Hold a report against its schema."""
    formats = jsonschema.Draft202012Validator.FORMAT_CHECKER
    jsonschema.Draft202012Validator(REPORT_SCHEMA, format_checker=formats).validate(document)


def report_of(done: Process) -> dict[str, Any]:
    """The printed report, which is as its schema says."""
    document = json.loads(done.stdout)
    valid(document)
    assert document["exit-status"] == done.returncode
    return dict(document)


def no_leaks(world: World, runner: dict[str, str], done: Process) -> None:
    """No secret in anything that the run left, but for the masks, which are how a runner is told of them."""
    printed = re.sub(r"(?m)^::add-mask::.*$", "", done.stdout + done.stderr)
    files = [Path(runner[name]).read_text("utf-8") for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")]
    assert leaks("\n".join([printed, *files]), world.secrets) == []


# What a run leaves with the runner


def test_a_run_leaves_all_outputs(world: World, runner: dict[str, str]) -> None:
    done = world.run(**runner)
    assert (done.returncode, done.stderr) == (0, "")
    found = outputs(runner)
    rows = [
        {"kind": "at-risk", "slot": SLOT, "urgency": "urgent", "channel": channel, "state": "sent"}
        for channel in ("discord", "telegram")
    ]
    assert json.loads(found.pop("alerts")) == rows
    assert found == {
        "status": "at-risk",
        "today": "0",
        "current-streak": "42",
        "longest-streak": "42",
        "deadline": "2026-11-24T00:00:00+00:00",
        "hours-left": "2.5",
        "undelivered": "[]",
        "pending": "",
        "handed-on": "",
    }
    no_leaks(world, runner, done)


def test_a_run_adds_a_summary_to_what_earlier_steps_wrote(world: World, runner: dict[str, str]) -> None:
    Path(runner["GITHUB_STEP_SUMMARY"]).write_text("# Before\n")
    world.run(**runner)
    written = summary(runner)
    assert written.startswith("# Before\n## 🟠 octocat's streak of 42 days is at risk\n")
    assert "| at-risk 21:00 (urgent) | discord | ✅ sent |" in written
    assert written.count("🟩") == 42
    assert written.count("🟨") == 1


def test_every_secret_is_masked_before_anything_else_is_said(world: World, runner: dict[str, str]) -> None:
    done = world.run(**runner)
    lines = done.stdout.splitlines()
    masks = [said for _, said in commands(done.stdout, "add-mask")]
    assert lines[: len(masks)] == [f"::add-mask::{mask}" for mask in masks]
    whole = {TOKEN, world.hook.url, world.hook.token, world.bot.token, world.bot.token.partition(":")[2]}
    assert whole <= set(masks)


def test_outside_of_a_runner_no_command_is_printed(world: World) -> None:
    done = world.run()
    assert done.returncode == 0
    assert "::" not in done.stdout + done.stderr
    assert done.stdout.startswith("octocat: at-risk\n")
    assert f"{SLOT} on discord: sent" in done.stdout


# Exit statuses and annotations


def test_unknown_is_exit_1_with_an_error_annotation(world: World, runner: dict[str, str]) -> None:
    world.sandbox.github.fail(Fault.status(401, {"message": f"Bad credentials: {TOKEN}"}), times=None)
    done = world.run(**runner)
    assert done.returncode == 1
    ((properties, said),) = commands(done.stdout, "error")
    assert properties["title"].startswith("Streaky")
    assert "GitHub refused the token. Check github-token" in said
    found = outputs(runner)
    assert [found[name] for name in ("status", "today", "current-streak", "longest-streak")] == [
        "unknown",
        "",
        "",
        "",
    ]
    assert (found["deadline"], found["hours-left"]) == ("2026-11-24T00:00:00+00:00", "2.5")
    assert "could not be checked" in summary(runner)
    assert len(world.hook.messages) == len(world.bot.messages) == 1
    no_leaks(world, runner, done)


def test_a_wrong_configuration_is_exit_2_and_every_fault_is_annotated_and_nothing_is_sent(
    world: World, runner: dict[str, str]
) -> None:
    file = Path(world.environment["GITHUB_WORKSPACE"], ".github/streaky.yml")
    file.parent.mkdir()
    file.write_text("# mine\nremind-at: [18:00, 25:00]\n")
    done = world.run(STREAKY_TIMEZONE="Berlin", **runner)
    assert done.returncode == 2
    errors = commands(done.stdout, "error")
    placed = [(each.get("file"), each.get("line"), each.get("col")) for each, _ in errors]
    assert sorted(placed, key=str) == [(".github/streaky.yml", "2", "12"), (None, None, None)]
    text = done.stderr
    assert 'error: timezone: "Berlin" is not an IANA time zone. Did you mean "Europe/Berlin"?' in text
    assert '.github/streaky.yml:2:12: remind-at: "25:00" is not a time of day' in text
    assert "Streaky's configuration is wrong" in summary(runner)
    assert all(not service.requests for service in world.sandbox.services.values())
    no_leaks(world, runner, done)


def test_an_alert_that_no_channel_took_is_exit_3_with_errors(world: World, runner: dict[str, str]) -> None:
    world.sandbox.discord.fail(Fault.edge_ban(), times=None)
    world.sandbox.telegram.fail(Fault.status(401, {"ok": False, "description": "Unauthorized"}), times=None)
    done = world.run(**runner)
    assert done.returncode == 3
    errors = [said for _, said in commands(done.stdout, "error")]
    assert [said.partition(":")[2].partition(": ")[0] for said in errors] == [
        "00 on discord",
        "00 on telegram",
    ]
    assert commands(done.stdout, "warning") == []
    assert len(json.loads(outputs(runner)["undelivered"])) == 2
    assert summary(runner).count("❌ failed") == 2
    no_leaks(world, runner, done)


def test_a_channel_that_failed_beside_one_that_worked_is_a_warning(
    world: World, runner: dict[str, str]
) -> None:
    world.sandbox.discord.fail(Fault.status(404, {"message": "Unknown Webhook", "code": 10015}), times=None)
    done = world.run(**runner)
    assert done.returncode == 0
    assert commands(done.stdout, "error") == []
    ((_, said),) = commands(done.stdout, "warning")
    assert said.startswith(f"{SLOT} on discord: Discord answered 404")
    assert "make a new one in Discord" in said
    no_leaks(world, runner, done)


def test_a_lower_bound_is_a_notice(world: World, runner: dict[str, str]) -> None:
    world.sandbox.github.refuse_year = "RESOURCE_LIMITS_EXCEEDED"
    done = world.run(**runner)
    ((_, said),) = commands(done.stdout, "notice")
    assert "last 14 days" in said
    assert "streak at least 14 days" in done.stdout


def test_what_others_wrote_cannot_give_commands_to_the_runner(world: World, runner: dict[str, str]) -> None:
    evil = "no\n::warning::evil\r\n%0A::error::evil"
    world.sandbox.github.fail(Fault.status(403, {"message": evil}), times=None)
    world.sandbox.discord.fail(Fault.status(400, {"message": evil, "code": 0}), times=None)
    done = world.run(**runner)
    for name in ("warning", "error"):
        assert all(not said.startswith("evil") for _, said in commands(done.stdout, name))
    assert "\n::warning::evil" not in summary(runner)


def test_a_dry_run_shows_the_words_and_sends_nothing(world: World, runner: dict[str, str]) -> None:
    done = world.run("check", "--dry-run", **runner)
    assert done.returncode == 0
    assert "would say: octocat: 2 h 30 min left for your streak of 42 days" in done.stdout
    assert f"{SLOT} on telegram: dry-run" in done.stdout
    assert not world.sandbox.discord.requests
    assert not world.sandbox.telegram.requests


# The report as JSON


def dry(world: World) -> dict[str, str]:
    return {"STREAKY_DRY_RUN": "true"}


def safe(world: World) -> dict[str, str]:
    world.contributions[TODAY] = 1
    return {"STREAKY_NOTIFY": "safe"}


def idle(world: World) -> dict[str, str]:
    world.contributions.clear()
    return {}


def broken(world: World) -> dict[str, str]:
    del world.contributions[TODAY - timedelta(days=1)]
    return {}


def bound(world: World) -> dict[str, str]:
    world.sandbox.github.refuse_year = "RESOURCE_LIMITS_EXCEEDED"
    return {}


def unknown(world: World) -> dict[str, str]:
    world.sandbox.github.rate_limited(reset_in=3600)
    return {}


def unheard(world: World) -> dict[str, str]:
    world.sandbox.discord.fail(Fault.edge_ban(), times=None)
    world.sandbox.telegram.fail(Fault.status(403, {"ok": False, "description": "Forbidden"}), times=None)
    return {}


@pytest.mark.parametrize(
    ("arrange", "status", "states", "exact"),
    [
        (dry, "at-risk", ["dry-run"] * 2, True),
        (safe, "safe", ["sent"] * 2, True),
        (idle, "idle", [], True),
        (broken, "idle", ["sent"] * 2, True),
        (bound, "at-risk", ["sent"] * 2, False),
        (unknown, "unknown", ["sent"] * 2, None),
        (unheard, "at-risk", ["failed"] * 2, True),
    ],
)
def test_the_json_report_is_as_its_schema_says(
    world: World, arrange: Any, status: str, states: list[str], exact: bool | None
) -> None:
    report = world.check(**arrange(world)).document()
    valid(report)
    assert (report["status"], report["exact"], report["user"]) == (status, exact, "octocat")
    assert [alert["state"] for alert in report["alerts"]] == states
    assert report["undelivered"] == [alert for alert in report["alerts"] if alert["state"] == "failed"]
    assert bool(report["problem"]) == (status == "unknown")


@pytest.mark.parametrize("arrange", [broken, unheard])
def test_the_program_prints_that_report_and_ends_with_its_status(world: World, arrange: Any) -> None:
    done = world.run("check", "--format", "json", **arrange(world))
    report = report_of(done)
    assert [alert["kind"] for alert in report["alerts"]] == ["broken" if arrange is broken else "at-risk"] * 2
    assert done.stderr == ""


def test_the_json_report_of_a_refusal_names_the_faults(world: World) -> None:
    done = world.run("check", "--format=json", STREAKY_LANGUAGE="tlh")
    report = report_of(done)
    assert report["exit-status"] == 2
    (fault,) = report["faults"]
    assert fault.startswith('language: "tlh" is not a language Streaky speaks.')


def test_json_stays_alone_on_stdout_in_a_runner(world: World, runner: dict[str, str]) -> None:
    world.sandbox.discord.fail(Fault.edge_ban(), times=None)
    done = world.run("check", "--format", "json", **runner)
    assert report_of(done)["status"] == "at-risk"
    assert commands(done.stderr, "add-mask")
    assert len(commands(done.stderr, "warning")) == 1


def test_the_schema_of_the_report_refuses_what_is_no_report() -> None:
    for wrong in ({}, {"version": 1, "exit-status": 0}, {"version": 1, "exit-status": 2, "faults": []}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, REPORT_SCHEMA)


# Tracing


@pytest.mark.parametrize("trouble", [False, True])
def test_a_debug_run_traces_without_secrets(world: World, runner: dict[str, str], trouble: bool) -> None:
    if trouble:
        echo = {"message": f"{TOKEN} {world.bot.token} {world.hook.url}"}
        world.sandbox.github.fail(Fault.status(403, echo), times=None)
        world.sandbox.discord.fail(Fault.status(400, echo), times=None)
        world.sandbox.telegram.fail(Fault.status(403, echo), times=1)
    done = world.run(RUNNER_DEBUG="1", **runner)
    assert done.returncode == (1 if trouble else 0)
    traced = [said for _, said in commands(done.stderr, "debug")]
    assert any("POST answered" in line for line in traced)
    assert len(traced) >= 3
    no_leaks(world, runner, done)


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


def test_help_names_every_command_and_every_input(world: World) -> None:
    done = world.run("--help")
    assert done.returncode == 0
    for command in ("check", "test-alert", "demo", "schema"):
        assert re.search(rf"(?m)^ +{command}\s", done.stdout)
    said = world.run("check", "--help").stdout
    for each in INPUTS.values():
        assert f"{each.flag} " in said
        assert each.environment in said


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
    assert set(schema["properties"]) == {name for name, allowed in IN_FILE.items() if allowed}
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


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder with somebody's own config file, which is none of the demo's business."""
    file = tmp_path / "elsewhere/.github/streaky.yml"
    file.parent.mkdir(parents=True)
    file.write_text("user: somebody-else\nlanguage: fr\n")
    return tmp_path / "elsewhere"


def test_the_demo_plays_five_people_wherever_it_is_started(elsewhere: Path) -> None:
    done = subprocess.run(
        [*PROGRAM, "demo"], env=PLAIN, cwd=elsewhere, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert re.findall(r"(?m)^── (\w+),", done.stdout) == ["hana", "lukas", "amara", "ines", "diego"]
    assert re.findall(r"(?m)^ +exit +(\d)$", done.stdout) == ["0", "0", "0", "0", "1"]
    for line in (
        "Last call, hana: 1 h 20 min left for your streak of 412 days",
        "lukas: 100 Tage in Folge!",
        "amara: resting",
        "on discord: failed: Discord refuses this runner's IP address",
        "diego: I could not check your streak",
    ):
        assert line in done.stdout


@pytest.fixture
def served(elsewhere: Path) -> Iterator[subprocess.Popen[str]]:
    """`demo --serve`, running."""
    process = subprocess.Popen(
        [*PROGRAM, "demo", "--serve"], env=PLAIN, cwd=elsewhere, stdout=subprocess.PIPE, text=True
    )
    limit = threading.Timer(20, process.kill)  # so that nobody waits for ever for a line of it
    limit.start()
    yield process
    limit.cancel()
    process.kill()
    process.wait(10)


def until(process: subprocess.Popen[str], mark: str) -> list[str]:
    """The lines that a process prints, up to one that holds `mark`."""
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if mark in line:
            return lines
    pytest.fail(f"it ended without {mark!r}: {lines}")


def test_a_served_demo_takes_a_check_with_its_exports_and_stops_when_told(
    served: subprocess.Popen[str], tmp_path: Path
) -> None:
    lines = until(served, "What arrives")
    words = [shlex.split(line) for line in lines if not line.startswith("#")]
    assert all(word[0] == "export" for word in words)
    exports = dict(word[1].split("=", 1) for word in words)
    done = subprocess.run(
        [*PROGRAM, "check"],
        env=PLAIN | exports,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("octocat: at-risk\n")
    assert "streak 42 days" in done.stdout
    assert done.stdout.count(": sent") == 2
    shown = until(served, "Telegram: ")
    assert any(line.startswith("# Discord: ") and "42 days" in line for line in shown)
    served.send_signal(signal.SIGTERM)
    assert served.wait(5) == 0
