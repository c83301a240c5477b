"""A checkup as the program tells it: terminal, summary page, annotations, JSON, and beside a test alert."""

from __future__ import annotations

import json
from string import ascii_lowercase, digits

import jsonschema

from streaky.sandbox import Fault
from tests.book import READS, WORKFLOW
from tests.conftest import ROOT, World
from tests.doctor.checkups import healthy
from tests.traces import commands, no_leaks, outputs, summary

SCHEMA = json.loads((ROOT / "streaky/checkup.schema.json").read_text("utf-8"))
GUARD = ROOT / ".github/workflows/guard.yml"
MISTAKES = {"TELEGRAM_CHAT_ID": "42", "STREAKY_TIMEZONE": "Europe/Berln"}


def test_a_checkup_is_printed_with_its_settings_and_ends_with_its_status(world: World) -> None:
    healthy(world)
    done = world.run("doctor")
    assert done.returncode == 0, done.stdout
    assert done.stdout.startswith("octocat: 🟢 All is well\n  ok    Settings:")
    assert "\n    lead: 2h (not set)\n" in done.stdout
    assert world.run("doctor", **MISTAKES).returncode == 2


def test_in_a_runner_each_fault_and_doubt_is_an_annotation_and_a_row_of_the_page(
    world: World, runner: dict[str, str]
) -> None:
    healthy(world).repository.files[WORKFLOW] = READS
    done = world.run("doctor", **runner, **MISTAKES)
    errors = [text for _, text in commands(done.stdout, "error")]
    assert [text.partition(":")[0] for text in errors] == ["timezone", "Channel telegram"]
    assert [text.partition(":")[0] for _, text in commands(done.stdout, "warning")] == ["Ledger"]
    page = summary(runner)
    assert page.startswith("## 🔴 2 things to mend, 1 thing to look at\n\n| | What | Found |")
    assert "| ❌ | timezone |" in page
    assert "| discord-webhook-url | set | DISCORD\\_WEBHOOK\\_URL |" in page
    no_leaks(world, runner, done)


def test_the_canary_of_a_run_is_an_output_that_the_next_job_can_know(
    world: World, runner: dict[str, str]
) -> None:
    healthy(world)
    for command in ("doctor", "test-alert"):
        world.run(command, **runner)
        canary = outputs(runner)["canary"]
        assert canary == "100-abcdefg-hijklmn-opqrstu-vwxyz-0123456-789"
        assert f'"${canary.replace("100", "GITHUB_RUN_ID", 1)}"' in GUARD.read_text("utf-8")
        assert set(ascii_lowercase + digits) <= set(canary)
        assert max(map(len, canary.split("-"))) < 8  # as much of a secret may be seen nowhere


def test_the_json_of_a_checkup_is_as_its_schema_says(world: World, runner: dict[str, str]) -> None:
    healthy(world)
    done = world.run("doctor", "--format", "json", **runner, **MISTAKES)
    document = json.loads(done.stdout)
    formats = jsonschema.Draft202012Validator.FORMAT_CHECKER
    jsonschema.Draft202012Validator(SCHEMA, format_checker=formats).validate(document)
    assert document["exit-status"] == done.returncode == 2
    assert document["verdicts"][0]["about"] == "timezone"
    assert {"name": "timezone", "value": "Europe/Berln", "source": "STREAKY_TIMEZONE"} in document["settings"]


def test_a_checkup_is_no_check_so_no_outside_watch_is_told_of_it(world: World) -> None:
    watch = world.sandbox.webhook.endpoint("/ping")
    world.run("doctor", STREAKY_PING_URL=watch.url)
    assert not world.sandbox.webhook.requests


# Beside a test alert


def test_a_test_alerts_page_adds_what_the_alert_itself_cannot_show(
    world: World, runner: dict[str, str]
) -> None:
    healthy(world)
    done = world.run("test-alert", **runner)
    assert done.returncode == 0
    page = summary(runner)
    assert page.startswith("## 🧪 The test alert arrived on discord, telegram")
    assert "### Self-check: 🟢 All is well" in page
    assert "| ✅ | Ledger | It was written" in page
    assert "| ✅ | Channel" not in page
    assert len(world.hook.messages) == 1
    assert "Time zone: Europe/Berlin" in world.hook.messages[0].embeds[0]["description"].replace("\\", "")


def test_a_channel_that_fails_in_a_test_alert_is_not_said_twice(world: World, runner: dict[str, str]) -> None:
    healthy(world)
    world.sandbox.discord.fail(Fault.status(404, {"message": "Unknown Webhook", "code": 10015}), times=None)
    done = world.run("test-alert", **runner)
    assert done.returncode == 3
    assert len(commands(done.stdout, "error")) == 1
    assert len(world.sandbox.discord.requests) == 1


def test_what_the_self_check_finds_beside_a_test_alert_that_arrives_is_a_warning(
    world: World, runner: dict[str, str]
) -> None:
    healthy(world).repository.workflow_states["streaky.yml"] = "disabled_inactivity"
    done = world.run("test-alert", "--format", "json", **runner)
    assert done.returncode == json.loads(done.stdout)["exit-status"] == 0
    assert "Enable it on its page." in commands(done.stderr, "warning")[0][1]
    assert "### Self-check: 🔴 1 thing to mend" in summary(runner)


def test_a_test_alert_while_github_does_not_answer_says_so_once(world: World, runner: dict[str, str]) -> None:
    healthy(world)
    world.sandbox.github.fail(Fault.status(401, {"message": "Bad credentials"}), times=None)
    done = world.run("test-alert", **runner)
    assert done.returncode == 1
    assert len([text for _, text in commands(done.stdout, "error") if "refused the token" in text]) == 1
