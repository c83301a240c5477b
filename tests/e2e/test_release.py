"""A release's tree: it holds its packages, is the same each time, and starts without any package index."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from importlib.util import source_hash
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.conftest import NOW, ROOT, World, leaks
from tests.e2e.conftest import PLACES, Act, checkout, dollar_for_act, pin

# What a runner has that cannot reach a package index, whatever this machine's pip is told.
NO_INDEX = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "/nowhere", "PIP_CONFIG_FILE": os.devnull}
BUNDLE = ROOT / ".github/release/bundle.py"


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


def test_the_zones_of_windows_are_in_one_file_that_python_reads(tree: Path) -> None:
    path = tree / "bundle/tzdata.zip"
    assert any("LICENSE" in name for name in zipfile.ZipFile(path).namelist())
    script = "import sys, zoneinfo; sys.path.insert(0, sys.argv[1]); zoneinfo.reset_tzpath(()); "
    script += "print(zoneinfo.ZoneInfo('Asia/Kolkata').key)"
    done = subprocess.run(
        [sys.executable, "-S", "-c", script, path], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == ZoneInfo("Asia/Kolkata").key, done.stderr


def test_bytecode_is_that_of_the_source_beside_it_and_python_checks_it(tree: Path) -> None:
    compiled = list(tree.rglob("*.pyc"))
    assert {"guard", "discord", "api", "connectionpool"} <= {path.name.partition(".")[0] for path in compiled}
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
    ran = act(template, "schedule", STREAKY_NOW=NOW.isoformat(), action=released, **NO_INDEX)
    assert ran.status == 0, ran.said
    assert len(world.hook.messages) == len(world.bot.messages) == 1
    assert "Install Streaky" not in ran.said
    assert not leaks(ran.said + ran.summary, world.secrets)


def test_without_a_package_index_the_other_channels_go_on_beside_apprise(
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
    )
    own = checkout(tmp_path / "repository", tmp_path / "own")
    ran = act(own, "schedule", STREAKY_NOW=NOW.isoformat(), action=released, **NO_INDEX)
    assert ran.status == 0, ran.said
    assert len(world.hook.messages) == 1
    assert "could not be installed" in ran.said
    alerts = {(alert["channel"], alert["state"]) for alert in json.loads(ran.outputs["alerts"])}
    assert {("discord", "sent"), ("apprise", "failed")} <= alerts
    assert "Apprise is not installed." in ran.said
