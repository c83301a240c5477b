"""From an action's first step to the first byte at GitHub: a release's tree, against one that installs first.

Both run through `act` on this host, one after the other, `ROUNDS` times; the release with no package index in
reach. Installing has the index or the cache that this machine's pip has.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from streaky.sandbox import Sandbox
from tests.conftest import ROOT

ROUNDS = 5
NOW = datetime(2026, 11, 23, 21, 30, tzinfo=UTC)
PIN = "0" * 40
# The clock of the sandbox's requests is the system's own, which all processes share.
WORKFLOW = f"""on: schedule
jobs:
  guard:
    runs-on: ubuntu-latest
    permissions: {{contents: read}}
    steps:
      - run: python3 -c 'import time; print(time.monotonic())' > "$STARTED"
      - uses: streaky-action/streaky@{PIN}
        with: {{discord-webhook-url: "${{{{ secrets.DISCORD_WEBHOOK_URL }}}}"}}
"""
NO_INDEX = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "/nowhere", "PIP_CONFIG_FILE": os.devnull}


def git(folder: Path, *arguments: str) -> None:
    """Run git, as somebody."""
    who = ("-c", "user.name=octocat", "-c", "user.email=octocat@example.com")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def committed(folder: Path) -> Path:
    """The folder, as a repository."""
    git(folder, "init", "--quiet")
    git(folder, "remote", "add", "origin", "https://github.com/octocat/streaky.git")
    git(folder, "add", "--all", "--force")
    git(folder, "commit", "--quiet", "--message", "All of it")
    return folder


def seconds(action: Path, place: Path, sandbox: Sandbox, hook: str, more: dict[str, str]) -> float:
    """Seconds from the step's start to GitHub's first byte."""
    sandbox.github.requests.clear()
    home = place / "home"
    shutil.rmtree(home, ignore_errors=True)
    (home / ".config/act").mkdir(parents=True)
    (home / ".config/act/actrc").touch()
    environment = {
        "GITHUB_API_URL": sandbox.github.url,
        "GITHUB_GRAPHQL_URL": f"{sandbox.github.url}/graphql",
        "STREAKY_NOW": NOW.isoformat(),
        "STARTED": str(place / "started"),
    }
    command = [str(Path(sys.executable).with_name("act")), "schedule", "-P", "ubuntu-latest=-self-hosted"]
    command += ["--local-repository", f"streaky-action/streaky@{PIN}={action}"]
    command += ["--secret", f"DISCORD_WEBHOOK_URL={hook}", "--secret", "GITHUB_TOKEN=ghs_" + "s" * 36]
    for name, value in (environment | more).items():
        command += ["--env", f"{name}={value}"]
    own = {"PATH": os.environ["PATH"], "HOME": str(home), "TMPDIR": str(place)}
    own |= {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    cwd = place / "repository"
    done = subprocess.run(command, cwd=cwd, env=own, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    return sandbox.github.requests[0].at - float((place / "started").read_text())


def main() -> None:
    """Print both medians and their ratio."""
    days = {NOW.date() - timedelta(days=back): 1 for back in range(1, 100)}
    with Sandbox() as sandbox, TemporaryDirectory() as folder:
        place = Path(folder)
        sandbox.discord.limit = None
        sandbox.github.person("octocat", contributions=days)
        sandbox.github.repository("octocat/streaky", {".github/workflows/streaky.yml": WORKFLOW})
        hook = sandbox.discord.add_webhook().url
        repository = place / "repository"
        (repository / ".github/workflows").mkdir(parents=True)
        (repository / ".github/workflows/streaky.yml").write_text(WORKFLOW)
        committed(repository)
        source = place / "source"
        for name in ("action.yml", "streaky", ".github"):
            path = ROOT / name
            if path.is_dir():
                shutil.copytree(path, source / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                source.mkdir(exist_ok=True)
                shutil.copy(path, source)
        committed(source)
        release = place / "release"
        bundle = [sys.executable, str(ROOT / ".github/bundle.py"), "--out", str(release)]
        subprocess.run(bundle, cwd=source, check=True)
        ours, installing = [], []
        for _ in range(ROUNDS):
            ours.append(seconds(release, place, sandbox, hook, NO_INDEX))
            installing.append(seconds(source, place, sandbox, hook, {}))
        fast, slow = statistics.median(ours), statistics.median(installing)
        print(
            f"release: first byte at GitHub after {fast:.2f} s, installing first {slow:.2f} s,"
            f" ratio {slow / fast:.1f} (best {min(ours):.2f} and {min(installing):.2f})"
        )


if __name__ == "__main__":
    main()
