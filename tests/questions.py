"""What GitHub was asked, and config files laid where a run may find them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from streaky.errors import ConfigurationError
from tests.conftest import World

CONFIG = ".github/streaky.yml"


def asked(world: World) -> list[str]:
    """The queries that GitHub got, in order, by what they ask for."""
    bodies = [json.loads(request.body) for request in world.sandbox.github.requests]
    return [said(body["query"], body["variables"]) for body in bodies]


def said(query: str, variables: dict[str, str]) -> str:
    """What a query asks for, in words."""
    parts = {"StreakyOlder": "older", "recent:": "recent", "year:": "year"}
    file = ["file"] if variables.get("config", "HEAD:") != "HEAD:" else []
    return " ".join([*(word for part, word in parts.items() if part in query), *file])


def write(world: World, text: str | bytes, path: str = CONFIG) -> None:
    """Put a config file into the workspace."""
    file = Path(world.environment["GITHUB_WORKSPACE"], path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode() if isinstance(text, str) else text)


def push(world: World, text: str | bytes, path: str = CONFIG) -> None:
    """Put a config file into the repository on GitHub."""
    world.sandbox.github.repository("octocat/streaky", {path: text})


def nothing_sent(world: World) -> bool:
    """Whether no channel was asked for anything."""
    return not world.sandbox.discord.requests and not world.sandbox.telegram.requests


def refused(world: World, **more: str) -> str:
    """What is wrong with the configuration; nothing was sent for it."""
    with pytest.raises(ConfigurationError) as caught:
        world.check(**more)
    assert caught.value.exit_status == 2
    assert nothing_sent(world)
    return str(caught.value)
