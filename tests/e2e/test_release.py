"""A release's tree: it holds its packages, is the same each time, and starts without any package index."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from importlib.util import source_hash
from pathlib import Path

import pytest
import yaml

from streaky import __version__
from streaky.sealing import PrivateKey, seal
from tests.conftest import NOW, ROOT, World, leaks
from tests.e2e.conftest import PLACES, Act, checkout, dollar_for_act, git, pin

# What a runner has that cannot reach a package index, whatever this machine's pip is told.
NO_INDEX = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "/nowhere", "PIP_CONFIG_FILE": os.devnull}
KEY = PrivateKey(bytes(range(32)))
BUNDLE = ROOT / ".github/bundle.py"


def bundle(commit_of: Path, out: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Run the program that builds a release's tree."""
    command = [sys.executable, str(BUNDLE), "--out", str(out), *more]
    return subprocess.run(command, cwd=commit_of, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a release is made of, committed."""
    folder = tmp_path_factory.mktemp("source") / "all"
    for place in (*PLACES, "LICENSE"):
        source, target = ROOT / place, folder / place
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    return checkout(folder.with_name("repository"), folder)


@pytest.fixture(scope="module")
def tree(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release's tree."""
    out = tmp_path_factory.mktemp("tree") / "release"
    done = bundle(repository, out)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


def digests(folder: Path) -> dict[str, str]:
    """Each file's hash, by its path in the folder."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }


def test_the_same_commit_gives_the_same_bytes(repository: Path, tree: Path, tmp_path: Path) -> None:
    assert bundle(repository, tmp_path / "again").returncode == 0
    assert digests(tmp_path / "again") == digests(tree)


def test_each_package_of_the_lock_is_there_with_its_licence_and_nothing_compiled(tree: Path) -> None:
    lock = (ROOT / ".github/requirements/action.txt").read_text()
    names = {line.partition("==")[0].replace("-", "_") for line in lock.splitlines() if "==" in line}
    about = {path.name.partition("-")[0] for path in tree.glob("bundle/*.dist-info")}
    assert about | {"tzdata"} == names
    for folder in tree.glob("bundle/*.dist-info"):
        assert [path for path in folder.rglob("*") if "LICEN" in path.name.upper()], folder.name
    assert not [path for path in tree.rglob("*") if path.suffix in (".so", ".pyd", ".exe", ".dll")]
    for name in names:
        assert name.replace("_", "-") in (tree / "bundle/README.md").read_text()


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Asia/Calcutta", "US/Pacific"])
def test_a_zone_that_the_system_lacks_comes_with_the_release(tree: Path, zone: str) -> None:
    path = tree / "bundle/tzdata.zip"
    assert any("LICENSE" in name for name in zipfile.ZipFile(path).namelist())
    script = (
        "import sys; from streaky import zones; print(zones.named(sys.argv[1]), len(zones.names()) > 500)"
    )
    # As on Windows, where no zone is known, and on Ubuntu, where the older names are not.
    environment = {"PYTHONTZPATH": "", "PYTHONPATH": f"{tree}", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-P", "-S", "-c", script, zone],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == [zone, "True"], done.stderr


def test_bytecode_is_that_of_the_source_beside_it_and_python_checks_it(tree: Path) -> None:
    compiled = list(tree.rglob("*.pyc"))
    names = {path.name.partition(".")[0] for path in compiled}
    assert {"guard", "delivery", "connections", "entries", "constructor", "cronsim", "plan"} <= names
    for path in compiled:
        source = path.parent.with_name(f"{path.name.partition('.')[0]}.py")
        head = path.read_bytes()[:16]
        assert int.from_bytes(head[4:8], "little") == 0b11, path  # a hash, which is to be checked. PEP 552
        assert head[8:16] == source_hash(source.read_bytes()), path


def test_a_folder_that_exists_or_a_commit_that_does_not_is_refused(repository: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").touch()
    done = bundle(repository, kept)
    assert (done.returncode, "exists already" in done.stdout) == (1, True)
    assert [path.name for path in kept.iterdir()] == ["file"]
    done = bundle(repository, tmp_path / "out", "--commit", "gone")
    assert (done.returncode, "gone" in done.stdout) == (1, True)
    done = bundle(repository, tmp_path / "out", "--python", "/nowhere/python")
    assert (done.returncode, "/nowhere/python" in done.stdout) == (1, True), done.stderr
    assert not (tmp_path / "out").exists()


@pytest.fixture
def released(tree: Path, tmp_path: Path) -> Path:
    """The release's tree, as a runner has the action after downloading it."""
    folder = tmp_path / "release"
    shutil.copytree(tree, folder)
    dollar_for_act(folder)
    return folder


def test_a_release_alerts_though_no_package_index_answers(
    world: World, template: Path, act: Act, released: Path
) -> None:
    ran = act(template, "schedule", STREAKY_NOW=NOW.isoformat(), action=released, installs=True, **NO_INDEX)
    assert ran.status == 0, ran.said
    assert len(world.hook.messages) == len(world.bot.messages) == 1
    assert "Install Streaky" not in ran.said
    assert not leaks(ran.said + ran.summary, world.secrets)


def test_without_a_package_index_the_other_channels_go_on_beside_apprise_and_sealed_ones(
    world: World, act: Act, released: Path, tmp_path: Path
) -> None:
    workflow = tmp_path / "own/.github/workflows/streaky.yml"
    workflow.parent.mkdir(parents=True)
    workflow.write_text(
        "on: schedule\njobs:\n  guard:\n    runs-on: ubuntu-latest\n    permissions: {contents: read}\n"
        "    steps:\n"
        f"      - uses: streaky-action/streaky@{pin()}\n        with:\n"
        "          discord-webhook-url: ${{ secrets.DISCORD_WEBHOOK_URL }}\n"
        "          apprise-urls: json://localhost/streaky\n"
        f"          key: {KEY.text}\n"
    )
    address = seal("https://hooks.example.com/streaky", KEY.public, "octocat", "webhook-url")
    files = {".github/streaky.yml": f"webhook-url: {address}\n"}
    world.sandbox.github.repository("octocat/streaky", files=files)
    own = checkout(tmp_path / "repository", tmp_path / "own")
    ran = act(own, "schedule", STREAKY_NOW=NOW.isoformat(), action=released, installs=True, **NO_INDEX)
    assert ran.status == 0, ran.said
    assert len(world.hook.messages) == 1
    assert "could not be installed" in ran.said
    alerts = {(alert["channel"], alert["state"]) for alert in json.loads(ran.outputs["alerts"])}
    assert {("discord", "sent"), ("apprise", "failed"), ("webhook", "failed")} <= alerts
    assert "Apprise is not installed." in ran.said
    assert "webhook-url is sealed, and not used in this run" in ran.said


# The release's own steps


def release(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program that the release's workflow runs, in a repository."""
    given = {"PATH": os.environ["PATH"], "PYTHONPATH": ".", "PYTHONDONTWRITEBYTECODE": "1"}
    program = [sys.executable, folder / ".github/release.py", *arguments]
    return subprocess.run(program, cwd=folder, env=given, capture_output=True, text=True, check=False)


def told(folder: Path, *arguments: str) -> str:
    """What git answers."""
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def ready(repository: Path, tmp_path: Path) -> Path:
    """A repository whose changelog tells of the version that its code names."""
    folder = tmp_path / "ready"
    shutil.copytree(repository, folder)
    shutil.copy(ROOT / ".github/release.py", folder / ".github")
    shutil.copy(ROOT / ".github/bot.py", folder / ".github")
    news = f"## [{__version__}] - 2026-12-01\n\n### Added\n\n- A thing.\n\n"
    old = "## [0.0.1] - 2026-01-01\n\n- Old.\n"
    (folder / "CHANGELOG.md").write_text(f"# Changelog\n\n## [Unreleased]\n\n{news}{old}")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "Get ready")
    return folder


VERSION = f"v{__version__}"


def test_a_version_is_ready_when_code_and_changelog_name_it(ready: Path) -> None:
    assert release(ready, "check", "--version", VERSION).returncode == 0
    notes = release(ready, "notes", "--version", VERSION)
    assert notes.stdout.strip() == "### Added\n\n- A thing."


@pytest.mark.parametrize(
    ("version", "why"),
    [
        ("v9.9.9", f"says {__version__}, and the tag v9.9.9"),
        ("1.2.3", "like v1.2.3"),
        ("v1.2", "like v1.2.3"),
        ("--version", ""),
    ],
)
def test_another_version_is_not_released(ready: Path, version: str, why: str) -> None:
    done = release(ready, "check", "--version", version)
    assert done.returncode
    assert why in done.stderr


def test_a_version_without_news_is_not_released(ready: Path) -> None:
    (ready / "CHANGELOG.md").write_text(f"# Changelog\n\n## [Unreleased]\n\n- A thing in {__version__}.\n")
    done = release(ready, "check", "--version", VERSION)
    assert (done.returncode, "no dated heading" in done.stderr) == (1, True)


def test_the_release_is_a_commit_with_its_packages_on_top_of_its_source(
    ready: Path, tree: Path, tmp_path: Path
) -> None:
    remote = tmp_path / "remote.git"
    git(tmp_path, "init", "--quiet", "--bare", "remote.git")
    source, status = told(ready, "rev-parse", "HEAD"), told(ready, "status", "--porcelain")
    where = ("--version", VERSION, "--remote", str(remote))
    rehearsed = release(ready, "commit", "--tree", str(tree), *where, "--dry-run")
    assert told(remote, "tag") == ""
    done = release(ready, "commit", "--tree", str(tree), *where)
    assert done.returncode == 0, done.stderr
    sha = done.stdout.strip()
    assert told(remote, "rev-parse", VERSION, f"{VERSION}^") == f"{sha}\n{source}"
    assert told(remote, "rev-parse", f"{VERSION}^{{tree}}") == told(
        ready, "rev-parse", f"{rehearsed.stdout.strip()}^{{tree}}"
    )
    inside = set(told(remote, "ls-tree", "-r", "--name-only", VERSION).splitlines())
    assert inside == set(digests(tree))  # bytecode too, which the repository ignores
    assert (told(ready, "rev-parse", "HEAD"), told(ready, "status", "--porcelain")) == (source, status)

    again = release(ready, "commit", "--tree", str(tree), *where)
    assert (again.returncode, "exists already" in again.stderr) == (1, True)
    assert told(remote, "rev-parse", VERSION) == sha

    major = VERSION.partition(".")[0]
    assert release(ready, "move", "--sha", sha, *where).stdout.strip() == major
    assert told(remote, "rev-parse", major) == sha
    assert release(ready, "move", "--sha", "main", *where).returncode == 1


@pytest.mark.parametrize("missing", ["all", "bundle", "action.yml"])
def test_a_folder_that_is_no_tree_of_a_release_is_not_released(
    ready: Path, tmp_path: Path, missing: str
) -> None:
    folder = tmp_path / "folder"
    if missing != "all":
        folder.mkdir()
        (folder / ("action.yml" if missing == "bundle" else "bundle")).mkdir()
    done = release(ready, "commit", "--tree", str(folder), "--version", VERSION, "--dry-run")
    assert (done.returncode, "is no tree that bundle.py made" in done.stderr) == (1, True), done.stderr


def test_started_elsewhere_the_steps_say_where_to_start_them(tmp_path: Path) -> None:
    given = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    for script, *arguments in (
        ("release.py", "check", "--version", VERSION),
        ("publish_template.py", "--dry-run", "--sha", "0" * 40, "--version", VERSION),
    ):
        command = [sys.executable, ROOT / ".github" / script, *arguments]
        done = subprocess.run(command, cwd=tmp_path, env=given, capture_output=True, text=True, check=False)
        said = done.stdout + done.stderr
        assert (done.returncode, "Run this at the root of the repository" in said) == (1, True), said


def test_a_release_moves_its_tag_and_the_template_last_and_a_rehearsal_publishes_nothing() -> None:
    jobs = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text())["jobs"]
    assert jobs["template"]["needs"] == ["ready", "release"]
    assert set(jobs["release"]["needs"]) == {"ready", "build", "attest", "pypi"}
    for name in ("attest", "pypi", "template"):
        assert "github.event_name == 'push'" in jobs[name]["if"], name
    for step in jobs["release"]["steps"]:
        publishes = any(
            word in step.get("run", "") for word in ("gh release", "release.py commit", "release.py move")
        )
        rehearses = "DRY_RUN" in step.get("run", "") or step.get("if") == "github.event_name == 'push'"
        assert rehearses or not publishes, step["name"]
    assert [name for name, job in jobs.items() if "id-token" in job["permissions"]] == ["attest", "pypi"]
    systems = jobs["test"]["strategy"]["matrix"]
    assert set(systems["python"]) == {"3.11", "3.12", "3.13", "3.14"}
    (bundled,) = [step["run"] for step in jobs["build"]["steps"] if "bundle.py" in step.get("run", "")]
    assert all(f"--python python{version}" in bundled for version in systems["python"])


def test_the_marketplace_takes_our_metadata() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    assert len(action["description"]) < 125
    assert action["branding"]["color"] in (
        "white",
        "black",
        "yellow",
        "blue",
        "green",
        "orange",
        "red",
        "purple",
        "gray-dark",
    )
    assert re.fullmatch(r"[A-Z][\w .-]+", action["name"])
    assert re.fullmatch(r"[a-z-]+", action["branding"]["icon"])
