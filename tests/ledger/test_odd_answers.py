"""An odd answer to a single write of the ledger: it is written all the same, and nothing is told again."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from streaky.sandbox import Fault
from streaky.sandbox.exchange import Request
from tests.book import IN_RUN, ON, Book, at, told
from tests.conftest import World


def graphql(kind: str, message: str = "Something odd happened") -> Fault:
    """GitHub's refusal of a commit, with HTTP 200."""
    error = {"type": kind, "path": ["createCommitOnBranch"], "message": message}
    return Fault.status(200, {"data": {"createCommitOnBranch": None}, "errors": [error]})


ODD = {
    "INTERNAL": graphql("INTERNAL"),
    "SERVICE_UNAVAILABLE": graphql("SERVICE_UNAVAILABLE"),
    "no type": graphql(""),
    "409": Fault.status(409, {"message": "Conflict"}),
    "502": Fault.status(502, "<html>Bad gateway</html>"),
    "an edge's 403": Fault.status(403, "error code: 1010"),
    "cut off": Fault.truncate(),
    "lost": Fault.drop(),
    "done, but lost": Fault.drop_after(),
}
RESTS = ("409", "502", "an edge's 403", "cut off", "lost", "done, but lost")


def commits(request: Request) -> bool:
    return b"createCommitOnBranch" in request.body


def headlines(book: Book) -> list[str]:
    return [commit.message.partition(" ")[0] for commit in book.repository.branches["streaky"].commits]


@pytest.fixture
def begun(world: World) -> Book:
    """A world whose branch has its line of the day."""
    world.environment |= ON | IN_RUN
    book = Book(world, None)
    world.check(at(12))
    return book


@pytest.mark.parametrize("write", ["Claim", "Settle"])
@pytest.mark.parametrize("odd", ODD)
def test_an_odd_answer_to_one_write_of_the_branch_makes_nothing_come_twice(
    begun: Book, odd: str, write: str
) -> None:
    world = begun.world
    world.sandbox.github.fail(
        ODD[odd], times=1, when=lambda request: commits(request) and write.encode() in request.body
    )
    report = world.check(at(18))
    assert (report.exit_status, report.warnings, told(world)) == (0, frozenset(), (1, 1))
    assert headlines(begun)[1:] == ["Claim", "Settle"]
    assert set(begun.states().values()) == {"sent"}
    world.check(at(18, 40), GITHUB_RUN_ID="101")
    assert told(world) == (1, 1)


@pytest.mark.parametrize("step", ["trees", "commits", "refs"])
@pytest.mark.parametrize("odd", RESTS)
def test_an_odd_answer_while_the_branch_begins_makes_nothing_come_twice(
    world: World, odd: str, step: str
) -> None:
    world.environment |= ON | IN_RUN
    book = Book(world, None)
    world.sandbox.github.fail(ODD[odd], times=1, when=lambda request: request.path.endswith(f"/git/{step}"))
    report = world.check(at(18))
    assert (report.exit_status, report.warnings, told(world)) == (0, frozenset(), (1, 1))
    assert set(book.states().values()) == {"sent"}
    world.check(at(18, 40), GITHUB_RUN_ID="101")
    assert told(world) == (1, 1)


def test_what_could_not_be_claimed_and_was_sent_is_settled_all_the_same(begun: Book) -> None:
    world = begun.world
    world.sandbox.github.fail(
        ODD["INTERNAL"], times=None, when=lambda request: commits(request) and b"Claim" in request.body
    )
    report = world.check(at(18))
    assert (report.exit_status, told(world)) == (0, (1, 1))
    (warning,) = report.warnings
    assert "could not be written" in warning
    assert "once more" not in warning
    assert set(begun.states().values()) == {"sent"}
    world.sandbox.heal()
    world.check(at(18, 40), GITHUB_RUN_ID="101")
    assert told(world) == (1, 1)


def test_what_can_neither_be_claimed_nor_settled_is_warned_of_once(begun: Book) -> None:
    begun.world.sandbox.github.fail(ODD["INTERNAL"], times=None, when=commits)
    (warning,) = begun.world.check(at(18)).warnings
    assert "once more" in warning


@contextmanager
def in_the_way(monkeypatch: pytest.MonkeyPatch, error: OSError, times: int, skip: int = 0) -> Iterator[None]:
    """The system refuses to replace a file, so many times after so many that went well."""
    replace, calls = os.replace, []

    def refuse(old: Path, new: Path) -> None:
        calls.append(new)
        if skip < len(calls) <= skip + times:
            raise error
        replace(old, new)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", refuse)
        yield


@pytest.mark.parametrize("skip", [0, 1])
def test_what_is_in_the_way_of_a_file_for_a_moment_makes_nothing_come_twice(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, skip: int
) -> None:
    world.environment["STREAKY_LEDGER"] = f"file:{tmp_path}/ledger.json"
    busy = OSError(errno.EBUSY, "Device or resource busy")
    with in_the_way(monkeypatch, busy, times=2, skip=skip):
        report = world.check(at(18))
    assert (report.exit_status, report.warnings, told(world)) == (0, frozenset(), (1, 1))
    world.check(at(18, 40))
    assert told(world) == (1, 1)


def test_a_full_disk_under_the_claim_is_settled_when_there_is_room_again(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.environment["STREAKY_LEDGER"] = f"file:{tmp_path}/ledger.json"
    full = OSError(errno.ENOSPC, "No space left on device")
    with in_the_way(monkeypatch, full, times=1):
        report = world.check(at(18))
    (warning,) = report.warnings
    assert "No space left" in warning
    assert {each.name for each in tmp_path.glob("*ledger.json*")} == {"ledger.json", "ledger.json.lock"}
    world.check(at(18, 40))
    assert told(world) == (1, 1)
