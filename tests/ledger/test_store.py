"""A ledger that cannot be read or written: kept aside, said, and never a reason to be silent."""

from __future__ import annotations

import errno
import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.book import (
    Book,
    at,
    told,
)
from tests.conftest import NOW, World


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


# Files


def warnings(world: World, ledger: str, now: datetime = NOW) -> list[str]:
    """The warning annotations of a run, in the runner's own form, whose alerts are sent all the same."""
    before = told(world)
    done = world.run(now=now, STREAKY_LEDGER=ledger, GITHUB_ACTIONS="true")
    assert (done.returncode, told(world)) == (0, (before[0] + 1, before[1] + 1))
    return [line for line in done.stdout.splitlines() if line.startswith("::warning")]


def test_a_file_that_cannot_be_written_is_a_warning_and_the_alert_is_sent(
    world: World, tmp_path: Path
) -> None:
    (tmp_path / "a-file").touch()
    (warning,) = warnings(world, f"file:{tmp_path}/a-file/ledger.json")
    assert "cannot be read" in warning
    assert "`file:`" in warning


def test_a_folder_in_the_files_place_is_a_warning(world: World, tmp_path: Path) -> None:
    (warning,) = warnings(world, f"file:{tmp_path}")
    assert "Is a directory" in warning


def test_only_the_last_folder_of_a_path_is_made(world: World, tmp_path: Path) -> None:
    assert warnings(world, f"file:{tmp_path}/new/ledger.json") == []
    assert (tmp_path / "new" / "ledger.json").is_file()
    (warning,) = warnings(world, f"file:{tmp_path}/no/where/ledger.json")
    assert "the last one of a path only" in warning
    assert not (tmp_path / "no").exists()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is closed to root")
def test_a_folder_that_is_closed_to_us_is_a_warning(world: World, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    (warning,) = warnings(world, f"file:{closed}/ledger.json")
    assert "Permission denied" in warning


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ("os.replace", errno.EROFS),
        ("os.replace", errno.ENOSPC),
        ("os.replace", errno.EACCES),
        ("fcntl.flock", errno.ENOLCK),
        ("fcntl.flock", errno.ENOTSUP),
    ],
)
def test_a_system_that_takes_no_file_or_has_no_locks_is_a_warning_that_says_why(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, code: int
) -> None:
    pytest.importorskip("fcntl")

    def refuse(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(call, refuse)
    report = world.check(STREAKY_LEDGER=f"file:{tmp_path}/ledger.json")
    assert (told(world), report.exit_status) == ((1, 1), 0)
    (warning,) = report.warnings
    assert os.strerror(code) in warning
    assert "once more" in warning
    assert {each.name for each in tmp_path.iterdir()} <= {"ledger.json.lock", "workspace"}


def test_a_lock_that_somebody_keeps_is_not_waited_for_longer_than_there_is_time(
    world: World, tmp_path: Path
) -> None:
    fcntl = pytest.importorskip("fcntl")
    with (tmp_path / "ledger.json.lock").open("wb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        report = world.check(STREAKY_LEDGER=f"file:{tmp_path}/ledger.json")
    assert (told(world), report.exit_status) == ((1, 1), 0)
    (warning,) = report.warnings
    assert "another process holds its lock" in warning


@pytest.mark.parametrize("there", [True, False])
def test_a_link_stays_and_what_it_points_to_is_the_ledger(world: World, tmp_path: Path, there: bool) -> None:
    folder, link = tmp_path / "elsewhere", tmp_path / "ledger.json"
    folder.mkdir()
    target = folder / "kept.json"
    if there:
        target.write_bytes(b'{"version": 1, "user": "octocat", "alerts": [], "days": {}}')
    link.symlink_to(target)
    assert warnings(world, f"file:{link}") == []
    assert link.is_symlink()
    assert not target.is_symlink()
    assert b"at-risk/21:00" in target.read_bytes()
    assert {each.name for each in folder.iterdir()} == {"kept.json", "kept.json.lock"}
    world.check(NOW + timedelta(minutes=30), STREAKY_LEDGER=f"file:{link}")
    assert told(world) == (1, 1)


def test_a_link_that_leads_in_a_circle_is_a_warning(world: World, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.symlink_to(two)
    two.symlink_to(one)
    assert len(warnings(world, f"file:{one}")) == 1
    assert one.is_symlink()
