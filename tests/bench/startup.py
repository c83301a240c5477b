"""Whole-process time of `streaky check` with one alert, against the least script that could do it.

Both talk to the same sandbox, which takes 150 ms for each answer, and run by turns.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from streaky.sandbox import Sandbox

ANSWER = 0.150  # seconds
ROUNDS = 21
MINIMAL = (sys.executable, str(Path(__file__).with_name("minimal.py")))
CHECK = (sys.executable, "-P", "-m", "streaky", "check")


def clocked(command: tuple[str, ...], environment: dict[str, str]) -> float:
    """Seconds from start to end of a process, which must end well."""
    started = time.perf_counter()
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def main() -> None:
    """Print both medians and their ratio."""
    now = datetime(2026, 11, 23, 21, 30, tzinfo=UTC)
    days = {now.date() - timedelta(days=back): 1 for back in range(1, 100)}
    with Sandbox() as sandbox:
        sandbox.discord.limit = None
        sandbox.github.person("octocat", contributions=days)
        hook = sandbox.discord.add_webhook()
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "GITHUB_GRAPHQL_URL": f"{sandbox.github.url}/graphql",
            "GITHUB_TOKEN": "ghs_sandboxSandboxSandboxSandbox0000",
            "DISCORD_WEBHOOK_URL": hook.url,
            "STREAKY_USER": "octocat",
            "STREAKY_NOW": now.isoformat(),
        }
        clocked(MINIMAL, environment), clocked(CHECK, environment)  # compile, and warm the file cache
        sandbox.github.latency = sandbox.discord.latency = ANSWER
        hook_count = len(hook.messages)
        minimal, check = [], []
        for _ in range(ROUNDS):
            minimal.append(clocked(MINIMAL, environment))
            check.append(clocked(CHECK, environment))
        assert len(hook.messages) == hook_count + 2 * ROUNDS
    ours, least = statistics.median(check), statistics.median(minimal)
    print(
        f"startup: check {ours * 1000:.0f} ms, minimal script {least * 1000:.0f} ms, ratio {ours / least:.3f}"
    )
    print(f"startup, best: {min(check) * 1000:.0f} ms, {min(minimal) * 1000:.0f} ms")


if __name__ == "__main__":
    main()
