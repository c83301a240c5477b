"""What a run left behind, read as an Actions runner reads it: outputs, summary page, workflow commands."""

from __future__ import annotations

import re
import subprocess
import unicodedata
from pathlib import Path

from tests.conftest import World, leaks


def outputs(runner: dict[str, str]) -> dict[str, str]:
    """The step's outputs."""
    text = Path(runner["GITHUB_OUTPUT"]).read_text("utf-8")
    blocks = re.compile(r"([\w-]+)<<(.+)\n(?:(.*)\n)?\2\n")
    assert blocks.sub("", text) == ""
    return {name: value for name, _, value in blocks.findall(text)}


def summary(runner: dict[str, str]) -> str:
    """The job's summary page."""
    return Path(runner["GITHUB_STEP_SUMMARY"]).read_text("utf-8")


def commands(text: str, name: str) -> list[tuple[dict[str, str], str]]:
    """The workflow commands of a name: properties and text."""
    found = re.findall(rf"(?m)^::{name}(?: ([^:]*))?::(.*)$", text)
    return [(dict(each.split("=", 1) for each in given.split(",") if each), said) for given, said in found]


def obeyed(text: str) -> list[tuple[str, str]]:
    """The commands, by name and text, that the real runner would take from what a step printed.

    `::name::` at a line's start, behind any white space; `##[name]` anywhere in it. Characters without a
    shape count as not there, since .NET compares these marks by the rules of a language.
    Source: actions/runner, ActionCommand.cs.
    """
    found = []
    for line in re.split(r"\r\n|\r|\n", text):
        seen = "".join(c for c in line if unicodedata.category(c) != "Cf")
        first = re.match(r"\s*::([\w-]+)(?: [^:]*)?::(.*)", seen)
        if match := first or re.search(r"##\[([\w-]+)[^\]]*\](.*)", seen):
            found.append((match[1], match[2]))
    return found


def no_leaks(world: World, runner: dict[str, str], done: subprocess.CompletedProcess[str]) -> None:
    """No secret in anything that the run left, but for the masks, which are how a runner is told of them."""
    printed = re.sub(r"(?m)^::add-mask::.*$", "", done.stdout + done.stderr)
    files = [Path(runner[name]).read_text("utf-8") for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")]
    assert leaks("\n".join([printed, *files]), world.secrets) == []
