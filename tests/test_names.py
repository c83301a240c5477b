"""The names that Streaky goes by stand in one place, and all others follow it."""

from __future__ import annotations

import re

import pytest

from streaky import REPOSITORY, TEAM_TEMPLATE, TEMPLATE
from tests.conftest import ROOT

KINDS = {".md", ".yml", ".toml", ".json", ".py", ".mjs"}
LEFT_OUT = {".venv", ".git", "tests", "node_modules", "build", "dist"}
NAMED = (
    r"github\.com/([\w.-]+/[\w-]*streaky[\w-]*)",
    r"uses: ([\w.-]+/[\w-]*streaky[\w-]*)",
    r"github\.repository [!=]= '([^']+)'",
    r"template_owner=([\w.-]+&template_name=[\w.-]+)",
)
EXAMPLES = {"octocat/streaky"}


def names(text: str) -> set[str]:
    """The repositories of ours that a text names."""
    found = {name for pattern in NAMED for name in re.findall(pattern, text)}
    return {name.replace("&template_name=", "/") for name in found} - EXAMPLES


def test_every_file_names_the_repositories_that_are_in_use() -> None:
    files = [
        path
        for path in ROOT.rglob("*")
        if path.suffix in KINDS and not LEFT_OUT & set(path.relative_to(ROOT).parts)
    ]
    said = {path.relative_to(ROOT).as_posix(): names(path.read_text("utf-8")) for path in files}
    wrong = {path: found for path, found in said.items() if found - {REPOSITORY, TEMPLATE, TEAM_TEMPLATE}}
    assert not wrong
    assert said["template/.github/workflows/streaky.yml"] == {REPOSITORY, TEMPLATE}
    assert said["template-team/.github/workflows/team.yml"] == {REPOSITORY, TEAM_TEMPLATE}
    assert said["pyproject.toml"] == {REPOSITORY}


@pytest.mark.parametrize(
    "text",
    [
        "see https://github.com/somebody/streaky#inputs",
        "    uses: somebody/streaky/.github/workflows/guard.yml@main",
        "    if: github.repository != 'somebody/streaky'",
        "https://github.com/new?template_owner=somebody&template_name=streaky",
    ],
)
def test_another_name_would_be_noticed(text: str) -> None:
    assert names(text) == {"somebody/streaky"}
