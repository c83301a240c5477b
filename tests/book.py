"""A world whose runs remember: the ledger's place, what a runner tells a job, and short words for both."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema

from streaky.report import Report
from streaky.sandbox import Fault

if TYPE_CHECKING:
    from tests.conftest import World

SCHEMA = json.loads((Path(__file__).parents[1] / "streaky/ledger.schema.json").read_text("utf-8"))
WORKFLOW = ".github/workflows/streaky.yml"
WRITES = "on:\n  schedule:\n    - cron: 7 * * * *\npermissions:\n  contents: write\n"
ON = {"STREAKY_LEDGER": "auto"}
READS = WRITES.replace("write", "read")
IN_RUN = {
    "GITHUB_RUN_ID": "100",
    "GITHUB_RUN_ATTEMPT": "1",
    "GITHUB_EVENT_NAME": "schedule",
    "GITHUB_WORKFLOW_REF": f"octocat/streaky/{WORKFLOW}@refs/heads/main",
}


class Book:
    """A world and the place of its ledger."""

    def __init__(self, world: World, path: Path | None) -> None:
        self.world, self.path = world, path
        self.repository = world.sandbox.github.repository(
            "octocat/streaky", {WORKFLOW: WRITES}, created=datetime(2026, 11, 1, tzinfo=UTC)
        )

    def read(self, name: str = "ledger.json") -> Any:
        """A file of the ledger's place, as JSON."""
        data = self.raw(name)
        assert data is not None
        document = json.loads(data)
        jsonschema.validate(document, SCHEMA)
        return document

    def raw(self, name: str = "ledger.json") -> bytes | None:
        """A file of the ledger's place; None where there is none."""
        if self.path is None:
            return self.repository.read("streaky", name)
        path = self.path.with_name(name)
        return path.read_bytes() if path.exists() else None

    def put(self, data: bytes) -> None:
        """Lay something in the ledger's place."""
        if self.path is None:
            self.repository.write("streaky", {"ledger.json": data})
        else:
            self.path.parent.mkdir(exist_ok=True)
            self.path.write_bytes(data)

    def states(self, name: str = "ledger.json") -> dict[str, str]:
        """The state of each slot and channel."""
        return {f"{row['slot']} {row['channel']}": row["state"] for row in self.read(name)["alerts"]}


def at(hour: int, minute: int = 7, day: int = 23) -> datetime:
    """A time in UTC on a day of November 2026."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def states(report: Report) -> list[str]:
    """What became of each due slot on each channel, without the date."""
    rows = json.loads(report.outputs()["alerts"])
    return sorted(f"{row['slot'][11:]} {row['channel']} {row['state']}" for row in rows)


def edited(report: Report) -> list[str]:
    """What became of each edit of an earlier alert, without the date."""
    rows = report.document()["edited"]
    return sorted(f"{row['slot'][11:]} {row['channel']} {row['state']}" for row in rows)


def told(world: World) -> tuple[int, int]:
    """How many messages arrived on Discord and on Telegram."""
    return len(world.hook.messages), len(world.bot.messages)


def asked(world: World) -> int:
    """How many requests GitHub got since the last question."""
    count = len(world.sandbox.github.requests)
    world.sandbox.github.clear()
    return count


def delete(world: World) -> None:
    """Delete the webhook on Discord's side."""
    gone = Fault.status(404, {"message": "Unknown Webhook", "code": 10015})
    world.sandbox.discord.fail(gone, times=None, when=lambda request: world.hook.token in request.path)


def read_only(world: World) -> Any:
    """The repository, whose workflow may only read."""
    world.environment |= ON | IN_RUN
    return world.sandbox.github.repository("octocat/streaky", {WORKFLOW: READS})


def hourly(world: World, line: str = "7 * * * *", zone: str = "UTC") -> Book:
    """A world whose workflow asks for these runs, and whose runs remember on the branch."""
    world.environment |= ON | IN_RUN
    book = Book(world, None)
    book.repository.files[WORKFLOW] = WRITES.replace("7 * * * *", f'"{line}"\n      timezone: {zone}')
    return book


def spoken(report: Report) -> list[str]:
    """What became of each due slot on Discord."""
    return [row for row in states(report) if "discord" in row]
