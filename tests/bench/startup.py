"""Whole-process time of `streaky check` with one alert, against the least script that could do it.

Both talk to the same sandbox, which takes 150 ms for each answer, and run by turns. Six cases: warm; cold on
a runner with a release, which ships its bytecode; and cold from main, where the packages were compiled by
their installation and Streaky itself never was. Each with bare settings, and with the template's own (a
config file, and the schedule with its time zone). Without a ledger and ways to save the day, whose requests
the script has nothing to set against.
"""

from __future__ import annotations

import compileall
import os
import shutil
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from py_compile import PycInvalidationMode
from tempfile import TemporaryDirectory

from streaky.sandbox import Sandbox

ANSWER = 0.150  # seconds
ROUNDS = 15
ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 23, 21, 30, tzinfo=UTC)
MINIMAL = (sys.executable, str(Path(__file__).with_name("minimal.py")))
CHECK = (sys.executable, "-P", "-m", "streaky", "check")
WORKFLOW = ".github/workflows/streaky.yml"


def clocked(command: tuple[str, ...], environment: dict[str, str]) -> float:
    """Seconds from start to end of a process, which must end well."""
    started = time.perf_counter()
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def compare(case: str, sandbox: Sandbox, environment: dict[str, str]) -> None:
    """Print both medians and their ratio."""
    sandbox.github.latency = sandbox.discord.latency = 0
    clocked(MINIMAL, environment), clocked(CHECK, environment)  # warm the file cache, and compile
    sandbox.github.latency = sandbox.discord.latency = ANSWER
    minimal, check = [], []
    for _ in range(ROUNDS):
        minimal.append(clocked(MINIMAL, environment))
        check.append(clocked(CHECK, environment))
    ours, least = statistics.median(check), statistics.median(minimal)
    print(
        f"startup, {case}: check {ours * 1000:.0f} ms, minimal script {least * 1000:.0f} ms,"
        f" ratio {ours / least:.3f} (best {min(check) * 1000:.0f} and {min(minimal) * 1000:.0f})"
    )


def main() -> None:
    """Print the figures of all cases."""
    days = {NOW.date() - timedelta(days=back): 1 for back in range(1, 100)}
    with Sandbox() as sandbox, TemporaryDirectory() as folder:
        sandbox.discord.limit = None
        sandbox.github.person("octocat", contributions=days)
        hook = sandbox.discord.add_webhook()
        source, released = Path(folder, "source"), Path(folder, "released")
        for copy in (source, released):
            shutil.copytree(ROOT / "streaky", copy / "streaky", ignore=shutil.ignore_patterns("__pycache__"))
        compileall.compile_dir(released, quiet=1, invalidation_mode=PycInvalidationMode.CHECKED_HASH)
        bare = {
            "PATH": os.environ["PATH"],
            "GITHUB_API_URL": sandbox.github.url,
            "GITHUB_GRAPHQL_URL": f"{sandbox.github.url}/graphql",
            "GITHUB_TOKEN": "ghs_sandboxSandboxSandboxSandbox0000",
            "GITHUB_WORKSPACE": folder,
            "DISCORD_WEBHOOK_URL": hook.url,
            "STREAKY_USER": "octocat",
            "STREAKY_NOW": NOW.isoformat(),
            "STREAKY_LEDGER": "none",
            "STREAKY_SUGGEST": "false",
        }
        template = bare | {
            "GITHUB_REPOSITORY": "octocat/streaky",
            "GITHUB_EVENT_NAME": "schedule",
            "GITHUB_WORKFLOW_REF": f"octocat/streaky/{WORKFLOW}@refs/heads/main",
        }
        files = {
            WORKFLOW: (ROOT / "template" / WORKFLOW).read_text().replace("Etc/UTC", "Europe/Berlin"),
            ".github/streaky.yml": "rest-days: [sat]\nmin-contributions: 1\n",
        }
        sandbox.github.repository("octocat/streaky", files)
        for name, environment in (("bare settings", bare), ("the template's settings", template)):
            for case, path, wrote in (
                ("warm", ROOT, ""),
                ("cold from a release", released, "1"),
                ("cold from main", source, "1"),
            ):
                python = {"PYTHONPATH": str(path), "PYTHONDONTWRITEBYTECODE": wrote}
                compare(f"{name}, {case}", sandbox, environment | python)


if __name__ == "__main__":
    main()
