"""The whole job on a sandbox, as anybody may play it."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from streaky.demo import program, story
from tests.conftest import PLAIN, PROGRAM, ROOT


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder with somebody's own config file, which is none of the demo's business."""
    file = tmp_path / "elsewhere/.github/streaky.yml"
    file.parent.mkdir(parents=True)
    file.write_text("user: somebody-else\nlanguage: fr\n")
    return tmp_path / "elsewhere"


def test_the_demo_tells_a_story_of_people_wherever_it_is_started(elsewhere: Path) -> None:
    done = subprocess.run(
        [*PROGRAM, "demo"], env=PLAIN, cwd=elsewhere, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    people = ["Hana", "Mateo", "Lukas", "Amara", "Ines", "Noor", "Diego"]
    assert re.findall(r"(?m)^── (\w+),", done.stdout) == people
    hana, mateo, lukas, amara, ines, noor, diego = done.stdout.split("── ")[1:]
    warned, _, rescued = hana.partition("22:55  Hana pushes a commit.")
    assert warned.count("Last call, hana: only 1 h 20 min left to save your 412-day streak") == 2
    assert re.findall(r"(\w+) now shows instead:\n +\| Saved: 413 days", rescued) == ["Discord", "Telegram"]
    assert "https://github.com/mateo/tea-timer/compare/main...quieter-bell" in mateo
    assert "lukas: 100 Tage in Folge!" in lukas
    assert "|" not in amara
    first, _, second = ines.partition("on a fresh runner with another address.")
    assert "refuses this runner's address" in first
    assert ("| ines:" in first, "| ines:" in second) == (False, True)
    asked, _, obeyed = noor.partition("/pause 3d\n")
    assert "| github-actions[bot]:\n         | noor: 2 h 40 min left" in asked
    assert "closes the issue" in obeyed
    assert "diego: I could not check your streak" in diego
    assert "UTC" not in done.stdout  # which would be this machine's clock, and not the story's
    for riddle in ("exit ", "None", "at-risk/", "<", ">", "**"):
        assert riddle not in done.stdout, riddle


def test_a_story_that_goes_otherwise_than_it_is_told_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    scene = next(each for each in story.SCENES if each.login == "amara")
    monkeypatch.setattr(story, "SCENES", (scene,) * 5)
    assert story.play("streaky") == 0
    wrong = replace(scene, play=lambda stage: stage.expect(true=not stage.run("21:30").outcomes))
    monkeypatch.setattr(story, "SCENES", (wrong,) * 5)
    assert story.play("streaky") == 1
    assert "Here are five people" in capsys.readouterr().out


@contextmanager
def serving(cwd: Path, *python: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """`demo --serve`, running; `python` are words before `-m`."""
    process = subprocess.Popen(
        [sys.executable, *python, "-m", "streaky", "demo", "--serve"],
        env={"PATH": os.environ["PATH"]} | environment,
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    limit = threading.Timer(20, process.kill)  # so that nobody waits for ever for a line of it
    limit.start()
    try:
        yield process
    finally:
        limit.cancel()
        process.kill()
        process.communicate(timeout=10)


def until(process: subprocess.Popen[str], mark: str) -> list[str]:
    """The lines that a process prints, up to one that holds `mark`."""
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if mark in line:
            return lines
    pytest.fail(f"it ended without {mark!r}: {lines}")


@pytest.mark.parametrize(
    ("cwd", "python", "path"),
    [(ROOT, (), ""), (ROOT, ("-P",), "."), (ROOT.parent, ("-P",), f"none{os.pathsep}{ROOT.name}")],
    ids=["from its own folder", "with PYTHONPATH=.", "with a relative PYTHONPATH"],
)
def test_what_a_served_demo_prints_works_in_any_folder_and_it_stops_when_told(
    elsewhere: Path, tmp_path: Path, cwd: Path, python: tuple[str, ...], path: str
) -> None:
    decoy = tmp_path / "streaky.py"  # a file of the folder where it is started must not pass for ours
    decoy.write_text("raise SystemExit('not ours')")
    with serving(cwd, *python, **({"PYTHONPATH": path} if path else {})) as served:
        lines = until(served, "What arrives")
        done = subprocess.run(
            ["sh", "-c", "\n".join(lines)],
            env={"PATH": os.environ["PATH"]},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("octocat: at-risk\n")
        assert "streak 42 days" in done.stdout
        assert done.stdout.count(": sent") == 2
        shown = until(served, "on Telegram:") + until(served, "ends at")
        assert "# A message arrives on Discord:" in shown
        assert sum("42-day streak" in line for line in shown) >= 2
        served.send_signal(signal.SIGTERM)
        assert served.wait(5) == 0


def test_the_demo_names_itself_by_absolute_paths(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONPATH", raising=False)
    python = shlex.quote(os.path.abspath(sys.executable))
    assert program() == f"PYTHONPATH={shlex.quote(str(ROOT))} {python} -P -m streaky"
    monkeypatch.setattr("sysconfig.get_path", lambda name: str(ROOT))  # as where it is installed
    assert program() == f"{python} -P -m streaky"


def test_a_served_demo_shows_whole_messages_and_their_edits(elsewhere: Path) -> None:
    with serving(elsewhere, PYTHONPATH=str(ROOT)) as served:
        lines = until(served, "What arrives")
        urls = dict(
            line.removeprefix("export ").split("=", 1) for line in lines if line.startswith("export ")
        )
        hook = urls["DISCORD_WEBHOOK_URL"].replace("/api/", "/api/v10/")
        headers = {"User-Agent": "DiscordBot (https://example.org, 1)"}
        button = {"type": 2, "style": 5, "label": "Open GitHub", "url": "https://github.com/octocat"}
        payload = {
            "content": "Still 2 h",
            "embeds": [{"title": "At risk", "fields": [{"name": "Streak", "value": "42 days"}]}],
            "components": [{"type": 1, "components": [button]}],
        }
        query = {"wait": "true", "with_components": "true"}
        sent = requests.post(hook, json=payload, params=query, headers=headers, timeout=5).json()
        assert until(served, "Open GitHub") == [
            "# A message arrives on Discord:",
            "#   | Still 2 h",
            "#   | At risk",
            "#   | Streak: 42 days",
            "#   | [Open GitHub] https://github.com/octocat",
        ]
        changes = {"content": "Saved", "embeds": None}
        requests.patch(f"{hook}/messages/{sent['id']}", json=changes, headers=headers, timeout=5)
        assert until(served, "Saved") == ["# A message is edited on Discord:", "#   | Saved"]


@pytest.mark.parametrize(
    ("arguments", "last"),
    [((), "── Hana"), (("--serve",), "# The sandbox"), (("--serve",), "What arrives")],
)
def test_a_reader_who_leaves_the_demo_early_is_no_failure(
    elsewhere: Path, arguments: tuple[str, ...], last: str
) -> None:
    process = subprocess.Popen(
        [*PROGRAM, "demo", *arguments],
        env=PLAIN,
        cwd=elsewhere,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        until(process, last)
        process.stdout.close()
        assert process.wait(20) == 0
        assert process.stderr.read() == ""
    finally:
        process.kill()
        process.stderr.close()


def test_the_demo_plays_on_a_terminal_that_lacks_characters(elsewhere: Path) -> None:
    done = subprocess.run(
        [*PROGRAM, "demo"],
        env=PLAIN | {"PYTHONIOENCODING": "ascii"},
        cwd=elsewhere,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
