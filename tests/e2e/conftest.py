"""Runs workflows for real, through `act` in host mode, against the sandbox."""

from __future__ import annotations

import compileall
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from py_compile import PycInvalidationMode
from typing import Any

import pytest

from tests.conftest import CHAT, ROOT, TOKEN, World

PLACES = ("action.yml", "streaky", ".github/requirements", ".github/workflows", "template")


@dataclass(frozen=True, slots=True)
class Ran:
    """One run of act: its exit status, and all that it logged, as text and as JSON lines."""

    status: int
    log: str
    lines: list[dict[str, Any]]

    @property
    def outputs(self) -> dict[str, str]:
        """The outputs that steps set, the last one of each name."""
        return {line["name"]: line["arg"] for line in self.lines if line.get("command") == "set-output"}

    @property
    def summary(self) -> str:
        """What steps wrote to the job summary."""
        return "\n".join(
            str(line.get("content", "")) for line in self.lines if line.get("command") == "summary"
        )

    @property
    def said(self) -> str:
        """The messages, one a line."""
        return "\n".join(str(line.get("msg", "")) for line in self.lines)


Act = Callable[..., Ran]


def git(folder: Path, *arguments: str) -> None:
    """Run git with an identity of its own."""
    identity = (
        "-c",
        "user.name=octocat",
        "-c",
        "user.email=octocat@example.com",
        "-c",
        "init.defaultBranch=main",
    )
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def checkout(folder: Path, source: Path) -> Path:
    """A git repository of octocat's with the files of `source`."""
    shutil.copytree(source, folder)
    git(folder, "init", "--quiet")
    git(folder, "remote", "add", "origin", "https://github.com/octocat/streaky.git")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "Use the template")
    return folder


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This repository's action, without what development leaves beside it, and compiled once for all runs."""
    folder = tmp_path_factory.mktemp("compiled")
    for place in PLACES:
        source, target = ROOT / place, folder / place
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    # By hash, since act copies the files and gives them new times.
    assert compileall.compile_dir(
        folder / "streaky", quiet=1, invalidation_mode=PycInvalidationMode.CHECKED_HASH
    )
    return folder


@pytest.fixture
def action(compiled: Path, tmp_path: Path) -> Path:
    """This repository's action, where a test may change it."""
    folder = shutil.copytree(compiled, tmp_path / "action")
    dollar_for_act(folder)
    return folder


def dollar_for_act(folder: Path) -> None:
    """Write for act what it does not know: `$/`, the workflow's own repository. For a step that is what the
    template pins; for a job, a workflow beside it."""
    called = [path for path in folder.glob(".github/workflows/*.yml") if "uses: $/" in path.read_text()]
    assert {path.stem for path in called} >= {"guard", "review"}
    for path in called:
        text = re.sub(r"uses: \$/(?=\.github/)", "uses: ./", path.read_text())
        path.write_text(text.replace("uses: $/", f"uses: streaky-action/streaky@{pin()}"))


def pin() -> str:
    """The commit that the template pins the reusable workflow by."""
    text = (ROOT / "template/.github/workflows/streaky.yml").read_text()
    (commit,) = re.findall(r"uses: streaky-action/streaky/\S+@(\S+)", text)
    return str(commit)


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """What pressing "Use this template" gives."""
    return checkout(tmp_path / "template", ROOT / "template")


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A script that bash reads before each step, so that each lock is installed once for all tests.

    The first step that installs a lock really does so, and its packages are kept. Later ones find them in
    RUNNER_TEMP, as a second step of the same job would.
    """
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # which all workers share
    kept, script = folder / "installed", tmp_path_factory.mktemp("bash") / "keep.sh"
    kept.mkdir(exist_ok=True)
    script.write_text(
        f"""
folder="$RUNNER_TEMP/streaky-$LOCK" kept="{kept}/$LOCK"
keep() {{ [ -f "$folder/lock.txt" ] && cp -r "$folder" "$kept.$$" && mv -T "$kept.$$" "$kept"; }}
if [ -z "$LOCK" ]; then :
elif [ ! -d "$kept" ]; then trap 'keep 2>&- || :' EXIT
elif [ ! -e "$folder" ]; then ln -s "$kept" "$folder"
fi
"""
    )
    return script


@pytest.fixture(scope="session")
def path(tmp_path_factory: pytest.TempPathFactory) -> str:
    """This machine's PATH, with a Python that has pip, as every runner of GitHub's has. Debian's own has
    none; then a new one comes first."""
    own = os.environ["PATH"]
    fits = "import pip, sys; sys.exit(sys.version_info < (3, 11))"
    if subprocess.run(["python3", "-I", "-c", fits], capture_output=True, check=False).returncode == 0:
        return own
    folder = tmp_path_factory.mktemp("python")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    return f"{folder / 'bin'}{os.pathsep}{own}"


@pytest.fixture
def act(world: World, action: Path, tmp_path: Path, kept: Path, path: str) -> Act:
    """Run an event in a repository: `act(folder, "schedule", *flags, NAME="environment")`.

    The action's packages are there already, as `kept` says, so a job takes a second or less of CPU.
    `installs=True` lets this run install them itself: for tests of the install.
    """
    home = tmp_path / "home"
    (home / "config/act").mkdir(parents=True)
    (home / "config/act/actrc").touch()  # without one, act asks which image to use

    def run(
        folder: Path,
        event: str,
        *flags: str,
        secrets: dict[str, str] | None = None,
        installs: bool = False,
        action: Path = action,
        **more: str,
    ) -> Ran:
        given = {
            "GITHUB_TOKEN": TOKEN,
            "DISCORD_WEBHOOK_URL": world.hook.url,
            "TELEGRAM_BOT_TOKEN": world.bot.token,
            "TELEGRAM_CHAT_ID": str(CHAT),
        }
        environment = {
            "GITHUB_API_URL": world.sandbox.github.url,
            "GITHUB_GRAPHQL_URL": f"{world.sandbox.github.url}/graphql",
            "TELEGRAM_API_URL": world.sandbox.telegram.url,
            "GITHUB_WORKFLOW_REF": "octocat/streaky/.github/workflows/streaky.yml@refs/heads/main",
        }
        if not installs:
            environment["BASH_ENV"] = str(kept)
        command = [Path(sys.executable).with_name("act"), event, "--json", *flags]
        command += ["-P", "ubuntu-latest=-self-hosted"]
        command += ["--local-repository", f"streaky-action/streaky@{pin()}={action}"]
        for name, value in (given if secrets is None else secrets).items():
            command += ["--secret", f"{name}={value}"]
        for name, value in (environment | more).items():
            command += ["--env", f"{name}={value}"]
        own = {"PATH": path, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")}
        own |= {"XDG_CONFIG_HOME": str(home / "config"), "TMPDIR": str(tmp_path)}
        own |= {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
        done = subprocess.run(
            command, cwd=folder, env=own, capture_output=True, text=True, timeout=180, check=False
        )
        lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        return Ran(done.returncode, done.stdout + done.stderr, lines)

    return run
