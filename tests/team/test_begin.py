"""A shard's run asks GitHub first, and loads the rest while the answers are on their way."""

from __future__ import annotations

import subprocess
import sys

from tests.conftest import ROOT
from tests.team.squad import Squad

# What comes after GitHub's answers, and takes most of the time that loading takes.
LATER = {"streaky.judge", "streaky.due", "streaky.messages", "streaky.report", "streaky.ledger.form", "yaml"}
SCRIPT = """
import sys

def first(event, arguments):
    if event == "socket.connect" and not asked:
        asked.extend(sys.modules)

asked = []
sys.addaudithook(first)
from streaky.cli import main
main(["team", "check", "--shard", "1/1"])
print(*asked, file=sys.stderr, sep="\\n")
"""


def test_github_is_asked_before_what_its_answers_need_is_loaded(squad: Squad) -> None:
    squad.join("ada")
    environment = squad.environment | {"PYTHONPATH": f"{ROOT}", "STREAKY_NOW": "2026-11-23T21:30:00Z"}
    command = [sys.executable, "-P", "-c", SCRIPT]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    loaded = set(done.stderr.splitlines())
    assert "streaky.team.begin" in loaded
    assert not loaded & LATER
    assert squad.messages() == {"ada": 1}
