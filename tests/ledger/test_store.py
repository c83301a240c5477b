"""A ledger that cannot be read or written: kept aside, said, and never a reason to be silent."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.book import (
    Book,
    at,
    told,
)
from tests.conftest import World


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"{not json", "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b'{"hello": "world"}', "not a ledger of Streaky's"),
        (b'{"version": 9, "user": "octocat"}', "a newer Streaky"),
        (b'{"version": 0, "user": "octocat"}', "an older Streaky"),
        (b'{"version": 1, "user": "octocat", "alerts": [], "days": {"soon": 1}}', "changed by hand"),
        (
            b'{"version": 1, "user": "octocat", "alerts": [{"slot": "2026-11-23/at-risk/21:00", '
            b'"channel": "discord", "state": "claimed", "at": "2026-11-23T21:29:00Z", "run": "100"}], '
            b'"days": {}}',
            "changed by hand",
        ),
        (b'{"version": 1, "user": "octocat", "alerts": [], "days": {"1000-01-01": [0, "safe"]}}', "changed"),
        (b'{"version": 1, "user": "hubot", "alerts": [], "days": {}}', "belongs to hubot"),
        (b"", "not JSON"),
    ],
)
def test_an_unreadable_ledger_is_kept_aside_and_the_guard_still_speaks(
    book: Book, data: bytes, why: str
) -> None:
    book.put(data)
    report = book.world.check()
    assert (told(book.world), report.exit_status) == ((1, 1), 0)
    (note,) = (note for note in report.notes if "ledger.broken-2026-11-23.json" in note)
    assert why in note
    assert book.raw("ledger.broken-2026-11-23.json") == data
    assert set(book.states().values()) == {"sent", "skipped"}
    again = book.world.check(at(22))
    assert told(book.world) == (1, 1)
    assert not again.notes


def test_a_second_broken_file_of_a_day_does_not_replace_the_first(world: World, tmp_path: Path) -> None:
    path = tmp_path / "ledger.json"
    world.environment["STREAKY_LEDGER"] = f"file:{path}"
    for data in (b"one", b"two"):
        path.write_bytes(data)
        world.check()
    kept = {each.read_bytes() for each in tmp_path.glob("ledger.broken-*")}
    assert kept == {b"one", b"two"}


def test_a_file_that_cannot_be_written_is_said_and_the_alert_is_sent(world: World, tmp_path: Path) -> None:
    (tmp_path / "a-file").touch()
    report = world.check(STREAKY_LEDGER=f"file:{tmp_path}/a-file/ledger.json")
    assert (told(world), report.exit_status) == ((1, 1), 0)
    assert any("ledger" in note for note in report.notes) or "none." in report.memory
