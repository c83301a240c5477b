"""The whole job on a sandbox, as anybody may play it."""

from __future__ import annotations

import re
import shlex
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import PLAIN, PROGRAM


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder with somebody's own config file, which is none of the demo's business."""
    file = tmp_path / "elsewhere/.github/streaky.yml"
    file.parent.mkdir(parents=True)
    file.write_text("user: somebody-else\nlanguage: fr\n")
    return tmp_path / "elsewhere"


def test_the_demo_plays_five_people_wherever_it_is_started(elsewhere: Path) -> None:
    done = subprocess.run(
        [*PROGRAM, "demo"], env=PLAIN, cwd=elsewhere, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert re.findall(r"(?m)^── (\w+),", done.stdout) == ["hana", "lukas", "amara", "ines", "diego"]
    assert re.findall(r"(?m)^ +exit +(\d)$", done.stdout) == ["0", "0", "0", "0", "1"]
    for line in (
        "Last call, hana: 1 h 20 min left for your streak of 412 days",
        "lukas: 100 Tage in Folge!",
        "amara: resting",
        "on discord: failed: Discord refuses this runner's IP address",
        "diego: I could not check your streak",
    ):
        assert line in done.stdout


@pytest.fixture
def served(elsewhere: Path) -> Iterator[subprocess.Popen[str]]:
    """`demo --serve`, running."""
    process = subprocess.Popen(
        [*PROGRAM, "demo", "--serve"], env=PLAIN, cwd=elsewhere, stdout=subprocess.PIPE, text=True
    )
    limit = threading.Timer(20, process.kill)  # so that nobody waits for ever for a line of it
    limit.start()
    yield process
    limit.cancel()
    process.kill()
    process.wait(10)


def until(process: subprocess.Popen[str], mark: str) -> list[str]:
    """The lines that a process prints, up to one that holds `mark`."""
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if mark in line:
            return lines
    pytest.fail(f"it ended without {mark!r}: {lines}")


def test_a_served_demo_takes_a_check_with_its_exports_and_stops_when_told(
    served: subprocess.Popen[str], tmp_path: Path
) -> None:
    lines = until(served, "What arrives")
    words = [shlex.split(line) for line in lines if not line.startswith("#")]
    assert all(word[0] == "export" for word in words)
    exports = dict(word[1].split("=", 1) for word in words)
    done = subprocess.run(
        [*PROGRAM, "check"],
        env=PLAIN | exports,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("octocat: at-risk\n")
    assert "streak 42 days" in done.stdout
    assert done.stdout.count(": sent") == 2
    shown = until(served, "Telegram: ")
    assert any(line.startswith("# Discord: ") and "42 days" in line for line in shown)
    served.send_signal(signal.SIGTERM)
    assert served.wait(5) == 0
