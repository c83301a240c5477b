"""The team's template as a repository: what is published, what its workflows may do, how somebody joins."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from streaky import REPOSITORY, TEAM_TEMPLATE
from streaky.config import file as config_file
from streaky.config.inputs import IN_ROSTER
from tests.conftest import NOW, ROOT, World
from tests.e2e.conftest import Act, Ran, checkout, git
from tests.e2e.test_template import SHA, VERSION, asked, published, remote
from tests.e2e.test_workflows import excess, loaded, parse, tool
from tests.team.test_reseal import sealed

__all__ = ["remote"]  # a fixture
SOURCE = ROOT / "template-team"
TEAM, REVIEW = (SOURCE / ".github/workflows" / name for name in ("team.yml", "review.yml"))
CALLED = ROOT / ".github/workflows/review.yml"
JOIN = (SOURCE / "roster/README.md").read_text("utf-8")
CHECKOUT = re.search(r"uses: (actions/checkout@[0-9a-f]{40})", CALLED.read_text("utf-8"))


# Publishing


def test_what_is_published_is_the_template_with_each_workflow_pinned_to_the_release(
    remote: Path, tmp_path: Path
) -> None:
    done = published(remote, "--source", "template-team")
    assert done.returncode == 0, done.stdout + done.stderr
    git(tmp_path, "clone", "--quiet", str(remote), str(tmp_path / "clone"))
    files = {path.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("*") if path.is_file()}
    assert set(asked(remote, "ls-tree", "-r", "--name-only", "main").splitlines()) == files
    for path in (TEAM, REVIEW):
        name = path.relative_to(SOURCE)
        text = (tmp_path / "clone" / name).read_text("utf-8")
        assert f"uses: {REPOSITORY}/.github/workflows/{path.name}@{SHA} # {VERSION}\n" in text
        assert text.replace(f"{SHA} # {VERSION}", f"{'0' * 40} # unpublished") == path.read_text("utf-8")
        assert parse(tmp_path / "clone" / name) == {str(tmp_path / "clone" / name): []}
    checked = tool("zizmor", "--offline", "--persona=pedantic", tmp_path / "clone")
    assert checked.returncode == 0, checked.stdout


def test_dependabot_keeps_copies_up_to_date_as_it_does_a_persons() -> None:
    assert (SOURCE / ".github/dependabot.yml").read_text() == (
        ROOT / "template/.github/dependabot.yml"
    ).read_text()


def test_a_copy_has_no_key_until_somebody_makes_one() -> None:
    assert [path.name for path in (SOURCE / "roster").iterdir()] == ["README.md"]


# The workflows


def test_the_team_is_guarded_each_hour_off_the_full_hour_and_the_template_is_not() -> None:
    workflow = loaded(TEAM)
    ((entry),) = workflow[True]["schedule"]  # YAML 1.1 reads `on` as true
    minute, *rest = entry["cron"].split()
    assert int(minute) % 5 != 0
    assert rest == ["*"] * 4
    assert workflow["jobs"]["team"]["if"] == f"github.repository != '{TEAM_TEMPLATE}'"
    assert "concurrency" not in workflow


def test_the_callers_hand_over_only_what_the_reusable_workflows_take() -> None:
    for path in (TEAM, REVIEW):
        (job,) = loaded(path)["jobs"].values()
        called = loaded(ROOT / ".github/workflows" / path.name)
        takes = called[True]["workflow_call"]
        assert set(job.get("secrets", {})) <= set(takes.get("secrets", {}))
        assert set(job.get("with", {})) <= set(takes["inputs"])
        assert excess(called, job["permissions"]) == set()


def test_the_document_names_each_secret_of_the_team() -> None:
    text = (ROOT / "docs/team.md").read_text("utf-8")
    for secret in re.findall(r"secrets\.([A-Z_]+)", TEAM.read_text("utf-8")):
        assert f"| `{secret}` |" in text


def test_each_permission_has_its_reason_and_the_workflows_themselves_have_none() -> None:
    powers = {TEAM: {"contents": "write", "actions": "read", "issues": "write"}, REVIEW: {"contents": "read"}}
    for path, granted in powers.items():
        workflow = loaded(path)
        (job,) = workflow["jobs"].values()
        assert (workflow["permissions"], job["permissions"]) == ({}, granted)
        for scope, power in granted.items():
            assert re.search(rf"(?m)^ +{scope}: {power} # \w+ .+", path.read_text("utf-8"))


def test_a_pull_request_meets_no_secret_and_no_power() -> None:
    assert loaded(REVIEW)[True] == {"pull_request": None}
    for path in (REVIEW, CALLED):
        text = path.read_text("utf-8")
        assert not re.search(
            r"pull_request_target|workflow_run|secrets[.:]|inherit|write|\$\{\{ github\.head", text
        )
    assert excess(loaded(CALLED), {"contents": "read"}) == set()
    get, check = loaded(CALLED)["jobs"]["review"]["steps"]
    assert get["with"] == {
        "path": "proposed",
        "fetch-depth": 2,
        "persist-credentials": False,
        "sparse-checkout": "/roster/",
        "sparse-checkout-cone-mode": False,
    }
    assert check == {"name": "Check it", "uses": "$/", "with": {"command": "team-review"}}


# The README, and how to join


def test_the_three_lines_to_join_with_are_right() -> None:
    (example,) = re.findall(r"(?ms)^ *```yaml\n(.*?)^ *```", JOIN)
    assert len(example.splitlines()) == 3
    for text in (
        example,
        *re.findall(r"(?ms)^```yaml\n(.*?)^```", (ROOT / "docs/team.md").read_text("utf-8")),
    ):
        read = config_file.read(text.encode(), "roster/ada.yml", IN_ROSTER)
        assert (read.faults, len(read.values)) == ([], 3)


def test_the_readme_links_to_what_there_is() -> None:
    text = (SOURCE / "README.md").read_text("utf-8") + JOIN
    owner, name = TEAM_TEMPLATE.split("/")
    assert f"https://github.com/new?template_owner={owner}&template_name={name}" in text
    for link in re.findall(r"\]\(\.\./\.\./(?:new/main/)?([^)]+)\)", text):
        known = ("settings/secrets/actions/new", "actions/workflows/team.yml")
        assert link in known or (SOURCE / link).exists(), link


# A pull request, through act


@pytest.fixture
def team(tmp_path: Path, world: World) -> Path:
    """What pressing "Use this template" gives, with one person in it."""
    world.sandbox.github.repository("acme/streaks")
    folder = checkout(tmp_path / "team", SOURCE)
    git(folder, "remote", "set-url", "origin", "https://github.com/acme/streaks.git")
    (folder / "roster/bob.yml").write_text("language: de\n")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "Bob joins")
    return folder


def propose(act: Act, team: Path, files: dict[str, str], author: str = "ada") -> Ran:
    """Run the check on a pull request, as GitHub would: on its merge."""
    git(team, "checkout", "--quiet", "-b", "proposal")
    for name, text in files.items():
        (team / name).parent.mkdir(parents=True, exist_ok=True)
        (team / name).write_text(text)
    git(team, "add", "--all")
    git(team, "commit", "--quiet", "--message", "Proposal")
    command = ["git", "-C", str(team), "rev-parse", "HEAD"]
    head = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    git(team, "checkout", "--quiet", "main")
    git(team, "merge", "--quiet", "--no-ff", "--message", "Merge", "proposal")
    # In the place of actions/checkout, which asks GitHub: what it would leave.
    stub, event = team.parent / "checkout", team.parent / "event.json"
    stub.mkdir()
    inputs = {"path", "fetch-depth", "persist-credentials", "sparse-checkout", "sparse-checkout-cone-mode"}
    step = {"shell": "bash", "run": f'git clone --quiet --depth=2 "file://{team}" proposed'}
    runs = {"using": "composite", "steps": [step]}
    inputs_of = {name: {"description": name} for name in inputs}
    (stub / "action.yml").write_text(yaml.safe_dump({"name": "Get", "inputs": inputs_of, "runs": runs}))
    pull = {"user": {"login": author}, "author_association": "NONE", "head": {"sha": head}}
    event.write_text(json.dumps({"pull_request": pull}))
    assert CHECKOUT
    flags = ["-W", ".github/workflows/review.yml", "-e", str(event)]
    flags += ["--local-repository", f"{CHECKOUT[1]}={stub}"]
    return act(
        team, "pull_request", *flags, secrets={"GITHUB_TOKEN": "ghs_reads"}, STREAKY_NOW=NOW.isoformat()
    )


def test_whoever_joins_rightly_is_told_so_by_the_workflow(world: World, team: Path, act: Act) -> None:
    ran = propose(act, team, {"roster/ada.yml": "timezone: Europe/Berlin\n"})
    assert ran.status == 0, ran.log
    assert ran.summary.startswith("## 🟢 Ready to merge\n\n- ada joins.")


def test_whoever_does_not_is_told_what_to_mend_and_runs_nothing(world: World, team: Path, act: Act) -> None:
    ran_by_us = team.parent / "ran"
    ours = f"import pathlib; pathlib.Path('{ran_by_us}').touch()\n"
    files = {
        "roster/ada.yml": f"timezone: Europe/Berlim\ndiscord-webhook-url: {sealed()}\n",
        "roster/bob.yml": "language: es\n",
        "roster/sitecustomize.py": ours,
        "streaky/__init__.py": ours,
        "yaml.py": ours,
    }
    ran = propose(act, team, files)
    assert ran.status != 0
    assert ran.summary.startswith("## 🔴 Not ready yet\n\n")
    for said in ("roster/ada.yml:1:11: timezone", "is bob's file", "this team has no roster/streaky.pub"):
        assert said in ran.summary.replace("\\", "")
    assert len(set(re.findall(r"- ❌ .*is no file of yours, ada.*", ran.summary))) == 3
    assert not ran_by_us.exists()
