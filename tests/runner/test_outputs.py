"""What a run leaves with the runner: outputs, masks, annotations, the summary page."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from streaky.sandbox import Fault
from tests.conftest import ROOT, TOKEN, World
from tests.traces import commands, no_leaks, obeyed, outputs, summary

SLOT = "2026-11-23/at-risk/21:00"


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


def test_a_file_of_outputs_that_cannot_be_written_is_said_once(
    world: World, runner: dict[str, str], tmp_path: Path
) -> None:
    run = world.run(**runner | {"GITHUB_OUTPUT": str(tmp_path / "gone" / "output")})
    assert run.returncode == 0
    assert run.stdout.count("GITHUB_OUTPUT could not be written: No such file or directory.") == 1


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


def evil(world: World) -> dict[str, str]:
    """Let everybody say what the runner would take for a command, if it came through as it is."""
    said = "no\n::warning::evil\r\n%0A::error::evil ##[error]evil #\u200b#[add-path]evil ##\u00ad[group]evil"
    world.sandbox.github.fail(Fault.status(403, {"message": said}), times=None)
    world.sandbox.discord.fail(Fault.status(400, {"message": said, "code": 50035}), times=None)
    world.sandbox.telegram.fail(Fault.status(400, {"ok": False, "description": said}), times=None)
    return {}


def in_the_ledger(world: World) -> dict[str, str]:
    """The report names the ledger's path."""
    return {"STREAKY_LEDGER": "file:/nowhere/##[error]evil#\u00ad#[add-path]evil.json"}


def in_the_workspace(world: World) -> dict[str, str]:
    """A file's name may be a command, too."""
    file = Path(world.environment["GITHUB_WORKSPACE"], "##[error]evil.yml")
    file.write_text("timezone: '##[error]evil'\nlanguage: '::error::evil'\n")
    return {"STREAKY_CONFIG": file.name}


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("arrange", [evil, in_the_ledger, in_the_workspace])
def test_what_others_wrote_cannot_give_commands_to_the_runner(
    world: World, runner: dict[str, str], arrange: Callable[[World], dict[str, str]], form: str
) -> None:
    more = arrange(world)
    done = world.run("check", "--format", form, "--dry-run", **more, **runner)
    done_for_real = world.run("check", "--format", form, RUNNER_DEBUG="1", **more, **runner)
    for each in (done, done_for_real):
        assert "evil" in each.stdout + each.stderr
        taken = obeyed(each.stdout) + obeyed(each.stderr)
        assert {name for name, _ in taken} <= {"add-mask", "debug", "error", "warning", "notice"}
        assert [said for _, said in taken if said.startswith("evil")] == []
        # A file is named as it is, behind `::error`, which the runner takes first.
        printed = re.sub("[\u00ad\u200b]|,file=[^,]*", "", each.stdout + each.stderr)
        assert "##[" not in printed
        if form == "json":
            assert "evil" in str(json.loads(each.stdout))
    assert "\n::warning::evil" not in summary(runner)


def test_a_command_in_a_report_survives_in_json(world: World) -> None:
    """It is broken for the runner, not for who reads the JSON."""
    world.sandbox.github.fail(Fault.status(403, {"message": "a ##[error]b"}), times=None)
    report = json.loads(world.run("check", "--format", "json").stdout)
    assert "a ##[error]b" in report["problem"]


def test_a_defects_traceback_gives_no_commands(world: World, runner: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    folder.mkdir()
    said = "raise RuntimeError('x\\n::error::evil\\r::error::evil ##[error]evil')"
    (folder / "sitecustomize.py").write_text(
        f"import streaky.config.sources as s\ndef settle(*a, **k):\n    {said}\ns.Sources.settle = settle\n"
    )
    done = world.run("check", PYTHONPATH=f"{folder}:{ROOT}", **runner)
    assert done.returncode == 1
    assert "RuntimeError" in done.stderr
    assert [text for _, text in obeyed(done.stderr + done.stdout) if "evil" in text] == []


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
