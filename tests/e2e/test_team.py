"""A team through `team.yml`: shards side by side, what one could not do on a fresh runner, and one report."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from streaky.sandbox import Fault
from streaky.sandbox.discord.service import Webhook
from streaky.sandbox.exchange import Request
from streaky.team.shards import Shard
from tests.conftest import ROOT, TOKEN, World, leaks
from tests.e2e.conftest import Act, checkout
from tests.team.squad import KEY, NOW, WRITES, Squad

CALLER = """\
on:
  workflow_dispatch:
permissions: {}
jobs:
  guard:
    permissions:
      contents: write
    uses: ./.github/workflows/called.yml
    secrets:
      key: ${{ secrets.STREAKY_KEY }}
"""
UPLOAD = """\
name: upload
description: As the real one keeps a folder for later jobs of the run.
inputs:
  name: { description: name }
  path: { description: path }
  if-no-files-found: { description: what then }
  retention-days: { description: how long }
runs:
  using: composite
  steps:
    - shell: bash
      env: { NAME: "${{ inputs.name }}", FROM: "${{ inputs.path }}" }
      run: mkdir -p "$SHELF" && cp -r "$FROM" "$SHELF/$NAME"
"""
DOWNLOAD = """\
name: download
description: As the real one brings what earlier jobs kept, each in a folder of its name.
inputs:
  pattern: { description: pattern }
  path: { description: path }
runs:
  using: composite
  steps:
    - shell: bash
      env: { TO: "${{ inputs.path }}" }
      run: mkdir -p "$TO" && cp -r "$SHELF"/streaky-* "$TO"
"""


@pytest.fixture
def team(world: World, action: Path, tmp_path: Path) -> tuple[Squad, Path, list[str]]:
    """A team's repository with four shards, and what act needs to run its workflow."""
    squad = Squad(world.sandbox, tmp_path / "team")
    workflows = squad.folder / ".github/workflows"
    workflows.mkdir(parents=True)
    (workflows / "team.yml").write_text(CALLER)
    text = (ROOT / ".github/workflows/team.yml").read_text()
    pinned = re.search(r"streaky-action/streaky@\w+", (action / ".github/workflows/guard.yml").read_text())
    assert pinned
    # GitHub ignores an output that is empty; in act the last job's replaces that of the others.
    condition = " && (needs.check.outputs.left != '' || needs.check.result != 'success')"
    assert condition in text
    text = text.replace(condition, "")
    (workflows / "called.yml").write_text(text.replace("uses: $/", f"uses: {pinned[0]}"))
    flags = ["-W", ".github/workflows/team.yml"]
    for name, stub in (("upload", UPLOAD), ("download", DOWNLOAD)):
        folder = tmp_path / f"{name}-artifact"
        folder.mkdir()
        (folder / "action.yml").write_text(stub)
        sha = re.search(rf"actions/{name}-artifact@(\w+)", text)
        assert sha
        flags += ["--local-repository", f"actions/{name}-artifact@{sha[1]}={folder}"]
    # Four shards ran before, and there are never fewer.
    squad.repository.files[".github/workflows/team.yml"] = WRITES
    squad.repository.write("streaky-team/shard-004", {"ledger.jsonl": b'{"version":1}\n'})
    return squad, tmp_path / "shelf", flags


def test_a_team_is_guarded_though_a_shard_dies_a_file_is_bad_and_a_runner_is_banned(
    team: tuple[Squad, Path, list[str]], act: Act, tmp_path: Path
) -> None:
    squad, shelf, flags = team
    logins = squad.crowd(24)
    shards = [Shard(number, 4) for number in range(1, 5)]
    of = {shard: [login for login in logins if shard.holds(login)] for shard in shards}
    assert all(of.values())
    (squad.roster / "broken.yml").write_text("timezone: Europe/Berln\n")
    dying, banned = sorted(shards, key=lambda shard: -len(of[shard]))[:2]

    # One webhook for all of them: five are told at once, and the process dies as it tells the sixth.
    shared = squad.sandbox.discord.add_webhook("42")
    for login in of[dying]:
        squad.address(login, shared)
    assert len(of[dying]) > 6
    squad.sandbox.discord.fail(Fault.drop(), times=None, when=killer(squad, shared, 6, dying))
    for login in of[banned]:
        squad.sandbox.discord.fail(Fault.edge_ban(), times=1, when=towards(squad, login))
    folder = checkout(tmp_path / "checkout", squad.folder)
    ran = act(
        folder,
        "workflow_dispatch",
        *flags,
        secrets={"GITHUB_TOKEN": TOKEN, "STREAKY_KEY": KEY.text},
        STREAKY_NOW=NOW.isoformat(),
        SHELF=str(shelf),
        GITHUB_RUN_ID="100",
        GITHUB_REPOSITORY="acme/streaks",
        GITHUB_WORKFLOW_REF="acme/streaks/.github/workflows/team.yml@refs/heads/main",
    )
    print(ran.said)
    told = [json.dumps(message.payload) for message in shared.messages]
    named = [login for login in of[dying] for text in told if f'"name": "{login}"' in text]
    assert sorted(named) == sorted(of[dying])
    assert squad.messages() == dict.fromkeys(set(logins) - set(of[dying]), 1)
    assert {state for states in map(squad.states, shards) for each in states.values() for state in each} == {
        "sent"
    }
    # Red, since somebody is not guarded, who is named with the place to mend it; and for nothing else.
    assert ran.status != 0
    assert "broken is not guarded. roster/broken.yml:1:11" in ran.said
    assert "could not be warned" not in ran.summary
    assert "left no result" not in ran.summary
    assert "Alerts sent | 24" in ran.summary
    assert not leaks(ran.said + ran.summary, tuple(hook.token for hook in squad.hooks.values()))


def towards(squad: Squad, login: str) -> Callable[[Request], bool]:
    """Whether a request goes to a person's webhook."""
    return lambda request: squad.hooks[login].id in request.path


def killer(squad: Squad, hook: Webhook, number: int, shard: Shard) -> Callable[[Request], bool]:
    """Kill the process of a shard as it makes its number-th request to a webhook; that one is lost, and what
    was on its way with it, however late it is read: all until another process reads the shard's branch."""
    seen: list[Request] = []

    def another() -> bool:
        asked = (each.body for each in squad.sandbox.github.requests if each.at > seen[number - 1].at)
        return any(b"query StreakyRepository" in body and shard.branch.encode() in body for body in asked)

    def strike(request: Request) -> bool:
        if hook.id not in request.path.split("/"):
            return False
        seen.append(request)
        if len(seen) != number:
            return len(seen) > number and not another()
        for entry in Path("/proc").iterdir():
            if entry.name.isdecimal():
                try:
                    said = (entry / "cmdline").read_bytes().replace(b"\0", b" ")
                    variables = (entry / "environ").read_bytes().split(b"\0")
                except OSError:
                    continue
                ours = f"GITHUB_API_URL={squad.sandbox.github.url}".encode() in variables
                theirs = f"STREAKY_SHARD={shard}".encode() in variables
                if ours and theirs and b"-m streaky team check" in said:
                    os.kill(int(entry.name), signal.SIGKILL)
        return True

    return strike
