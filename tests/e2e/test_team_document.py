"""docs/team.md as somebody follows it: each command does what is said."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from streaky import sealing
from streaky.channels.discord import DiscordAddress
from streaky.config.inputs import IN_ROSTER, SEALABLE
from streaky.config.sources import Sources
from streaky.team.roster import read_roster
from tests.conftest import PLAIN, ROOT, TOKEN
from tests.e2e.conftest import git

TEXT = (ROOT / "docs/team.md").read_text("utf-8")
INSTALL = "pip install 'streaky[sealed]'\n"
HOOK = "https://discord.com/api/webhooks/1234567890123456789/ZQ9xK7wV5uT3sR1pO8nM6lJ4iH2gF0dBaZ"


def blocks(section: str) -> list[str]:
    """The shell commands of a section, without the install that a test needs none of."""
    (text,) = re.findall(rf"(?ms)^(?:##|###) {section}\n(.*?)(?=^##|\Z)", TEXT)
    found = re.findall(r"(?ms)^( *)```sh\n(.*?)^ *```", text)
    return [re.sub(rf"(?m)^{indent}", "", block).replace(INSTALL, "") for indent, block in found]


def shell(folder: Path, block: str, given: str = "") -> str:
    """Run a block of commands as it stands; what it printed on stdout."""
    tools = folder.parent / "bin"
    tools.mkdir(exist_ok=True)
    (tools / "streaky").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m streaky "$@"\n')
    (tools / "streaky").chmod(0o755)
    environment = PLAIN | {"PATH": f"{tools}{os.pathsep}{os.environ['PATH']}", "HOME": f"{folder.parent}"}
    done = subprocess.run(
        ["bash", "-ec", block],
        cwd=folder,
        env=environment,
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_team_is_set_up_joined_and_given_new_keys_as_the_document_says(tmp_path: Path) -> None:
    folder = tmp_path / "team"
    (folder / "roster").mkdir(parents=True)
    git(folder, "init", "--quiet")
    first = shell(folder, *blocks("Set up")).strip()
    line = shell(folder, *blocks("With a Discord channel of your own"), given=HOOK)
    (folder / "roster/octocat.yml").write_text(f"# mine\ntimezone: Europe/Berlin\n{line}")

    new_pair, anew, look = blocks("Change the keys")
    second = shell(folder, new_pair).strip()
    (tmp_path / "streaky-keys").write_text(f"{first}\n{second}\n")
    said = shell(folder, anew)
    (key,) = sealing.private_keys(second)
    assert f"Sealed anew: 1. Under the key {key.public.id} before: 0. Left: 0." in said
    assert not (tmp_path / "streaky-keys").exists()
    assert "Left: 0" in shell(folder, look)
    environment = {"GITHUB_TOKEN": TOKEN, "STREAKY_KEY": second}
    (member,) = read_roster(folder / "roster", Sources({}, environment))
    assert member.settings is not None
    discord = member.settings.channel(DiscordAddress)
    assert discord is not None
    assert HOOK.endswith(discord.webhook.token)
    assert (folder / "roster/octocat.yml").read_text().startswith("# mine\ntimezone: Europe/Berlin\n")


def test_no_command_of_the_document_is_left_out_of_the_test() -> None:
    sections = ("Set up", "With a Discord channel of your own", "Change the keys")
    tried = "".join("".join(blocks(section)) for section in sections)
    every = "".join(re.findall(r"(?ms)^ *```sh\n(.*?)^ *```", TEXT)).replace(INSTALL, "")
    assert "".join(tried.split()) == "".join(every.split())


def test_it_names_all_that_a_roster_may_not_say_or_may_say_sealed() -> None:
    (text,) = re.findall(r"(?s)what the team's workflow decides for everybody:\n(.*?)\.\n", TEXT)
    alone = {name for name, refusal in IN_ROSTER.items() if refusal and "workflow alone" in refusal.what}
    assert set(re.findall(r"`([\w-]+)`", text)) == alone
    for name in set(SEALABLE) - {"apprise-urls"}:
        assert f"`{name}`" in TEXT or f"seal {name} " in TEXT
